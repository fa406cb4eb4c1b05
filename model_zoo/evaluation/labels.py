"""The table that every evaluation starts from: ``labels.csv`` in a folder of films.

Columns: ``file`` (path below the folder, forward slashes), ``patient_id``, ``age_years``, ``sex`` (F, M, O or empty),
``view`` (PA, AP ...; empty where unknown), and one column per output with 1, 0 or empty (not known). Optional columns:
``fold`` (whole number; all films of a patient in one fold), ``population`` (adult or child, used where the age is
empty), ``lung_mask`` (path below the folder), ``orig_w`` and ``orig_h`` (pixels of the film before it was resized, 0 or
empty where unknown). UTF-8, comma separated. All problems are reported at once, by line and column, without the values.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import numpy as np

from model_zoo.errors import DataNotFound, ZooError
from model_zoo.plain import read_cell, write_csv
from model_zoo.quantities.numbers import Unreadable, written_number

LABELS_FILE = "labels.csv"
REQUIRED_COLUMNS = ("file", "patient_id", "age_years", "sex", "view")
OPTIONAL_COLUMNS = ("fold", "population", "lung_mask", "orig_w", "orig_h")
POPULATIONS = ("adult", "child")
# Folds 0 to 2 train, fold 3 calibrates, and this one is reported once.
REPORTED_FOLD = 4

ALIKE = (
    "{} patient_id(s) stand in several folds, written in two ways (such as P1 and p1, or 01 and 1): if both are one person, the "
    "figures are too good."
)
_MAX_BYTES = 64 * 2**20  # 600,000 films; more is no labels file
_MAX_AGE = 125  # years; the oldest person on record reached 122
_MAX_FOLD = 999
_SHOWN = 12  # problems spelled out in the message; all of them are in ``problems``
_OUTPUT_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}\Z")
_VIEW = re.compile(r"[A-Za-z0-9 _-]{0,16}\Z")
_SEXES = ("F", "M", "O", "")


class InvalidLabels(ZooError):
    """A labels file with one or more problems, all reported at once in ``problems``."""

    def __init__(self, problems: Sequence[str], hint: str = "Correct labels.csv and run the command again.") -> None:
        more = f"; and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
        super().__init__("; ".join(problems[:_SHOWN]) + more + ".", hint)
        self.problems = tuple(problems)


@dataclass(frozen=True)
class FilmLabels:
    """One line of the table. ``labels`` maps each output to 1, 0, or None where it is not known."""

    file: str
    patient_id: str = field(repr=False)
    labels: Mapping[str, int | None]
    age_years: float | None = None
    sex: str | None = None
    view: str | None = None
    fold: int | None = None
    population: str | None = None
    lung_mask: str | None = None
    original_size: tuple[int, int] | None = None  # (width, height) in pixels, before the film was resized


@dataclass(frozen=True)
class LabelTable:
    """The films of one folder, in the order of the file."""

    folder: Path
    outputs: tuple[str, ...]
    rows: tuple[FilmLabels, ...]

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def has_folds(self) -> bool:
        """Whether the table came with a ``fold`` column."""
        return bool(self.rows) and self.rows[0].fold is not None

    @property
    def patient_ids(self) -> np.ndarray:
        """(films,) of str."""
        return np.array([row.patient_id for row in self.rows], dtype=str)

    @property
    def folds(self) -> np.ndarray:
        """(films,) int; -1 where the table has no folds."""
        return np.array([-1 if row.fold is None else row.fold for row in self.rows], dtype=int)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What whoever made the table should check before its figures are believed."""
        alike = alike_across_folds((row.patient_id, row.fold) for row in self.rows)
        return (ALIKE.format(alike),) if alike and self.has_folds else ()

    def labels(self, output: str) -> np.ndarray:
        """(films,) float64: 1, 0, or NaN where the label is not known or the table has no such column."""
        values = (row.labels.get(output) for row in self.rows)
        return np.array([np.nan if value is None else float(value) for value in values])

    def path(self, index: int) -> Path:
        """Return where the film lies on disk."""
        return self.folder / self.rows[index].file

    def where(self, keep: np.ndarray | Sequence[bool]) -> LabelTable:
        """Return the films for which ``keep``, (films,) of bool, is true."""
        if len(keep) != len(self.rows):
            raise ValueError(f"{len(keep)} choices for {len(self.rows)} films")
        return LabelTable(
            self.folder, self.outputs, tuple(row for row, yes in zip(self.rows, keep, strict=True) if yes)
        )

    def in_folds(self, *folds: int) -> LabelTable:
        """Return the films of these folds."""
        return self.where([row.fold in folds for row in self.rows])

    def reported(self, all_folds: bool = False) -> LabelTable:
        """Return the films that a report may use: fold 4 where the table has folds, else all of them.

        Raises: DataNotFound when the table has folds but none of its films is in fold 4.
        """
        if all_folds or not self.has_folds:
            return self
        kept = self.in_folds(REPORTED_FOLD)
        if not kept.rows:
            raise DataNotFound(
                f"No film of this folder is in fold {REPORTED_FOLD}, the only one that is reported.",
                "Remove the fold column, or evaluate all folds with --all.",
            )
        return kept


def alike_across_folds(patients: Iterable[tuple[str, object]]) -> int:
    """Count the people, in several folds, whose identifiers differ only in letters' case, blanks, or zeros in front of a number.

    patients: identifier and fold of each picture. "P1" and "p1", or "01" and "1", may be one person: then what was trained on is
    tested on.
    """
    spellings: dict[str, set[str]] = {}
    folds: dict[str, set[object]] = {}
    for identifier, fold in patients:
        same = re.sub(r"(?<![0-9])0+(?=[0-9])", "", re.sub(r"[\W_]+", "-", identifier.strip().casefold()))
        spellings.setdefault(same, set()).add(identifier)
        folds.setdefault(same, set()).add(fold)
    return sum(len(spellings[same]) > 1 and len(folds[same]) > 1 for same in spellings)


def read_labels(folder: Path, outputs: Sequence[str] | None = None, check_files: bool = True) -> LabelTable:
    """Read and check ``labels.csv`` in ``folder``.

    Parameters
    ----------
    folder
        Holds the table and the films.
    outputs
        The outputs wanted; other columns are then ignored, and those that the file lacks have no label. Without it, each
        column that has no other meaning is an output.
    check_files
        Also check that each film is there. Links inside the folder are followed: they are its owner's choice; paths in the
        file cannot lead out of it.

    Raises
    ------
    DataNotFound
        Without such a file.
    InvalidLabels
        With all problems found.
    """
    text = _read_text(folder / LABELS_FILE)
    try:
        lines = [[*map(read_cell, cells)] for cells in csv.reader(io.StringIO(text, newline=""), strict=True)]
    except csv.Error as e:
        raise InvalidLabels(["labels.csv is not a comma-separated table"]) from e
    header = [name.strip() for name in lines[0]] if lines else []
    columns = _output_columns(header, outputs)
    body = [(number, cells) for number, cells in enumerate(lines[1:], start=2) if any(cell.strip() for cell in cells)]
    problems = _Problems()
    films: list[tuple[int, FilmLabels]] = []
    for number, cells in body:
        if len(cells) != len(header):
            problems.add(number, "", f"has {len(cells)} cells where the header has {len(header)}")
            continue
        films.append((number, _film(number, dict(zip(header, map(str.strip, cells), strict=True)), columns, problems)))
    if not body:
        raise InvalidLabels(["labels.csv lists no film"])
    _check_together(films, "fold" in header, problems)
    if check_files and not problems.found:
        for number, row in films:
            for column, name in (("file", row.file), ("lung_mask", row.lung_mask)):
                if name and not (folder / name).is_file():
                    problems.add(number, column, "names a picture that is not in the folder")
    if problems.found:
        raise InvalidLabels(problems.messages())
    return LabelTable(folder, columns, tuple(row for _, row in films))


def write_labels(table: LabelTable, path: Path) -> None:
    """Write the table as ``labels.csv`` is read; optional columns appear where any film has a value."""
    optional = [name for name in OPTIONAL_COLUMNS if any(_cells(row)[name] for row in table.rows)]
    with path.open("w", encoding="utf-8", newline="") as stream:
        write_csv(stream, [[*REQUIRED_COLUMNS, *optional, *table.outputs]])
        for row in table.rows:
            cells = _cells(row)
            values = [row.labels.get(output) for output in table.outputs]
            labels = ["" if value is None else str(value) for value in values]
            write_csv(stream, [[*(cells[name] for name in (*REQUIRED_COLUMNS, *optional)), *labels]])


class _Problems:
    """Problems by column and kind, with the lines they occur in: a wholly bad column is one message."""

    def __init__(self) -> None:
        self.found: dict[tuple[str, str], list[int]] = {}

    def add(self, line: int, column: str, text: str) -> None:
        self.found.setdefault((column, text), []).append(line)

    def messages(self) -> list[str]:
        out = []
        for (column, text), lines in self.found.items():
            more = f" (and {len(lines) - 1} more lines)" if len(lines) > 1 else ""
            out.append(f"line {lines[0]}{more}: {f'{column} ' if column else ''}{text}")
        return out


def _read_text(path: Path) -> str:
    hint = f"Give a folder that holds the films and a {LABELS_FILE} with the columns {', '.join(REQUIRED_COLUMNS)}."
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise InvalidLabels([f"labels.csv is larger than {_MAX_BYTES >> 20} MB"])
        # utf-8-sig: spreadsheets write a byte-order mark before the first column name.
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as e:
        raise InvalidLabels(["labels.csv is not UTF-8 text"], "Save the table as CSV in UTF-8.") from e
    except OSError as e:
        raise DataNotFound(f"There is no readable {LABELS_FILE} in the folder given.", hint) from e


def _output_columns(header: list[str], outputs: Sequence[str] | None) -> tuple[str, ...]:
    problems = [f"the column {name} is missing" for name in REQUIRED_COLUMNS if name not in header]
    problems += [
        f"the column '{name[:64]}' occurs twice" for name in sorted({n for n in header if header.count(n) > 1})
    ]
    free = [name for name in header if name not in (*REQUIRED_COLUMNS, *OPTIONAL_COLUMNS)]
    columns = tuple(free if outputs is None else [name for name in outputs if name in free])
    if not columns:
        wanted = "for an output" if outputs is None else f"for any of: {', '.join(outputs)}"
        problems.append(f"there is no column {wanted}")
    if outputs is None:
        problems += [
            f"the output column '{name[:64]}' must be named with lower-case letters, digits and _"
            for name in free
            if not _OUTPUT_NAME.match(name)
        ]
    if problems:
        raise InvalidLabels(problems)
    return columns


def _film(line: int, cells: Mapping[str, str], outputs: Iterable[str], problems: _Problems) -> FilmLabels:
    def bad(column: str, text: str) -> None:
        problems.add(line, column, text)

    file, mask = cells["file"], cells.get("lung_mask", "")
    if not file:
        bad("file", "is empty")
    for column, name in (("file", file), ("lung_mask", mask)):
        if name and not _stays_below(name):
            bad(column, "must be a path below the folder, with forward slashes")
    if not cells["patient_id"]:
        bad("patient_id", "is empty; without it films of one person would count as several people")
    sex = cells["sex"].upper()
    if sex not in _SEXES:
        bad("sex", "must be F, M, O or empty")
    if not _VIEW.match(cells["view"]):
        bad("view", "must be a short code such as PA or AP, or empty")
    population = cells.get("population", "").lower()
    if population not in (*POPULATIONS, ""):
        bad("population", "must be adult, child or empty")
    labels: dict[str, int | None] = {}
    for output in outputs:
        if cells[output] not in ("0", "1", ""):
            bad(output, "must be 1, 0 or empty")
        labels[output] = int(cells[output]) if cells[output] in ("0", "1") else None
    width, height = (_whole(cells.get(name, ""), name, 10**6, bad) for name in ("orig_w", "orig_h"))
    return FilmLabels(
        file=file,
        patient_id=cells["patient_id"],
        labels=labels,
        age_years=_age(cells["age_years"], bad),
        sex=sex or None,
        view=cells["view"].upper() or None,
        fold=_whole(cells.get("fold", ""), "fold", _MAX_FOLD, bad),
        population=population or None,
        lung_mask=mask or None,
        original_size=(width, height) if width and height else None,
    )


def _age(text: str, bad: Callable[[str, str], None]) -> float | None:
    try:
        age = written_number(text).value if text else None
    except Unreadable:
        age = math.nan
    if age is not None and not 0 <= age <= _MAX_AGE:
        bad("age_years", f"must be a number from 0 to {_MAX_AGE}, or empty")
        return None
    return age


def _whole(text: str, column: str, largest: int, bad: Callable[[str, str], None]) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and int(text) <= largest):
        bad(column, f"must be a whole number from 0 to {largest}, or empty")
        return None
    return int(text)


def _stays_below(name: str) -> bool:
    """Whether the path is relative and cannot leave the folder, on any operating system."""
    if "\\" in name or ":" in name or "\0" in name or len(name) > 1024:
        return False
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and bool(path.parts)


def _check_together(films: Sequence[tuple[int, FilmLabels]], has_fold_column: bool, problems: _Problems) -> None:
    """Check what only the whole table shows: films listed twice, patients in several folds, a fold column with gaps."""
    seen: set[str] = set()
    fold_of: dict[str, int | None] = {}
    for line, row in films:
        if row.file and row.file in seen:
            problems.add(line, "file", "is listed before")
        seen.add(row.file)
        if not has_fold_column:
            continue
        if row.fold is None:
            problems.add(line, "fold", "is empty while the table has folds")
        elif row.patient_id and fold_of.setdefault(row.patient_id, row.fold) != row.fold:
            problems.add(line, "fold", "differs from another film of the same patient")


def _cells(row: FilmLabels) -> dict[str, str]:
    width, height = row.original_size or ("", "")
    return {
        "file": row.file,
        "patient_id": row.patient_id,
        "age_years": "" if row.age_years is None else f"{row.age_years:g}",
        "sex": row.sex or "",
        "view": row.view or "",
        "fold": "" if row.fold is None else str(row.fold),
        "population": row.population or "",
        "lung_mask": row.lung_mask or "",
        "orig_w": str(width),
        "orig_h": str(height),
    }
