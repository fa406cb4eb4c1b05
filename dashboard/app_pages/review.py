"""Model review: one model on labelled films, from the numbers down to its worst mistakes, with a file for the meeting."""

from __future__ import annotations

import streamlit as st

from dashboard.boundary import render_error
from dashboard.catalogue import text
from dashboard.components.model_review.card import render_card
from dashboard.components.model_review.drift import render_drift
from dashboard.components.model_review.errors import render_mistakes
from dashboard.components.model_review.report import (
    render_comparisons,
    render_heading,
    render_numbers,
    render_subgroups,
    render_threshold,
)
from dashboard.components.model_review.source import render_source
from dashboard.session import review_session

state = review_session()
st.title(text("review.title"))
render_source(state)
if state.error is not None:
    render_error(state.error)
if state.review is None or state.shown is None:
    st.stop()

review = state.review
output = render_heading(state, review)
key = "-".join((*state.shown, output.name))
render_threshold(output, key, review.nouns)
render_numbers(output, key, review.nouns)
render_subgroups(review, output, key)
render_comparisons(output, review.nouns)
render_mistakes(state, output)
render_drift(state)
render_card(review)
