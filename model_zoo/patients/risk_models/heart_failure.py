"""Death of patients with heart failure during follow-up, from one visit's findings and without the follow-up time.

Data: 299 patients of Faisalabad, Pakistan, 2015 (Ahmad et al. 2017). The time of follow-up is left out: it is short because
a patient died, and lifts the AUC of any model from 0.77 to 0.90 without telling anything about the next patient.
"""

from __future__ import annotations

from model_zoo.patients.applicability import Applicability
from model_zoo.patients.catalogue import feature
from model_zoo.patients.risk import Outcome, RiskModelDefinition

FEATURES = (
    "age_years", "sex", "ejection_fraction_percent", "creatinine_umol_l", "sodium_mmol_l", "platelets_10e9_l",
    "creatine_kinase_u_l", "anaemia", "diabetes", "hypertension", "smoking",
)  # fmt: skip
SPECS = tuple(feature(name) for name in FEATURES)

MODEL = RiskModelDefinition(
    name="heart-failure",
    title="Death in patients with heart failure (Faisalabad)",
    short_title="Heart failure (Faisalabad)",
    specs=SPECS,
    outcomes=(Outcome("death_in_follow_up", "Death during follow-up (4 to 285 days)", None),),
    population=(
        "299 patients of 40 to 95 years with left ventricular systolic dysfunction and heart failure of NYHA class III or IV, "
        "two hospitals in Faisalabad, Pakistan, April to December 2015; 32 % died."
    ),
    applicability=Applicability(SPECS, min_measured=6, ages=(40, 100), needed=("ejection_fraction_percent",)),
    warnings=(
        "Follow-up was of unequal length (4 to 285 days): who left the study early counts as alive, so the number is no risk "
        "over a fixed time.",
    ),
)
