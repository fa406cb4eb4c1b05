"""Our class activation maps beside those of grad-cam, compared before it scales them to 0..1 and resizes them."""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any

import numpy as np
import torch
from torch import nn

from model_zoo.bench.public.comparison import Comparison
from model_zoo.explainers import EXPLAINERS
from model_zoo.explainers.method import find_layer, read_parameters

# Float32 sums in another order (their NumPy, our PyTorch) differ by some 1e-6 of the largest value.
MAP_TOLERANCE = 1e-5
PLUS_PLUS_REMARK = (
    "Not meant to be equal: the public weights divide by the sum of all activations, which are centred here and may be "
    "negative, and add 0.000001 to the denominator, which small squared gradients do not outweigh; ours takes the "
    "positive activations only and adds nothing. The rank correlation tells how alike the two maps are here."
)
MAP_REMARK = "The public package takes the gradient on to the scan, ours stops at the layer."


def build_map_comparisons(
    module: ModuleType | None,
    network: nn.Module,
    target_layer: str,
    x: torch.Tensor,
    reference: torch.Tensor,
    target: int,
) -> dict[str, Comparison]:
    """Return the comparisons with grad-cam: the class activation maps, each (H / stride, W / stride)."""

    def made(method: str, public: str, tolerance: float | None, remark: str = MAP_REMARK) -> Comparison:
        explainer = EXPLAINERS.get(method)
        parameters = read_parameters(explainer, {})

        def ours() -> np.ndarray:
            return explainer.attribute(network, target_layer, x, target, **parameters).values

        def drawn(raw: bool) -> np.ndarray:
            return public_map(module, public, network, find_layer(network, target_layer), x, target, raw)

        return Comparison(
            "grad-cam",
            f"pytorch_grad_cam.{public}",
            f"the {explainer.title} before it is scaled and resized",
            "share of the largest value",
            tolerance,
            True,
            ours,
            lambda: drawn(True),
            lambda: drawn(False),
            remark,
        )

    return {
        "grad_cam": made("grad-cam", "GradCAM", MAP_TOLERANCE),
        "layer_cam": made("layer-cam", "LayerCAM", MAP_TOLERANCE),
        "grad_cam_plus_plus": made("grad-cam-plus-plus", "GradCAMPlusPlus", None, PLUS_PLUS_REMARK),
    }


def public_map(
    module: Any, name: str, network: nn.Module, layer: nn.Module, x: torch.Tensor, target: int, raw: bool
) -> np.ndarray:
    """Return grad-cam's map: raw (h, w) in units of activation x gradient, or scaled and resized as it gives it."""
    # A fresh leaf: gradients must reach the layer though every weight is frozen.
    leaf = x.detach().clone().requires_grad_(True)
    targets = [importlib.import_module("pytorch_grad_cam.utils.model_targets").ClassifierOutputTarget(target)]
    with getattr(module, name)(model=network, target_layers=[layer]) as method:
        scaled = method(input_tensor=leaf, targets=targets)
        if not raw:
            return scaled[0]
        seen = method.activations_and_grads
        activation, gradient = seen.activations[0].numpy(), seen.gradients[0].numpy()
        return np.maximum(method.get_cam_image(leaf, layer, targets, activation, gradient, False)[0], 0)
