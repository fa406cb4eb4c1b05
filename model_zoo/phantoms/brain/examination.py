"""Render contrast-enhanced MR of a head: one slice in one of three planes, or a stack of slices."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import zoom

from model_zoo.phantoms.brain.head import draw_head, head_signal
from model_zoo.phantoms.brain.mass import BrainMass, displaced, plant_mass, random_mass
from model_zoo.phantoms.brain.scanner import acquire, draw_mr_scanner
from model_zoo.phantoms.brain.space import FIELD_MM, PLANES, Plane, plane_points, plane_position
from model_zoo.phantoms.picture import ComputedPicture, ComputedSequence, located, stream

SIZE = 480  # columns and rows, half a millimetre each
MATRIX_SHARE = 2 / 3  # the acquired matrix against the picture's: scanners interpolate
AXIS = {"sagittal": 0, "coronal": 1, "axial": 2}
# A mass on fewer voxels than this is not there for a reader, and is not said to be.
SMALLEST_MM2 = 20.0


def render_head(
    seed: int, mass: BrainMass | None = None, plane: Plane = "axial", at_mm: float | None = None, size: int = SIZE
) -> ComputedPicture:
    """Compute one slice of a head with at most one mass.

    Parameters
    ----------
    seed
        Of every draw; the same seed gives the same answer.
    mass
        What is planted; ``None`` for a head without a mass.
    plane
        "axial", "coronal" or "sagittal".
    at_mm
        Place of the slice along its axis (z axial, y coronal, x sagittal); by default through the middle of the mass, or of
        the head.
    size
        Rows and columns.

    Returns
    -------
    ComputedPicture
        ComputedPicture, label "glioma", "meningioma", "pituitary" or "none"; its one lesion covers enhancing part and
        necrosis, not oedema and not the dural tail.
    """
    if at_mm is None:
        at_mm = mass.centre_mm[AXIS[plane]] if mass else 8.0
    return _slice(seed, mass, plane, at_mm, size)


def random_head(seed: int, kind: str, size: int = SIZE) -> ComputedPicture:
    """Render a slice through a random mass of one look, in a random plane: a function of seed and look alone."""
    rng = stream("brain", seed, "choice")
    plane = PLANES[int(rng.integers(3))]
    if kind == "none":
        return render_head(seed, None, plane, size=size)
    mass = random_mass(BrainMass(kind, (0, 0, 0), 1.0).kind, rng)  # type: ignore[arg-type]
    middle = mass.centre_mm[AXIS[plane]] + float(rng.uniform(-0.3, 0.3)) * mass.radius_mm
    return render_head(seed, mass, plane, middle, size)


def render_stack(
    seed: int,
    mass: BrainMass | None,
    plane: Plane = "axial",
    slices: int = 20,
    step_mm: float = 6.0,
    first_mm: float = -44.0,
    size: int = 256,
) -> ComputedSequence:
    """Compute a stack of slices of one head, from ``first_mm`` upwards (forwards, to the left) along the plane's axis."""
    places = [first_mm + i * step_mm for i in range(slices)]
    return ComputedSequence(tuple(_slice(seed, mass, plane, at, size) for at in places), step_mm)


def _slice(seed: int, mass: BrainMass | None, plane: Plane, at_mm: float, size: int) -> ComputedPicture:
    head, scanner = draw_head(seed), draw_mr_scanner(seed)
    matrix = round(size * MATRIX_SHARE / 2) * 2
    third = scanner.thickness_mm / 3
    p = plane_points(plane, at_mm, matrix, scanner.tilt_deg, (-third / 2, third / 2) if size > 200 else (0.0,))
    source = displaced(mass, p) if mass else p
    signal, cavity = head_signal(head, source)
    mask = np.zeros((size, size), bool)
    if mass:
        body = plant_mass(signal, mass, head, p, source, cavity, seed)
        mask = _resized(body.mean(axis=0), size) > 0
        if mask.sum() * (FIELD_MM / size) ** 2 < SMALLEST_MM2:
            mask[:] = False
    rng = stream("brain", seed, f"noise {plane} {at_mm:.2f}")
    image = acquire(signal, size, scanner, rng, seed)
    found = located(mass.kind, mask) if mass else None
    position, orientation = plane_position(plane, at_mm, size, scanner.tilt_deg)
    return ComputedPicture(
        protocol="brain",
        label=mass.kind if mass and found else "none",
        image=image,
        lesions=(found,) if found else (),
        organ_mask=_resized(cavity.mean(axis=0), size) > 0,
        landmarks={},
        spacing_mm=FIELD_MM / size,
        seed=seed,
        plane=plane,
        thickness_mm=scanner.thickness_mm,
        position_mm=position,
        orientation=orientation,
    )


def _resized(distance: np.ndarray, size: int) -> np.ndarray:
    """Carry a distance map from the acquired matrix to the picture: pixel edges stay on pixel edges."""
    return zoom(distance, size / distance.shape[0], order=1, grid_mode=True, mode="nearest")
