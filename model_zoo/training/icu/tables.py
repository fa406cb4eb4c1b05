"""The tables of the hourly ICU models: PhysioNet 2012 (sets A and B) and PhysioNet 2019, on a grid of hours.

A cell that was not measured is NaN and stays NaN: nothing is filled in here. Values outside the plausible range of a
variable are typing errors and are dropped, counted in ``dropped``.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from model_zoo.errors import DataNotFound
from model_zoo.icu.variables import MORTALITY, SEPSIS, IcuModelForm

FOLDS = 5
REPORTED = FOLDS - 1
DEATH_FOLDS = (
    "set A alone trains; its stays in five folds by sha256 of the record number, stratified by outcome; "
    "set B is reported once"
)
SEPSIS_FOLDS = (
    "five folds by patient, by sha256 of the patient number, stratified by sepsis; folds 0 to 3 train, "
    "the last is reported once"
)


@dataclass(frozen=True, eq=False)
class IcuTable:
    """N stays on a grid of T hours (the longest stay), V variables, S facts.

    values: float32 (N, T, V), NaN: not measured. facts: float32 (N, S), NaN: not known. labels: (N, T), NaN beyond the
    stay. event: (N,) whether the stay has it at all. length: (N,) hours. dropped: cells outside the plausible range.
    """

    ids: np.ndarray
    values: np.ndarray
    facts: np.ndarray
    labels: np.ndarray
    event: np.ndarray
    length: np.ndarray
    fold: np.ndarray
    dropped: int

    def take(self, rows: np.ndarray) -> IcuTable:
        """Return the stays at ``rows`` (mask or places), the grid cut to the longest of them."""
        hours = int(self.length[rows].max())
        return replace(
            self,
            ids=self.ids[rows],
            values=self.values[rows][:, :hours],
            facts=self.facts[rows],
            labels=self.labels[rows][:, :hours],
            event=self.event[rows],
            length=self.length[rows],
            fold=self.fold[rows],
        )


@dataclass(frozen=True, eq=False)
class StayScores:
    """What else is known of the stays of one 2012 set: severity scores (N,), NaN: missing, and the table of 48 hours.

    features: (N, F) of ``feature_names``, without outcomes and severity scores.
    """

    saps: np.ndarray
    sofa: np.ndarray
    features: np.ndarray
    feature_names: tuple[str, ...]


def read_deaths(data: Path, part: str) -> IcuTable:
    """Return set "a" or "b" of PhysioNet 2012: 48 hours each, the label of every hour is death in hospital."""
    folder = data / "tabular" / "physionet2012_icu"
    statics = {int(row["RecordID"]): row for row in _rows(folder / f"static_outcomes_{part}.csv")}
    ids = np.array(sorted(statics))
    place = {number: i for i, number in enumerate(ids.tolist())}
    values = np.full((len(ids), MORTALITY.hours, len(MORTALITY.variables)), np.nan, dtype=np.float32)
    names = [variable.name for variable in MORTALITY.variables]
    for row in _rows(folder / f"hourly_{part}.csv.gz"):
        values[place[int(row["RecordID"])], int(float(row["hour"]))] = [_number(row[name]) for name in names]
    dropped = _drop_implausible(values, MORTALITY)
    event = np.array([float(statics[number]["In_hospital_death"]) for number in ids.tolist()])
    facts = [[_number(statics[number][fact.name]) for fact in MORTALITY.statics] for number in ids.tolist()]
    return IcuTable(
        ids=ids,
        values=values,
        facts=np.array(facts, dtype=np.float32),
        labels=np.repeat(event[:, None], MORTALITY.hours, axis=1),
        event=event,
        length=np.full(len(ids), MORTALITY.hours),
        fold=folds_by_patient([str(i) for i in ids.tolist()], event, "icu-mortality"),
        dropped=dropped,
    )


def read_scores(data: Path, part: str) -> StayScores:
    """Return SAPS-I, SOFA and the table of the first 48 hours of set "a" or "b", rows in the order of ``read_deaths``."""
    folder = data / "tabular" / "physionet2012_icu"
    rows = sorted(_rows(folder / f"features_48h_{part}.csv.gz"), key=lambda row: int(row["RecordID"]))
    left_out = {"RecordID", "SAPS_I", "SOFA", "Length_of_stay", "Survival", "In_hospital_death"}
    names = tuple(name for name in rows[0] if name not in left_out)
    table = np.array([[_number(row[name]) for name in names] for row in rows])
    saps, sofa = (np.array([_number(row[name]) for row in rows]) for name in ("SAPS_I", "SOFA"))
    return StayScores(np.where(saps < 0, np.nan, saps), np.where(sofa < 0, np.nan, sofa), table, names)


def read_sepsis(data: Path) -> IcuTable:
    """Return PhysioNet 2019: hour 0 is the first hour in the unit (ICULOS 1), the label is SepsisLabel of the hour."""
    variables = SEPSIS.variables
    stays: dict[str, list[dict[str, str]]] = {}
    for row in _rows(data / "tabular" / "physionet2019_sepsis" / "sepsis_setB_5000.csv.gz"):
        stays.setdefault(row["patient_id"], []).append(row)
    ids = np.array(sorted(stays))
    length = np.array([max(int(row["ICULOS"]) for row in stays[name]) for name in ids])
    values = np.full((len(ids), length.max(), len(variables)), np.nan, dtype=np.float32)
    labels = np.full((len(ids), length.max()), np.nan)
    facts = np.full((len(ids), len(SEPSIS.statics)), np.nan, dtype=np.float32)
    for i, name in enumerate(ids):
        for row in stays[name]:
            hour = int(row["ICULOS"]) - 1
            values[i, hour] = [_number(row[variable.name]) for variable in variables]
            labels[i, hour] = float(row["SepsisLabel"])
        first = stays[name][0]
        unit = 1.0 if _number(first["Unit1"]) == 1 else 2.0 if _number(first["Unit2"]) == 1 else np.nan
        facts[i] = [_number(first["Age"]), _number(first["Gender"]), unit, max(-_number(first["HospAdmTime"]), 0.0)]
    dropped = _drop_implausible(values, SEPSIS)
    event = (np.nan_to_num(labels).max(axis=1) > 0).astype(float)
    fold = folds_by_patient(ids.tolist(), event, "icu-sepsis")
    return IcuTable(ids, values, facts, labels, event, length, fold, dropped)


def folds_by_patient(names: list[str], event: np.ndarray, salt: str) -> np.ndarray:
    """Return the fold of every patient: dealt in the order of sha256(salt:name), those with and without event apart."""
    order = sorted(range(len(names)), key=lambda i: hashlib.sha256(f"{salt}:{names[i]}".encode()).hexdigest())
    fold, dealt = np.zeros(len(names), dtype=int), {0.0: 0, 1.0: 0}
    for i in order:
        fold[i] = dealt[float(event[i])] % FOLDS
        dealt[float(event[i])] += 1
    return fold


def _drop_implausible(values: np.ndarray, form: IcuModelForm) -> int:
    low, high = (np.array([variable.plausible[end] for variable in form.variables]) for end in (0, 1))
    outside = (values < low) | (values > high)
    values[outside] = np.nan
    return int(outside.sum())


def _rows(path: Path) -> Iterator[dict[str, str]]:
    if not path.is_file():
        raise DataNotFound(f"The table '{path.name}' was not found.", "Check the folder that DIAPHANE_DATA names.")
    data = path.read_bytes()
    text = (gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data).decode("utf-8")
    return iter(csv.DictReader(io.StringIO(text)))


def _number(text: str | None) -> float:
    return float(text) if text else float("nan")
