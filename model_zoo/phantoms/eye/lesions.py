"""Signs of diabetic retinopathy: microaneurysms, dot, blot and flame haemorrhages, hard and soft exudates, by grade.

Grades follow the international clinical scale (Wilkinson et al. 2003, Ophthalmology 110:1677): 0 none, 1 microaneurysms
alone, 2 more than those, 3 haemorrhages in all quadrants with soft exudates. Proliferative disease (4) is not drawn.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from model_zoo.errors import UnknownName
from model_zoo.phantoms.eye.retina import Retina
from model_zoo.phantoms.fields import smooth_noise, smooth_step
from model_zoo.phantoms.picture import stream

GRADES = (0, 1, 2, 3)
REFERABLE_GRADE = 2
EYE_KINDS = ("microaneurysms", "haemorrhages", "hard_exudates", "soft_exudates")


@dataclass(frozen=True)
class Retinopathy:
    """How many of each sign: microaneurysms, dot or blot haemorrhages, flame haemorrhages, clusters of hard exudates, soft
    exudates (cotton-wool spots)."""

    microaneurysms: int = 0
    blots: int = 0
    flames: int = 0
    exudate_clusters: int = 0
    soft_exudates: int = 0

    @property
    def grade(self) -> int:
        """The grade that these signs make, 0 to 3."""
        if self.blots + self.flames >= 20 and self.soft_exudates:
            return 3
        if self.blots or self.flames or self.exudate_clusters or self.soft_exudates:
            return 2
        return 1 if self.microaneurysms else 0


def random_retinopathy(grade: int, rng: np.random.Generator) -> Retinopathy:
    """Draw the signs of one grade."""
    if grade not in GRADES:
        raise UnknownName("grade of retinopathy", str(grade), [str(g) for g in GRADES])

    def between(low: int, high: int) -> int:
        return int(rng.integers(low, high + 1))

    if grade == 0:
        return Retinopathy()
    if grade == 1:
        return Retinopathy(between(2, 7))
    if grade == 2:
        return Retinopathy(between(8, 22), between(4, 14), between(0, 3), between(1, 4), between(0, 1))
    return Retinopathy(between(20, 45), between(22, 40), between(4, 10), between(0, 5), between(2, 6))


@dataclass(frozen=True, eq=False)
class Signs:
    """What the signs do to light: ``blood`` in mm, ``yellow`` and ``white`` cover in [0, 1], and the mask of each kind."""

    blood: np.ndarray
    yellow: np.ndarray
    white: np.ndarray
    masks: dict[str, np.ndarray]


def draw_signs(retina: Retina, what: Retinopathy, seed: int) -> Signs:
    """Lay the signs on the retina, off the disc and within the field."""
    shape = retina.t.shape
    places = _Places(retina, stream("eye", seed, "places"))
    rng = stream("eye", seed, "signs")
    px = 1 / retina.spacing_mm
    rough = smooth_noise(shape, (0.05 * px, 0.05 * px), rng)
    lumps = smooth_noise(shape, (0.13 * px, 0.13 * px), rng)
    cover = {kind: np.zeros(shape, np.float32) for kind in EYE_KINDS}
    for _ in range(what.microaneurysms):
        _spot(cover["microaneurysms"], retina, places.posterior(), rng.uniform(0.030, 0.055), 0.0, rough, px)
    for _ in range(what.blots):
        size = 0.06 + 0.16 * rng.beta(1.2, 3.0)
        _spot(cover["haemorrhages"], retina, places.anywhere(), size, 0.45, lumps, px)
    for _ in range(what.flames):
        _flame(cover["haemorrhages"], retina, places.near_arcade(), rng, lumps, px)
    for _ in range(what.exudate_clusters):
        _cluster(cover["hard_exudates"], retina, places.macular(), rng, rough, px)
    for _ in range(what.soft_exudates):
        _spot(cover["soft_exudates"], retina, places.near_arcade(), rng.uniform(0.15, 0.32), 0.35, lumps, px, 0.14)
    seen = retina.open_field & (retina.disc_distance() < -0.05)
    for kind in EYE_KINDS:
        cover[kind] *= seen
    blood = 0.17 * cover["microaneurysms"] + 0.24 * cover["haemorrhages"] * np.clip(1 + 0.25 * lumps, 0.4, 1.6)
    masks = {kind: cover[kind] > 0.5 for kind in EYE_KINDS}
    return Signs(blood.astype(np.float32), 0.9 * cover["hard_exudates"], 0.62 * cover["soft_exudates"], masks)


class _Places:
    """Draws places within the field, off disc and fovea."""

    def __init__(self, retina: Retina, rng: np.random.Generator) -> None:
        self._retina, self._rng = retina, rng
        self._free = retina.open_field & (retina.radius < 0.93) & (retina.disc_distance() < -0.25)

    def _draw(self, weight: np.ndarray) -> tuple[float, float]:
        weight = (weight * self._free).ravel().astype(float)
        index = int(np.searchsorted(np.cumsum(weight), self._rng.random() * weight.sum()))
        return float(self._retina.t.flat[index]), float(self._retina.v.flat[index])

    def anywhere(self) -> tuple[float, float]:
        away = self._retina.fovea_distance()
        return self._draw(np.exp(-((away / 5.5) ** 2)) * (away > 0.5))

    def posterior(self) -> tuple[float, float]:
        away = self._retina.fovea_distance()
        return self._draw(np.exp(-((away / 3.2) ** 2)) * (away > 0.35))

    def macular(self) -> tuple[float, float]:
        away = self._retina.fovea_distance()
        return self._draw(np.exp(-(((away - 1.7) / 1.0) ** 2)))

    def near_arcade(self) -> tuple[float, float]:
        off = np.abs(np.hypot(self._retina.t - 0.6 * self._retina.fovea[0], self._retina.v) - 3.3)
        return self._draw(np.exp(-((off / 0.9) ** 2)))


def _spot(
    cover: np.ndarray,
    retina: Retina,
    place: tuple[float, float],
    radius: float,
    ragged: float,
    field: np.ndarray,
    px: float,
    soft_mm: float = 0.0,
) -> None:
    """Add a spot whose edge follows ``field``; the edge is as sharp as the grid allows, or ``soft_mm`` wide."""
    rows, cols = _window(retina, place, 2.2 * radius + 4 * soft_mm + 3 / px)
    t, v, f = retina.t[rows, cols], retina.v[rows, cols], field[rows, cols]
    gap = np.hypot(t - place[0], v - place[1])
    edge = smooth_step((radius * (1 + ragged * np.clip(f, -1.6, 1.6)) - gap) / max(soft_mm, 0.7 / px))
    cover[rows, cols] = np.maximum(cover[rows, cols], edge)


def _flame(
    cover: np.ndarray,
    retina: Retina,
    place: tuple[float, float],
    rng: np.random.Generator,
    field: np.ndarray,
    px: float,
) -> None:
    """Add a haemorrhage in the nerve fibre layer: drawn out along the fibres, with split ends."""
    length, width = rng.uniform(0.22, 0.48), rng.uniform(0.05, 0.10)
    rows, cols = _window(retina, place, 1.6 * length)
    t, v = retina.t[rows, cols] - place[0], retina.v[rows, cols] - place[1]
    # Fibres leave the disc and bend around the macula.
    along = np.arctan2(place[1], place[0]) - 0.55 * np.sign(place[1]) * (0.2 < place[0] < 6)
    u, w = t * np.cos(along) + v * np.sin(along), v * np.cos(along) - t * np.sin(along)
    streaks = np.cos(w / 0.035 + 2 * field[rows, cols] + rng.uniform(0, 6))
    frayed = length * (1 + 0.28 * streaks + 0.15 * field[rows, cols])
    edge = smooth_step((1 - np.hypot(u / frayed, w / width)) * width / (0.8 / px))
    cover[rows, cols] = np.maximum(cover[rows, cols], edge)


def _cluster(
    cover: np.ndarray,
    retina: Retina,
    place: tuple[float, float],
    rng: np.random.Generator,
    field: np.ndarray,
    px: float,
) -> None:
    """Add a cluster of hard exudates: waxy grains on a part of a ring around the leaking spot, some grown together."""
    ring, start, spread = rng.uniform(0.25, 0.95), rng.uniform(0, 2 * np.pi), rng.uniform(1.2, 5.5)
    for _ in range(int(rng.integers(8, 42))):
        angle, reach = start + spread * rng.random(), ring * (1 + 0.22 * rng.normal())
        grain = (place[0] + reach * np.cos(angle), place[1] + reach * np.sin(angle))
        _spot(cover, retina, grain, 0.020 + 0.11 * rng.beta(0.9, 4.5), 0.6, field, px)


def _window(retina: Retina, place: tuple[float, float], reach: float) -> tuple[slice, slice]:
    """Return the slices of the grid around a place, so that a spot costs what it covers."""
    near = (np.abs(retina.t - place[0]) < reach) & (np.abs(retina.v - place[1]) < reach)
    rows, cols = np.flatnonzero(near.any(axis=1)), np.flatnonzero(near.any(axis=0))
    if not rows.size:
        return slice(0, 0), slice(0, 0)
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(cols[0]), int(cols[-1]) + 1)
