"""Points of a head in millimetres, the planes through it, and the solids of which the anatomy is composed.

Axes: x to the patient's left, y to the front, z to the top; the origin lies in the middle of the brain.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from model_zoo.phantoms.fields import smooth_step

Plane = Literal["axial", "coronal", "sagittal"]
PLANES: tuple[Plane, ...] = ("axial", "coronal", "sagittal")
FIELD_MM = 225.0  # field of view of a usual head coil protocol
# Middle of the picture for each plane: the face and the neck need room below and in front.
MIDDLE_MM = {"axial": (0.0, 2.0, 0.0), "coronal": (0.0, 0.0, -15.0), "sagittal": (0.0, 8.0, -14.0)}
EDGE_MM = 0.45  # half width of every surface: no step within a voxel


@dataclass(frozen=True, eq=False)
class Points:
    """Coordinates in mm, float32 arrays of one shape (slices, rows, cols)."""

    x: np.ndarray
    y: np.ndarray
    z: np.ndarray


def plane_points(plane: Plane, at_mm: float, matrix: int, tilt_deg: float, offsets_mm: tuple[float, ...]) -> Points:
    """Return the points of a slice: rows run down, columns to the right as radiologists view it.

    Axial and coronal: the patient's right is on the left of the picture. Sagittal: the face looks to the left. tilt_deg
    turns the slice about the axis that runs across it. offsets_mm: sub-slices within the thickness.
    """
    middle = MIDDLE_MM[plane]
    line = (np.arange(matrix, dtype=np.float32) + 0.5) / matrix * FIELD_MM - FIELD_MM / 2
    down, right = np.meshgrid(line, line, indexing="ij")
    through = np.asarray(offsets_mm, np.float32)[:, None, None]
    down, right = np.broadcast_arrays(down[None], right[None])
    c, s = math.cos(math.radians(tilt_deg)), math.sin(math.radians(tilt_deg))
    if plane == "axial":
        y, z = -down * c - through * s, -down * s + through * c
        return Points(right + 0 * through, middle[1] + y, at_mm + z)
    if plane == "coronal":
        y, z = down * s + through * c, -down * c + through * s
        return Points(right + 0 * through, at_mm + y, middle[2] + z)
    x, y = through * c + right * s, -right * c + through * s
    return Points(at_mm + x, middle[1] + y, middle[2] - down + 0 * through)


def plane_position(
    plane: Plane, at_mm: float, size: int, tilt_deg: float
) -> tuple[tuple[float, float, float], tuple[float, ...]]:
    """Return the centre of the first pixel and the directions of rows and columns in the patient axes of DICOM."""
    p = plane_points(plane, at_mm, size, tilt_deg, (0.0,))

    def place(row: int, col: int) -> np.ndarray:
        return np.array([p.x[0, row, col], -p.y[0, row, col], p.z[0, row, col]], float)

    step = FIELD_MM / size
    along, down = (place(0, 1) - place(0, 0)) / step, (place(1, 0) - place(0, 0)) / step
    first = tuple(float(v) for v in place(0, 0))
    return first, tuple(round(float(v), 6) for v in (*along, *down))  # type: ignore[return-value]


def ellipsoid(
    p: Points, centre: tuple[float, float, float], radii: tuple[float, float, float], both: bool = False
) -> np.ndarray:
    """Return the distance to an ellipsoid's surface in mm, positive inside; ``both``: also its mirror image across x."""
    x = np.abs(p.x) if both else p.x
    dx, dy, dz = x - centre[0], p.y - centre[1], p.z - centre[2]
    k = np.sqrt((dx / radii[0]) ** 2 + (dy / radii[1]) ** 2 + (dz / radii[2]) ** 2) + 1e-4
    slope = np.sqrt((dx / radii[0] ** 2) ** 2 + (dy / radii[1] ** 2) ** 2 + (dz / radii[2] ** 2) ** 2) + 1e-4
    return k * (1 - k) / slope


def tube(p: Points, points: tuple[tuple[float, float, float], ...], radius: float, both: bool = False) -> np.ndarray:
    """Return the distance to the surface of a tube along straight pieces between ``points``, positive inside."""
    x = np.abs(p.x) if both else p.x
    best = np.full(p.x.shape, -1e3, np.float32)
    for a, b in pairwise(points):
        wx, wy, wz = (float(end - start) for start, end in zip(a, b, strict=True))
        length = wx * wx + wy * wy + wz * wz
        dx, dy, dz = x - float(a[0]), p.y - float(a[1]), p.z - float(a[2])
        t = np.clip((dx * wx + dy * wy + dz * wz) / length, 0, 1)
        # |d - t w| without a vector per point.
        gap = dx * dx + dy * dy + dz * dz - 2 * t * (dx * wx + dy * wy + dz * wz) + t * t * length
        best = np.maximum(best, radius - np.sqrt(np.maximum(gap, 0)))
    return best


def join(*distances: np.ndarray, soft: float = 4.0) -> np.ndarray:
    """Return the distance to the union of solids whose seams are rounded over ``soft`` mm."""
    total = distances[0]
    for other in distances[1:]:
        h = np.clip(0.5 + 0.5 * (total - other) / soft, 0, 1)
        total = other + (total - other) * h + soft * h * (1 - h)
    return total


def paint(image: np.ndarray, distance: np.ndarray, value: np.ndarray | float, edge_mm: float = EDGE_MM) -> None:
    """Put ``value`` into ``image`` where ``distance`` is positive; surfaces are soft, so that voxels are shared."""
    share = smooth_step(distance / edge_mm)
    image += share * (value - image)
