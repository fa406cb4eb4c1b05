"""The vessel trees of the retina: arteries and veins leave the disc, arch around the macula, divide and taper.

Grown as chains of points with a radius, then laid on the grid as thickness of blood along the line of sight.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np

from model_zoo.phantoms.eye.retina import Retina
from model_zoo.phantoms.picture import stream

STEP_MM = 0.05
SMALLEST_MM = 0.013  # radius below which a vessel does not show in a photograph of 50 degrees
FREE_ZONE_MM = 0.45  # no vessel enters the middle of the macula
MOST_BRANCHES = 380
MOST_ORDERS = 4


@dataclass(frozen=True, eq=False)
class VesselMaps:
    """Thickness of blood in mm for arteries and veins, and the light that their walls throw back: float32 (rows, cols)."""

    artery: np.ndarray
    vein: np.ndarray
    reflex: np.ndarray


@dataclass(frozen=True, eq=False)
class Branch:
    """One chain: retinal coordinates in mm and radii, (n,) each."""

    t: np.ndarray
    v: np.ndarray
    radius: np.ndarray
    vein: bool


def grow_vessels(retina: Retina, seed: int) -> list[Branch]:
    """Grow arteries and veins of one eye; every tree starts within the disc, the largest branches divide first."""
    rng = stream("eye", seed, "vessels")
    trunks: list[Branch] = []
    for vein in (True, False):
        calibre = rng.uniform(0.088, 0.104) if vein else rng.uniform(0.064, 0.078)
        for up in (1.0, -1.0):
            shape = rng.uniform(2.5, 3.6) * (1.0 if vein else rng.uniform(0.84, 0.97))
            trunks.append(_arcade(up, shape, calibre, vein, rng))
            for heading in rng.permutation([2.75, 2.1, 1.75])[:2]:
                way = up * (heading + rng.normal(0, 0.12))
                trunks.append(_walk((0.0, 0.15 * up), way, 0.62 * calibre, 7.0, retina, rng, vein, 0.0))
    for up in (0.3, -0.35):
        trunks.append(_walk((0.3, up), 1.2 * up, 0.030, 3.8, retina, rng, False, 0.6))
    branches, waiting = list(trunks), [(-float(b.radius[0]), i, 1) for i, b in enumerate(trunks)]
    heapq.heapify(waiting)
    while waiting and len(branches) < MOST_BRANCHES:
        _, index, order = heapq.heappop(waiting)
        for child in _daughters(branches[index], order, retina, rng):
            branches.append(child)
            if order < MOST_ORDERS:
                heapq.heappush(waiting, (-float(child.radius[0]), len(branches) - 1, order + 1))
    return branches


def _arcade(up: float, shape: float, calibre: float, vein: bool, rng: np.random.Generator) -> Branch:
    """Return a temporal trunk: a parabola that opens around the macula, with the sway of a living vessel."""
    v = np.arange(0.0, 7.6, STEP_MM / 2)
    sway = _smooth(rng.normal(0, 1, v.size), 30) * 0.14 + _smooth(rng.normal(0, 1, v.size), 10) * 0.03
    t = np.maximum(v**2 / shape - 0.25 * v, -0.2) * (0.55 + 0.45 * np.tanh(v / 1.5)) + sway * np.tanh(v)
    start = rng.uniform(0.0, 0.12)
    height = start + v * (1 - 0.028 * v)
    way = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(t), np.diff(height)))])
    at = np.arange(0.0, min(way[-1], 15.0), STEP_MM)
    radius = calibre * np.clip(1 - 0.042 * at, 0.35, 1)
    return Branch(np.interp(at, way, t), up * np.interp(at, way, height), radius, vein)


def _walk(
    start: tuple[float, float],
    heading: float,
    radius: float,
    length: float,
    retina: Retina,
    rng: np.random.Generator,
    vein: bool,
    pull: float,
) -> Branch:
    """Grow one branch step by step: it keeps its way, sways, is drawn to the macula by ``pull`` and else away from the disc."""
    n = max(int(length / STEP_MM), 4)
    bend = _smooth(rng.normal(0, 1, n), 7) * 0.055
    t, v = np.empty(n), np.empty(n)
    t[0], v[0] = start
    count = n
    for i in range(1, n):
        to_fovea = np.arctan2(retina.fovea[1] - v[i - 1], retina.fovea[0] - t[i - 1])
        outwards = np.arctan2(v[i - 1], t[i - 1])
        heading += bend[i] + 0.04 * pull * np.sin(to_fovea - heading) + 0.035 * (1 - pull) * np.sin(outwards - heading)
        t[i] = t[i - 1] + STEP_MM * np.cos(heading)
        v[i] = v[i - 1] + STEP_MM * np.sin(heading)
        if np.hypot(t[i] - retina.fovea[0], v[i] - retina.fovea[1]) < FREE_ZONE_MM:
            count = i
            break
    taper = radius * (1 - 0.45 * np.linspace(0, 1, n))
    return Branch(t[:count], v[:count], taper[:count], vein)


def _daughters(parent: Branch, order: int, retina: Retina, rng: np.random.Generator) -> list[Branch]:
    """Let daughters leave a branch to both sides in turn, thinner and shorter with every order."""
    at = rng.uniform(0.25, 0.6) + (0.9 if order == 1 else 0.0)
    side = 1.0 if rng.random() < 0.5 else -1.0
    length = (parent.t.size - 1) * STEP_MM
    found = []
    while at < length - 0.15:
        i = max(int(at / STEP_MM), 2)
        radius = float(parent.radius[i]) * rng.uniform(0.46, 0.80)
        if radius > SMALLEST_MM:
            j = min(i + 2, parent.t.size - 1)
            heading = np.arctan2(parent.v[j] - parent.v[j - 2], parent.t[j] - parent.t[j - 2])
            heading += side * rng.uniform(0.5, 1.0)
            inwards = np.arctan2(retina.fovea[1] - parent.v[i], retina.fovea[0] - parent.t[i])
            near = np.hypot(parent.t[i] - retina.fovea[0], parent.v[i] - retina.fovea[1]) < 5.2
            pull = 1.0 if near and np.cos(heading - inwards) > 0.2 else 0.0
            reach = rng.uniform(0.7, 1.4) * (72 * radius + 0.4)
            start = (float(parent.t[i]), float(parent.v[i]))
            found.append(_walk(start, heading, radius, reach, retina, rng, parent.vein, pull))
        at += rng.uniform(0.35, 1.0) * (1.2 if order == 1 else 0.9)
        side = -side if rng.random() < 0.8 else side
    return found


def _smooth(values: np.ndarray, width: int) -> np.ndarray:
    kernel = np.hanning(2 * width + 3)
    return np.convolve(values, kernel / np.sqrt((kernel**2).sum()), mode="same")


def vessel_maps(retina: Retina, branches: list[Branch]) -> VesselMaps:
    """Lay the branches on the grid: the chord through a round vessel is the blood that light passes."""
    maps = [_stamp(retina, [b for b in branches if b.vein is vein]) for vein in (False, True)]
    reflex = np.maximum(maps[0][1], 0.55 * maps[1][1])
    return VesselMaps(maps[0][0], maps[1][0], reflex)


def _stamp(retina: Retina, branches: list[Branch]) -> tuple[np.ndarray, np.ndarray]:
    """Return chords in mm and the strip of reflex along the middle, each the greatest of all that cover a pixel."""
    shape = retina.t.shape
    thickness, strip = np.zeros(shape[0] * shape[1], np.float32), np.zeros(shape[0] * shape[1], np.float32)
    if not branches:
        return thickness.reshape(shape), strip.reshape(shape)
    t, v, r = (np.concatenate([getattr(b, name) for b in branches]) for name in ("t", "v", "radius"))
    row, col = _to_pixels(retina, t, v)
    r = np.maximum(r / retina.spacing_mm, 0.35)
    for reach in np.unique(np.ceil(r).astype(int)):
        chosen = np.ceil(r).astype(int) == reach
        y, x, radius = row[chosen], col[chosen], r[chosen]
        iy, ix = np.round(y).astype(int), np.round(x).astype(int)
        for dy in range(-reach - 1, reach + 2):
            for dx in range(-reach - 1, reach + 2):
                gap = np.hypot(iy + dy - y, ix + dx - x)
                ok = (
                    (gap < radius + 0.7) & (iy + dy >= 0) & (iy + dy < shape[0]) & (ix + dx >= 0) & (ix + dx < shape[1])
                )
                index = (iy[ok] + dy) * shape[1] + ix[ok] + dx
                # A thin vessel fills a part of its pixel: the chord is spread by half a pixel.
                wide = np.hypot(radius[ok], 0.5)
                chord = 2 * np.sqrt(np.maximum(wide**2 - gap[ok] ** 2, 0)) * (radius[ok] / wide) ** 2
                np.maximum.at(thickness, index, (chord * retina.spacing_mm).astype(np.float32))
                glow = np.exp(-((gap[ok] / (0.36 * radius[ok])) ** 2)) * np.clip(radius[ok] / 2 - 0.4, 0, 1)
                np.maximum.at(strip, index, glow.astype(np.float32))
    return thickness.reshape(shape), strip.reshape(shape)


def _to_pixels(retina: Retina, t: np.ndarray, v: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (row, column) of retinal coordinates; the grid is a turned and mirrored square lattice."""
    origin = np.array([retina.t[0, 0], retina.v[0, 0]], float)
    down = np.array([retina.t[1, 0], retina.v[1, 0]], float) - origin
    right = np.array([retina.t[0, 1], retina.v[0, 1]], float) - origin
    inverse = np.linalg.inv(np.stack([down, right], axis=1))
    row, col = inverse @ np.stack([t - origin[0], v - origin[1]])
    return row, col
