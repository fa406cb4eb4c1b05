"""The layout of a retina in millimetres: optic disc, fovea, and the grid of the photograph that shows them.

Retinal axes have their origin in the disc, ``t`` runs to the fovea (temporal), ``v`` upwards. A right eye has its disc on
the right of the photograph.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from model_zoo.phantoms.picture import Side, stream

FIELD_MM = 14.0  # width of retina that a camera of 50 degrees shows
HEIGHT_SHARE = 0.834  # the round field is cut at the top and at the bottom by the sensor


@dataclass(frozen=True, eq=False)
class Retina:
    """One eye on the grid of its photograph.

    t, v: retinal coordinates of every pixel in mm, float32 (rows, cols). radius: distance from the middle of the field as
    a share of its radius. fovea: (t, v). disc: radii (along t, along v) in mm. cup: its size as a share of the disc.
    """

    t: np.ndarray
    v: np.ndarray
    radius: np.ndarray
    fovea: tuple[float, float]
    disc: tuple[float, float]
    cup: float
    laterality: Side
    spacing_mm: float

    @property
    def open_field(self) -> np.ndarray:
        """Where the camera sees retina, bool (rows, cols)."""
        return self.radius < 0.985

    def disc_distance(self, share: float = 1.0) -> np.ndarray:
        """Return the distance to the margin of the disc (or of ``share`` of it) in mm, positive inside."""
        k = np.hypot(self.t / self.disc[0], self.v / self.disc[1]) / share
        return (1 - k) * share * min(self.disc)

    def fovea_distance(self) -> np.ndarray:
        """Return the distance to the fovea in mm."""
        return np.hypot(self.t - self.fovea[0], self.v - self.fovea[1])


def draw_retina(seed: int, size: int, laterality: Side) -> Retina:
    """Draw the layout of one eye; ``size``: columns of the photograph."""
    rng = stream("eye", seed, "layout")
    fovea = (float(rng.uniform(4.5, 5.1)), float(rng.uniform(-0.55, -0.15)))
    disc = (float(rng.uniform(0.84, 0.96)), float(rng.uniform(0.92, 1.05)))
    # The fovea lies near the middle of the field, rarely on it.
    middle = (fovea[0] + rng.uniform(-1.3, 0.4), fovea[1] + rng.uniform(-0.5, 0.7))
    spacing = FIELD_MM / size
    rows = round(size * HEIGHT_SHARE)
    right = ((np.arange(size, dtype=np.float32) + 0.5) * spacing - FIELD_MM / 2)[None, :]
    down = ((np.arange(rows, dtype=np.float32) + 0.5) * spacing - rows * spacing / 2)[:, None]
    turn = float(rng.normal(0, 0.06))
    x = -right if laterality == "R" else right
    t = middle[0] + x * np.cos(turn) + down * np.sin(turn)
    v = middle[1] - down * np.cos(turn) + x * np.sin(turn)
    radius = np.hypot(right, down) / (FIELD_MM / 2)
    return Retina(
        t.astype(np.float32),
        v.astype(np.float32),
        radius.astype(np.float32),
        fovea,
        disc,
        float(rng.uniform(0.28, 0.52)),
        laterality,
        spacing,
    )
