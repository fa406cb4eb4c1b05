"""The head: skull, coverings, face and neck, and the brain within, as relative signal of a T1 sequence after contrast.

Signals are relative to white matter and ordered as contrast-enhanced spin-echo T1 orders them: fluid is dark, grey matter
darker than white, fat, blood and whatever has no barrier bright.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from model_zoo.phantoms.brain.brain import Brain, paint_brain
from model_zoo.phantoms.brain.space import Points, ellipsoid, join, paint, tube
from model_zoo.phantoms.fields import Waves
from model_zoo.phantoms.picture import stream

SIGNAL = {
    "air": 0.01,
    "skin": 0.85,
    "fat": 1.75,
    "muscle": 0.66,
    "bone": 0.10,
    "marrow": 0.85,
    "mucosa": 1.35,
    "vitreous": 0.27,
    "dura": 1.05,
    "fluid": 0.30,
}


@dataclass(frozen=True, eq=False)
class Head:
    """One head: sizes drawn from its seed, and the fields of its tissues. ``scale`` of (x, y, z) against the mean head."""

    scale: tuple[float, float, float]
    skull_mm: float
    scalp_mm: float
    fibre: Waves
    cells: Waves
    marrow: Waves
    brain: Brain


def draw_head(seed: int) -> Head:
    """Draw one head."""
    rng = stream("brain", seed, "head")
    scale = tuple(float(v) for v in 1 + rng.normal(0, 0.025, 3))
    return Head(
        scale=scale,  # type: ignore[arg-type]
        skull_mm=float(rng.uniform(5.5, 8.0)),
        scalp_mm=float(rng.uniform(4.5, 7.5)),
        fibre=Waves(9.0, 16, rng, 3, (0.7, 1.5, 2.4)),
        cells=Waves(8.0, 14, rng, 3, (0.7, 3.0, 1.1)),
        marrow=Waves(12.0, 14, rng),
        brain=Brain.draw(rng),
    )


def cavity_distance(p: Points) -> np.ndarray:
    """Return the depth below the inner table of the skull in mm, positive inside the cranial cavity."""
    # Below the frontal lobes lie the orbits, in front of the brain stem the skull base.
    cerebrum = ellipsoid(p, (0, 0, 12), (67, 83, 63))
    roof = -18.0 + 8.0 * np.exp(-(((np.abs(p.x) - 30) / 18) ** 2)) + 0.06 * np.clip(p.y - 30, 0, None)
    floor = p.z - (roof - 1.1 * np.clip(14 - p.y, 0, 26))
    cerebrum = np.minimum(cerebrum, floor * 0.85)
    temporal = ellipsoid(p, (38, 6, -22), (27, 36, 23), both=True)
    behind = ellipsoid(p, (0, -42, -30), (53, 40, 33))
    centre = ellipsoid(p, (0, -18, -32), (21, 19, 36))
    canal = tube(p, ((0, -26, -55), (0, -34, -85), (0, -32, -170)), 9.0)
    return join(cerebrum, temporal, behind, centre, canal, soft=5.0)


def head_signal(head: Head, world: Points) -> tuple[np.ndarray, np.ndarray]:
    """Return the signal at every point, float32, and the depth inside the cranial cavity in mm."""
    p = Points(world.x / head.scale[0], world.y / head.scale[1], world.z / head.scale[2])
    cavity = cavity_distance(p)
    thick = head.skull_mm + head.scalp_mm
    cranium = ellipsoid(p, (0, 0, 12), (67 + thick, 83 + thick, 63 + thick))
    face = ellipsoid(p, (0, 34, -52), (66, 64, 56))
    jaw = ellipsoid(p, (0, 40, -90), (55, 58, 36))
    nose = tube(p, ((0, 92, -22), (0, 106, -50), (0, 104, -56)), 11.0)
    neck = tube(p, ((0, -18, -45), (0, -14, -200)), 52.0)
    shoulders = ellipsoid(p, (0, -24, -190), (150, 62, 52))
    nape = ellipsoid(p, (0, -50, -45), (58, 46, 48))
    ears = ellipsoid(p, (80, -14, -32), (7, 14, 24), both=True)
    outer = join(cranium, face, jaw, neck, nape, nose, shoulders, soft=12.0)
    skin = np.maximum(outer, ears)
    image = np.full(p.x.shape, SIGNAL["air"], np.float32)
    fibre = head.fibre(p.x, p.y, p.z)
    paint(image, skin, SIGNAL["skin"])
    paint(image, outer - 1.6, SIGNAL["fat"] * (1 + 0.06 * fibre))
    # Under the fat of scalp and cheeks lies muscle, with planes of fat between its bellies.
    soft = 1.6 + head.scalp_mm * np.where(p.z > -10, 0.75, 1.0) + np.clip(-20 - p.z, 0, 30) * 0.12
    planes = np.exp(-((fibre / 0.30) ** 2)) * np.clip(0.5 + 0.5 * head.marrow(p.x, p.y, p.z), 0, 1)
    paint(image, outer - soft, SIGNAL["muscle"] * (1 + 0.08 * fibre) + 0.65 * planes)
    _paint_skull(image, head, p, cavity)
    _paint_face(image, head, p, fibre)
    paint_brain(image, head.brain, p, cavity)
    return image, cavity


def _paint_skull(image: np.ndarray, head: Head, p: Points, cavity: np.ndarray) -> None:
    calvaria = cavity + head.skull_mm
    marrow = head.marrow(p.x, p.y, p.z)
    base = ellipsoid(p, (0, 26, -34), (34, 34, 16))
    petrous = tube(p, ((16, 0, -36), (48, -24, -34)), 11.0, both=True)
    bone = join(calvaria, base, petrous, soft=3.0)
    bone = np.where((p.z < -62) & (np.abs(p.x) < 40), np.minimum(bone, cavity + 4.5), bone)
    paint(image, bone, SIGNAL["bone"])
    # Two tables of dense bone with marrow between, patchy, more of it at the vertex.
    diploe = 1.7 - np.abs(cavity + 0.5 * head.skull_mm)
    paint(image, np.where(p.z > -20, diploe, -1), 0.30 + 0.16 * np.clip(marrow, -1, 2), 1.2)
    clivus = tube(p, ((0, 9, -38), (0, -4, -62)), 7.0)
    paint(image, clivus, SIGNAL["marrow"] * (1 + 0.12 * marrow))
    for level in range(5):
        body = ellipsoid(p, (0, -14, -76 - 17 * level), (12, 8.5, 7.5))
        paint(image, body, SIGNAL["marrow"] * 0.9)


def _paint_face(image: np.ndarray, head: Head, p: Points, fibre: np.ndarray) -> None:
    cells = head.cells(p.x, p.y, p.z)
    air = SIGNAL["air"] + 0.02
    paint(image, ellipsoid(p, (31, 62, -29), (20, 27, 17), both=True), SIGNAL["fat"] * 0.95)
    paint(image, tube(p, ((12, 34, -24), (30, 66, -28)), 2.2, both=True), SIGNAL["muscle"])
    for dx, dz in ((10.5, 0), (-9.5, 0), (0, 9.5), (0, -9.5)):
        paint(image, tube(p, ((17, 36, -27), (31 + dx, 66, -29 + dz)), 1.9, both=True), 1.1)
    globe = ellipsoid(p, (32, 74, -29), (12, 12.5, 12), both=True)
    paint(image, globe, 0.9)
    paint(image, globe - 1.1, SIGNAL["vitreous"])
    paint(image, ellipsoid(p, (32, 82, -29), (4.5, 2.2, 4.5), both=True), 0.75)
    # Nasal cavity: air between enhancing folds; sinuses: air with a thin lining.
    cavity = ellipsoid(p, (0, 66, -54), (15, 34, 24))
    paint(image, cavity, SIGNAL["mucosa"])
    paint(image, np.minimum(cavity - 1.0, 2.2 * (cells - 0.05)), air)
    paint(image, np.minimum(cavity, 1.1 - np.abs(p.x)), 0.9)
    sinuses = (
        ((27, 58, -60), (14, 18, 17), 1.0),
        ((7, 52, -28), (6, 24, 11), 0.6),
        ((8, 25, -38), (9, 12, 9), 0.7),
        ((11, 85, -1), (10, 5, 10), 0.8),
    )
    for centre, radii, lining in sinuses:
        space = ellipsoid(p, centre, radii, both=True)
        paint(image, space + 0.8, 0.35)
        paint(image, space, SIGNAL["mucosa"] * 0.8)
        paint(image, space - lining, air)
    mastoid = ellipsoid(p, (52, -30, -44), (12, 15, 17), both=True)
    paint(image, np.minimum(mastoid, 3 * (cells + 0.5)), 0.04)
    paint(image, tube(p, ((0, 14, -50), (0, 4, -90), (0, 8, -200)), 7.0), air)
    tongue = ellipsoid(p, (0, 50, -94), (25, 32, 17))
    paint(image, tongue + 2.0, 0.15)
    paint(image, tongue, SIGNAL["muscle"] * (1.1 + 0.15 * fibre))
    teeth = np.abs(np.hypot(p.x, (p.y - 48) * 0.75) - 27) - 4
    paint(image, np.minimum.reduce([-teeth, 13 - np.abs(p.z + 86), p.y - 46]), 0.06)
    for width, value in ((6.5, SIGNAL["bone"]), (3.2, SIGNAL["marrow"])):
        paint(image, tube(p, ((49, 8, -52), (46, 18, -98), (14, 82, -112)), width, both=True), value)
