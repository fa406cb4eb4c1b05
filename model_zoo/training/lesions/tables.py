"""A data set of a lesion model as the label table of a review: one column per output, and what stands for a patient."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

from model_zoo.errors import DataNotFound
from model_zoo.evaluation.labels import LABELS_FILE, FilmLabels, InvalidLabels, LabelTable
from model_zoo.training.data_folder import imaging_folder
from model_zoo.training.lesions.models import LESION_MODELS, LesionModel, lesion_model
from model_zoo.training.lesions.pictures import REFERABLE_GRADE, groups_of
from model_zoo.training.lesions.words import LESION_WORDS

# By which its own table is told from that of any other folder.
_COLUMNS = {
    "breast_ultrasound": {"file", "label", "mask", "group", "fold"},
    "brain_mri_tumour": {"file", "label", "slice_no", "box_xywh", "fold"},
    "fundus_retinopathy": {"file", "subset", "dr_grade", "group", "fold"},
}


def held_out_table(name: str) -> LabelTable:
    """Return the set that a lesion model was trained and measured on, with its folds, where DIAPHANE_DATA names it.

    Raises DataNotFound where the model is none of these or the set is not there.
    """
    if name not in LESION_MODELS:
        raise DataNotFound(
            f"'{name}' has no data set that this command knows by itself.",
            "Write one with the command convert, and name it: --labels FOLDER.",
        )
    model = lesion_model(name)
    return lesion_table(model, imaging_folder(model.data))


def is_lesion_set(name: str, folder: Path) -> bool:
    """Whether the folder is, by the columns of its table, the data set of a lesion model."""
    if name not in LESION_MODELS:
        return False
    try:
        with (folder / LABELS_FILE).open(encoding="utf-8-sig", newline="") as stream:
            header = set(next(csv.reader(stream), ()))
    except (OSError, ValueError, csv.Error):
        return False
    return _COLUMNS[lesion_model(name).data] <= header


def lesion_table(model: LesionModel, folder: Path) -> LabelTable:
    """Return the read pictures of a data set. Raises InvalidLabels where its table is not of the form described there."""
    try:
        with (folder / LABELS_FILE).open(encoding="utf-8-sig", newline="") as stream:
            lines = list(csv.DictReader(stream))
        groups = groups_of(model, lines)
        rows = tuple(
            _film(model, line, group, target)
            for line, group in zip(lines, groups, strict=True)
            if (target := _target(model, line)) is not None
        )
    except (OSError, KeyError, ValueError, TypeError, csv.Error) as error:
        raise InvalidLabels(["labels.csv is not of the form of this data set"]) from error
    return LabelTable(folder, model.outputs, rows)


def _target(model: LesionModel, line: Mapping[str, str]) -> list[int] | None:
    if not model.exclusive:
        # Photographs with masks are graded ones under another name: they count once.
        return [int(int(line["dr_grade"]) >= REFERABLE_GRADE)] if line["subset"] == "grading" else None
    return [int(line["label"] == label) for label in model.labels]


def _film(model: LesionModel, line: Mapping[str, str], group: str, target: list[int]) -> FilmLabels:
    return FilmLabels(
        file=line["file"],
        patient_id=group,
        labels=dict(zip(model.outputs, target, strict=True)),
        fold=int(line["fold"]),
        population=str(LESION_WORDS[model.name].population["name"]),
    )
