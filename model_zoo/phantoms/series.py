"""The fixed series of quality assurance: the same chests every time, with opacities of rising contrast and size.

Every chest is rendered at every contrast and size with the lesion in the same place, so that along a curve only contrast
changes. The series is part of the acceptance record: whoever alters anything here raises ``VERSION`` and records a release
again; a test holds the specifications against their hash.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import lru_cache

import numpy as np

from model_zoo.phantoms.chest.lesions import LesionSpec, Side
from model_zoo.phantoms.chest.phantom import Body, View, render_phantom
from model_zoo.phantoms.files import write_phantom_png
from model_zoo.phantoms.settings import SAMPLE_SETTINGS

NAME = "adult opacities"
VERSION = 1
# Columns of a film: twice the input of the network, so that it is resized as a film is, and a tenth of a second to compute.
FILM_SIZE = 256
POPULATION: Body = "adult"
# Far from the seeds of the sample cases (11 to 33), of training, and of the phantoms for evaluation (from 900 000).
FIRST_SEED = 710_000
# Share of the air that fluid replaces. Closer together where detection rises: there a drift shows first.
CONTRASTS = (0.10, 0.20, 0.30, 0.45, 0.60, 0.85)
# Semi-axis as a share of the height of the lung: about 4.5 and 8 cm across in an adult.
SIZES = {"small": 0.10, "large": 0.18}


@dataclass(frozen=True)
class SeriesChest:
    """One chest of the series and where its lesion is planted (fractions of the lung, see ``LesionSpec``)."""

    seed: int
    view: View
    female: bool
    side: Side
    position: tuple[float, float]


# Both sides, upper, middle and lower zone, both sexes, both views; chosen by zone before any network had read them.
CHESTS = (
    SeriesChest(FIRST_SEED, "PA", False, "R", (0.50, 0.30)),
    SeriesChest(FIRST_SEED + 1, "PA", True, "L", (0.45, 0.50)),
    SeriesChest(FIRST_SEED + 2, "PA", False, "R", (0.55, 0.72)),
    SeriesChest(FIRST_SEED + 3, "PA", True, "L", (0.50, 0.35)),
    SeriesChest(FIRST_SEED + 4, "AP", True, "R", (0.40, 0.52)),
    SeriesChest(FIRST_SEED + 5, "PA", False, "L", (0.60, 0.70)),
    SeriesChest(FIRST_SEED + 6, "AP", False, "R", (0.35, 0.78)),
    SeriesChest(FIRST_SEED + 7, "PA", True, "L", (0.65, 0.60)),
)
# Clear films: the eight chests without their lesion, and as many others, because eight give no rate worth the name.
MORE_CLEAR = 8


@dataclass(frozen=True)
class SeriesFilm:
    """One film: a chest without lesion, or with one of a size (key of ``SIZES``) and a contrast."""

    seed: int
    view: View
    female: bool
    size: str | None = None
    contrast: float | None = None
    side: Side | None = None
    position: tuple[float, float] | None = None

    @property
    def name(self) -> str:
        """What tells this film from all others of the series."""
        return f"{self.seed}-clear" if self.size is None else f"{self.seed}-{self.size}-{self.contrast:.2f}"


@dataclass(frozen=True, eq=False)
class RenderedFilm:
    """A film as a file, and what was planted.

    png: the bytes an upload would have. lesion: bool (rows, cols), ``None`` for a clear film. chance: share of the lung
    fields that the lesion covers: how often a random place in the lungs would lie in it.
    """

    png: bytes
    lesion: np.ndarray | None
    chance: float | None


def quality_series() -> tuple[SeriesFilm, ...]:
    """Return all films in their order: clear ones first, then by size, contrast and chest."""
    clear = [SeriesFilm(chest.seed, chest.view, chest.female) for chest in CHESTS]
    first = FIRST_SEED + len(CHESTS)
    clear += [SeriesFilm(first + i, "AP" if i % 4 == 3 else "PA", i % 2 == 1) for i in range(MORE_CLEAR)]
    planted = [
        SeriesFilm(chest.seed, chest.view, chest.female, size, contrast, chest.side, chest.position)
        for size in SIZES
        for contrast in CONTRASTS
        for chest in CHESTS
    ]
    return (*clear, *planted)


def series_sha256(films: tuple[SeriesFilm, ...]) -> str:
    """Return a hash of everything that specifies the films; two equal hashes mean the same series."""
    told = {
        "name": NAME,
        "version": VERSION,
        "settings": asdict(SAMPLE_SETTINGS),
        "film_size": FILM_SIZE,
        "sizes": SIZES,
        "films": [asdict(film) for film in films],
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


# All films together take 15 MB; kept, because rendering is half the time of a run and a phantom is no patient.
@lru_cache(maxsize=256)
def render_film(film: SeriesFilm) -> RenderedFilm:
    """Compute one film; the same specification gives the same film."""
    lesions: tuple[LesionSpec, ...] = ()
    if film.size is not None and film.position is not None and film.contrast is not None:
        lesions = (LesionSpec("opacity", film.side, film.position, SIZES[film.size], film.contrast),)
    phantom = render_phantom(SAMPLE_SETTINGS, film.seed, lesions, FILM_SIZE, film.view, POPULATION, film.female)
    png = write_phantom_png(phantom, "quality")
    if not lesions:
        return RenderedFilm(png, None, None)
    mask = phantom.lesions[0].mask
    mask.flags.writeable = False
    return RenderedFilm(png, mask, float(mask[phantom.lung_mask].mean()))
