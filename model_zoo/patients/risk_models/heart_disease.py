"""Coronary narrowing of more than half, in patients referred for angiography, from ten findings that every site recorded.

Data: UCI Heart Disease, Cleveland (Detrano et al. 1989), tested on the patients of Hungary and Switzerland. Left out: what
is itself a later test (fluoroscopy, scintigraphy) or is missing at other sites (slope of the ST segment).
"""

from __future__ import annotations

from model_zoo.patients.applicability import Applicability
from model_zoo.patients.catalogue import feature
from model_zoo.patients.risk import Outcome, RiskModelDefinition

FEATURES = (
    "age_years", "sex", "chest_pain", "systolic_pressure_mmhg", "cholesterol_mmol_l", "fasting_hyperglycaemia",
    "resting_ecg", "max_heart_rate_per_min", "exercise_angina", "st_depression_mm",
)  # fmt: skip
SPECS = tuple(feature(name) for name in FEATURES)

MODEL = RiskModelDefinition(
    name="heart-disease",
    title="Coronary narrowing above 50 % in patients referred for angiography (Cleveland)",
    short_title="Coronary narrowing (Cleveland)",
    specs=SPECS,
    outcomes=(Outcome("coronary_narrowing", "Coronary narrowing above 50 %", None),),
    population=(
        "303 patients of 29 to 77 years referred to the Cleveland Clinic for coronary angiography, 1981 to 1984, without a "
        "known infarction; 46 % had a narrowing."
    ),
    # The exercise test and the kind of pain carry the model: without either it knows little more than age and sex.
    applicability=Applicability(SPECS, min_measured=6, ages=(28, 80), needed=("chest_pain",)),
    warnings=(
        "Made from patients who were already referred for angiography 40 years ago, two thirds of them men: elsewhere another "
        "share of patients is ill, and the risk has to be moved to it (the card shows what happens without).",
    ),
)
