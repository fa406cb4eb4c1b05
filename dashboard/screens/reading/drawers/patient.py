"""The patient: every outcome, what weighs and what if; which model reads the values, and the values themselves."""

from __future__ import annotations

from dashboard.components.patient.contributions import render_contributions
from dashboard.components.patient.risks import blocking_conflicts, render_risks
from dashboard.components.patient.section import render_patient_section
from dashboard.components.patient.what_if.panel import render_what_if
from dashboard.components.together.other_parts_state import OtherParts
from dashboard.session import Session


def render_patient(state: Session, others: OtherParts) -> None:
    """Draw the drawer; what is missing or asked for comes first. others: not needed here."""
    settled = state.record is not None and state.patient_error is None and state.asked_patient is None
    if not settled:
        render_patient_section(state)
    render_risks(state)
    render_what_if(state)
    review = state.reading.review
    if review is not None and review.record is state.record and not blocking_conflicts(state):
        render_contributions(review, "US" if state.units == "US" else "SI")
    if settled:
        render_patient_section(state)
