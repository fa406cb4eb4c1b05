"""Faithfulness: does the score follow when the picture is taken away, or put back, in the order of the map?

Deletion replaces the picture patch by patch, the most important patch first; insertion starts from the replacement and
puts the patches back. A map that knows what the network reads makes the logit fall early and rise early. It is held
against random orders *and* against an edge detector of the same scan: a map that does not beat an edge detector may
show the outline of the picture and nothing of the network.

References: Petsiuk et al. 2018, arXiv:1806.07421 (deletion and insertion); Samek et al. 2017, arXiv:1509.06321 (patches).
Departure: patches of 8 x 8 pixels instead of single pixels, so that coarse and fine maps are treated alike and no
pattern of single pixels can fool the network; logits instead of probabilities, which saturate; a clear computed chest
instead of a blurred picture, which a network for opacities reads as one (``reference``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from scipy.ndimage import sobel

from model_zoo.explainers.baseline import build_baseline
from model_zoo.trust.check import FAILED, FATAL, PASSED, CheckResult, MapSubject, positive_on_grid

PATCH_CELLS = 16  # patches along each side: 8 x 8 pixels at 128
STEPS = 16
RANDOM_ORDERS = 3
SEED = 23


@dataclass(frozen=True)
class Faithfulness:
    """See the module. The measure is the gain over the edge detector, in logits; its limit is fitted, at least 0."""

    name: str = "faithfulness"
    title: str = "Faithfulness"
    question: str = "Does the score fall when what the map marks is taken away first?"
    order: int = 30
    needs: tuple[str, ...] = ()

    def run(self, subject: MapSubject) -> CheckResult:
        """Draw both curves for the map, the edge detector and random orders."""
        mine = patch_order(subject.values, subject.x)
        map_curves = curves(subject, mine)
        edge_curves = subject.once("edge curves", lambda: curves(subject, edge_order(subject.x)))
        random_areas = subject.once("random areas", lambda: [area(*curves(subject, o)) for o in random_orders()])
        gain = area(*map_curves) - area(*edge_curves)
        over_random = area(*map_curves) - float(np.mean(random_areas))
        limit = max(0.0, subject.limit(self.name, 0.0) or 0.0)
        figures = {
            "deletion": map_curves[0].tolist(),
            "insertion": map_curves[1].tolist(),
            "edge_deletion": edge_curves[0].tolist(),
            "edge_insertion": edge_curves[1].tolist(),
            "gain_over_edge": gain,
            "gain_over_random": over_random,
            "random_spread": float(np.std(random_areas)),
        }
        outcome = self.decide(gain, limit, figures)
        if outcome == FATAL:
            sentence = "Taking away what the map marks lowers the score no faster than taking away random patches."
        elif gain <= 0:
            sentence = "The map beats random patches but not an edge detector, which knows nothing of the network."
        elif outcome == FAILED:
            sentence = "The map beats an edge detector by less than maps that point at a lesion usually do."
        else:
            sentence = "Masking it lowers the score faster than chance or edges."
        return CheckResult(self.name, self.title, outcome, gain, limit, sentence, figures)

    def decide(self, measure: float | None, limit: float | None, figures: Mapping[str, Any]) -> str:
        """Judge the gain over the edge detector, after the gain over random orders."""
        if measure is None or float(figures["gain_over_random"]) <= 0:
            return FATAL
        return PASSED if measure > 0 and measure >= (limit or 0.0) else FAILED


def patch_order(values: np.ndarray, x: torch.Tensor) -> np.ndarray:
    """Return the patches (PATCH_CELLS squared,) from most to least important; ties keep the order of the picture."""
    grid = positive_on_grid(values, (int(x.shape[-2]), int(x.shape[-1])))
    return np.argsort(-_patch_sums(grid).ravel(), kind="stable")


def edge_order(x: torch.Tensor) -> np.ndarray:
    """Return the order of an edge detector (Sobel magnitude), which sees the scan and not the network."""
    return np.argsort(-_patch_sums(edge_map(x)).ravel(), kind="stable")


def edge_map(x: torch.Tensor) -> np.ndarray:
    """Return the Sobel magnitude of a picture (1, C, H, W), float64 (H, W)."""
    image = x[0].mean(0).double().cpu().numpy()
    return np.hypot(sobel(image, 0), sobel(image, 1))


def random_orders() -> list[np.ndarray]:
    """Return the same random orders for every scan."""
    generator = np.random.default_rng(SEED)
    return [generator.permutation(PATCH_CELLS**2) for _ in range(RANDOM_ORDERS)]


def curves(subject: MapSubject, order: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the target logit along deletion and insertion, each float64 (STEPS + 1,), from first to last step."""
    x = subject.x
    rows, cols = int(x.shape[-2]), int(x.shape[-1])
    replacement = build_baseline(x, "blurred") if subject.reference is None else subject.reference
    rank = np.empty(PATCH_CELLS**2)
    rank[order] = np.arange(PATCH_CELLS**2)
    cells = torch.from_numpy(rank.reshape(PATCH_CELLS, PATCH_CELLS)).float()[None, None]
    full = torch.nn.functional.interpolate(cells, size=(rows, cols), mode="nearest").to(x.device)
    counts = torch.linspace(0, PATCH_CELLS**2, STEPS + 1, device=x.device).round()
    gone = (full < counts[:, None, None, None]).float()
    deleted = x * (1 - gone) + replacement * gone
    inserted = replacement * (1 - gone) + x * gone
    logits = subject.logits(torch.cat([deleted, inserted]))
    return logits[: STEPS + 1], logits[STEPS + 1 :]


def area(deletion: np.ndarray, insertion: np.ndarray) -> float:
    """Return the mean height of the insertion curve minus that of the deletion curve, in logits; larger is better."""
    return float(np.trapezoid(insertion) - np.trapezoid(deletion)) / (len(insertion) - 1)


def _patch_sums(grid: np.ndarray) -> np.ndarray:
    rows, cols = grid.shape[0] // PATCH_CELLS, grid.shape[1] // PATCH_CELLS
    return grid[: rows * PATCH_CELLS, : cols * PATCH_CELLS].reshape(PATCH_CELLS, rows, PATCH_CELLS, cols).sum((1, 3))


CHECK = Faithfulness()
