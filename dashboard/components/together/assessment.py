"""Under the risks: the case as a whole, by question, with one number only where the parts estimate the same outcome."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from dashboard.catalogue import text
from dashboard.components.page.percent_input import percent_input
from dashboard.components.together.other_parts_state import OtherParts
from dashboard.services import engine
from dashboard.session import Session
from dashboard.viewmodels.together.assessment import AssessmentView, build_assessment_view
from model_zoo.case import CaseReview
from model_zoo.case.assembly import parts_of
from model_zoo.case.assessment import ValueDifference
from model_zoo.case.values import differing_values
from model_zoo.plain import plain


def render_open_assessment(state: Session, review: CaseReview, others: OtherParts) -> None:
    """Draw the panel of the open case, at the prevalence that the reader states."""
    view = build_assessment_view(
        parts_of(review, engine(state.model).trust, others.note, others.stay), state.case.pooled_prevalence
    )
    ask = None if view.poolable is None else partial(_ask_prior, state, view.poolable)
    render_assessment(view, differing_values(review.record, others.note, others.stay), ask)
    if not view.parts:
        st.caption(text("together.no_part"))
        return
    if others.stay.score is not None:
        st.caption(text("together.no_hourly_risk"))
    with st.expander(text("together.parts", count=len(view.parts)), icon=":material/list:"):
        st.markdown("\n".join(f"- {plain(sentence)}" for sentence in view.parts))


def render_assessment(
    view: AssessmentView, differing: Sequence[ValueDifference], ask: Callable[[], None] | None = None
) -> None:
    """Draw agreement, values that differ, and the one number. ask: draws the field for a prevalence, where one may be stated."""
    with st.container(border=True, key="whole-case"):
        st.markdown(text("together.whole"))
        for row in view.agreements:
            st.markdown(f":{row.colour}-badge[{row.icon} {plain(row.badge)}]")
            st.markdown(plain(row.sentence))
        if differing:
            st.markdown(text("together.differing"))
            st.markdown(" ".join(plain(found.sentence) for found in differing))
            st.caption(text("together.differing.why"))
        if ask is not None:
            ask()
        st.caption(plain(view.pooled_words))


def _ask_prior(state: Session, outcome: str) -> None:
    key = f"pool-prior-{state.generation}"

    def take() -> None:
        percent = st.session_state[key]
        state.case.pooled_prevalence = None if percent is None else percent / 100

    st.session_state[key] = None if state.case.pooled_prevalence is None else 100 * state.case.pooled_prevalence
    percent_input(text("together.prior", outcome=outcome), key, take)
