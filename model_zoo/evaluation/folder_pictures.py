"""Pictures of a folder with one class each: sub-folders named after the classes, or ``labels.csv``; DICOM or any other format.

``labels.csv``: ``file`` (path below the folder, forward slashes), ``label``, and optionally ``patient`` (or ``patient_id``).
Pictures are decoded and resized by the same functions as on the page. A patient is known by a hash alone; where neither
the table nor a DICOM file names one, each file is its own patient, and the card says so.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np

from model_zoo.errors import DataNotFound, ZooError
from model_zoo.evaluation.labels import LABELS_FILE, InvalidLabels
from model_zoo.evaluation.thumbnail import thumbnails
from model_zoo.plain import read_cell
from model_zoo.scans import Scan, accepted_extensions, decode_scan
from model_zoo.scans.geometry import Box, Geometry

# A set is kept in memory as float32, so that what is trained on is what is read: 8 GiB are 42,000 pictures of 224 x 224.
MAX_BYTES = 8 * 2**30
# Classes beyond this are no longer shown one by one on the page, and a folder with so many is rarely one of classes.
MAX_CLASSES = 64
THUMBNAIL_SIDE = 128


@dataclass(frozen=True)
class ListedPicture:
    """A picture as it was found: its path below the folder, its class, and its patient where the table names one."""

    file: str
    label: str
    patient: str | None


@dataclass(frozen=True, eq=False)
class PictureSet:
    """Decoded pictures of exclusive classes.

    images: float32 (N, 1, side, side) in [0, 1], as displayed. pixels: float32 (N, 256), the 16 x 16 thumbnails of the
    baseline. labels: int64 (N,), index into ``classes``. patients: (N,) of hashes. scans: (N,) sha256 of the files.
    aspects, smallest_side: of the originals. modalities, body_parts: as the files state them.
    """

    classes: tuple[str, ...]
    images: np.ndarray
    pixels: np.ndarray
    labels: np.ndarray
    patients: np.ndarray
    scans: np.ndarray
    patients_known: str
    form: str
    aspects: tuple[float, float]
    smallest_side: int
    modalities: tuple[str, ...]
    body_parts: tuple[str, ...]
    colour: bool

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def sha256(self) -> str:
        """Hash of the files, their classes and which of them belong to one patient; not of names."""
        _, first = np.unique(self.patients, return_inverse=True)
        lines = sorted(
            f"{scan} {self.classes[label]} {min(self.scans[first == group])}"
            for scan, label, group in zip(self.scans, self.labels, first, strict=True)
        )
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def list_pictures(folder: Path) -> tuple[str, list[ListedPicture]]:
    """Return the form of a folder ("labels.csv" or "one sub-folder per class") and its pictures, without opening them.

    Raises DataNotFound, or InvalidLabels with every problem of the table.
    """
    if not folder.is_dir():
        raise DataNotFound("There is no folder of that name.", "Check the path after --data.")
    if (folder / LABELS_FILE).is_file():
        return LABELS_FILE, _listed_in_table(folder)
    endings = {f".{extension.lower().lstrip('.')}" for extension in accepted_extensions()}
    found = [
        ListedPicture(path.relative_to(folder).as_posix(), path.relative_to(folder).parts[0], None)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and len(path.relative_to(folder).parts) > 1 and path.suffix.lower() in endings
        if not any(part.startswith(".") for part in path.relative_to(folder).parts)
    ]
    if not found:
        raise DataNotFound(
            "The folder holds neither labels.csv nor sub-folders with pictures.",
            "Put the pictures of each class into a sub-folder named after it, or write labels.csv: file,label,patient.",
        )
    return "one sub-folder per class", found


def read_pictures(
    folder: Path,
    side: int,
    classes: Sequence[str] | None = None,
    on_progress: Callable[[int, int], None] = lambda i, n: None,
) -> PictureSet:
    """Decode the pictures of a folder and resize them to ``side`` x ``side``.

    Parameters
    ----------
    folder
        Sub-folders by class, or a table of labels.
    side
        Of the square, in pixels.
    classes
        Those of a model, which then give the order; pictures of another class are an error.
    on_progress
        Called with how many are done and how many there are.

    Raises
    ------
    DataNotFound, InvalidLabels, ZooError
        The last of the decoder, with the number of the picture.
    """
    form, listed = list_pictures(folder)
    names = tuple(sorted({picture.label for picture in listed})) if classes is None else tuple(classes)
    _check_classes(names, listed, len(listed) * side * side * 4)
    images = np.empty((len(listed), 1, side, side), dtype=np.float32)
    pixels, hashes, owners, aspects, sides = [], [], [], [], []
    modalities: set[str] = set()
    parts: set[str] = set()
    colour = False
    from_files = 0
    for index, picture in enumerate(listed):
        scan = _decoded(folder / picture.file, index)
        images[index, 0] = prepared(scan, side)
        pixels.append(thumbnails(prepared(scan, THUMBNAIL_SIDE)[None].clip(0, 1))[0])
        hashes.append(scan.sha256)
        named = picture.patient or scan.metadata.patient_id
        from_files += picture.patient is None and named is not None
        owners.append(_patient_hash(named) if named else scan.sha256[:16])
        aspects.append(scan.shape[1] / scan.shape[0])
        sides.append(min(scan.shape))
        modalities |= {word for word in (scan.metadata.modality,) if word}
        parts |= {word for word in (scan.metadata.body_part,) if word}
        colour |= scan.is_colour
        on_progress(index + 1, len(listed))
    return PictureSet(
        classes=names,
        images=images,
        pixels=np.stack(pixels),
        labels=np.array([names.index(picture.label) for picture in listed], dtype=np.int64),
        patients=np.array(owners),
        scans=np.array(hashes),
        patients_known=_patients_words(listed, from_files),
        form=form,
        aspects=(min(aspects), max(aspects)),
        smallest_side=min(sides),
        modalities=tuple(sorted(modalities)),
        body_parts=tuple(sorted(parts)),
        colour=colour,
    )


def prepared(scan: Scan, side: int) -> np.ndarray:
    """Return a whole frame as it is displayed, resized like the input of a network: float32 (side, side) in [0, 1]."""
    geometry = Geometry(scan.shape, Box(0, 0, *scan.shape), (side, side))
    return geometry.to_model(scan.presentation())


def output_names(classes: Sequence[str]) -> tuple[str, ...]:
    """Return names for the outputs of a card: lower case letters, digits and underscores. Raises InvalidLabels."""
    names = tuple(re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") for name in classes)
    named = tuple(f"class_{name}" if not name[:1].isalpha() else name for name in names)
    if len(set(named)) < len(named):
        raise InvalidLabels(["two classes have names that differ in capitals or signs alone"], "Rename one of them.")
    return named


def _listed_in_table(folder: Path) -> list[ListedPicture]:
    try:
        text = (folder / LABELS_FILE).read_text(encoding="utf-8-sig")
        lines = [[*map(read_cell, cells)] for cells in csv.reader(io.StringIO(text, newline=""), strict=True)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InvalidLabels(["labels.csv is not a comma-separated table in UTF-8"]) from error
    header = [name.strip() for name in lines[0]] if lines else []
    if not {"file", "label"} <= set(header):
        raise InvalidLabels(["labels.csv needs the columns file and label"], "Add them; patient is optional.")
    patient = next((name for name in ("patient", "patient_id") if name in header), None)
    problems: list[str] = []
    found = []
    for number, cells in enumerate(lines[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            problems.append(f"line {number} has {len(cells)} cells where the header has {len(header)}")
            continue
        row = dict(zip(header, map(str.strip, cells), strict=True))
        path = PurePosixPath(row["file"])
        if not row["file"] or path.is_absolute() or ".." in path.parts or not (folder / path).is_file():
            problems.append(f"line {number}, file: names no picture in the folder")
        if not row["label"]:
            problems.append(f"line {number}, label: is empty")
        if patient and not row[patient]:
            problems.append(f"line {number}, {patient}: is empty")
        found.append(ListedPicture(row["file"], row["label"], row[patient] if patient else None))
    if not found:
        problems.append("labels.csv lists no picture")
    if len({picture.file for picture in found}) < len(found):
        problems.append("a picture is listed twice")
    if problems:
        raise InvalidLabels(problems)
    return found


def _check_classes(names: Sequence[str], listed: Sequence[ListedPicture], size: int) -> None:
    unknown = sorted({picture.label for picture in listed} - set(names))
    if unknown:
        raise InvalidLabels(
            [f"{len(unknown)} classes of the folder are none of the model's"], f"Known: {', '.join(names)}."
        )
    if not 2 <= len(names) <= MAX_CLASSES:
        raise InvalidLabels(
            [f"the folder has {len(names)} classes; 2 to {MAX_CLASSES} are expected"],
            "Check that each sub-folder, or each word in the column label, is one class.",
        )
    if size > MAX_BYTES:
        raise DataNotFound(
            "The pictures do not fit into memory.", "Choose a smaller --side, or train on a part of them."
        )


def _decoded(path: Path, index: int) -> Scan:
    try:
        return decode_scan(path.read_bytes())
    except OSError as error:
        raise DataNotFound(f"Picture {index + 1} of the folder cannot be read.", "Check its rights.") from error
    except ZooError as error:
        raise type(error)(f"Picture {index + 1} of the folder: {error.message}", error.hint) from error


def _patient_hash(patient: str) -> str:
    return hashlib.sha256(f"diaphane patient {patient}".encode()).hexdigest()[:16]


def _patients_words(listed: Sequence[ListedPicture], from_files: int) -> str:
    if listed[0].patient is not None:
        return "Patients as named in labels.csv."
    if from_files == len(listed):
        return "Patients as named in the DICOM files."
    if from_files:
        return f"{from_files} DICOM files name their patient; each other file counts as a patient of its own."
    return "Patients are not named: each file counts as a patient of its own, so that figures are too good where one has several."
