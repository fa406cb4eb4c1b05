"""Liver disease (hepatitis, fibrosis, cirrhosis; mostly hepatitis C) against blood donors, from ten routine blood tests.

Data: HCV data of Hannover Medical School (Hoffmann et al. 2018). Suspect donors, who are neither, are left out.
"""

from __future__ import annotations

from model_zoo.patients.applicability import Applicability
from model_zoo.patients.catalogue import feature
from model_zoo.patients.risk import Outcome, RiskModelDefinition

FEATURES = (
    "age_years", "sex", "albumin_g_l", "alp_u_l", "alt_u_l", "ast_u_l", "bilirubin_umol_l", "cholinesterase_ku_l",
    "cholesterol_mmol_l", "creatinine_umol_l", "ggt_u_l", "total_protein_g_l",
)  # fmt: skip
SPECS = tuple(feature(name) for name in FEATURES)

MODEL = RiskModelDefinition(
    name="liver-hannover",
    title="Liver disease, from ten blood tests (Hannover: hepatitis C against blood donors)",
    short_title="Liver disease (Hannover)",
    specs=SPECS,
    outcomes=(Outcome("liver_disease", "Hepatitis, fibrosis or cirrhosis", None),),
    population=(
        "608 adults of 19 to 77 years in Hannover, Germany: 533 blood donors and 75 patients with hepatitis, fibrosis or "
        "cirrhosis, mostly from hepatitis C."
    ),
    applicability=Applicability(SPECS, min_measured=6, ages=(19, 80)),
    warnings=(
        "Healthy donors against diagnosed patients is an easy contrast: among patients whose liver is in question the model "
        "separates far less well than its AUC says (see the external test), and other liver diseases were not among them.",
    ),
)
