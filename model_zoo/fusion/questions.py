"""Which question each output of each model speaks to, and which outcome it estimates: one table, so that it can be argued with.

A question is what parts may agree or conflict on. An outcome is what a probability is of; only parts of the same outcome may
become one number. A death risk shares its question with vital signs, never with a finding on a scan.
"""

from __future__ import annotations

from dataclasses import dataclass

LUNG_INFECTION = "signs of a lung infection"
MALIGNANT_LUMP = "a malignant breast lump"
SEVERITY = "how ill the patient is"
LUMP_OUTCOME = "malignant breast lump"
DEATH_OUTCOME = "death in hospital"


@dataclass(frozen=True)
class Evidence:
    """question: that the output speaks to. outcome: that it estimates, ``None`` where it is a look or a label."""

    question: str
    outcome: str | None = None


SCAN_OUTPUTS = {
    ("chest-xray", "lung_opacity"): Evidence(LUNG_INFECTION),
    ("chest-xray", "pneumonia"): Evidence(LUNG_INFECTION),
    ("breast-ultrasound", "malignant"): Evidence(MALIGNANT_LUMP, LUMP_OUTCOME),
}
RISK_OUTCOMES = {
    ("breast-cytology", "malignant"): Evidence(MALIGNANT_LUMP, LUMP_OUTCOME),
    ("support-respiratory", "death_in_hospital"): Evidence(SEVERITY, DEATH_OUTCOME),
    ("covid-pneumonia", "death_in_hospital"): Evidence(SEVERITY, DEATH_OUTCOME),
    ("heart-failure", "death_in_follow_up"): Evidence(SEVERITY),
}
# Conditions of the symptom models by question: raised together where one of them is among the likely ones.
CONDITION_GROUPS = {
    LUNG_INFECTION: frozenset({"Pneumonia", "Tuberculosis", "Bronchitis", "Acute COPD exacerbation / infection"}),
}
# A group counts as raised from this summed probability, and as not raised below half of it; between, it cannot tell.
GROUP_RAISED = 0.5
# NEWS2 from which the published escalation asks for an urgent response (5 or more, or 3 in one parameter).
NEWS2_RAISED = 5
