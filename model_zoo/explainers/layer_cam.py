"""LayerCAM: the last convolutional map, each value weighted by its own positive gradient of the target logit.

Reference: Jiang et al. 2021, doi:10.1109/TIP.2021.3089943. Where Grad-CAM has one weight per channel, LayerCAM has one per
channel and place, so that a place counts by how much the logit listens to it.

Departs from the paper in using one layer, not several, and in the activations: the paper has them from a ReLU, here they
are centred (zero is "as at an average place of an average film"), so a channel below its mean takes away where the paper
has nothing to take. Values are in units of activation x gradient and are not rescaled.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from model_zoo.explainers.layer_gradient import layer_gradient
from model_zoo.explainers.method import ColourFloor, Flag, ParameterSpec, RawAttribution


@dataclass(frozen=True)
class LayerCam:
    """LayerCAM on the target layer of the card."""

    name: str = "layer-cam"
    title: str = "LayerCAM"
    unit: str = "activation x gradient of the logit"
    colour_floor: ColourFloor = ColourFloor(0.22, cells=16 * 16)
    explanation: str = "Where the last convolutional map pushes the score up, weighted place by place: still coarse."
    parameters: tuple[ParameterSpec, ...] = (
        Flag(
            "signed",
            "Show regions below average",
            False,
            "Leave out the final ReLU of the published method; negative is less than at an average place.",
        ),
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
        activation, gradient = layer_gradient(network, target_layer, x, target)
        cam = (gradient.clamp_min(0) * activation).sum(0)
        values = (cam if parameters["signed"] else cam.clamp_min(0)).cpu().numpy().astype("float32")
        return RawAttribution(values, {"map_rows": values.shape[0], "map_cols": values.shape[1]})


EXPLAINER = LayerCam()
