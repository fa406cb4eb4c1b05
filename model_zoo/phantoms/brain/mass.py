"""Masses of the head with the looks of three common tumours, and how they displace and change the brain around them.

A look is drawn, no histology is claimed: a ring that enhances around necrosis with oedema ("glioma"), an evenly enhancing
mass on the dura with a tail ("meningioma"), an evenly enhancing mass in the sella ("pituitary").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from model_zoo.errors import UnknownName
from model_zoo.phantoms.brain.brain import FLUID, GREY, ventricle_distance
from model_zoo.phantoms.brain.head import Head, cavity_distance
from model_zoo.phantoms.brain.space import Points, ellipsoid, join, paint
from model_zoo.phantoms.fields import Waves, smooth_step
from model_zoo.phantoms.picture import stream

BrainKind = Literal["glioma", "meningioma", "pituitary"]
BRAIN_KINDS: tuple[BrainKind, ...] = ("glioma", "meningioma", "pituitary")
SELLA_MM = (0.0, 16.0, -20.0)


@dataclass(frozen=True)
class BrainMass:
    """What to plant: ``centre_mm`` (x to the patient's left, y to the front, z to the top), ``radius_mm``; ``rim_mm``:
    thickness of the enhancing ring, and ``oedema_mm``: how far oedema reaches (glioma look alone)."""

    kind: BrainKind
    centre_mm: tuple[float, float, float]
    radius_mm: float
    rim_mm: float = 4.5
    oedema_mm: float = 14.0

    def __post_init__(self) -> None:
        if self.kind not in BRAIN_KINDS:
            raise UnknownName("brain mass", self.kind, BRAIN_KINDS)


def random_mass(kind: BrainKind, rng: np.random.Generator) -> BrainMass:
    """Draw place and size of a mass of one look."""
    side = 1.0 if rng.random() < 0.5 else -1.0
    if kind == "glioma":
        centre = (side * rng.uniform(26, 40), rng.uniform(-45, 42), rng.uniform(6, 34))
        radius = float(rng.uniform(13, 23))
        return BrainMass(kind, tuple(map(float, centre)), radius, float(rng.uniform(3, 6)), float(rng.uniform(8, 20)))  # type: ignore[arg-type]
    if kind == "meningioma":
        turn, rise = rng.uniform(-1.2, 1.2), rng.uniform(0.1, 1.15)
        flank = np.array([side * np.cos(turn) * np.cos(rise), np.sin(turn) * np.cos(rise), np.sin(rise)])
        radius = float(rng.uniform(12, 22))
        # On the inner table: the ellipsoid of the vault, less most of a radius.
        reach = 1 / np.linalg.norm(flank / np.array([67.0, 83.0, 63.0])) - 0.72 * radius
        centre = flank * reach + np.array([0.0, 0.0, 12.0])
        return BrainMass(kind, tuple(map(float, centre)), radius)  # type: ignore[arg-type]
    radius = float(rng.uniform(7.5, 14))
    return BrainMass(kind, (float(rng.normal(0, 1.5)), SELLA_MM[1], SELLA_MM[2] + 0.45 * (radius - 6)), radius)


def displaced(mass: BrainMass, p: Points) -> Points:
    """Return where the tissue at each point came from: a growing mass pushes aside the volume that it takes.

    The shift is that of an incompressible medium; it fades towards the skull, which does not give way.
    """
    push = {"glioma": 0.75, "meningioma": 0.85, "pituitary": 0.55}[mass.kind]
    dx, dy, dz = (a - float(c) for a, c in zip((p.x, p.y, p.z), mass.centre_mm, strict=True))
    r = np.sqrt(dx**2 + dy**2 + dz**2) + 1e-3
    taken = push * mass.radius_mm**3
    source = np.cbrt(np.maximum(r**3 - taken * np.exp(-((r / (4.2 * mass.radius_mm)) ** 2)), 0.0))
    inside = np.clip((cavity_distance(p) + 1) / 16, 0, 1)
    if mass.kind == "pituitary":
        inside = inside * smooth_step((p.z + 18) / 6)
    ratio = 1 - inside * (1 - source / r)
    x, y, z = (c + d * ratio for c, d in zip(mass.centre_mm, (dx, dy, dz), strict=True))
    return Points(x.astype(np.float32), y.astype(np.float32), z.astype(np.float32))


def plant_mass(
    image: np.ndarray, mass: BrainMass, head: Head, p: Points, source: Points, cavity: np.ndarray, seed: int
) -> np.ndarray:
    """Paint the mass into ``image`` and return its distance map in mm, positive inside (ring and necrosis; no oedema, no tail).

    ``source``: from ``displaced``. ``cavity``: depth below the skull at the points ``p``.
    """
    rng = stream("brain", seed, "mass")
    rough, fine = Waves(1.5 * mass.radius_mm, 14, rng), Waves(11.0, 20, rng, spread=0.6)
    dx, dy, dz = (a - c for a, c in zip((p.x, p.y, p.z), mass.centre_mm, strict=True))
    r = np.sqrt(dx**2 + dy**2 + dz**2)
    bumpy, grain = rough(p.x, p.y, p.z), fine(p.x, p.y, p.z)
    if mass.kind == "glioma":
        edge = mass.radius_mm * (1 + 0.17 * bumpy + 0.03 * grain) - r
        body = np.minimum(edge, cavity - 2.0)
        _paint_oedema(image, mass, head, source, body, cavity, bumpy)
        paint(image, body, 1.55 + 0.16 * grain + 0.12 * bumpy, 1.1)
        rim = mass.rim_mm * np.clip(1 + 0.22 * grain + 0.5 * rough(p.y, p.z, p.x), 0.35, 2.4)
        paint(image, body - rim, 0.50 + 0.07 * grain + 0.05 * bumpy, 1.6)
        return body
    if mass.kind == "meningioma":
        edge = mass.radius_mm * (1 + 0.035 * bumpy) - r
        body = np.minimum(edge, cavity + 0.2)
        paint(image, np.minimum(body + 1.3, cavity), FLUID, 0.6)  # the cleft of fluid that tells it from the brain
        # The tail: dura that thickens towards the mass.
        reach = np.clip(1 + edge / (0.75 * mass.radius_mm), 0, 1) * (edge < 0)
        paint(image, np.where(reach > 0, 2.6 * reach - np.abs(cavity - 0.6), -1), 1.7, 0.6)
        paint(image, body, 1.65 + 0.05 * grain + 0.05 * bumpy, 0.7)
        return body
    waist = join(
        ellipsoid(p, mass.centre_mm, (mass.radius_mm, 0.9 * mass.radius_mm, 0.85 * mass.radius_mm)),
        ellipsoid(
            p,
            (mass.centre_mm[0], mass.centre_mm[1], mass.centre_mm[2] + 0.75 * mass.radius_mm),
            (0.72 * mass.radius_mm, 0.72 * mass.radius_mm, 0.75 * mass.radius_mm),
        ),
        soft=2.0,
    )
    waist = waist + 0.4 * bumpy
    paint(image, np.minimum(waist + 1.2, p.z - mass.centre_mm[2]), FLUID, 0.6)
    paint(image, waist, 1.60 + 0.07 * grain + 0.07 * bumpy, 0.7)
    return waist


def _paint_oedema(
    image: np.ndarray,
    mass: BrainMass,
    head: Head,
    source: Points,
    body: np.ndarray,
    cavity: np.ndarray,
    bumpy: np.ndarray,
) -> None:
    """Darken the white matter around the mass: water follows the fibres and spares cortex and ventricles."""
    scale = head.scale
    inner = Points(source.x / scale[0], source.y / scale[1], source.z / scale[2])
    ventricles = ventricle_distance(inner, head.brain.ventricle)
    reach = smooth_step((body + mass.oedema_mm * (1 + 0.5 * bumpy)) / 4.0)
    share = 0.75 * reach * smooth_step((cavity - 5) / 2) * smooth_step((-ventricles - 1) / 1.0)
    white = smooth_step((image - GREY - 0.03) / 0.12) * (image < 1.2)
    image += share * white * (0.62 - image)
