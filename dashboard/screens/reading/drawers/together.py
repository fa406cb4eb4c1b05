"""The case as a whole: agreement by question, one number only where one is allowed, and every alert."""

from __future__ import annotations

from dashboard.components.case.reading import next_step
from dashboard.components.patient.risks import blocking_conflicts
from dashboard.components.together.alerts_panel import render_alerts
from dashboard.components.together.assessment import render_open_assessment
from dashboard.components.together.concordance import render_concordance
from dashboard.components.together.other_parts_state import OtherParts
from dashboard.session import Session


def render_together(state: Session, others: OtherParts) -> None:
    """Draw the drawer once the reading is complete; a possible wrong patient holds it back."""
    render_alerts(state, others.stay)
    review = state.reading.review
    if review is not None and next_step(state) is None and not blocking_conflicts(state):
        render_concordance(review)
        render_open_assessment(state, review, others)
