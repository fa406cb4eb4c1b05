"""From a plane of probabilities to closed polygons, and back to a share of each cell: outlines small enough to be kept.

Everything is in pixels of the scan, (row, col), where pixel i covers [i, i + 1): the outline of a mask of whole pixels runs
along their edges.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from contourpy import LineType, contour_generator

Polygon = tuple[tuple[float, float], ...]

# Fundus photographs may hold hundreds of specks; the largest are drawn, all of them count in the area.
MOST_POLYGONS = 300
# No line is ever simplified by less: a fifth of a pixel is finer than any screen shows at one to one.
LEAST_TOLERANCE_PX = 0.2
# Coverage is counted on a grid of about this many fine cells along the longer side.
FINE_SIDE = 512


def trace(plane: np.ndarray, threshold: float, tolerance: float = LEAST_TOLERANCE_PX) -> tuple[Polygon, ...]:
    """Return the lines along which a plane, float (rows, cols), crosses a threshold, closed, largest first.

    A hole is a polygon of its own inside another: what lies inside an odd number of polygons is inside. What reaches the rim
    of the plane is closed along the rim. tolerance: in pixels, by how much a simplified line may leave the traced one.
    """
    inside = plane >= threshold
    if not inside.any():
        return ()
    rows, cols = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    top, left = max(rows[0] - 1, 0), max(cols[0] - 1, 0)
    window = plane[top : rows[-1] + 2, left : cols[-1] + 2].astype(np.float64)
    framed = np.pad(window, 1, mode="edge")
    # Mirrored at the threshold, the frame puts the crossing half-way: on the rim itself.
    for side in (np.s_[0, :], np.s_[-1, :], np.s_[:, 0], np.s_[:, -1]):
        framed[side] = np.minimum(framed[side], 2 * threshold - framed[side])
    # LineType.Separate promises a list of (n, 2) arrays; its signature allows the forms of the other types too.
    lines: Any = contour_generator(z=framed, line_type=LineType.Separate).lines(threshold)
    found = []
    for line in lines:
        # contourpy gives (x, y) between pixel centres of the framed window.
        points = np.stack([line[:, 1] + top - 0.5, line[:, 0] + left - 0.5], axis=1)
        np.clip(points, 0, plane.shape, out=points)
        kept = simplify(points[:-1], max(tolerance, LEAST_TOLERANCE_PX))
        if len(kept) >= 3:
            found.append(np.round(kept, 2))
    found.sort(key=_area, reverse=True)
    return tuple(tuple((float(y), float(x)) for y, x in points) for points in found[:MOST_POLYGONS])


def simplify(points: np.ndarray, tolerance: float) -> np.ndarray:
    """Return the corners of a closed polygon (n, 2) that are needed to stay within ``tolerance`` of all of them.

    References: Douglas and Peucker 1973, doi:10.3138/FM57-6770-U75U-7727; a ring is cut at two far corners first.
    """
    if len(points) < 4:
        return points
    far = int(np.argmax(((points - points[0]) ** 2).sum(axis=1)))
    ring = np.concatenate([points, points[:1]])
    keep = np.zeros(len(ring), dtype=bool)
    keep[[0, far]] = True
    pending = [(0, far), (far, len(ring) - 1)]
    while pending:
        first, last = pending.pop()
        if last - first < 2:
            continue
        start, end = ring[first], ring[last]
        offsets, along = ring[first + 1 : last] - start, end - start
        length = float(np.hypot(*along))
        if length > 0:
            part = np.clip((offsets @ along) / length**2, 0, 1)
            offsets = offsets - part[:, None] * along
        distances = np.hypot(offsets[:, 0], offsets[:, 1])
        worst = int(np.argmax(distances))
        if distances[worst] > tolerance:
            middle = first + 1 + worst
            keep[middle] = True
            pending += [(first, middle), (middle, last)]
    return ring[:-1][keep[:-1]]


def fill(polygons: Sequence[Polygon], shape: tuple[int, int]) -> np.ndarray:
    """Return which pixels of a grid have their centre inside an odd number of polygons, bool (rows, cols)."""
    rows, cols = shape
    flips = np.zeros((rows, cols + 1), dtype=np.int64)
    for polygon in polygons:
        points = np.asarray(polygon, dtype=np.float64)
        for (y0, x0), (y1, x1) in zip(points, np.roll(points, -1, axis=0), strict=True):
            low, high = min(y0, y1), max(y0, y1)
            # Centres from the lower end up to, not with, the upper: a corner is crossed once.
            crossed = np.arange(max(math.ceil(low - 0.5), 0), min(math.ceil(high - 0.5), rows))
            if len(crossed):
                x = x0 + (crossed + 0.5 - y0) * (x1 - x0) / (y1 - y0)
                np.add.at(flips, (crossed, np.clip(np.ceil(x - 0.5), 0, cols).astype(int)), 1)
    return np.asarray(np.cumsum(flips, axis=1)[:, :-1] % 2 == 1)


def coverage(
    outlines: Sequence[Sequence[Polygon]], extent: tuple[float, float, float, float], shape: tuple[int, int]
) -> np.ndarray:
    """Return the share of each cell of a grid that lies inside any of several outlines, float64 (rows, cols).

    Parameters
    ----------
    outlines
        Polygons of each, in pixels of the scan.
    extent
        (top, left, height, width) of the grid in the same pixels.
    shape
        Rows and columns of the grid.
    """
    top, left, height, width = extent
    rows, cols = shape
    factor = max(1, round(FINE_SIDE / max(shape)))
    fine = np.zeros((rows * factor, cols * factor), dtype=bool)
    scale = np.array([rows * factor / height, cols * factor / width])
    for polygons in outlines:
        placed = [tuple(map(tuple, (np.asarray(p) - (top, left)) * scale)) for p in polygons]
        fine |= fill(placed, (rows * factor, cols * factor))
    return np.asarray(fine.reshape(rows, factor, cols, factor).mean(axis=(1, 3)))


def _area(points: np.ndarray) -> float:
    """Return the area of a polygon (n, 2), in square pixels."""
    y, x = points[:, 0], points[:, 1]
    return abs(float(np.dot(y, np.roll(x, 1)) - np.dot(x, np.roll(y, 1)))) / 2
