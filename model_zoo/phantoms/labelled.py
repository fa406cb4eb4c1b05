"""A labelled series of computed chests: a folder as ``evaluate`` reads it, so that a review can be tried without a patient.

Half of the films carry an opacity of low to high contrast at a random place, some of the others an enlarged heart, which is
no opacity. A second set comes from another, noisier machine and is all AP: films on which drift has to be noticed. Every
film says in its pixels and in its header that it is synthetic.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
from pydicom import dcmread

from model_zoo.evaluation.labels import LABELS_FILE, FilmLabels, LabelTable, write_labels
from model_zoo.phantoms.chest.lesions import LesionSpec, Side
from model_zoo.phantoms.chest.phantom import View, render_phantom
from model_zoo.phantoms.files import write_phantom_dicom
from model_zoo.phantoms.settings import SAMPLE_SETTINGS, PhantomSettings

OUTPUT = "lung_opacity"
# 100 with the finding: both views and both sexes then just reach the bound of a subgroup, and no age group does.
COUNT = 200
DRIFTED_COUNT = 40
# Columns of a film, as in the quality series: twice the input of the network.
FILM_SIZE = 256
# Far from the seeds of the samples, of training, of the quality series and of the phantoms for evaluation.
FIRST_SEED = 1_200_000
FIRST_DRIFTED_SEED = 1_300_000
CONTRASTS = (0.10, 0.20, 0.35, 0.60)
# An old mobile unit: blurred, few photons, a film that lies under fog.
OTHER_MACHINE: PhantomSettings = replace(
    SAMPLE_SETTINGS,
    name="other machine",
    blur_mm=(1.4, 2.0),
    photons_per_mm2=(1.0e3, 2.0e3),
    scatter_to_primary=(0.5, 0.7),
    fog=(0.30, 0.40),
)
OTHER_MANUFACTURER = "Diaphane phantom generator, mobile"

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class LabelledFilm:
    """One film of the series: its chest and what is planted."""

    seed: int
    view: View
    sex: Literal["F", "M"]
    age_years: int
    positive: bool
    lesions: tuple[LesionSpec, ...]

    @property
    def file(self) -> str:
        return f"SYNTHETIC_{self.seed}.dcm"

    @property
    def patient_id(self) -> str:
        return f"PHANTOM-{self.seed}"


def labelled_series(count: int = COUNT) -> tuple[LabelledFilm, ...]:
    """Return the films; the same number gives the same films, and view, sex and finding are balanced against each other."""
    rng = np.random.default_rng(FIRST_SEED)
    return tuple(_film(rng, FIRST_SEED + i, i) for i in range(count))


def drifted_series(count: int = DRIFTED_COUNT) -> tuple[LabelledFilm, ...]:
    """Return the films of the other machine, all AP; the share with the finding is the same."""
    rng = np.random.default_rng(FIRST_DRIFTED_SEED)
    return tuple(replace(_film(rng, FIRST_DRIFTED_SEED + i, i), view="AP") for i in range(count))


def write_labelled_series(
    folder: Path, count: int = COUNT, on_progress: Progress = lambda done, total: None
) -> LabelTable:
    """Write the films and their ``labels.csv`` into ``folder`` and return the table."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for i, film in enumerate(labelled_series(count)):
        (folder / film.file).write_bytes(_dicom(film, SAMPLE_SETTINGS))
        rows.append(
            FilmLabels(
                film.file, film.patient_id, {OUTPUT: int(film.positive)}, float(film.age_years), film.sex, film.view
            )
        )
        on_progress(i + 1, count)
    table = LabelTable(folder, (OUTPUT,), tuple(rows))
    write_labels(table, folder / LABELS_FILE)
    return table


def write_drifted_series(
    folder: Path, count: int = DRIFTED_COUNT, on_progress: Progress = lambda done, total: None
) -> None:
    """Write the films of the other machine into ``folder``, without labels."""
    folder.mkdir(parents=True, exist_ok=True)
    for i, film in enumerate(drifted_series(count)):
        dataset = dcmread(io.BytesIO(_dicom(film, OTHER_MACHINE)))
        dataset.Manufacturer = OTHER_MANUFACTURER
        dataset.save_as(folder / film.file)
        on_progress(i + 1, count)


def _film(rng: np.random.Generator, seed: int, i: int) -> LabelledFilm:
    positive = i % 2 == 0
    lesions: tuple[LesionSpec, ...] = ()
    if positive:
        side: Side = "R" if rng.random() < 0.5 else "L"
        position = (float(rng.uniform(0.25, 0.75)), float(rng.uniform(0.25, 0.8)))
        contrast = CONTRASTS[(i // 8) % len(CONTRASTS)]
        lesions = (LesionSpec("opacity", side, position, float(rng.uniform(0.10, 0.20)), contrast),)
    elif i % 5 == 0:
        lesions = (LesionSpec("enlarged_heart", size=float(rng.uniform(0.25, 0.4))),)
    return LabelledFilm(
        seed=seed,
        view="PA" if (i // 2) % 2 == 0 else "AP",
        sex="F" if (i // 4) % 2 == 0 else "M",
        age_years=int(rng.integers(20, 90)),
        positive=positive,
        lesions=lesions,
    )


def _dicom(film: LabelledFilm, settings: PhantomSettings) -> bytes:
    phantom = render_phantom(settings, film.seed, film.lesions, FILM_SIZE, film.view, "adult", film.sex == "F")
    return write_phantom_dicom(phantom, film.patient_id, film.age_years, film.sex, label="review")
