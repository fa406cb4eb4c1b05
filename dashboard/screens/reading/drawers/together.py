"""The case as a whole: agreement by question, one number only where one is allowed, and every alert."""

from __future__ import annotations

from dashboard.components.together.alerts_panel import render_alerts
from dashboard.components.together.beside_state import Beside
from dashboard.components.together.concordance import render_concordance
from dashboard.components.together.whole_case import render_whole_case
from dashboard.session import Session


def render_together(state: Session, beside: Beside) -> None:
    """Draw the drawer."""
    render_alerts(state, beside.stay)
    render_concordance(state)
    render_whole_case(state, beside)
