"""The SUPPORT2 table as the respiratory risk model reads it: SI units, folds, and rows whose physiology is theirs.

The file in circulation has a defect that its documents do not mention: in about half of its rows the fourteen
physiology columns (meanbp to urine) belong to another patient, because that block of columns is shifted by up to
90 rows against the rest. The study's own physiology scores, sps and aps, which are functions of these columns, show it:
in the sound stretches sps follows from them with a correlation above 0.9, elsewhere with about 0; there, the rows
14, 47 or 73 below fit as well as in the sound stretches. ``RUNS`` lists the stretches whose shift is beyond doubt; rows
outside (a fifth), where the shift grows from row to row, are left out. Outcomes played no part in finding the runs. They
confirm them: a model of the diagnosis COPD, fitted to the physiology of the unshifted runs, has an AUC of 0.54 on the
shifted runs as they stand and 0.90 after the shift is undone; one of death in hospital 0.50 and 0.81.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from model_zoo.errors import DataNotFound
from model_zoo.patients.catalogue import feature
from model_zoo.patients.risk import encoded_value
from model_zoo.patients.risk_models.support_respiratory import FEATURES

FOLDS = 5
SPLIT_RULE = (
    "fold = (first 8 hexadecimal digits of sha256('support2:<row_id>') as a number) modulo 5; row_id is the row's place "
    "in the published file, one patient per row. Selection by out-of-fold predictions on folds 0 to 3; the shipped "
    "weights train on folds 0 to 2; fold 3 calibrates and sets thresholds; fold 4 is reported once."
)
PHYSIOLOGY = (
    "meanbp", "wblc", "hrt", "resp", "temp", "pafi", "alb", "bili", "crea", "sod", "ph", "glucose", "bun", "urine",
)  # fmt: skip
# (first row_id, last row_id, shift): the physiology of a patient stands ``shift`` rows below. About ten rows beside each
# place where the shift changes are left out, because the place itself is known only to some rows.
RUNS = (
    (1, 1256, 0), (1601, 2403, 0), (2426, 2846, 14), (3239, 4271, 0), (4288, 5760, 47), (5826, 6723, 0),
    (6740, 7191, 47), (7756, 8421, 0), (8438, 8697, 73),
)  # fmt: skip
# Of the physiology as published; a corrected file has another one and is read as it stands.
_SHIFTED_FILE = "138b6cd59011f0971aa903da0531b1162a5110ae57c2bee931d5ff4266ced694"

COLUMNS = {
    "age_years": "age", "sex": "sex", "diagnosis": "dzgroup", "cancer": "ca", "comorbidity_count": "num_co",
    "diabetes": "diabetes", "dementia": "dementia", "hospital_day": "hday", "coma_score": "scoma",
    "mean_arterial_pressure_mmhg": "meanbp", "heart_rate_per_min": "hrt", "respiratory_rate_per_min": "resp",
    "temperature_celsius": "temp", "pao2_fio2_kpa": "pafi", "arterial_ph": "ph", "urine_ml_per_day": "urine",
    "leucocytes_10e9_l": "wblc", "creatinine_umol_l": "crea", "urea_mmol_l": "bun", "sodium_mmol_l": "sod",
    "glucose_mmol_l": "glucose", "albumin_g_l": "alb", "bilirubin_umol_l": "bili",
}  # fmt: skip
_US_COLUMNS = ("pafi", "wblc", "crea", "bun", "sod", "glucose", "alb", "bili")  # temp is in °C
_WORDS = {
    "sex": {"female": "F", "male": "M"},
    "dzgroup": {"ARF/MOSF w/Sepsis": "arf_mosf_sepsis", "COPD": "copd", "Lung Cancer": "lung_cancer"},
    "ca": {"no": "no", "yes": "yes", "metastatic": "metastatic"},
}
_COHORT = tuple(_WORDS["dzgroup"])
# The other groups of the study help to learn how physiology and death go together. They get codes beyond the choices of
# the form, so that each has its own indicator in training and no record can carry one.
_OTHER_GROUPS = ("CHF", "Cirrhosis", "Coma", "Colon Cancer", "MOSF w/Malig")
_FIRST_OTHER_CODE = len(feature("diagnosis").choices)


@dataclass(frozen=True, eq=False)
class SupportTable:
    """The respiratory cohort. n patients, F features in the model's order, outcomes: hospital death, 180-day death.

    values: float64 (n, F) as the network reads them, NaN: not measured. labels: (n, 2). published: (n, 2), the SUPPORT
    model's risk of death by 2 months (a hint for hospital death) and by 180 days; NaN where the file has none.
    fold: (n,). counts: how many rows were left out and why.
    """

    row_id: np.ndarray
    values: np.ndarray
    labels: np.ndarray
    published: np.ndarray
    fold: np.ndarray
    counts: dict[str, int]

    def column(self, name: str) -> np.ndarray:
        column: np.ndarray = self.values[:, FEATURES.index(name)]
        return column


def read_support_table(path: Path, other_groups: bool = False) -> SupportTable:
    """Read a SUPPORT2-format CSV (gzip or plain) and return its respiratory cohort, or its other diagnosis groups.

    path: the file, or a folder that holds it, as published before any other, in tabular/support2/ or directly.
    other_groups: return the five other groups, for training only; their diagnosis codes are none of the form's.
    Raises DataNotFound when there is no such file or it lacks columns.
    """
    rows = _rows(_find(path))
    absent = sorted(set(COLUMNS.values()) - set(rows[0] if rows else ()))
    if absent:
        raise DataNotFound(f"The table lacks the columns {', '.join(absent)}.", "Give a table in the form of SUPPORT2.")
    total = len(rows)
    if physiology_fingerprint(rows) == _SHIFTED_FILE:
        rows = realigned(rows)
    aligned = len(rows)
    wanted = _OTHER_GROUPS if other_groups else _COHORT
    rows = [row for row in rows if row["dzgroup"] in wanted]
    cohort = len(rows)
    published = np.array([[1 - _number(row.get(name, "")) for name in ("surv2m", "surv6m")] for row in rows])
    if np.isfinite(published).any():
        # One patient has no score and no physiology at all.
        keep = np.isfinite(published).all(axis=1)
        rows, published = [row for row, kept in zip(rows, keep, strict=True) if kept], published[keep]
    return SupportTable(
        row_id=np.array([int(row["row_id"]) for row in rows]),
        values=np.array([[_value(name, row[column]) for name, column in COLUMNS.items()] for row in rows]),
        labels=np.array([[_number(row["hospdead"]), _dead_by_180(row)] for row in rows]),
        published=published,
        fold=np.array([fold_of(int(row["row_id"])) for row in rows]),
        counts={
            "rows": total,
            "rows_without_certain_physiology": total - aligned,
            "other_diagnosis_groups": aligned - cohort,
            "without_published_score": cohort - len(rows),
            "patients": len(rows),
        },
    )


def fold_of(row_id: int) -> int:
    """Return the fold 0 to 4 of a row: SPLIT_RULE."""
    return int(hashlib.sha256(f"support2:{row_id}".encode()).hexdigest()[:8], 16) % FOLDS


def realigned(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return the rows of ``RUNS`` with the physiology that is theirs; the others are left out."""
    result = []
    for first, last, shift in RUNS:
        for place in range(first - 1, last):
            result.append(rows[place] | {name: rows[place + shift][name] for name in PHYSIOLOGY})
    return result


def physiology_fingerprint(rows: list[dict[str, str]]) -> str:
    """Return a sha256 of row order and physiology that does not depend on how numbers are written."""
    text = "\n".join(
        f"{_number(row['meanbp']):.1f},{_number(row['crea']):.2f},{_number(row['hrt']):.0f}" for row in rows
    )
    return hashlib.sha256(text.encode()).hexdigest()


def _find(path: Path) -> Path:
    # The weights and their figures are of the file as published, by RUNS; a repaired table may lie beside it.
    folder, names = path / "tabular/support2", ("support2_as_published.csv.gz", "support2.csv.gz")
    for candidate in (path, *(folder / name for name in names), path / "support2.csv.gz", path / "support2.csv"):
        if candidate.is_file():
            return candidate
    raise DataNotFound(
        "The SUPPORT2 table was not found.", "Set DIAPHANE_DATA to the folder that holds tabular/support2/."
    )


def _rows(path: Path) -> list[dict[str, str]]:
    data = path.read_bytes()
    text = (gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data).decode("utf-8-sig")
    # The original names have dots (d.time, num.co); some copies call the row number id, some have none.
    rows = [{key.replace(".", "_"): value for key, value in row.items()} for row in csv.DictReader(io.StringIO(text))]
    return [{"row_id": row.get("id", str(place))} | row for place, row in enumerate(rows, start=1)]


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _value(name: str, text: str) -> float:
    column, spec = COLUMNS[name], feature(name)
    if column == "dzgroup" and text in _OTHER_GROUPS:
        return float(_FIRST_OTHER_CODE + _OTHER_GROUPS.index(text))
    if column in _WORDS:
        value = encoded_value(spec, _WORDS[column].get(text))
        return math.nan if value is None else value
    number = spec.from_units(_number(text), "US" if column in _US_COLUMNS else "SI")
    # A slip in the file (albumin 29 g/dL) is no measurement.
    return number if spec.plausible is None or spec.plausible[0] <= number <= spec.plausible[1] else math.nan


def _dead_by_180(row: dict[str, str]) -> float:
    """Everyone alive at the end was followed for 344 days or more, so the label is complete."""
    return float(_number(row["death"]) == 1 and _number(row["d_time"]) <= 180)
