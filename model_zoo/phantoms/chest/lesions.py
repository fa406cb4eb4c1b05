"""Findings that are planted into a phantom, so that their exact position is known.

An opacity is an ellipsoid of lung whose air is partly replaced by fluid; an effusion is fluid that fills the lowest
part of one side and climbs the wall in a meniscus; an enlarged heart is the same heart, wider.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from model_zoo.errors import UnknownName
from model_zoo.phantoms.chest.anatomy import SIDE_SIGN, Anatomy, Grid, dome_height, lateral_wall

LesionKind = Literal["opacity", "effusion", "enlarged_heart"]
Side = Literal["R", "L"]
LESION_KINDS: tuple[LesionKind, ...] = ("opacity", "effusion", "enlarged_heart")
# A pixel belongs to a lesion when at least this share of its greatest extra thickness lies behind it. Fluid spreads in a
# thin layer that is still seen; the rim of an opacity is not.
MASK_SHARE: dict[LesionKind, float] = {"opacity": 0.20, "effusion": 0.06, "enlarged_heart": 0.05}


@dataclass(frozen=True)
class LesionSpec:
    """What to plant.

    kind: "opacity", "effusion" or "enlarged_heart".
    side: the patient's side, "R" (left half of the image) or "L"; ``None`` for the heart.
    position: centre of an opacity as fractions (from mediastinum to wall, from apex to base) of the lung; unused else.
    size: opacity: semi-axis as a share of the lung's height (0.08 to 0.25); effusion: height of the fluid at the wall
        as a share of the lung's height (0.1 to 0.5); enlarged heart: how much wider its shadow is (0.2 to 0.5).
    strength: 0 to 1, the share of the air that fluid replaces; unused for the heart.
    """

    kind: LesionKind
    side: Side | None = None
    position: tuple[float, float] = (0.5, 0.5)
    size: float = 0.15
    strength: float = 0.7

    def __post_init__(self) -> None:
        if self.kind not in LESION_KINDS:
            raise UnknownName("phantom lesion", self.kind, LESION_KINDS)
        if self.kind != "enlarged_heart" and self.side not in SIDE_SIGN:
            raise UnknownName("side of the chest", str(self.side), SIDE_SIGN)


@dataclass(frozen=True, eq=False)
class PlantedLesion:
    """Where a lesion lies: ``mask`` bool (rows, cols) and its ``box`` (x, y, width, height) in pixels."""

    kind: LesionKind
    side: Side | None
    mask: np.ndarray
    box: tuple[int, int, int, int]


def random_lesions(rng: np.random.Generator, kinds: Sequence[LesionKind] = LESION_KINDS) -> list[LesionSpec]:
    """Draw one lesion, or with a chance of 30 % two lesions of different kinds."""
    n = min(1 + int(rng.random() < 0.3), len(kinds))
    return [_random_lesion(rng, kinds[int(i)]) for i in rng.choice(len(kinds), n, replace=False)]


def _random_lesion(rng: np.random.Generator, kind: LesionKind) -> LesionSpec:
    side: Side = "R" if rng.random() < 0.5 else "L"
    if kind == "opacity":
        # Pneumonia favours the middle and lower zones.
        position = (float(rng.uniform(0.2, 0.8)), float(rng.beta(3.2, 2.0)))
        return LesionSpec(kind, side, position, float(rng.uniform(0.09, 0.24)), float(rng.uniform(0.3, 0.95)))
    if kind == "effusion":
        return LesionSpec(kind, side, (0.9, 1.0), float(rng.uniform(0.12, 0.5)), float(rng.uniform(0.75, 1.0)))
    return LesionSpec(kind, None, (0.5, 0.8), float(rng.uniform(0.22, 0.5)), 1.0)


def opacity_map(
    spec: LesionSpec,
    a: Anatomy,
    grid: Grid,
    lung: np.ndarray,
    field: np.ndarray,
    ragged: float,
    rng: np.random.Generator,
) -> np.ndarray:
    """Return the thickness of fluid in mm that an opacity adds.

    Parameters: lung: aerated thickness of that side's visible lung field, (rows, cols). field: texture of unit
    standard deviation. ragged: how far the edge departs from the ellipse, as a share of its radius.
    """
    side = spec.side or "L"
    # Consolidated lung behind the dome is hardly seen: what is planted is meant to be found above it.
    below = grid.y - dome_height(a, side, SIDE_SIGN[side] * grid.x)
    lung = lung * np.clip(1 - below / (14 * a.k), 0.0, 1.0)
    cx, cy = lung_position(spec.position, grid, lung > 0.3 * lung.max())
    semi = spec.size * a.height
    aspect, tilt = rng.uniform(0.75, 1.3), rng.uniform(0, np.pi)
    ax, ay = semi * np.sqrt(aspect), semi / np.sqrt(aspect)
    c, s = np.cos(tilt), np.sin(tilt)
    dx, dy = grid.x - cx, grid.y - cy
    u, v = (c * dx + s * dy) / ax, (c * dy - s * dx) / ay
    turn = np.arctan2(v, u)
    edge = np.zeros(grid.shape, np.float32)
    for harmonic in range(2, 8):
        edge += 0.7 * rng.normal() / harmonic * np.cos(harmonic * turn + rng.uniform(0, 2 * np.pi))
    radius = 1 + ragged * (edge + 0.30 * field)
    # Without the root of a true chord the edge is soft: an infiltrate thins out, a ball does not.
    inside = np.maximum(1 - (u**2 + v**2) / np.maximum(radius, 0.3) ** 2, 0.0)
    depth = 2.2 * semi * inside * (1 + 0.22 * np.clip(field, -2, 2))
    return (spec.strength * np.minimum(depth, 0.85 * lung)).astype(np.float32)


def effusion_map(spec: LesionSpec, a: Anatomy, grid: Grid, cavity: np.ndarray, lung: np.ndarray) -> np.ndarray:
    """Return the thickness of fluid in mm: full in the recess, with a meniscus that climbs along the wall."""
    side = spec.side or "L"
    x = SIDE_SIGN[side] * grid.x
    angle_y = a.dome[side] + 0.35 * a.slope
    wall = lateral_wall(a, grid.y)
    top = angle_y - spec.size * a.height
    rise = np.exp(-np.maximum(wall - x, 0.0) / (0.20 * a.half_width))
    level = angle_y - 0.42 * spec.size * a.height - (0.58 * spec.size * a.height) * rise
    # Fluid behind the lung thins out upwards: the shadow has no hard upper edge.
    fill = np.clip((grid.y - level) / (0.16 * spec.size * a.height + 6 * a.k) + 0.3, 0.0, 1.0) * (
        grid.y > top - 10 * a.k
    )
    smooth = fill * fill * (3 - 2 * fill)
    return (spec.strength * smooth * np.minimum(lung, cavity)).astype(np.float32)


def lung_position(position: tuple[float, float], grid: Grid, field: np.ndarray) -> tuple[float, float]:
    """Turn fractions of the lung field (bool mask of one side) into (x, y) in mm."""
    rows = np.flatnonzero(field.any(axis=1))
    row = rows[round(float(np.clip(position[1], 0, 1)) * (rows.size - 1))]
    x = np.sort(np.abs(grid.x[0, np.flatnonzero(field[row])]))
    distance = x[0] + np.clip(position[0], 0, 1) * (x[-1] - x[0])
    sign = np.sign(grid.x[0, np.flatnonzero(field[row])].mean())
    return float(sign * distance), float(grid.y[row, 0])


def locate(kind: LesionKind, side: Side | None, extra: np.ndarray, open_field: np.ndarray) -> PlantedLesion:
    """Build the record of a lesion from the map of what it added, within the open field of the collimator."""
    extra = extra * open_field
    mask = extra > MASK_SHARE[kind] * max(float(extra.max()), 1e-6)
    rows, cols = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    box = (0, 0, 0, 0)
    if rows.size:
        box = (int(cols[0]), int(rows[0]), int(cols[-1] - cols[0] + 1), int(rows[-1] - rows[0] + 1))
    return PlantedLesion(kind, side, mask, box)
