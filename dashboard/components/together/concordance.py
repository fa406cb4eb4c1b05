"""Under the risks: whether scan and patient model of the protocol point the same way."""

from __future__ import annotations

import streamlit as st

from dashboard.catalogue import text
from model_zoo.case import CaseReview
from model_zoo.case.concordance import CONCORDANT, DISCORDANT, assess_concordance
from model_zoo.plain import plain

_MARKS = {
    CONCORDANT: (":material/handshake:", "blue"),
    DISCORDANT: (":material/call_split:", "orange"),
}


def render_concordance(review: CaseReview) -> None:
    """Draw the comparison, where the protocol has one."""
    found = assess_concordance(review)
    if found is None:
        return
    icon, colour = _MARKS.get(found.state, (":material/hourglass_empty:", "gray"))
    with st.container(border=True, key="concordance"):
        st.markdown(f":{colour}-badge[{icon} {text(f'together.concordance.{found.state}')}]")
        st.markdown("\n".join(f"- {plain(leg)}" for leg in found.legs))
        st.caption(plain(found.sentence))
