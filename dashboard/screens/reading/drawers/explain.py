"""Why this finding: the maps with their checks, how far they agree, and whether the finding is read from the patient."""

from __future__ import annotations

import streamlit as st

from dashboard.components.explain.comparison import render_comparison
from dashboard.components.explain.maps import render_scan_side
from dashboard.components.explain.trust import render_finding_trust
from dashboard.components.together.other_parts_state import OtherParts
from dashboard.session import Session


def render_explain(state: Session, others: OtherParts) -> None:
    """Draw the maps of the chosen finding. beside: not needed here."""
    if state.reading.review is not None and state.reading.target is not None:
        render_finding_trust(state.reading.review, state.reading.target)
    with st.container(key="explain-scan"):
        render_scan_side(state)
    render_comparison(state)
