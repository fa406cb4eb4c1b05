"""Liver patient or not, from eight blood tests, in a table of Andhra Pradesh known to miss women more often than men.

Data: Indian Liver Patient Dataset (Ramana et al. 2012), of which repeated rows are left out. The ratio of albumin to globulin
is left out because albumin and total protein hold it.
"""

from __future__ import annotations

from model_zoo.patients.applicability import Applicability
from model_zoo.patients.catalogue import feature
from model_zoo.patients.risk import Outcome, RiskModelDefinition

FEATURES = (
    "age_years", "sex", "bilirubin_umol_l", "direct_bilirubin_umol_l", "alp_u_l", "alt_u_l", "ast_u_l",
    "total_protein_g_l", "albumin_g_l",
)  # fmt: skip
SPECS = tuple(feature(name) for name in FEATURES)

MODEL = RiskModelDefinition(
    name="liver-andhra",
    title="Liver disease, from eight blood tests (Andhra Pradesh)",
    short_title="Liver disease (Andhra Pradesh)",
    specs=SPECS,
    outcomes=(Outcome("liver_patient", "Liver patient, as judged there", None),),
    population=(
        "570 patients of 4 to 90 years in the north-east of Andhra Pradesh, India; 71 % were liver patients of a kind the table "
        "does not name, 75 % were men."
    ),
    # Few children are in the table; below 18 their enzymes differ too much from adults' for so few.
    applicability=Applicability(SPECS, min_measured=5, ages=(18, 90)),
    warnings=(
        "Women are a quarter of the patients, and models from this table are known to miss women more often than men: the card "
        "shows sensitivity and specificity by sex.",
        "What a liver patient is, and who the others are, is not documented.",
    ),
)
