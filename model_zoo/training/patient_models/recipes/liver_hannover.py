"""The recipe of "liver-hannover": donors against diagnosed patients, tested on the patients of Andhra Pradesh."""

from __future__ import annotations

from model_zoo.patients.risk_models.liver_hannover import MODEL
from model_zoo.training.patient_models.common.recipe import ExternalTest, PatientModelRecipe
from model_zoo.training.patient_models.liver_tables import ANDHRA, HANNOVER, HANNOVER_DATA

RECIPE = PatientModelRecipe(
    definition=MODEL,
    form=HANNOVER,
    intended_use="Reading aid: shows how far a blood panel is from that of blood donors towards that of liver patients.",
    not_for=(
        "screening; telling stages of fibrosis apart; acute liver failure; liver disease of other causes than hepatitis C; "
        "patients already known to have liver disease"
    ),
    data=HANNOVER_DATA,
    excluded={"Category": "the label", "7 suspect blood donors": "neither donor nor patient"},
    reference="without event",
    reference_words="the median blood donor of the training patients",
    published="No published figure of this contrast (all diagnosed against donors) was at hand.",
    externals=(
        ExternalTest(
            "andhra",
            "Andhra Pradesh (liver patients against other patients)",
            ANDHRA,
            "Another question (patients against patients, other causes); alkaline phosphatase lies about three times higher, "
            "presumably for its method; four of the blood tests were not made.",
        ),
    ),
)
