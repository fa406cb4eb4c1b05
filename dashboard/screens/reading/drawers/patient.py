"""The patient: which model reads the values, the values themselves, every outcome, what weighs, and what if."""

from __future__ import annotations

from dashboard.components.patient.contributions import render_contributions
from dashboard.components.patient.risks import blocking_conflicts, render_risks
from dashboard.components.patient.section import render_patient_section
from dashboard.components.patient.what_if.panel import render_what_if
from dashboard.components.together.other_parts_state import OtherParts
from dashboard.session import Session


def render_patient(state: Session, others: OtherParts) -> None:
    """Draw the drawer. beside: not needed here."""
    render_patient_section(state)
    render_risks(state)
    render_what_if(state)
    review = state.reading.review
    if review is not None and review.record is state.record and not blocking_conflicts(state):
        render_contributions(review, "US" if state.units == "US" else "SI")
