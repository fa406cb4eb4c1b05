"""In place of findings: what a model says that only outlines, and how well it was measured to do so."""

from __future__ import annotations

import streamlit as st

from dashboard.catalogue import text
from dashboard.components.numbers.outlines import render_outlines
from dashboard.viewmodels.numbers.outline_only import build_outline_only
from model_zoo.card import ModelCard
from model_zoo.case import CaseReview
from model_zoo.plain import plain


def render_outline_only(review: CaseReview, card: ModelCard) -> None:
    """Draw the outlines with their areas, and the figures of the card."""
    view = build_outline_only(review, card)
    st.markdown(f":material/gesture: **{plain(view.headline)}**")
    st.caption(plain(view.population_note))
    render_outlines(review)
    if view.sides:
        st.markdown(plain(view.sides))
    with st.container(key="outline-figures", gap="small"):
        st.markdown(f"**{text('outlines.measured')}**")
        st.caption(plain(" ".join(view.figures)))
        st.caption(text("outlines.use", use=plain(view.intended_use), uses=plain(view.not_for)))
    for remark in (*view.remarks, *review.remarks):
        st.caption(f":material/info: {plain(remark)}")
