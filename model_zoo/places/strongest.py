"""The strongest part of a map in the grid of the scan, and which of several zones it lies in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter, label

from model_zoo.explainers import range_floor
from model_zoo.explainers.palette import NEAR_EMPTY
from model_zoo.places.place import SEVERAL
from model_zoo.results import Attribution
from model_zoo.scans.geometry import Box, Geometry

# Longer side of the grid on which places are told apart: eight cells to each of a Grad-CAM's, and a millisecond to compute.
GRID = 128
# A place is a neighbourhood, not a pixel: half a cell of a Grad-CAM. Integrated Gradients, which changes sign from pixel to
# pixel, gets a strongest part by it; a Grad-CAM keeps its own.
SMOOTHING = 4.0
# What reaches half of the peak is the strongest part: the width by which peaks are measured everywhere.
HALF = 0.5
# More than half, so that no second place can be as strong, with room for a part that reaches over a border.
LEAD = 0.6
NOWHERE = -1


@dataclass(frozen=True, eq=False)
class StrongestPart:
    """weights: float64 (rows, cols) on a small grid of the scan, 0 outside the part. pieces: int, 0 outside, from 1 by piece."""

    weights: np.ndarray
    pieces: np.ndarray

    @property
    def shape(self) -> tuple[int, int]:
        return int(self.weights.shape[0]), int(self.weights.shape[1])


def strongest_part(attribution: Attribution) -> StrongestPart | None:
    """Return where a map speaks most for its finding; ``None`` where the map is near-empty, by the measure of the page."""
    values = np.nan_to_num(np.asarray(attribution.values, dtype=np.float32), posinf=0.0, neginf=0.0)
    positive = np.maximum(values, 0)
    if float(positive.max()) < NEAR_EMPTY * range_floor(attribution.method, positive.size):
        return None
    smooth = gaussian_filter(_small(attribution.geometry).to_scan(positive).astype(np.float64), SMOOTHING)
    weights = np.where(smooth >= HALF * smooth.max(), smooth, 0.0)
    return StrongestPart(weights, label(weights > 0, structure=np.ones((3, 3)))[0])


def zone_of(part: StrongestPart, zones: np.ndarray, names: Sequence[str], groups: Sequence[str], outside: str) -> str:
    """Return the name of the zone that a strongest part lies in.

    zones: int (rows, cols), index into ``names`` or ``NOWHERE``, which is called ``outside``. groups: of each zone what it
    is part of. One piece has the zone of its centre of mass; what lies nowhere is no centre, unless most of the piece lies
    there. Several pieces have a zone, or else a group, where that holds ``LEAD`` of them, else they are "several".
    """
    total = part.weights.sum()
    by_piece = np.bincount(part.pieces.ravel(), part.weights.ravel())[1:] / total
    largest = int(np.argmax(by_piece)) + 1
    if by_piece[largest - 1] >= LEAD:
        return _of_piece(part.weights * (part.pieces == largest), zones, names, outside)
    shares = _shares(part.weights, zones, len(names))
    if shares.max() >= LEAD:
        return (*names, outside)[int(np.argmax(shares))]
    for group in dict.fromkeys(groups):
        if group != SEVERAL and sum(share for share, of in zip(shares, groups, strict=False) if of == group) >= LEAD:
            return group
    return SEVERAL


def grid_zones(shape: tuple[int, int], row_cuts: Sequence[float], col_cuts: Sequence[float]) -> np.ndarray:
    """Return zones in reading order, int (rows, cols). cuts: borders of bands as shares of height and width, rising."""
    rows = np.searchsorted(row_cuts, (np.arange(shape[0]) + 0.5) / shape[0])
    cols = np.searchsorted(col_cuts, (np.arange(shape[1]) + 0.5) / shape[1])
    return np.asarray(rows[:, None] * (len(col_cuts) + 1) + cols[None, :])


def _of_piece(weights: np.ndarray, zones: np.ndarray, names: Sequence[str], outside: str) -> str:
    shares = _shares(weights, zones, len(names))
    rows, cols = np.indices(weights.shape)
    centre = (
        round(float((rows * weights).sum() / weights.sum())),
        round(float((cols * weights).sum() / weights.sum())),
    )
    found = int(zones[centre])
    if found == NOWHERE or shares[-1] > HALF:
        found = int(np.argmax(shares)) if shares[-1] > HALF else int(np.argmax(shares[:-1]))
    return (*names, outside)[found]


def _shares(weights: np.ndarray, zones: np.ndarray, count: int) -> np.ndarray:
    """Return the share of the weights in each zone, and as the last in none."""
    index = np.where(zones == NOWHERE, count, zones)
    return np.bincount(index.ravel(), weights.ravel(), minlength=count + 1) / weights.sum()


def _small(geometry: Geometry) -> Geometry:
    """Return the same geometry on a scan whose longer side is ``GRID``: as proportioned as the scan, and as quick for any."""
    scale = GRID / max(geometry.scan_shape)
    rows, cols = (max(round(scale * side), 1) for side in geometry.scan_shape)
    down, across, crop = rows / geometry.scan_shape[0], cols / geometry.scan_shape[1], geometry.crop
    # At least one pixel, inside the small scan.
    top, left = min(round(crop.top * down), rows - 1), min(round(crop.left * across), cols - 1)
    bottom = min(max(round((crop.top + crop.height) * down), top + 1), rows)
    right = min(max(round((crop.left + crop.width) * across), left + 1), cols)
    return Geometry((rows, cols), Box(top, left, bottom - top, right - left), geometry.model_shape)
