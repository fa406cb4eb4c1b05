"""The patient: which model reads the values, the values themselves, every outcome, what weighs, and what if."""

from __future__ import annotations

from dashboard.components.beside_state import Beside
from dashboard.components.explanation import render_patient_side
from dashboard.components.patient_section import render_patient_section
from dashboard.components.risks import render_risks
from dashboard.components.what_if import render_what_if
from dashboard.state import Session


def render_patient(state: Session, beside: Beside) -> None:
    """Draw the drawer. beside: not needed here."""
    render_patient_section(state)
    render_risks(state)
    render_what_if(state)
    render_patient_side(state)
