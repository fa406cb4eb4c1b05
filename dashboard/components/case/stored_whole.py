"""Of a saved case: what stood beside scan and values, as it was when the case was saved."""

from __future__ import annotations

import streamlit as st

from dashboard.catalogue import text
from dashboard.viewmodels.case.stored_whole import build_stored_whole
from model_zoo.plain import plain
from model_zoo.review.whole import WholeCase


def render_stored_whole(whole: WholeCase) -> None:
    """Draw note, vital signs, agreement and alerts of a saved case."""
    view = build_stored_whole(whole)
    for title, lines in view.sections:
        st.markdown(f"**{plain(title)}**")
        st.markdown("\n".join(f"- {plain(line)}" for line in lines))
    st.caption(text("stored.as_saved"))
