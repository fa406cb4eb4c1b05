"""Render a fundus photograph, clear or with the signs of diabetic retinopathy."""

from __future__ import annotations

import numpy as np

from model_zoo.phantoms.eye.camera import photograph
from model_zoo.phantoms.eye.lesions import EYE_KINDS, Retinopathy, draw_signs, random_retinopathy
from model_zoo.phantoms.eye.retina import draw_retina
from model_zoo.phantoms.eye.vessels import grow_vessels, vessel_maps
from model_zoo.phantoms.picture import ComputedPicture, Side, located, stream

SIZE = 512
CLEAR = Retinopathy()


def render_fundus(seed: int, signs: Retinopathy = CLEAR, laterality: Side = "R", size: int = SIZE) -> ComputedPicture:
    """Compute one fundus photograph of 50 degrees.

    Parameters: seed: of eye, vessels, camera and the places of the signs. laterality: "R" has its disc on the right.
    size: number of columns. Returns: ComputedPicture in colour; ``grade`` from the signs, one lesion record per kind with
    the mask of all its spots, landmarks "optic_disc", "fovea" (the central half millimetre) and "vessels".
    """
    retina = draw_retina(seed, size, laterality)
    vessels = vessel_maps(retina, grow_vessels(retina, seed))
    drawn = draw_signs(retina, signs, seed)
    image = photograph(retina, vessels, drawn, seed)
    lesions = [located(kind, drawn.masks[kind]) for kind in EYE_KINDS]
    seen = retina.open_field
    return ComputedPicture(
        protocol="eye",
        label=f"grade {signs.grade}",
        image=image,
        lesions=tuple(lesion for lesion in lesions if lesion),
        organ_mask=seen,
        landmarks={
            "optic_disc": (retina.disc_distance() > 0) & seen,
            "fovea": (retina.fovea_distance() < 0.25) & seen,
            "vessels": (np.maximum(vessels.artery, vessels.vein) > 0.02) & seen,
        },
        spacing_mm=retina.spacing_mm,
        seed=seed,
        laterality=laterality,
        grade=signs.grade,
    )


def random_fundus(seed: int, grade: int, size: int = SIZE) -> ComputedPicture:
    """Render an eye with random signs of one grade, 0 to 3: a function of seed and grade alone."""
    rng = stream("eye", seed, "choice")
    side: Side = "R" if rng.random() < 0.5 else "L"
    return render_fundus(seed, random_retinopathy(grade, rng), side, size)
