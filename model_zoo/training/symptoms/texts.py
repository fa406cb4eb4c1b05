"""DDXPlus patients as texts: folds, wordings, and the alterations of training and of the tests.

A patient is a list of statements (code, values) from the generator. In the question form a statement is the data set's
question with its answer; in the statement form it is a wording of symptoms/phrases.toml.
"""

from __future__ import annotations

import ast
import csv
import gzip
import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from model_zoo.errors import DataNotFound
from model_zoo.symptoms.history import CLINICAL, COLLOQUIAL, PLAIN, phrase, phrases
from model_zoo.symptoms.wordings import development_wordings

FOLDER = Path("tabular") / "ddxplus_mini"
TABLE, CONDITIONS, EVIDENCES = "ddxplus_mini_2611.csv.gz", "release_conditions.json", "release_evidences.json"
FOLDS, REPORTED, CHOOSING = 5, 4, 3
FOLD_SEED = 20  # within each condition the patients are shuffled by it and dealt out to the folds in turn
MISSPELLING_RATE = 0.15  # of the words of four letters or more, in the test and at most in training
SHORTEST_MISSPELLED = 4
QUESTION = "question"
COLLOQUIAL_NOTE = " (statements that have one; the others are left out)"
_NO_TRAVEL = "N"


@dataclass(frozen=True)
class Statement:
    """One evidence of one patient. question: in the words of the data set. values: in words; empty for yes.

    A wording is a column of phrases.toml, QUESTION, or the words themselves with {} for the values.
    """

    code: str
    values: tuple[str, ...]
    question: str

    @property
    def has_colloquial(self) -> bool:
        return any(len(rows.get(self.code, ())) > COLLOQUIAL for rows in phrases().values())

    def text(self, wording: int | str) -> str:
        if wording == QUESTION:
            return f"{self.question} {', '.join(self.values) if self.values else 'Yes'}."
        values = tuple(plain_value(value) for value in self.values)
        if isinstance(wording, str):
            return wording.replace("{}", " and ".join(values))
        return phrase(self.code, values, wording)


@dataclass(frozen=True)
class SyntheticPatient:
    """initial: the statement that the encounter began with."""

    age_years: int
    sex: str
    condition: str
    statements: tuple[Statement, ...]
    initial: Statement
    fold: int

    def head(self) -> str:
        return f"{self.age_years} year old {'female' if self.sex == 'F' else 'male'}"


@dataclass(frozen=True)
class SymptomSet:
    """conditions: name to {"severity", "icd10"}, sorted by name. evidences: code to question, those that are yes or no."""

    patients: tuple[SyntheticPatient, ...]
    conditions: dict[str, dict[str, Any]]
    evidences: dict[str, str]

    def of(self, *folds: int) -> list[SyntheticPatient]:
        return [patient for patient in self.patients if patient.fold in folds]


def read_symptom_set(data: Path) -> SymptomSet:
    """Read the set below DIAPHANE_DATA. Raises DataNotFound."""
    folder = data / FOLDER
    try:
        with gzip.open(folder / TABLE, "rt", encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        conditions = json.loads((folder / CONDITIONS).read_text(encoding="utf-8"))
        evidences = json.loads((folder / EVIDENCES).read_text(encoding="utf-8"))
    except OSError as error:
        raise DataNotFound(
            "The DDXPlus patients were not found.", f"They belong to {FOLDER} of DIAPHANE_DATA."
        ) from error
    folds = _folds([row["pathology"] for row in rows])
    patients = tuple(_patient(row, evidences, fold) for row, fold in zip(rows, folds, strict=True))
    described = {
        name: {"severity": int(entry["severity"]), "icd10": str(entry["icd10-id"]).upper()}
        for name, entry in sorted(conditions.items())
    }
    questions = {code: entry["question_en"] for code, entry in evidences.items() if entry["data_type"] == "B"}
    return SymptomSet(patients, described, questions)


def plain_value(value: str) -> str:
    """Return "left cheek" for "cheek(L)"."""
    for mark, side in (("(R)", "right"), ("(L)", "left")):
        if value.endswith(mark):
            return f"{side} {value.removesuffix(mark)}"
    return {"Y": "yes", "N": "no"}.get(value, value)


def written(
    patient: SyntheticPatient,
    wordings: Sequence[int | str],
    keep: Sequence[int] | None = None,
    joint: str = ". ",
    extra: Sequence[str] = (),
) -> str:
    """Return the patient as a text. wordings: one per statement that is kept. extra: sentences at the end."""
    kept = list(range(len(patient.statements))) if keep is None else list(keep)
    parts = [patient.statements[i].text(how) for i, how in zip(kept, wordings, strict=True)]
    return joint.join(part.removesuffix(".") for part in (patient.head(), *parts, *extra)) + "."


def question_text(patient: SyntheticPatient) -> str:
    """Return the held-out text in the words of the data set."""
    return written(patient, [QUESTION] * len(patient.statements))


def statement_text(patient: SyntheticPatient) -> str:
    return written(patient, [CLINICAL] * len(patient.statements))


def first_complaint(patient: SyntheticPatient) -> str:
    return f"{patient.head()}. {patient.initial.text(PLAIN)}."


def colloquial_text(patient: SyntheticPatient, without: Collection[str] = ()) -> str:
    """Return the wordings that training never saw; statements that have none, and the codes in ``without``, are left out."""
    keep = [i for i, s in enumerate(patient.statements) if s.has_colloquial and s.code not in without]
    return written(patient, [COLLOQUIAL] * len(keep), keep)


def development_text(patient: SyntheticPatient) -> str:
    """Return the wordings that are kept for development; statements that have none are left out."""
    known = development_wordings()
    keep = [i for i, statement in enumerate(patient.statements) if statement.code in known]
    return written(patient, [known[patient.statements[i].code] for i in keep], keep)


def denied_statements(
    patient: SyntheticPatient, evidences: Sequence[str], generator: np.random.Generator, how_many: int
) -> list[str]:
    """Return denials of symptoms that the patient does not have, each worded one of five ways."""
    has = {statement.code for statement in patient.statements}
    absent = [code for code in phrases()["symptoms"] if code not in has and code in evidences]
    chosen = generator.choice(absent, size=how_many, replace=False)
    forms = ("no {}", "denies {}", "without {}", "{}: no", "{} denied")
    return [forms[int(generator.integers(len(forms)))].format(phrase(str(code))) for code in chosen]


def misspelled(text: str, generator: np.random.Generator, rate: float = MISSPELLING_RATE) -> str:
    """Return the text with that share of its longer words altered by one slip: dropped, doubled, changed or swapped letters."""
    return " ".join(
        _slip(word, generator) if _long_enough(word) and generator.random() < rate else word for word in text.split(" ")
    )


def _long_enough(word: str) -> bool:
    return sum(letter.isalpha() for letter in word) >= SHORTEST_MISSPELLED


def _slip(word: str, generator: np.random.Generator) -> str:
    # The first letter stays: people rarely miss it.
    places = [i for i in range(1, len(word)) if word[i].isalpha()]
    i, kind = int(generator.choice(places)), int(generator.integers(4))
    if kind == 0:
        return word[:i] + word[i + 1 :]
    if kind == 1:
        return word[:i] + word[i] + word[i:]
    if kind == 2:
        return word[:i] + "abcdefghijklmnopqrstuvwxyz"[int(generator.integers(26))] + word[i + 1 :]
    if i + 1 < len(word) and word[i + 1].isalpha():
        return word[:i] + word[i + 1] + word[i] + word[i + 2 :]
    return word[:i] + word[i + 1 :]


def _folds(labels: Sequence[str]) -> list[int]:
    generator = np.random.default_rng(FOLD_SEED)
    places: defaultdict[str, list[int]] = defaultdict(list)
    for i, label in enumerate(labels):
        places[label].append(i)
    folds = [0] * len(labels)
    for label in sorted(places):
        start = int(generator.integers(FOLDS))  # a rare condition does not always begin in fold 0
        for turn, i in enumerate(generator.permutation(places[label])):
            folds[int(i)] = (start + turn) % FOLDS
    return folds


def _patient(row: dict[str, str], evidences: dict[str, Any], fold: int) -> SyntheticPatient:
    values: dict[str, list[str]] = {}
    for given in ast.literal_eval(row["evidences"]):
        code, _, value = given.partition("_@_")
        values.setdefault(code, [])
        if value:
            meaning = evidences[code]["value_meaning"].get(value)
            values[code].append(meaning["en"] if meaning else value)
    statements = {
        code: Statement(code, tuple(found), evidences[code]["question_en"])
        for code, found in values.items()
        if not _says_nothing(code, found)
    }
    started = row["initial_evidence"].partition("_@_")[0]
    return SyntheticPatient(
        int(row["age"]),
        row["sex"],
        row["pathology"],
        tuple(statements.values()),
        statements.get(started) or next(iter(statements.values())),
        fold,
    )


def _says_nothing(code: str, values: Sequence[str]) -> bool:
    return list(values) in (["nowhere"], ["NA"]) or (code == "E_204" and list(values) == [_NO_TRAVEL])
