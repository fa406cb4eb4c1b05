"""Benign or malignant, from thirty nuclear measurements of a fine-needle aspirate of a breast lump.

Data: Wisconsin Diagnostic Breast Cancer (Street, Wolberg, Mangasarian 1993): 569 aspirates of one hospital, whose nuclei
were outlined with the help of one program on one microscope.
"""

from __future__ import annotations

from model_zoo.patients.applicability import Applicability
from model_zoo.patients.catalogue_cytology import CYTOLOGY_FEATURES
from model_zoo.patients.risk import Outcome, RiskModelDefinition

SPECS = CYTOLOGY_FEATURES

MODEL = RiskModelDefinition(
    name="breast-cytology",
    title="Malignant breast lump, from the cytology of a fine-needle aspirate (Wisconsin)",
    short_title="Breast cytology (Wisconsin)",
    specs=SPECS,
    outcomes=(Outcome("malignant", "Malignant", None),),
    population=(
        "569 solid breast lumps with a fine-needle aspirate at the University of Wisconsin, around 1989 to 1993; 37 % were "
        "malignant, proven by biopsy or by follow-up."
    ),
    applicability=Applicability(
        # Half of the measurements: all thirty come from one picture, and fewer mean that it was not measured properly.
        SPECS, min_measured=15, age_needed=False, sexes=("F",),
    ),
    warnings=(
        "All 30 quantities are nuclear measurements taken from pictures of one microscope in one hospital, outlined with one "
        "program: measurements made elsewhere are not comparable, and 37 % malignant is far above the share in a clinic.",
    ),
)  # fmt: skip
