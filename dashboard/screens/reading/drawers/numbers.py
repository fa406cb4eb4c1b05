"""What stands behind the number: how sure an answer must be, local prevalence, outlines with areas, and how it was measured."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dashboard.components.numbers.findings import render_numbers
from dashboard.components.numbers.number import choose_coverage, state_prevalence
from dashboard.components.together.other_parts_state import OtherParts
from dashboard.services import engine
from dashboard.session import Session
from model_zoo.case import with_numbers
from model_zoo.plain import plain


def render_open_numbers(state: Session, others: OtherParts) -> None:
    """Draw the drawer at the coverage and prevalence that the reader states. beside: not needed here."""
    review, target, error = state.reading.review, state.reading.target, state.reading.outline_error
    if review is None:
        return
    with st.container(key="findings"):
        if error is not None:
            st.warning(f"{plain(error.message)} {plain(error.hint)}", icon=":material/warning:")
        shared = engine(state.model)
        asked = with_numbers(review, shared.trust, state.case.coverage, state.case.prevalence)
        if target is None:
            render_numbers(asked, shared.card, None)
            return
        finding = review.prediction.finding(target)
        ask = partial(choose_coverage, state, finding), partial(state_prevalence, state, finding)
        render_numbers(asked, shared.card, target, *ask)
