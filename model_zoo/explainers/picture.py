"""A map blended over a film: numbers flow in, red, green and blue come out, by the rules of the viewer on the page.

One place for the pictures of the command line and those that stand side by side on the page: the same palettes, the same
floors of the colour range, and the same opacity, so that a near-empty map looks empty everywhere.
"""

from __future__ import annotations

import numpy as np

from model_zoo.explainers import range_floor
from model_zoo.explainers.palette import (
    DIVERGING,
    GREY,
    GREY_SIGNED,
    OPAQUE_FROM,
    RANGE_QUANTILE,
    SEQUENTIAL,
    VISIBLE_FROM,
)

OPACITY = 0.6  # the film stays readable under the strongest value


def colour_range(values: np.ndarray, signed: bool, method: str = "") -> tuple[float, float]:
    """Return the values at both ends of the colour bar for a map (rows, cols) at its own resolution, as on the page.

    Parameters
    ----------
    values
        The map, (rows, cols).
    signed
        Whether values speak against the finding too.
    method
        Its name; a declared colour floor then holds.
    """
    finite = np.abs(values[np.isfinite(values)])
    top = float(np.quantile(finite, RANGE_QUANTILE)) if finite.size else 0.0
    top = max(top, range_floor(method, values.size))
    return (-top, top) if signed else (0.0, top)


def colours(values: np.ndarray, low: float, high: float, signed: bool, grey: bool = False) -> np.ndarray:
    """Return red, green, blue and opacity, float32 (rows, cols, 4) from 0 to 1, of values in that range.

    Parameters
    ----------
    values
        The map, (rows, cols).
    low
        0 for an unsigned map, ``-high`` for a signed one.
    high
        Value at the upper end of the colour bar.
    signed
        Whether values speak against the finding too.
    grey
        For a map that must not be used.
    """
    position = np.clip((values - low) / (high - low), 0, 1)
    stops = (GREY_SIGNED if signed else GREY) if grey else (DIVERGING if signed else SEQUENTIAL)
    at = [stop[0] for stop in stops]
    channels = [np.interp(position, at, [stop[i] / 255 for stop in stops]) for i in (1, 2, 3)]
    # An unsigned map may hold values below zero by rounding: they say nothing, and show nothing.
    strength = np.clip(np.abs(values) if signed else values, 0, None) / high
    opacity = OPACITY * np.clip((strength - VISIBLE_FROM) / (OPAQUE_FROM - VISIBLE_FROM), 0, 1)
    return np.stack([*channels, opacity], axis=-1).astype(np.float32)


def blend(film: np.ndarray, layer: np.ndarray) -> np.ndarray:
    """Return uint8 (rows, cols, 3): a film in [0, 1], (rows, cols) or in colour (rows, cols, 3), under ``colours``."""
    opacity = layer[..., 3:]
    blended = (film[..., None] if film.ndim == 2 else film) * (1 - opacity) + layer[..., :3] * opacity
    return np.round(np.clip(blended, 0, 1) * 255).astype(np.uint8)
