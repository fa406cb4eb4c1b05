"""Under the risks: the case as a whole, by question, with one number only where the parts estimate the same outcome."""

from __future__ import annotations

import streamlit as st

from dashboard.catalogue import text
from dashboard.components.case.reading import next_step
from dashboard.components.page.percent_input import percent_input
from dashboard.components.patient.risks import blocking_conflicts
from dashboard.components.together.beside_state import Beside
from dashboard.services import engine
from dashboard.session import Session
from dashboard.viewmodels.together.whole_case import build_whole_case
from model_zoo.fusion.values import differing_values
from model_zoo.fusion.whole import parts_of
from model_zoo.plain import plain


def render_whole_case(state: Session, beside: Beside) -> None:
    """Draw the panel once the reading is complete; a possible wrong patient holds it back."""
    review = state.reading.review
    if review is None or next_step(state) is not None or blocking_conflicts(state):
        return
    parts = parts_of(review, engine(state.model).trust, beside.note, beside.stay)
    with st.container(border=True, key="whole-case"):
        st.markdown(text("together.whole"))
        view = build_whole_case(parts, state.case.pooled_prevalence)
        for row in view.agreements:
            st.markdown(f":{row.colour}-badge[{row.icon} {plain(row.badge)}]")
            st.markdown(plain(row.sentence))
        differing = differing_values(review.record, beside.note, beside.stay)
        if differing:
            st.markdown(text("together.differing"))
            st.markdown(" ".join(plain(found.sentence) for found in differing))
            st.caption(text("together.differing.why"))
        if view.poolable is not None:
            _ask_prior(state, view.poolable)
        st.caption(plain(view.pooled_words))
        if not view.parts:
            st.caption(text("together.no_part"))
            return
        if beside.stay.score is not None:
            st.caption(text("together.no_hourly_risk"))
        with st.expander(text("together.parts", count=len(view.parts)), icon=":material/list:"):
            st.markdown("\n".join(f"- {plain(sentence)}" for sentence in view.parts))


def _ask_prior(state: Session, outcome: str) -> None:
    key = f"pool-prior-{state.generation}"

    def take() -> None:
        percent = st.session_state[key]
        state.case.pooled_prevalence = None if percent is None else percent / 100

    st.session_state[key] = None if state.case.pooled_prevalence is None else 100 * state.case.pooled_prevalence
    percent_input(text("together.prior", outcome=outcome), key, take)
