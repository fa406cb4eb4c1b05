"""Bring the three given chest film sets into the table of ``labels``.

``read_given_set`` returns the table over the set's own folder; ``convert`` also writes it to a new folder, whose
picture folders are links to those of the set (``link=True``, nothing is copied and the set stays untouched) or copies
of them.

Adults (``chest_xray_adult``, ``chest_xray_adult_320``): ``lung_opacity`` is the radiologists' reading, 1 for the RSNA
class "Lung Opacity", 0 for both other RSNA classes, empty where the film was not read. ``report_<finding>`` are labels
mined from the text of the report: 1 where the finding is listed, else 0. ``report_any_finding`` is 0 for "No Finding".
The 320 px set has no folds: its patients inherit them from ``chest_xray_adult``, and the others get the first 8 bytes
of SHA-256(patient_id) modulo 5, so that a patient has one fold in both sets, on every machine.

Children (``chest_xray_child``): ``pneumonia`` 1 or 0; ``bacterial`` 1 for bacterial, 0 for viral, empty without
pneumonia. The set states one age range for all, 1 to 5 years: ``age_years`` stays empty and ``population`` says child.
"""

from __future__ import annotations

import csv
import os
import shutil
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

from model_zoo.errors import DataNotFound, UnknownName, ZooError
from model_zoo.evaluation.labels import LABELS_FILE, FilmLabels, LabelTable, write_labels

N_FOLDS = 5
# The labels of ChestX-ray14 (Wang et al. 2017), by the name of the output that they become.
REPORT_FINDINGS = {
    f"report_{name.lower()}": name
    for name in (
        "Atelectasis",
        "Effusion",
        "Cardiomegaly",
        "Consolidation",
        "Edema",
        "Emphysema",
        "Fibrosis",
        "Pleural_Thickening",
        "Pneumothorax",
        "Mass",
        "Nodule",
        "Hernia",
        "Infiltration",
        "Pneumonia",
    )
}
# Where the original size of a child's film is not known, the median of all classes together stands in (width, height):
# the films lie at hand squashed to a square, and a network trained on restored films must not see them so.
MEDIAN_CHILD_SIZE = (1360, 1000)
ADULT_OUTPUTS = ("lung_opacity", "read_as_normal", *REPORT_FINDINGS, "report_any_finding")
CHILD_OUTPUTS = ("pneumonia", "bacterial")

_OPACITY = {"Lung Opacity": 1, "No Lung Opacity / Not Normal": 0, "Normal": 0, "": None}
_BACTERIAL = {"bacterial": 1, "viral": 0, "normal": None}
_PICTURE_FOLDERS = ("images", "lung_masks")


def read_given_set(source: Path, kind: str, folds_from: Path | None = None) -> LabelTable:
    """Return the films of a given set, with paths below ``source``.

    Parameters
    ----------
    source
        Folder of the set.
    kind
        One of ``GIVEN_SETS``.
    folds_from
        The folder of ``chest_xray_adult``, needed for ``chest_xray_adult_320`` only; by default the folder of that name
        beside ``source``.

    Raises
    ------
    UnknownName
    DataNotFound
        Without the set.
    ZooError
        When its labels are not of the form described there.
    """
    if kind not in GIVEN_SETS:
        raise UnknownName("data set", kind, GIVEN_SETS)
    return GIVEN_SETS[kind](source, folds_from or source.parent / "chest_xray_adult")


def convert(source: Path, target: Path, kind: str, link: bool = True, folds_from: Path | None = None) -> LabelTable:
    """Write a given set to the new folder ``target`` in the form that ``evaluate`` reads, and return its table.

    The picture folders become symbolic links to those of ``source``; with ``link=False`` they are copied, for systems without
    links and for folders that travel.

    Parameters
    ----------
    source
        Folder of the set.
    target
        A new folder.
    kind
        One of ``GIVEN_SETS``.
    link
        Whether picture folders become links; else they are copied.
    folds_from
        See ``read_given_set``.

    Raises
    ------
    ZooError
        When ``target`` holds anything already.
    """
    table = read_given_set(source, kind, folds_from)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise ZooError("The folder to write to is not empty.", "Name a new folder.")
    target.mkdir(parents=True, exist_ok=True)
    for name in _PICTURE_FOLDERS:
        if not (source / name).is_dir():
            continue
        try:
            if link:
                os.symlink((source / name).resolve(), target / name, target_is_directory=True)
            else:
                shutil.copytree(source / name, target / name)
        except OSError as e:
            raise ZooError(
                f"The folder {name} could not be linked or copied.", "Copy the films, on a disk with room."
            ) from e
    converted = LabelTable(target, table.outputs, table.rows)
    write_labels(converted, target / LABELS_FILE)
    return converted


def stable_fold(patient_id: str) -> int:
    """Return the fold of a patient that no set assigns: CRC-32 of the identifier, modulo 5."""
    return zlib.crc32(patient_id.encode()) % N_FOLDS


def _adult(source: Path, folds_from: Path) -> LabelTable:
    lines = _lines(source)
    return LabelTable(source, ADULT_OUTPUTS, tuple(_adult_film(line, int(line["fold"])) for line in lines))


def _adult_320(source: Path, folds_from: Path) -> LabelTable:
    folds = {line["patient_id"]: int(line["fold"]) for line in _lines(folds_from)}
    films = (
        _adult_film(line, folds.get(line["patient_id"], stable_fold(line["patient_id"]))) for line in _lines(source)
    )
    return LabelTable(source, ADULT_OUTPUTS, tuple(films))


def _adult_film(line: Mapping[str, str], fold: int) -> FilmLabels:
    findings = line["nih_findings"].split("|")
    read = line["rsna_class"]
    labels: dict[str, int | None] = {
        "lung_opacity": _OPACITY[read],
        "read_as_normal": int(read == "Normal") if read else None,
    }
    labels.update({output: int(name in findings) for output, name in REPORT_FINDINGS.items()})
    labels["report_any_finding"] = int(findings != ["No Finding"])
    return FilmLabels(
        file=line["file"],
        patient_id=line["patient_id"],
        labels=labels,
        age_years=float(line["age"]),
        sex=line["sex"],
        view=line["view"],
        fold=fold,
        population="adult",
    )


def _child(source: Path, folds_from: Path) -> LabelTable:
    return LabelTable(source, CHILD_OUTPUTS, tuple(_child_film(line) for line in _lines(source)))


def _child_film(line: Mapping[str, str]) -> FilmLabels:
    width, height = int(line["orig_w"]), int(line["orig_h"])
    return FilmLabels(
        file=line["file"],
        patient_id=line["patient_id"],
        labels={"pneumonia": int(line["pneumonia"]), "bacterial": _BACTERIAL[line["label"]]},
        view=line["view"],
        fold=int(line["fold"]),
        population="child",
        lung_mask=line["lung_mask"] or None,
        original_size=(width, height) if width and height else MEDIAN_CHILD_SIZE,
    )


def _lines(source: Path) -> list[dict[str, str]]:
    try:
        with (source / LABELS_FILE).open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))
    except OSError as e:
        raise DataNotFound(
            f"The data set {source.name} is not there.", "Set DIAPHANE_DATA to the folder that holds imaging/."
        ) from e


def _in_described_form(read: Callable[[Path, Path], LabelTable]) -> Callable[[Path, Path], LabelTable]:
    def reader(source: Path, folds_from: Path) -> LabelTable:
        try:
            return read(source, folds_from)
        except (KeyError, ValueError, TypeError) as e:
            raise ZooError(
                f"The labels of {source.name} are not of the form that its SOURCE.md describes.",
                "Check that the folder holds the set that was named, unchanged.",
            ) from e

    return reader


GIVEN_SETS: dict[str, Callable[[Path, Path], LabelTable]] = {
    "chest_xray_adult": _in_described_form(_adult),
    "chest_xray_adult_320": _in_described_form(_adult_320),
    "chest_xray_child": _in_described_form(_child),
}
