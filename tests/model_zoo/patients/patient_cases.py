"""Written patients for the tests of this folder: none of them is or was a person."""

from __future__ import annotations

import random

from model_zoo.patients import CATALOGUE, PatientRecord
from model_zoo.patients.risk_models.support_respiratory import DIAGNOSES, FEATURES

GIVEN: dict[str, object] = {
    "age": 67,
    "sex": "F",
    "diagnosis": "arf_mosf_sepsis",
    "cancer": "no",
    "comorbidities": 2,
    "diabetes": "yes",
    "dementia": "no",
    "hospital_day": 3,
    "gcs": 14,
    "mean_arterial_pressure": 62,
    "heart_rate": 118,
    "respiratory_rate": 30,
    "temperature": 38.6,
    "pao2_fio2": 18.5,
    "ph": 7.31,
    "leucocytes": 19.4,
    "creatinine": 186,
    "sodium": 134,
    "albumin": 24,
}


def random_record(seed: int) -> PatientRecord:
    """Return a plausible adult of the model's groups with some values missing; the same for the same seed."""
    draw = random.Random(seed)
    values: dict[str, float | str | None] = {}
    for spec in CATALOGUE:
        if spec.name not in FEATURES or spec.name in ("age_years", "sex"):
            continue
        if spec.kind == "choice":
            values[spec.name] = draw.choice(DIAGNOSES if spec.name == "diagnosis" else [v for v, _ in spec.choices])
        elif spec.kind == "flag":
            values[spec.name] = float(draw.random() < 0.2)
        else:
            low, high = spec.normal or spec.plausible or (0, 1)
            span = high - low + 1e-9
            drawn = min(max(draw.uniform(low - 0.4 * span, high + 0.8 * span), spec.plausible[0]), spec.plausible[1])
            values[spec.name] = float(round(drawn)) if spec.whole else drawn
        if spec.name != "diagnosis" and draw.random() < 0.2:
            values[spec.name] = None
    return PatientRecord(None, draw.uniform(18, 95), draw.choice("FM"), values)
