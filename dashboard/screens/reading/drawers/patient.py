"""The patient: which model reads the values, the values themselves, every outcome, what weighs, and what if."""

from __future__ import annotations

from dashboard.components.explain.maps import render_patient_side
from dashboard.components.patient.risks import render_risks
from dashboard.components.patient.section import render_patient_section
from dashboard.components.patient.what_if.panel import render_what_if
from dashboard.components.together.beside_state import Beside
from dashboard.session import Session


def render_patient(state: Session, beside: Beside) -> None:
    """Draw the drawer. beside: not needed here."""
    render_patient_section(state)
    render_risks(state)
    render_what_if(state)
    render_patient_side(state)
