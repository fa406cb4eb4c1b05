"""The What if panel below the risks: one of three views of what is tried.

A fragment: moving a slider runs this panel alone. What is tried lives beside the case and never in it; only "Use in the
record" writes, and says so in the record.
"""

from __future__ import annotations

import streamlit as st

from dashboard.boundary import render_error
from dashboard.catalogue import text
from dashboard.components.patient.risks import blocking_conflicts
from dashboard.components.patient.what_if.change import render_change
from dashboard.components.patient.what_if.crossing import render_crossing
from dashboard.components.patient.what_if.standing import render_standing
from dashboard.components.patient.what_if.trial import CHANGE, CROSS, KEY, STANDING, VIEW_KEY, trial_of
from dashboard.services import patient_model
from dashboard.session import Session
from model_zoo.errors import ZooError


def render_what_if(state: Session) -> None:
    """Draw the panel where there is a risk of this record; nothing while a wrong patient is possible."""
    review = state.reading.review
    if review is None or review.risk is None or state.record is None:
        return
    if review.record is not state.record or blocking_conflicts(state):
        return
    with st.expander(text("patient.what_if.title"), icon=":material/tune:", expanded=True):
        _panel(state)


@st.fragment
def _panel(state: Session) -> None:
    review = state.reading.review
    if review is None or review.risk is None or state.record is None:
        return
    model, trial = patient_model(review.risk.model), trial_of(state)
    view = st.segmented_control(
        text("patient.what_if.view"),
        (CHANGE, CROSS, STANDING),
        default=CHANGE,
        format_func=lambda name: text(f"patient.what_if.view.{name}"),
        key=VIEW_KEY,
        label_visibility="collapsed",
    )
    try:
        if view == CROSS:
            render_crossing(state, model, trial)
        elif view == STANDING:
            render_standing(state, model)
        else:
            render_change(state, model, trial)
    except ZooError as error:
        render_error(error)
        st.button(text("patient.what_if.reset"), key=f"{KEY}-reset-after-error", on_click=trial.changes.clear)
