"""Guided backpropagation: the gradient of the target logit, with negative gradients stopped at every ReLU.

Reference: Springenberg et al. 2015, arXiv:1412.6806, as Captum's GuidedBackprop. Offered with a caution, because readers
know its sharp pictures from elsewhere: it failed the check of re-drawn weights where that was published (Adebayo et al. 2018,
arXiv:1810.03292), because it in essence restores the picture (Nie et al. 2018, arXiv:1805.07039). Values keep their sign.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from captum.attr import GuidedBackprop
from torch import nn

from model_zoo.errors import ExplainerNotApplicable
from model_zoo.explainers.method import ColourFloor, ParameterSpec, RawAttribution


@dataclass(frozen=True)
class GuidedBackpropagation:
    """Captum's GuidedBackprop on networks whose ReLUs are modules that keep their input.

    Positive: more brightness at this pixel raises the logit, by the ways that the method leaves open. A ReLU that is
    called as a function is out of the reach of any hook and goes unguided: the card's network must have none.
    """

    name: str = "guided-backprop"
    title: str = "Guided backpropagation"
    unit: str = "gradient of the logit, without what ReLUs would pass on as negative"
    colour_floor: ColourFloor = ColourFloor(0.00096, cells=128 * 128)
    explanation: str = (
        "Sharp edges of the scan near what the score reacts to: mostly the picture itself, see the caution."
    )
    parameters: tuple[ParameterSpec, ...] = ()
    needs: tuple[str, ...] = ()
    caution: str | None = (
        "Failed the weight-randomisation check where it was published (Adebayo 2018, Nie 2018): the map hardly changed when "
        "the weights of the network were re-drawn, so it showed the picture rather than the network. Do not use it to judge a "
        "finding."
    )

    def passes(self, values: Mapping[str, Any]) -> int:
        return 1

    def is_signed(self, values: Mapping[str, Any]) -> bool:
        return True

    def attribute(
        self, network: nn.Module, target_layer: str, x: torch.Tensor, target: int, **parameters: Any
    ) -> RawAttribution:
        """Return values float32 (H, W), summed over channels; see the protocol.

        Raises ExplainerNotApplicable for a network without ReLU modules, or with one that works in place.
        """
        rectifiers = [module for module in network.modules() if isinstance(module, nn.ReLU)]
        if not rectifiers or any(module.inplace for module in rectifiers):
            raise ExplainerNotApplicable(
                "Guided backpropagation needs a network whose ReLUs are modules that keep their input.",
                "Choose another method.",
            )
        leaf = x.detach().clone().requires_grad_(True)
        values = GuidedBackprop(network).attribute(leaf, target=target)
        return RawAttribution(values[0].sum(0).detach().cpu().numpy().astype("float32"))


EXPLAINER = GuidedBackpropagation()
