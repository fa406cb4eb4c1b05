"""Does a map point at what a radiologist outlined? Pointing game and mass in the box, for maps and for trivial maps.

Pointing game (Zhang et al. 2016, arXiv:1608.00507, without a tolerance margin): the strongest place lies inside a box.
Mass in the box: the share of what speaks for the finding that lies inside. Maps as fine as the picture are smoothed first
(sigma 3 % of the side), as for the marked region: no one can point at a single pixel.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from scipy.ndimage import gaussian_filter

from model_zoo.scans.regions import FilmRegions
from model_zoo.trust.check import positive_on_grid
from model_zoo.trust.checks.faithfulness import edge_map

SMOOTHING = 0.03


@dataclass(frozen=True)
class Pointing:
    """hit: whether the strongest place lies in a box; mass: share of the positive map inside; nan for an empty map."""

    hit: bool
    mass: float


def point(values: np.ndarray, boxes: np.ndarray) -> Pointing:
    """Judge a map (rows, cols) against the outlined places, bool (H, W) on the grid of the model. An empty map misses."""
    side = boxes.shape[1]
    grid = positive_on_grid(values, (boxes.shape[0], boxes.shape[1]))
    total = float(grid.sum())
    if total <= 0:
        return Pointing(False, float("nan"))
    fine = values.shape == boxes.shape
    # Coarse maps are smoothed over one of their own cells: their strongest place is a cell, its middle is meant.
    sigma = SMOOTHING * side if fine else side / values.shape[1] / 2
    smooth = gaussian_filter(grid, sigma, mode="constant")
    row, col = np.unravel_index(int(smooth.argmax()), smooth.shape)
    return Pointing(bool(boxes[row, col]), float(grid[boxes].sum()) / total)


def mean_box(masks: Sequence[np.ndarray]) -> np.ndarray:
    """Return the trivial map that never looks at the film: how often each place is outlined in other films."""
    return np.mean(np.stack(masks).astype(np.float64), axis=0)


def lung_centre(regions: FilmRegions) -> np.ndarray:
    """Return the trivial map of the middle of the lungs: a bell around their centre of mass; of the picture without lungs."""
    rows, cols = regions.lungs.shape
    y, x = np.nonzero(regions.lungs) if regions.lungs_found else np.indices((rows, cols)).reshape(2, -1)
    dy, dx = np.arange(rows)[:, None] - y.mean(), np.arange(cols)[None, :] - x.mean()
    return np.exp(-(dy**2 + dx**2) / (2 * (0.15 * rows) ** 2))


def edges(x: torch.Tensor) -> np.ndarray:
    """Return the trivial map of an edge detector."""
    return edge_map(x)
