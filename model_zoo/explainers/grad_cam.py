"""Grad-CAM: the last convolutional map, each channel weighted by the mean gradient of the target logit.

Reference: Selvaraju et al. 2017, arXiv:1610.02391. The ReLU of the paper is on by default; without it, places that
speak against the finding show as negative. Values are in units of activation x gradient and are not rescaled.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from captum.attr import LayerGradCam
from torch import nn

from model_zoo.errors import ExplainerNotApplicable
from model_zoo.explainers.method import ColourFloor, Flag, ParameterSpec, RawAttribution, find_layer


@dataclass(frozen=True)
class GradCam:
    """Captum's LayerGradCam on the target layer of the card."""

    name: str = "grad-cam"
    title: str = "Grad-CAM"
    unit: str = "activation x gradient of the logit"
    colour_floor: ColourFloor = ColourFloor(0.024, cells=16 * 16)  # set by hand; the rule gives 0.020
    explanation: str = "Where the last convolutional map pushes the score up: coarse, good at 'which region'."
    parameters: tuple[ParameterSpec, ...] = (
        Flag("signed", "Show regions that speak against", False, "Leave out the final ReLU of the published method."),
    )
    needs: tuple[str, ...] = ()
    caution: str | None = None

    def passes(self, values: Mapping[str, Any]) -> int:
        return 1

    def is_signed(self, values: Mapping[str, Any]) -> bool:
        return bool(values["signed"])

    def attribute(
        self, network: nn.Module, target_layer: str, x: torch.Tensor, target: int, **parameters: Any
    ) -> RawAttribution:
        """Return values float32 (H / stride, W / stride); see the protocol."""
        layer = find_layer(network, target_layer)
        method = LayerGradCam(network, layer)
        # A fresh leaf: gradients must reach the layer though every weight is frozen.
        leaf = x.detach().clone().requires_grad_(True)
        with torch.enable_grad():
            cam = method.attribute(
                leaf, target=target, relu_attributions=not parameters["signed"], attr_dim_summation=True
            )
        if not isinstance(cam, torch.Tensor) or cam.ndim != 4:
            raise ExplainerNotApplicable(
                f"Layer '{target_layer}' gives no convolutional map.", "Name a convolutional layer in the card."
            )
        values = cam[0, 0].detach().cpu().numpy().astype("float32")
        return RawAttribution(values, {"map_rows": values.shape[0], "map_cols": values.shape[1]})


EXPLAINER = GradCam()
