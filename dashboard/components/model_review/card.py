"""The card of the model under review, folded: the page Models shows it whole."""

from __future__ import annotations

import streamlit as st

from dashboard.catalogue import text
from dashboard.viewmodels.model_review.report import card_lists
from model_zoo.evaluation.model_review import ModelReview
from model_zoo.plain import plain


def render_card(review: ModelReview) -> None:
    """Draw what the card says of use and data."""
    with st.expander(text("review.card"), icon=":material/badge:"):
        st.markdown(plain(review.card.intended_use))
        for title, lines in card_lists(review):
            st.markdown(f"**{plain(title)}**\n" + "\n".join(f"- {plain(line)}" for line in lines))
