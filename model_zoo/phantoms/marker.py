"""The lead letter that marks a side on every film."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter

from model_zoo.phantoms.anatomy import Anatomy, Grid

LETTER_MM = 17.0
_LETTERS = {
    "R": ("####.", "#...#", "#...#", "####.", "#.#..", "#..#.", "#...#"),
    "L": ("#....", "#....", "#....", "#....", "#....", "#....", "#####"),
}


def side_marker(grid: Grid, a: Anatomy, rng: np.random.Generator) -> np.ndarray:
    """Return the share of each pixel that a lead letter R or L covers: float32 (rows, cols) in [0, 1].

    The letter lies beside the neck on the patient's side that it names. Two millimetres of lead pass nothing, so the
    letter is put over the finished film instead of into the projection.
    """
    side = "R" if rng.random() < 0.6 else "L"
    bitmap = np.array([[c == "#" for c in row] for row in _LETTERS[side]])
    height = LETTER_MM * (0.7 if a.child else 1.0) * rng.uniform(0.8, 1.2)
    x = float(rng.uniform(0.06, 0.14)) * a.cols_mm
    left = x if side == "R" else a.cols_mm - x - height * 5 / 7
    top = float(rng.uniform(0.05, 0.10)) * a.rows_mm
    column = ((grid.x + a.midline + a.cols_mm / 2 - left) / (height / 7)).astype(int)[0]
    row = ((grid.y - top) / (height / 7)).astype(int)[:, 0]
    inside = ((column >= 0) & (column < 5))[None, :] & ((row >= 0) & (row < 7))[:, None]
    letter = bitmap[np.clip(row, 0, 6)[:, None], np.clip(column, 0, 4)[None, :]] & inside
    return gaussian_filter(letter.astype(np.float32), 0.5, truncate=2.0)
