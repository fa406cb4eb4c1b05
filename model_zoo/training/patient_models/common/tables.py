"""The tables of the patient models: a declaration says which column is which quantity, one reader does the rest.

Everything becomes SI units; a value outside the plausible range of its quantity is a slip of the table and counts as not
measured, with the number of such values on the card; exact repetitions of a row are one patient.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from model_zoo.errors import DataNotFound
from model_zoo.patients.features import FeatureSpec
from model_zoo.patients.risk import encoded_value

FOLDS = 5
SPLIT_RULE = (
    "Patients with and without the event apart, in the order of sha256('{salt}:<row>'), are dealt to the folds 0 to 4 in "
    "turn, so that each fold has its share of events."
)
Row = Mapping[str, str]


@dataclass(frozen=True)
class TableForm:
    """Where a table lies and what its columns mean.

    title: what the table is called in messages. files: places below the given folder. salt: names the table in the split.
    columns: feature -> column. label: 1.0, 0.0, or None where the patient is left out.
    us: features that the table holds in US units. factors: what a value of the table is multiplied with beforehand.
    words: feature -> text of the table -> value of the choice or flag. not_measured: feature -> texts beside the empty one
    that mean "not measured". known_rows: rows that need no file. fold: fold of a row, where the table brings its own split.
    arranged: one row per patient from the rows of a file that has several. identity: column that names the patient, where
    there is one: rows alike but for it are two patients.
    """

    title: str
    files: tuple[str, ...]
    salt: str
    columns: Mapping[str, str]
    label: Callable[[Row], float | None]
    us: tuple[str, ...] = ()
    factors: Mapping[str, float] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    not_measured: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    known_rows: Callable[[], list[dict[str, str]]] | None = None
    fold: Callable[[Row], int | None] | None = None
    arranged: Callable[[list[dict[str, str]]], list[dict[str, str]]] | None = None
    identity: str | None = None


@dataclass(frozen=True, eq=False)
class PatientTable:
    """n patients, F features in the model's order. values: float64 (n, F), NaN: not measured. labels: (n, 1).

    row: place in the file. fold: (n,). counts: rows left out and why.
    """

    row: np.ndarray
    values: np.ndarray
    labels: np.ndarray
    fold: np.ndarray
    counts: dict[str, int]


def read_table(form: TableForm, specs: tuple[FeatureSpec, ...], path: Path | None) -> PatientTable:
    """Read a table in the given form.

    Parameters
    ----------
    form
        Columns and their meaning.
    specs
        The features of the model.
    path
        The file, or a folder that holds it; None only where no file is needed.

    Raises
    ------
    DataNotFound
        When there is no such file or it lacks columns.
    """
    rows = table_rows(form, path)
    total = len(rows)
    absent = sorted(set(form.columns.values()) - set(rows[0] if rows else ()))
    if absent:
        raise DataNotFound(
            f"The table lacks the columns {', '.join(absent)}.",
            f"Give {form.title}; keep the column of a quantity that was not measured, and leave its cells empty.",
        )
    numbered = [
        (place, row, label) for place, row in enumerate(rows, start=1) if (label := form.label(row)) is not None
    ]
    labelled = len(numbered)
    seen: set[tuple[str, ...]] = set()
    kept = []
    for place, row, label in numbered:
        key = (*(row[column] for column in form.columns.values()), str(label), row.get(form.identity or "", ""))
        if key not in seen:
            seen.add(key)
            kept.append((place, row, label))
    slips = 0
    values = np.full((len(kept), len(specs)), np.nan)
    for i, (_, row, _) in enumerate(kept):
        for j, spec in enumerate(specs):
            if spec.name in form.columns:
                values[i, j], slipped = _value(form, spec, row[form.columns[spec.name]])
                slips += slipped
    places = np.array([place for place, _, _ in kept])
    labels = np.array([label for _, _, label in kept])
    own = None if form.fold is None else [form.fold(row) for _, row, _ in kept]
    return PatientTable(
        row=places,
        values=values,
        labels=labels[:, None],
        fold=folds_of(places, labels, form.salt, own),
        counts={
            "rows": total,
            "without_label": total - labelled,
            "repeated_rows": labelled - len(kept),
            "values_outside_plausible_range": slips,
            "patients": len(kept),
        },
    )


def table_rows(form: TableForm, path: Path | None) -> list[dict[str, str]]:
    """Return the rows of the file at or below ``path``, or those that need no file."""
    candidates = [] if path is None else [path, *(path / file for file in form.files)]
    candidates += [] if path is None else [path / Path(file).name for file in form.files]
    for candidate in candidates:
        if candidate.is_file():
            data = candidate.read_bytes()
            text = (gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data).decode("utf-8-sig")
            rows = list(csv.DictReader(io.StringIO(text)))
            return rows if form.arranged is None else form.arranged(rows)
    if form.known_rows is not None and (path is None or path.is_dir()):
        return form.known_rows()
    raise DataNotFound(
        f"{form.title[0].upper()}{form.title[1:]} was not found.", "Set DIAPHANE_DATA, or name the file."
    )


def folds_of(
    places: np.ndarray, labels: np.ndarray, salt: str, own: list[int | None] | None = None, folds: int = FOLDS
) -> np.ndarray:
    """Return the fold of every patient by SPLIT_RULE. own: folds that the table brings; the last fold is then only theirs."""
    order = sorted(range(len(places)), key=lambda i: hashlib.sha256(f"{salt}:{places[i]}".encode()).hexdigest())
    found = np.zeros(len(places), dtype=int)
    dealt = {0.0: 0, 1.0: 0}
    for i in order:
        given = None if own is None else own[i]
        if given is not None:
            found[i] = given
            continue
        found[i] = dealt[float(labels[i])] % (folds - (own is not None))
        dealt[float(labels[i])] += 1
    return found


def number_of(text: str | None) -> float:
    """Return a finite number of a table cell, NaN for anything else."""
    try:
        found = float(text or "")
    except ValueError:
        return math.nan
    return found if math.isfinite(found) else math.nan


def _value(form: TableForm, spec: FeatureSpec, text: str) -> tuple[float, int]:
    """Return the value as the network reads it, and whether it was a slip."""
    text = text.strip()
    if text in form.not_measured.get(spec.name, ()):
        return math.nan, 0
    words = form.words.get(spec.name)
    if words is not None:
        word = words.get(text)
        if word is None:
            return math.nan, int(bool(text))
        coded = encoded_value(spec, word if spec.kind == "choice" else float(word))
        return (math.nan if coded is None else coded), 0
    raw = number_of(text) * form.factors.get(spec.name, 1.0)
    number = spec.from_units(raw, "US" if spec.name in form.us else "SI")
    if math.isnan(number):
        return math.nan, 0
    plausible = (0.0, 1.0) if spec.kind == "flag" else spec.plausible
    if plausible is not None and not plausible[0] <= number <= plausible[1]:
        return math.nan, 1
    return number, 0
