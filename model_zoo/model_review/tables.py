"""The labelled folder of a review in whatever form the reader has it, as one label table with what is to be known of it.

``labels.csv`` with one column per output (as for ``evaluate``); ``labels.csv`` with a column ``label``, or one sub-folder per
class (as for ``train``); or the data set of one of the zoo's lesion models as it lies there.
"""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path

from model_zoo.card import ModelCard
from model_zoo.errors import DataNotFound
from model_zoo.evaluation.folder_pictures import ListedPicture, list_pictures, output_names
from model_zoo.evaluation.labels import LABELS_FILE, FilmLabels, LabelTable, read_labels
from model_zoo.training.folder_models.folds import TRAINED
from model_zoo.training.lesions.models import LESION_MODELS, lesion_model
from model_zoo.training.lesions.tables import is_lesion_set, lesion_table
from model_zoo.upkeep.held_out import read_roles

_NO_PATIENTS = (
    "Patients are not named: each file counts as a patient of its own, so that intervals are too narrow where one has "
    "several."
)
# Names of a class that says: the one finding of the model is not there.
_WITHOUT = ("no", "not", "none", "normal", "other", "negative", "without", "non")


@dataclass(frozen=True)
class ReviewTable:
    """table: the pictures with their labels. own_data: whether the card describes their set. notes: see ``ModelReview``."""

    table: LabelTable
    own_data: bool = False
    notes: tuple[str, ...] = ()


def read_review_table(card: ModelCard, folder: Path) -> ReviewTable:
    """Read a labelled folder for a model. Raises DataNotFound or InvalidLabels with every problem of the table."""
    if is_lesion_set(card.name, folder):
        return ReviewTable(lesion_table(lesion_model(card.name), folder), own_data=True)
    header = _header(folder)
    if header is None and folder.is_dir() and any(path.is_dir() for path in folder.iterdir()):
        return _of_classes(card, folder)
    if header is not None and "label" in header and not set(header) & set(card.labels):
        return _of_classes(card, folder)
    return ReviewTable(read_labels(folder, card.labels))


def trained_on(place: Path, table: LabelTable) -> int:
    """Return how many pictures of a table a version was trained or calibrated on, by the sha256 of the files."""
    roles = read_roles(place)
    trained = {scan for scan, role in roles.items() if role == TRAINED}
    if not trained:
        return 0
    return sum(hashlib.sha256(table.path(i).read_bytes()).hexdigest() in trained for i in range(len(table)))


def _header(folder: Path) -> list[str] | None:
    try:
        with (folder / LABELS_FILE).open(encoding="utf-8-sig", newline="") as stream:
            return [name.strip() for name in next(csv.reader(stream), [])]
    except (OSError, ValueError, csv.Error):
        return None


def _of_classes(card: ModelCard, folder: Path) -> ReviewTable:
    _, listed = list_pictures(folder)
    labels = _labels_of(card, sorted({picture.label for picture in listed}))
    outputs = tuple(name for name in card.labels if any(name in found for found in labels.values()))
    population = card.populations[0].name

    def row(picture: ListedPicture) -> FilmLabels:
        return FilmLabels(
            file=picture.file,
            patient_id=picture.patient or picture.file,
            labels=labels[picture.label],
            population=population,
        )

    table = LabelTable(folder, outputs, tuple(map(row, listed)))
    return ReviewTable(table, notes=() if listed[0].patient is not None else (_NO_PATIENTS,))


def _labels_of(card: ModelCard, classes: list[str]) -> dict[str, dict[str, int | None]]:
    """Return the labels that each class of a folder means. Raises DataNotFound where a class is none of the model's."""
    known = dict(zip(output_names(card.labels), card.labels, strict=True))
    if card.name in LESION_MODELS:  # the words of its own set are understood as well, e.g. "normal" for "no lesion"
        declared = lesion_model(card.name)
        known |= dict(zip(declared.labels, declared.outputs, strict=False))
    named = dict(zip(classes, output_names(classes), strict=True))
    if card.exclusive and set(named.values()) <= set(known):
        return {word: {o: int(known[name] == o) for o in card.labels} for word, name in named.items()}
    found = [word for word, name in named.items() if name in known]
    others = [word for word in classes if word not in found]
    if not card.exclusive and len(found) == 1 and len(others) == 1 and _says_without(named[others[0]]):
        output = known[named[found[0]]]
        return {found[0]: {output: 1}, others[0]: {output: 0}}
    raise DataNotFound(
        f"The classes of the folder are not those of '{card.name}'.",
        f"It tells apart: {', '.join(card.labels)}. Name the sub-folders, or the column label, like these."
        if card.exclusive
        else f"Name one sub-folder (or label) after an output ({', '.join(card.labels)}) and the other 'normal' or 'no_...'.",
    )


def _says_without(name: str) -> bool:
    return name.split("_")[0] in _WITHOUT
