"""The recipe of "liver-andhra": the Indian table with its sex bias, tested on the donors and patients of Hannover."""

from __future__ import annotations

from model_zoo.patients.risk_models.liver_andhra import MODEL
from model_zoo.training.patient_models.common.recipe import ExternalTest, PatientModelRecipe
from model_zoo.training.patient_models.liver_tables import ANDHRA, ANDHRA_DATA, HANNOVER

RECIPE = PatientModelRecipe(
    definition=MODEL,
    form=ANDHRA,
    intended_use=(
        "Review of models: shows what a blood panel said about being a liver patient in this table, and how a sex bias looks."
    ),
    not_for="reading a patient's liver tests; screening; women in particular (see the groups); children; other countries",
    data=ANDHRA_DATA,
    excluded={"AG_ratio": "follows from albumin and total protein", "selector": "the label"},
    reference="without event",
    reference_words="the median patient without liver disease among the training patients",
    published="Straw and Wu 2022: in models from this table women were missed more often than men.",
    sensitivity=0.80,
    externals=(
        ExternalTest(
            "hannover",
            "Hannover (hepatitis C against blood donors)",
            HANNOVER,
            "Another contrast (diagnosed patients against healthy donors); direct bilirubin was not measured, and alkaline "
            "phosphatase lies about three times lower, presumably for its method.",
        ),
    ),
)
