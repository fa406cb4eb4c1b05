"""Render breast ultrasound: one picture, or the frames of a sweep of the probe over one lesion."""

from __future__ import annotations

import numpy as np

from model_zoo.phantoms.breast.lesion import BREAST_KINDS, BreastLesion, plant, random_breast_lesion
from model_zoo.phantoms.breast.scanner import draw_scanner, scan_section, scatterers
from model_zoo.phantoms.breast.tissue import draw_texture, draw_tissue, make_section
from model_zoo.phantoms.picture import ComputedPicture, ComputedSequence, Side, located, stream

SIZE = 500  # columns of a picture; its rows follow the depth
# Speckle loses its likeness when the probe has moved by the thickness of the slice that it sees.
ELEVATION_MM = 1.2


def render_breast(
    seed: int, lesion: BreastLesion | None = None, size: int = SIZE, laterality: Side | None = None
) -> ComputedPicture:
    """Compute one picture of a breast with at most one lesion.

    Parameters: seed: of tissue, scanner and noise. size: number of columns. laterality: of the breast, stated and not seen.
    Returns: ComputedPicture, grey, label "cyst", "benign", "malignant" or "none". The same arguments give the same picture.
    """
    return _frames(seed, lesion, (0.0,), size, laterality)[0]


def random_breast(seed: int, kind: str, size: int = SIZE) -> ComputedPicture:
    """Render a picture with a random lesion of one look, or none for "none": a function of seed and look alone.

    Parameters
    ----------
    seed
        Of every draw; the same seed gives the same answer.
    kind
        Look of the lesion, or "none".
    size
        Rows and columns.
    """
    rng = stream("breast", seed, "choice")
    side: Side = "R" if rng.random() < 0.5 else "L"
    lesion = None
    if kind != "none":
        lesion = random_breast_lesion(BreastLesion(kind).kind, rng)  # type: ignore[arg-type]
    return render_breast(seed, lesion, size, side)


def render_sweep(
    seed: int,
    lesion: BreastLesion | None,
    frames: int = 24,
    step_mm: float = 1.2,
    first_mm: float | None = None,
    size: int = 320,
    laterality: Side | None = None,
) -> ComputedSequence:
    """Compute a sweep of the probe: the lesion enters, is largest where the sweep passes its middle, and leaves.

    Parameters: first_mm: place of the first frame against the middle of the lesion; by default the sweep is centred.
    Returns: ComputedSequence with the truth of every frame, 20 frames a second.
    """
    start = -(frames - 1) / 2 * step_mm if first_mm is None else first_mm
    places = tuple(start + i * step_mm for i in range(frames))
    return ComputedSequence(_frames(seed, lesion, places, size, laterality), step_mm, frame_time_ms=50.0)


def _frames(
    seed: int, lesion: BreastLesion | None, places: tuple[float, ...], size: int, laterality: Side | None
) -> tuple[ComputedPicture, ...]:
    rng = stream("breast", seed, "format")
    width, depth = float(rng.uniform(38.0, 50.0)), float(rng.uniform(32.0, 40.0))
    section = make_section(width, depth, size)
    scanner = draw_scanner(seed, depth)
    texture = draw_texture(section, seed)
    noise = stream("breast", seed, "scatterers")
    field = scatterers(section.shape, noise)
    pictures = []
    for i, place in enumerate(places):
        if i:
            like = float(np.exp(-((place - places[i - 1]) ** 2) / (2 * ELEVATION_MM**2)))
            field = np.float32(like) * field + np.float32(np.sqrt(1 - like**2)) * scatterers(section.shape, noise)
        tissue = draw_tissue(section, texture, seed, place)
        planted = plant(tissue, section, lesion, seed, place) if lesion else np.zeros(section.shape, bool)
        image = scan_section(tissue.echo, tissue.attenuation, section, scanner, field, seed, i)
        mask = planted[: 2 * image.shape[0] : 2]
        found = located(lesion.kind, mask) if lesion else None
        pictures.append(
            ComputedPicture(
                protocol="breast",
                label=lesion.kind if lesion and found else "none",
                image=image,
                lesions=(found,) if found else (),
                organ_mask=np.broadcast_to(section.depth[::2][: image.shape[0]] < tissue.fascia, image.shape).copy(),
                landmarks={},
                spacing_mm=section.step[1],
                seed=seed,
                laterality=laterality,
                thickness_mm=ELEVATION_MM,
            )
        )
    return tuple(pictures)


__all__ = ["BREAST_KINDS", "SIZE", "random_breast", "render_breast", "render_sweep"]
