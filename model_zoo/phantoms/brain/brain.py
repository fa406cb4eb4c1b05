"""The brain: cortex folded at the zeros of a random field, white matter, deep nuclei, ventricles, cerebellum, vessels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from model_zoo.phantoms.brain.space import Points, ellipsoid, join, paint, tube
from model_zoo.phantoms.fields import Waves

WHITE, GREY, FLUID, VESSEL, DURA = 1.0, 0.80, 0.30, 1.95, 1.15
CORTEX_MM = 3.0
FOLD_MM = 14.5  # wavelength of the folds; zeros of a random field lie 0.87 of it apart, which is the width of a gyrus


@dataclass(frozen=True, eq=False)
class Brain:
    """Fields and sizes of one brain. ``sulcus_mm``: half width of a sulcus. ``ventricle``: scale of the ventricles."""

    folds: Waves
    wobble: Waves
    veins: Waves
    folia: Waves
    sulcus_mm: float
    space_mm: float
    ventricle: float

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Brain:
        age = rng.uniform(0, 1)  # with age the sulci and the ventricles widen together
        return cls(
            folds=Waves(FOLD_MM, 40, rng, 3, spread=0.12),
            wobble=Waves(38.0, 12, rng),
            veins=Waves(26.0, 16, rng),
            folia=Waves(24.0, 12, rng),
            sulcus_mm=0.40 + 0.55 * age,
            space_mm=1.2 + 1.6 * age,
            ventricle=0.85 + 0.45 * age,
        )


def ventricle_distance(p: Points, scale: float) -> np.ndarray:
    """Return the distance to the walls of the ventricles in mm, positive inside."""
    s = scale
    horns = join(
        ellipsoid(p, (7.5, 20, 15), (4.2 * s, 17, 6.5 * s), both=True),
        ellipsoid(p, (10, -8, 20), (5.5 * s, 22, 5.5 * s), both=True),
        ellipsoid(p, (22, -34, 12), (6.5 * s, 13, 9 * s), both=True),
        soft=4.0,
    )
    horns = np.minimum(horns, np.abs(p.x) - 0.8)
    lower = join(
        tube(p, ((23, -38, 6), (31, -22, -12), (31, 4, -18)), 2.6 * s, both=True),
        ellipsoid(p, (23, -52, 7), (3.2 * s, 13, 4.5 * s), both=True),
    )
    third = ellipsoid(p, (0, -3, 4), (2.2 * s, 13, 10))
    fourth = ellipsoid(p, (0, -34, -30), (6 * s, 5 * s, 9))
    return np.maximum.reduce([horns, lower, third, fourth])


def paint_brain(image: np.ndarray, brain: Brain, p: Points, cavity: np.ndarray) -> None:
    """Paint what lies within the cranial cavity; ``cavity`` is the depth below its wall in mm."""
    paint(image, cavity + 0.9, DURA)
    paint(image, cavity, FLUID)
    # The tentorium falls from the notch backwards; in front of it the petrous ridge falls off steeply.
    tent = -3 - 0.33 * np.clip(-22 - p.y, 0, None) - 0.10 * np.abs(p.x) - 1.6 * np.clip(p.y + 24, 0, None)
    above = p.z - tent
    cerebrum = np.minimum(cavity, 0.8 * above)
    # Folds follow the surface: the field is taken on points drawn out towards it, so that sulci run inwards.
    reach = np.sqrt((p.x / 67) ** 2 + (p.y / 83) ** 2 + ((p.z - 12) / 63) ** 2) + 0.05
    pull = 0.55 * (np.maximum(reach, 0.35) ** -1 - 1) + 1
    fold = brain.folds(p.x * pull, p.y * pull, p.z * pull)
    wobble = brain.wobble(p.x, p.y, p.z)
    deep = np.clip((17 + 5 * wobble - cerebrum) / 4, 0, 1)
    sulcus = np.abs(fold) * FOLD_MM / (2 * np.pi) + 14 * (1 - deep)
    # The two halves part outside the arch of the corpus callosum.
    arch = ellipsoid(p, (0, -6, 6), (400, 41, 27))
    fissure = np.abs(p.x + 1.3 * wobble) + 2 * np.clip(arch, 0, 10)
    apart = np.clip(np.maximum.reduce([p.y - 34, -36 - p.y, 30 - np.abs(p.x)]), 0, 10)
    insula = np.abs(p.z - (-3 + 0.34 * (14 - p.y) + 2.5 * wobble)) + 2 * apart
    surface = np.minimum.reduce([cerebrum - brain.space_mm, sulcus - brain.sulcus_mm, fissure - 0.5, insula - 0.9])
    inside = np.minimum(surface, -_stem_room(p))
    paint(image, inside, GREY, 0.55)
    depth = np.minimum.reduce([cerebrum - brain.space_mm, sulcus, fissure, insula])
    paint(image, np.minimum(depth - CORTEX_MM, inside), WHITE, 0.8)
    for centre, radii in (
        ((11, -9, 7), (8.5, 14, 8.5)),
        ((24, 6, 5), (5.5, 15, 10)),
        ((13, 20, 12), (4.5, 9, 8)),
    ):
        paint(image, ellipsoid(p, centre, radii, both=True), GREY + 0.05, 1.2)
    _paint_hindbrain(image, brain, p, cavity, above)
    ventricles = ventricle_distance(p, brain.ventricle)
    paint(image, ventricles, FLUID)
    plexus = join(
        tube(p, ((10, -6, 16), (21, -34, 11), (27, -30, -2)), 1.7, both=True),
        ellipsoid(p, (22, -37, 9), (2.6, 6, 3.4), both=True),
        soft=1.0,
    )
    paint(image, np.minimum(plexus, ventricles), 1.5)
    _paint_vessels(image, brain, p, cavity, above, sulcus, wobble)


def _stem_room(p: Points) -> np.ndarray:
    """Cisterns around the brain stem and above the sella, positive inside: no cerebrum there."""
    return join(
        ellipsoid(p, (0, -18, -20), (21, 16, 15)),
        ellipsoid(p, (0, 11, -16), (15, 12, 9)),
        ellipsoid(p, (0, -14, -42), (22, 26, 22)),
    )


def _paint_hindbrain(image: np.ndarray, brain: Brain, p: Points, cavity: np.ndarray, above: np.ndarray) -> None:
    below = np.minimum.reduce([-above - 1.0, cavity - 1.8, -22 - p.y + 0.25 * np.abs(p.x)])
    lobe = join(
        ellipsoid(p, (25, -48, -30), (33, 38, 30), both=True), ellipsoid(p, (0, -50, -26), (16, 30, 28)), soft=3.0
    )
    lobe = np.minimum(lobe, below)
    leaf = np.sqrt((0.7 * p.x) ** 2 + (p.y + 30) ** 2 + (1.2 * (p.z + 26)) ** 2)
    leaves = np.cos(2 * np.pi * leaf / 4.6 + 2.2 * brain.folia(p.x, p.y, p.z))
    paint(image, lobe, GREY + 0.10 * leaves * np.clip((14 - lobe) / 8, 0, 1) + 0.14 * np.clip(lobe / 14, 0, 1), 0.8)
    stem = join(
        ellipsoid(p, (0, -17, -12), (14, 11, 10)),
        ellipsoid(p, (0, -14, -31), (16.5, 13.5, 15)),
        tube(p, ((0, -20, -40), (0, -27, -62), (0, -33, -86), (0, -32, -170)), 6.0),
        soft=5.0,
    )
    paint(image, stem, 0.95, 0.8)
    paint(image, tube(p, ((0, -26, -8), (0, -28, -20)), 0.9), FLUID)


def _paint_vessels(
    image: np.ndarray,
    brain: Brain,
    p: Points,
    cavity: np.ndarray,
    above: np.ndarray,
    sulcus: np.ndarray,
    wobble: np.ndarray,
) -> None:
    arch = ellipsoid(p, (0, -6, 6), (400, 47, 36))
    falx = np.minimum.reduce([0.5 - np.abs(p.x + 1.3 * wobble), 34 - cavity, cavity + 1, above, -arch])
    paint(image, falx, DURA, 0.6)
    behind = (p.y < -22) & (cavity > -1)
    paint(image, np.where(behind, 0.7 - np.abs(above), -1), DURA, 0.6)
    top = np.where((p.z > 0) & (np.abs(p.y) < 88), 1.0, -9.0)
    sinus = np.minimum.reduce([top, 4.2 - np.abs(p.x) - 0.7 * np.clip(cavity, 0, None), cavity + 0.8])
    paint(image, sinus, VESSEL, 0.6)
    edge = np.minimum(3.6 - np.abs(above + 1.5), 5.5 - cavity)
    paint(image, np.minimum.reduce([edge, -26 - p.y, cavity + 0.5]), VESSEL, 0.6)
    paint(image, tube(p, ((0, -30, 2), (0, -40, -2), (0, -78, -22)), 2.2), VESSEL, 0.6)
    paint(image, tube(p, ((2, 6, 14), (2, -20, 12), (1, -30, 3)), 1.1, both=True), VESSEL * 0.9, 0.6)
    paint(image, tube(p, ((0, 3, -20), (0, 1, -40), (4, -10, -62)), 1.6), VESSEL, 0.6)
    paint(image, tube(p, ((10, 16, -34), (11, 16, -18), (24, 10, -12), (40, 6, -7)), 1.5, both=True), VESSEL, 0.6)
    paint(image, tube(p, ((9, 14, -17), (2.5, 26, -10), (2.5, 42, 6), (2.5, 34, 30)), 1.0, both=True), VESSEL, 0.6)
    # Vessels run in the sulci: where a second field crosses the folds.
    vein = np.abs(brain.veins(p.x, p.y, p.z)) * 26 / (2 * np.pi)
    on_fold = np.maximum(sulcus, np.where(cavity > 1.0, vein, 9))
    strength = np.clip(0.75 + 0.5 * wobble, 0.2, 1.0)
    paint(image, 1.15 - np.hypot(on_fold, vein), FLUID + (VESSEL - FLUID) * strength, 0.7)
    gland = ellipsoid(p, (0, 16, -25), (6.5, 5.0, 3.6))
    paint(image, gland, 1.55)
    paint(image, tube(p, ((0, 16, -23), (0, 11, -12)), 1.1), 1.5)
