"""Death in hospital of patients with COVID-19 pneumonia, from the first laboratory values within 48 hours of admission.

Data: Tongji Hospital, Wuhan (Yan et al. 2020). Left out: values after 48 hours (a value taken hours before death predicts it
trivially), the length of stay, and analytes that were ordered for the severe cases (interleukins, ferritin, troponin,
NT-proBNP), whose mere presence tells the outcome.
"""

from __future__ import annotations

from model_zoo.patients.applicability import Applicability
from model_zoo.patients.catalogue import feature
from model_zoo.patients.risk import Outcome, RiskModelDefinition

FEATURES = (
    "age_years", "sex", "ldh_u_l", "crp_mg_l", "lymphocytes_10e9_l", "neutrophils_10e9_l", "platelets_10e9_l",
    "haemoglobin_g_l", "albumin_g_l", "urea_mmol_l", "creatinine_umol_l", "bilirubin_umol_l", "ast_u_l", "alt_u_l",
    "glucose_mmol_l", "sodium_mmol_l", "potassium_mmol_l", "prothrombin_time_s", "d_dimer_mg_l",
)  # fmt: skip
SPECS = tuple(feature(name) for name in FEATURES)

MODEL = RiskModelDefinition(
    name="covid-pneumonia",
    title="Death in hospital with COVID-19 pneumonia, from the first 48 hours of laboratory values (Tongji)",
    short_title="COVID-19 pneumonia (Tongji)",
    specs=SPECS,
    outcomes=(Outcome("death_in_hospital", "Death in hospital", None),),
    population=(
        "356 adults in hospital with COVID-19 pneumonia, Tongji Hospital, Wuhan, January and February 2020, with laboratory "
        "values within 48 hours of admission; 46 % died."
    ),
    # Half of them: with few values the risk follows the hospital (46 % died) more than the patient.
    applicability=Applicability(SPECS, min_measured=10, ages=(18, 100)),
    warnings=(
        "One hospital in the first wave, enriched for severe cases and deaths (46 %): elsewhere and today the risk is far lower "
        "than the number says.",
        "A rule derived from the same hospital did not hold in Dutch, French and US cohorts.",
    ),
)
