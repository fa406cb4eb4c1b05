"""Render one chest phantom: settings and a seed in, a film with the exact position of what was planted out."""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.ndimage import affine_transform, gaussian_filter

from model_zoo.phantoms.chest import lesions as planting
from model_zoo.phantoms.chest.anatomy import (
    Anatomy,
    Grid,
    abdominal_gas_map,
    above_diaphragm,
    aerated,
    airway_map,
    body_map,
    draw_anatomy,
    heart_map,
    lung_maps,
    make_grid,
    mediastinum_map,
)
from model_zoo.phantoms.chest.lesions import LESION_KINDS, LesionKind, LesionSpec, PlantedLesion, random_lesions
from model_zoo.phantoms.chest.projection import (
    MU_LUNG,
    MU_TISSUE,
    Detector,
    attenuation,
    display,
    expose,
    power_law_fields,
)
from model_zoo.phantoms.chest.skeleton import bone_map
from model_zoo.phantoms.chest.vessels import vessel_map
from model_zoo.phantoms.marker import side_marker
from model_zoo.phantoms.settings import PhantomSettings

View = Literal["PA", "AP"]
Body = Literal["adult", "child"]

# Each part draws from its own stream, so that planting a lesion or changing the size moves nothing else.
STREAMS = ("anatomy", "vessels", "texture", "detector", "noise", "lesions", "choice")


SIDES = ("R", "L")


@dataclass(frozen=True, eq=False)
class Phantom:
    """A computed film.

    image: float32 (rows, cols) in [0, 1], larger is brighter. lesions: what was planted and where.
    lung_mask: bool (rows, cols), the lung fields above the diaphragm and beside heart and mediastinum.
    body_mask: bool (rows, cols). spacing_mm: distance of pixels. seed, view, body, female: how it was made.
    """

    image: np.ndarray
    lesions: tuple[PlantedLesion, ...]
    lung_mask: np.ndarray
    body_mask: np.ndarray
    spacing_mm: float
    seed: int
    view: View
    body: Body
    female: bool
    settings: str


def stream(settings: PhantomSettings, seed: int, name: str) -> np.random.Generator:
    """Return the random generator of one part: a function of the settings' name, the seed and the part's name alone."""
    return np.random.default_rng([zlib.crc32(settings.name.encode()), seed, STREAMS.index(name)])


def render_phantom(
    settings: PhantomSettings,
    seed: int,
    lesions: Sequence[LesionSpec] = (),
    size: int = 512,
    view: View = "PA",
    body: Body = "adult",
    female: bool | None = None,
    exposure_seed: int | None = None,
) -> Phantom:
    """Compute a frontal chest film.

    Parameters
    ----------
    settings
        Ranges of anatomy and exposure.
    seed
        Of every draw; the same seed gives the same answer.
    lesions
        What is planted.
    size
        Number of columns; an adult's film is square, a child's is wider than tall.
    view
        "PA" or "AP" (larger heart shadow, shoulder blades over the lungs).
    body
        "adult" or "child" of 1 to 5 years.
    female
        Breasts in the soft tissue; drawn from the seed when ``None``.
    exposure_seed
        Position, exposure and noise of the same chest on another day; by default the seed itself.

    Returns
    -------
    Phantom
        Phantom. The same arguments give the same film; a lesion changes the film only where it lies.
    """
    exposure = seed if exposure_seed is None else exposure_seed
    a = draw_anatomy(settings, stream(settings, seed, "anatomy"), body, view, female)
    grid = make_grid(a, size)
    rng = stream(settings, seed, "texture")
    texture, coarse = power_law_fields(grid.shape, grid.spacing_mm, rng.uniform(*settings.texture_exponent), rng)
    amplitude = rng.uniform(*settings.texture_amplitude)

    cavity = lung_maps(a, grid)
    centre = mediastinum_map(a, grid)
    fixed = {
        "body": body_map(a, grid) * (1 + 0.012 * coarse),
        "air": airway_map(a, grid) + 0.9 * abdominal_gas_map(a, grid),
        "bone": bone_map(a, grid),
        "vessel": vessel_map(a, grid, settings, stream(settings, seed, "vessels")),
        "texture": amplitude * texture,
    }

    normal_lung = aerated(cavity, centre, heart_map(a, grid))
    reference = attenuation(lung=normal_lung["R"] + normal_lung["L"], **fixed)
    reference = np.maximum(reference, 0.0)

    growth = max((s.size for s in lesions if s.kind == "enlarged_heart"), default=0.0)
    heart = heart_map(a, grid, growth)
    lung = aerated(cavity, centre, heart) if growth else normal_lung
    exponent = attenuation(lung=lung["R"] + lung["L"], **fixed) if growth else reference

    extras: list[tuple[LesionKind, planting.Side | None, np.ndarray]] = []
    rng = stream(settings, seed, "lesions")
    for spec in lesions:
        side = spec.side or "L"
        if spec.kind == "opacity":
            ragged = rng.uniform(*settings.opacity_raggedness)
            patches = gaussian_filter(coarse, 4.0 * a.k / grid.spacing_mm, truncate=2.0)
            extra = planting.opacity_map(spec, a, grid, lung[side], patches / patches.std(), ragged, rng)
        elif spec.kind == "effusion":
            extra = planting.effusion_map(spec, a, grid, cavity.cavity[side], lung[side])
        else:
            # The heart's own shadow is what a reader would outline; under the diaphragm it is seen only in the recess.
            replaced = sum(normal_lung[s] - lung[s] for s in SIDES)
            seen = above_diaphragm(a, grid) | (replaced > 8 * a.k)
            extras.append((spec.kind, None, heart * (heart > 12 * a.k) * seen))
            continue
        exponent = exponent + (MU_TISSUE - MU_LUNG) * extra
        extras.append((spec.kind, spec.side, extra))

    def visible(lung: dict[str, np.ndarray]) -> np.ndarray:
        fields = [(lung[s] > 0.45 * cavity.cavity[s]) & cavity.above_dome[s] for s in SIDES]
        return _turn(fields[0] | fields[1], turn)

    turn = math.radians(stream(settings, exposure, "detector").uniform(*settings.rotation_deg))
    exponent, reference = _turn(exponent, turn), _turn(reference, turn) if extras else _turn(exponent, turn)
    lung_mask = visible(lung)
    normal_mask = visible(normal_lung) if growth else lung_mask
    body_mask = _turn(fixed["body"] > 5, turn)
    image, open_field = _film(settings, exposure, a, grid, exponent, reference, normal_mask, body_mask)
    return Phantom(
        image=image,
        lesions=tuple(planting.locate(kind, side, _turn(extra, turn), open_field) for kind, side, extra in extras),
        lung_mask=lung_mask,
        body_mask=body_mask,
        spacing_mm=grid.spacing_mm,
        seed=seed,
        view=view,
        body=body,
        female=a.female,
        settings=settings.name,
    )


def random_phantom(
    settings: PhantomSettings,
    seed: int,
    size: int = 512,
    body: Body = "adult",
    lesion_kinds: Sequence[LesionKind] = LESION_KINDS,
) -> Phantom:
    """Render a phantom with random view and, in half of the cases, random lesions: a function of the seed alone."""
    rng = stream(settings, seed, "choice")
    lesions = random_lesions(rng, lesion_kinds) if rng.random() < 0.5 and lesion_kinds else []
    # A lesion and the view are drawn independently, so that the view does not give the lesion away.
    view: View = "AP" if body == "child" or rng.random() < 0.35 else "PA"
    return render_phantom(settings, seed, lesions, size, view, body)


def _film(
    settings: PhantomSettings,
    seed: int,
    a: Anatomy,
    grid: Grid,
    exponent: np.ndarray,
    reference: np.ndarray,
    lung_mask: np.ndarray,
    body_mask: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the film, exposed, windowed and collimated, and where the collimator is open (bool).

    Everything but ``exponent`` is the same with and without lesions.
    """
    rng = stream(settings, seed, "detector")
    rng.random()  # the rotation has been drawn already
    few, many = settings.photons_per_mm2
    detector = Detector(
        blur_mm=rng.uniform(*settings.blur_mm) * (0.6 if a.child else 1.0),  # a child lies still nearer the detector
        photons_per_mm2=math.exp(rng.uniform(math.log(few), math.log(many))),
        scatter_to_primary=rng.uniform(*settings.scatter_to_primary),
        detail=rng.uniform(*settings.detail),
        tone_slope=rng.uniform(*settings.tone_slope),
        lung_grey=rng.uniform(*settings.lung_grey),
    )
    fog = max(float(rng.uniform(*settings.fog)), 0.0)
    density, plain = expose(exponent, reference, detector, grid.spacing_mm, stream(settings, seed, "noise"))
    # The window comes from the chest without lesions: it must not give away what was planted.
    step = max(1, grid.shape[1] // 128)
    plain, inside, lungs = plain[::step, ::step], body_mask[::step, ::step], lung_mask[::step, ::step]
    low = np.quantile(plain[lungs & inside], 0.25)
    window = (float(low), float(np.quantile(plain[inside], 0.97)))
    image = display(density, detector, window, grid.spacing_mm)
    image = fog + (1 - fog) * image
    letter = side_marker(grid, a, rng)
    image = image * (1 - letter) + float(rng.uniform(0.75, 1.0)) * letter
    if rng.random() < settings.collimation_probability:
        shutter = _collimation(grid, a, rng)
        return image * shutter, shutter > 0.5
    return image, np.ones(grid.shape, bool)


def _collimation(grid: Grid, a: Anatomy, rng: np.random.Generator) -> np.ndarray:
    """Return the open field of the collimator: 1 inside, 0 outside, with a penumbra of 1.5 mm."""
    x = grid.x + a.midline + a.cols_mm / 2
    left, right, top, bottom = (float(share) * a.cols_mm for share in rng.uniform(0.004, 0.03, 4))
    edges = [x - left, a.cols_mm - right - x, grid.y - top, a.rows_mm - bottom - grid.y]
    open_field = np.ones(grid.shape, np.float32)
    for edge in edges:
        open_field = open_field * np.clip(edge / 1.5, 0.0, 1.0)
    return open_field


def _turn(image: np.ndarray, angle: float) -> np.ndarray:
    """Rotate about the centre by ``angle`` in radians; the edge is continued."""
    if angle == 0:
        return image
    c, s = np.cos(angle), np.sin(angle)
    matrix = np.array([[c, s], [-s, c]])
    centre = (np.array(image.shape) - 1) / 2
    offset = centre - matrix @ centre
    if image.dtype == bool:
        return affine_transform(image.view(np.uint8), matrix, offset, order=0, mode="nearest") > 0
    return affine_transform(image, matrix, offset, order=1, mode="nearest")
