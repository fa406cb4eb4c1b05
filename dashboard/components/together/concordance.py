"""Under the risks: whether scan and patient model of the protocol point the same way."""

from __future__ import annotations

import streamlit as st

from dashboard.catalogue import text
from dashboard.components.case.reading import next_step
from dashboard.components.patient.risks import blocking_conflicts
from dashboard.session import Session
from model_zoo.plain import plain
from model_zoo.review.concordance import CONCORDANT, DISCORDANT, assess_concordance

_MARKS = {
    CONCORDANT: (":material/handshake:", "blue"),
    DISCORDANT: (":material/call_split:", "orange"),
}


def render_concordance(state: Session) -> None:
    """Draw the comparison, where the protocol has one; a possible wrong patient holds it back."""
    if state.reading.review is None or next_step(state) is not None or blocking_conflicts(state):
        return
    found = assess_concordance(state.reading.review)
    if found is None:
        return
    icon, colour = _MARKS.get(found.state, (":material/hourglass_empty:", "gray"))
    with st.container(border=True, key="concordance"):
        st.markdown(f":{colour}-badge[{icon} {text(f'together.concordance.{found.state}')}]")
        st.markdown("\n".join(f"- {plain(leg)}" for leg in found.legs))
        st.caption(plain(found.sentence))
