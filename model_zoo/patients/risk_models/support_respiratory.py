"""Death in hospital and within 180 days of seriously ill adults with a disease of the chest, from the third study day.

Data: SUPPORT2 (Knaus et al. 1995, Ann Intern Med 122:191-203), five US teaching hospitals, 1989 to 1994: acute
respiratory failure or multiple organ failure with sepsis, COPD, lung cancer. Left out on purpose: everything that was
only known after the third day or that predicts for others (LEAKS), what describes a person's place in society
(race, income, education), and the two composite scores sps and aps, which repeat the physiology.
"""

from __future__ import annotations

from dataclasses import replace

from model_zoo.patients.applicability import STATE_AGE
from model_zoo.patients.catalogue import DIAGNOSIS_CHOICES, feature
from model_zoo.patients.declaring import LABORATORY, VITALS
from model_zoo.patients.record import PatientRecord
from model_zoo.patients.risk import Outcome, RiskModelDefinition

NAME = "support-respiratory"
POPULATION = (
    "Seriously ill adults with acute respiratory failure or sepsis with organ failure, COPD or lung cancer in five US "
    "teaching hospitals, 1989 to 1994: before today's intensive care, oncology and end-of-life practice."
)
# Columns of SUPPORT2 that no input may come from, with race, income and education for another reason than time.
LEAKS = (
    "death", "hospdead", "d_time", "slos", "charges", "totcst", "totmcst", "avtisst", "sfdm2", "dnr", "dnrday", "adlp",
    "adls", "adlsc", "surv2m", "surv6m", "prg2m", "prg6m", "dead_60d", "dead_180d",
)  # fmt: skip
EXCLUDED = ("race", "income", "edu", "sps", "aps")
MIN_AGE = 18  # years; SUPPORT enrolled adults only

FEATURES = (
    "age_years", "sex", "diagnosis", "cancer", "comorbidity_count", "diabetes", "dementia", "hospital_day", "coma_score",
    "mean_arterial_pressure_mmhg", "heart_rate_per_min", "respiratory_rate_per_min", "temperature_celsius",
    "pao2_fio2_kpa", "arterial_ph", "urine_ml_per_day", "leucocytes_10e9_l", "creatinine_umol_l", "urea_mmol_l",
    "sodium_mmol_l", "glucose_mmol_l", "albumin_g_l", "bilirubin_umol_l",
)  # fmt: skip
# The timing matters more than it seems: the worst hour of day 1 and the state on day 3 are different predictors.
DAY_3 = "Value of the third study day."
SPECS = tuple(
    replace(spec, help=f"{spec.help} {DAY_3}".strip()) if spec.group in (VITALS, LABORATORY) else spec
    for spec in map(feature, FEATURES)
)
DIAGNOSES = ("arf_mosf_sepsis", "copd", "lung_cancer")
# Training patients had 14 or more of the 23, from which a tenth was dropped at random; below half the model would guess.
MIN_MEASURED = 12


def applicability(record: PatientRecord) -> str | None:
    """Return None, or why this model has no risk for this record."""
    if record.age_years is None:
        return f"No risk is shown: the age is not known, and the model was made for adults only. {STATE_AGE}"
    if record.age_years < MIN_AGE:
        return f"No risk is shown: the model was made for adults, {MIN_AGE} years or older."
    diagnosis = record.value("diagnosis")
    titles = dict(DIAGNOSIS_CHOICES)
    groups = "; ".join(titles[name] for name in DIAGNOSES)
    if diagnosis is None:
        return f"No risk is shown: the diagnosis group is not given. The model speaks of: {groups}."
    if diagnosis not in DIAGNOSES:
        return f"No risk is shown: the patient is in none of the model's diagnosis groups ({groups})."
    known = sum(record.value(name) is not None for name in FEATURES)
    if known < MIN_MEASURED:
        return f"No risk is shown: {known} of {len(FEATURES)} quantities are known, at least {MIN_MEASURED} are needed."
    return None


MODEL = RiskModelDefinition(
    name=NAME,
    title="Risk of death, seriously ill adults with a chest disease (SUPPORT)",
    short_title="Severe chest disease (SUPPORT)",
    specs=SPECS,
    outcomes=(
        Outcome("death_in_hospital", "Death in hospital", None),
        Outcome("death_180_days", "Death within 180 days", 180),
    ),
    population=POPULATION,
    applicability=applicability,
)
