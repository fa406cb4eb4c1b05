"""Labelled series of computed pictures of breast, brain and eye, and a second set of each from another machine.

As for the chest: a review can be tried without a patient, and drift has something to be noticed on. Every picture says in its
pixels and in its header that it is synthetic.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
from pydicom import dcmread
from scipy.ndimage import gaussian_filter

from model_zoo.evaluation.labels import LABELS_FILE, FilmLabels, LabelTable, write_labels
from model_zoo.phantoms.brain.examination import random_head
from model_zoo.phantoms.breast.examination import random_breast
from model_zoo.phantoms.eye.examination import random_fundus
from model_zoo.phantoms.labelled import OTHER_MANUFACTURER
from model_zoo.phantoms.picture import ComputedPicture, stream
from model_zoo.phantoms.picture_files import write_picture_dicom

# Far from the seeds of the samples and of the training of gates and routing.
FIRST_SEED = 1_400_000
FIRST_DRIFTED_SEED = 1_500_000
# An older machine: blurred, noisy, and with less contrast.
BLUR_SHARE, NOISE, LIFT, SPAN = 0.005, 0.06, 0.22, 0.6

Progress = Callable[[int, int], None]
# Seed and kind of a picture -> the picture.
Render = Callable[[int, int], ComputedPicture]


@dataclass(frozen=True)
class PictureSeries:
    """Pictures of one protocol whose kinds follow each other in turn.

    kinds: of each kind in turn, the outputs that hold. render: computes the picture of a seed and the position of its kind.
    """

    name: Literal["breast", "brain", "eye"]
    outputs: tuple[str, ...]
    kinds: tuple[tuple[str, ...], ...]
    render: Render
    sex: Literal["F", "M"] | None
    count: int
    drifted_count: int


_BREAST = ("none", "cyst", "malignant", "none", "benign", "malignant")
_BRAIN = ("glioma", "meningioma", "pituitary")
_GRADES = (0, 2, 1, 3)

PICTURE_SERIES = (
    PictureSeries(
        "breast",
        ("no_lesion", "benign", "malignant"),
        (("no_lesion",), ("benign",), ("malignant",), ("no_lesion",), ("benign",), ("malignant",)),
        # 320 columns: twice the input of the network, in a quarter of a second.
        lambda seed, kind: random_breast(seed, _BREAST[kind], 320),
        "F",
        60,
        24,
    ),
    PictureSeries(
        "brain",
        _BRAIN,
        tuple((name,) for name in _BRAIN),
        lambda seed, kind: random_head(seed, _BRAIN[kind], 256),
        None,
        60,
        24,
    ),
    PictureSeries(
        "eye",
        ("referable_retinopathy",),
        ((), ("referable_retinopathy",), (), ("referable_retinopathy",)),
        # As many columns as keep 320 rows, the least that the network reads.
        lambda seed, kind: random_fundus(seed, _GRADES[kind], 400),
        None,
        40,
        24,
    ),
)


def write_labelled_pictures(
    series: PictureSeries, folder: Path, count: int, on_progress: Progress = lambda done, total: None
) -> LabelTable:
    """Write the pictures and their ``labels.csv`` into ``folder`` and return the table."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for i in range(count):
        seed, kind = FIRST_SEED + i, i % len(series.kinds)
        age, sex = _patient(series, seed)
        file, patient = f"SYNTHETIC_{seed}.dcm", f"PHANTOM-{seed}"
        data = write_picture_dicom(series.render(seed, kind), patient, age, sex, label="review")
        (folder / file).write_bytes(data)
        labels = {name: int(name in series.kinds[kind]) for name in series.outputs}
        rows.append(FilmLabels(file, patient, labels, float(age), sex))
        on_progress(i + 1, count)
    table = LabelTable(folder, series.outputs, tuple(rows))
    write_labels(table, folder / LABELS_FILE)
    return table


def write_drifted_pictures(
    series: PictureSeries, folder: Path, count: int, on_progress: Progress = lambda done, total: None
) -> None:
    """Write pictures of the other machine into ``folder``, without labels; the kinds follow each other as in the series."""
    folder.mkdir(parents=True, exist_ok=True)
    for i in range(count):
        seed = FIRST_DRIFTED_SEED + i
        picture = _of_other_machine(series.render(seed, i % len(series.kinds)))
        data = write_picture_dicom(picture, f"PHANTOM-{seed}", *_patient(series, seed), label="review")
        dataset = dcmread(io.BytesIO(data))
        dataset.Manufacturer = OTHER_MANUFACTURER
        dataset.save_as(folder / f"SYNTHETIC_{seed}.dcm")
        on_progress(i + 1, count)


def _patient(series: PictureSeries, seed: int) -> tuple[int, Literal["F", "M"]]:
    rng = stream(series.name, seed, "patient")
    drawn: Literal["F", "M"] = "F" if rng.random() < 0.5 else "M"
    return int(rng.integers(25, 80)), series.sex or drawn


def _of_other_machine(picture: ComputedPicture) -> ComputedPicture:
    blur = BLUR_SHARE * picture.image.shape[1]
    soft = gaussian_filter(picture.image, (blur, blur, 0)[: picture.image.ndim])
    noise = stream(picture.protocol, picture.seed, "other machine").normal(0, NOISE, picture.image.shape)
    image = np.clip(LIFT + SPAN * (soft + noise), 0, 1).astype(np.float32)
    return replace(picture, image=image)
