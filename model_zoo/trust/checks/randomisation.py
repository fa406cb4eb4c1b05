"""Randomisation: is this the map of the network, or of the picture?

The weights are drawn anew from the output downwards, at three depths, and the scan is explained again. A map that hardly
changes explains the picture, not the network: edge detectors and guided methods do that.

Reference: Adebayo et al. 2018, arXiv:1810.03292 (cascading randomisation). Departure: weights are drawn from a normal
distribution with the mean and spread of the tensor that they replace, so that the running statistics of the norms still
fit and no activation explodes.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from model_zoo.trust.check import FATAL, INFORMS, PASSED, CheckResult, MapSubject
from model_zoo.trust.ranks import spearman

SEED = 31
# Share of the convolutions, counted from the output, whose weights are drawn anew.
DEPTHS = (0.1, 0.5, 1.0)
# A map that keeps this rank correlation with itself once every weight is drawn anew is a map of the picture.
LIMIT = 0.7
# Maps are compared at this many cells along a side: what the eye compares, and coarse methods have no more.
CELLS = 16


@dataclass(frozen=True)
class Randomisation:
    """See the module. The measure is the rank correlation with the map of a wholly re-drawn network."""

    name: str = "randomisation"
    title: str = "Randomisation"
    question: str = "Does the map change when the network is replaced by one that learned nothing?"
    order: int = 40
    needs: tuple[str, ...] = ()

    def run(self, subject: MapSubject) -> CheckResult:
        """Explain the scan with networks re-drawn to three depths."""
        found = randomisation_curve(subject, DEPTHS)
        limit = subject.limit(self.name, LIMIT)
        measure = found[-1] if np.isfinite(found[-1]) else None
        outcome = self.decide(measure, limit, {})
        if outcome == PASSED:
            sentence = "With the network's weights drawn anew the map becomes another one: it depends on what the network learned."
        elif outcome == INFORMS:
            sentence = "The maps of the re-drawn networks cannot be compared with this one: one of them marks nothing."
        else:
            sentence = "The map hardly changes when the network's weights are drawn anew: it shows the picture, not the network."
        figures = {"depths": list(DEPTHS), "rank_correlation": [v if np.isfinite(v) else None for v in found]}
        return CheckResult(self.name, self.title, outcome, measure, limit, f"{sentence}{_words(measure)}", figures)

    def decide(self, measure: float | None, limit: float | None, figures: Mapping[str, Any]) -> str:
        """Judge the rank correlation with the map of a wholly re-drawn network; without one, nothing is shown."""
        if measure is None:
            return INFORMS
        return FATAL if measure is not None and measure >= (LIMIT if limit is None else limit) else PASSED


def randomisation_curve(subject: MapSubject, depths: Sequence[float]) -> list[float]:
    """Return the rank correlation of the map with that of the network re-drawn to each depth."""
    networks = subject.once(f"redrawn {depths}", lambda: [redraw(subject.network, depth) for depth in depths])
    original = subject.explain_again()
    return [similarity(original, subject.explain_again(network=network)) for network in networks]


def redraw(network: nn.Module, share: float, seed: int = SEED) -> nn.Module:
    """Return a copy whose convolutions and linear layers, the ``share`` nearest to the output, have new weights.

    Parameters
    ----------
    network
        In eval mode.
    share
        From 0 to 1.
    seed
        Of every draw; the same seed gives the same answer.
    """
    changed = copy.deepcopy(network)
    generator = torch.Generator().manual_seed(seed)
    layers = weighted_layers(changed)
    count = max(1, round(share * len(layers)))
    with torch.no_grad():
        for layer in layers[-count:]:
            weight = layer.weight
            noise = torch.randn(weight.shape, generator=generator).to(weight.device)
            weight.copy_(weight.mean() + weight.std(correction=0) * noise)
    return changed.eval()


def weighted_layers(network: nn.Module) -> Sequence[nn.Conv2d | nn.Linear]:
    """Return convolutions and linear layers in the order in which the network declares them, output last."""
    return [module for module in network.modules() if isinstance(module, nn.Conv2d | nn.Linear)]


def similarity(first: np.ndarray, second: np.ndarray) -> float:
    """Return Spearman's rank correlation of the absolute values of two maps.

    0 where the second alone is constant (the map is gone), NaN where the first is (there was none to lose).

    Absolute values, because a sign that flips at random does not change the picture that the eye takes in.
    """
    a, b = (_coarse(np.abs(values)).ravel() for values in (first, second))
    if not (np.isfinite(a).all() and np.isfinite(b).all()) or np.ptp(a) == 0:
        return float("nan")
    if np.ptp(b) == 0:
        return 0.0
    return spearman(a, b)


def _words(measure: float | None) -> str:
    return "" if measure is None else f" Rank correlation {measure:.2f}."


def _coarse(values: np.ndarray) -> np.ndarray:
    tensor = torch.from_numpy(np.ascontiguousarray(values, dtype=np.float32))[None, None]
    rows, cols = min(CELLS, values.shape[0]), min(CELLS, values.shape[1])
    return functional.adaptive_avg_pool2d(tensor, (rows, cols))[0, 0].numpy()


CHECK = Randomisation()
