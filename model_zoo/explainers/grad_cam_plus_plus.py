"""Grad-CAM++: the last convolutional map, each channel weighted by its positive gradients, those of few places more.

Reference: Chattopadhay et al. 2018, arXiv:1710.11063, equations 10 and 19. Meant for several lesions at once: a channel
that speaks at one place only is not watered down by the places where it is silent.

Departs from the paper in three points. The paper explains exp(logit), which multiplies the whole map by exp(logit); the
factor is left out, so that maps of two scans compare. Its closed form takes the logit as piecewise linear in the map; here
a log-sum-exp pool lies between, so the higher derivatives are the paper's approximation. It takes activations from a ReLU;
here they are centred and may be negative, which could turn the denominator of its weights to zero: there only the
positive part enters. The map itself is of the centred activations, in units of activation x gradient, not rescaled.
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
class GradCamPlusPlus:
    """Grad-CAM++ on the target layer of the card."""

    name: str = "grad-cam-plus-plus"
    title: str = "Grad-CAM++"
    unit: str = "activation x gradient of the logit"
    colour_floor: ColourFloor = ColourFloor(0.52)
    explanation: str = "As Grad-CAM, made for several lesions at once: channels that speak at few places count in full."
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
        weights = (place_weights(activation, gradient) * gradient.clamp_min(0)).sum((1, 2), keepdim=True)
        cam = (weights * activation).sum(0)
        values = (cam if parameters["signed"] else cam.clamp_min(0)).cpu().numpy().astype("float32")
        return RawAttribution(values, {"map_rows": values.shape[0], "map_cols": values.shape[1]})


def place_weights(activation: torch.Tensor, gradient: torch.Tensor) -> torch.Tensor:
    """Return alpha (channels, h, w) of equation 19, from 0 to 1/2; 0 where the gradient is not positive.

    alpha = g^2 / (2 g^2 + g^3 sum(a)) with g > 0 cancelled: 1 / (2 + g sum(a)), which divides no small number by another.
    """
    positive = activation.clamp_min(0).sum((1, 2), keepdim=True)
    return torch.where(gradient > 0, 1 / (2 + gradient.clamp_min(0) * positive), 0.0)


EXPLAINER = GradCamPlusPlus()
