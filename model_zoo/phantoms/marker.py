"""The lead letter that marks a side on every film."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from model_zoo.phantoms.chest.anatomy import Anatomy, Grid

LETTER_MM = 17.0  # height of a usual lead letter, with its frame


def side_marker(grid: Grid, a: Anatomy, rng: np.random.Generator) -> np.ndarray:
    """Return the share of each pixel that a lead letter R or L covers: float32 (rows, cols) in [0, 1].

    The letter lies beside the neck on the patient's side that it names. Two millimetres of lead pass nothing, so the
    letter is put over the finished film instead of into the projection.
    """
    side = "R" if rng.random() < 0.6 else "L"
    height = LETTER_MM * (0.7 if a.child else 1.0) * rng.uniform(0.8, 1.2) / grid.spacing_mm
    rows, cols = grid.shape
    x = float(rng.uniform(0.06, 0.14)) * cols
    left = x if side == "R" else cols - x - 0.7 * height
    top = float(rng.uniform(0.05, 0.10)) * rows
    film = Image.new("L", (cols, rows), 0)
    # A capital letter is about 0.72 of the font's size tall.
    font = ImageFont.load_default(max(height / 0.72, 6.0))
    ImageDraw.Draw(film).text((left, top), side, fill=255, font=font, stroke_width=round(height / 40))
    return np.asarray(film, np.float32) / 255.0
