"""Chest: side and zone of a lung, by the outline of both lungs.

A zone is a third of the height from the apex to the base. Both lungs share one height, because an opacity can cut the
outline of its own lung short. The outline comes from the segmenter (``segmenters/lungs.py``) and includes the lung behind
the heart.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.ndimage import binary_dilation

from model_zoo.case.outlines.lung_sides import split_sides
from model_zoo.case.outlines.polygons import Polygon, coverage
from model_zoo.places.place import OUTSIDE
from model_zoo.places.strongest import NOWHERE, StrongestPart, zone_of

# Share of the longer side of the picture: the outline is uncertain by a pixel or two of 128, and a cell of a Grad-CAM is 8.
MARGIN = 0.03
LEVELS = ("upper", "middle", "lower")


def chest_key(
    part: StrongestPart, outlines: Sequence[Sequence[Polygon]], scan_shape: tuple[int, int], side_at_left: str | None
) -> str | None:
    """Return side and zone; ``None`` where the outlines (polygons in pixels of the scan) are no pair of lungs.

    side_at_left: side of the patient at the left edge of the picture, "R" or "L"; ``None`` where it is not known: the lungs
    are then called by their place in the picture.
    """
    both = coverage(outlines, (0.0, 0.0, float(scan_shape[0]), float(scan_shape[1])), part.shape) >= 0.5
    sides = split_sides(both.astype(np.float32), 0.5)
    if sides is None:
        return None
    left, right = (_filled(side >= 0.5) for side in sides)
    rows = np.flatnonzero(both.any(axis=1))
    height = rows[-1] + 1 - rows[0]
    level = np.clip((np.arange(part.shape[0]) - rows[0]) * len(LEVELS) // height, 0, len(LEVELS) - 1)[:, None]
    middle = (np.nonzero(left)[1].mean() + np.nonzero(right)[1].mean()) / 2
    at_right = (np.arange(part.shape[1]) > middle)[None, :]
    margin = round(MARGIN * max(part.shape))
    inside = binary_dilation(left | right, iterations=margin)
    zones = np.where(inside, level + len(LEVELS) * at_right, NOWHERE)
    named = {"R": ("right", "left"), "L": ("left", "right"), None: ("picture_left", "picture_right")}[side_at_left]
    names = [f"lung.{side}.{name}" for side in named for name in LEVELS]
    return zone_of(part, zones, names, [f"lung.{side}" for side in named for _ in LEVELS], OUTSIDE)


def _filled(lung: np.ndarray) -> np.ndarray:
    """Return a lung (bool) with what lies between two of its pixels in a row or a column: an opacity bites into the outline."""
    between = np.zeros_like(lung)
    for axis in (0, 1):
        before = np.maximum.accumulate(lung, axis=axis)
        after = np.flip(np.maximum.accumulate(np.flip(lung, axis), axis=axis), axis)
        between |= before & after
    return between
