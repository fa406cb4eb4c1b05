"""A saved case on the same screen: the four cards as they were, and in place of the film what was kept of it."""

from __future__ import annotations

import streamlit as st

from dashboard.catalogue import text
from dashboard.components.case.stored import render_stored_case
from dashboard.screens.reading.finding_card import render_finding_card
from dashboard.screens.reading.map_card import render_map_words
from dashboard.screens.reading.risk_card import render_no_risk, render_risk_card
from dashboard.screens.reading.together_card import render_together_card
from dashboard.services import patient_model
from dashboard.viewmodels.case.cards import build_finding_card, build_map_card, build_risk_card
from dashboard.viewmodels.together.card import saved_together
from model_zoo.card import ModelCard
from model_zoo.engine.outlines import reading_card
from model_zoo.errors import ZooError
from model_zoo.places import place_of
from model_zoo.review import CaseReview
from model_zoo.review.reading import strongest_finding


def render_saved(review: CaseReview) -> None:
    """Draw a saved case; nothing of it is computed anew."""
    with st.container(key=f"open-case-{review.case_id}"), st.container(key="screen"):
        kept, cards = st.columns([55, 45], gap="small")
        with kept, st.container(key="saved-details"):
            render_stored_case(review)
        with cards, st.container(key="cards", gap="small"):
            _render_cards(review)


def _render_cards(review: CaseReview) -> None:
    target = strongest_finding(review)
    with st.container(key="card-finding", border=True, gap="xsmall"):
        card = _card(review)
        if card is None or target is None:
            st.markdown(f"## {text('finding.outlines_only') if card is not None else text('saved.no_model')}")
        else:
            render_finding_card(build_finding_card(review, card, target), "saved-target")
    with st.container(key="card-map", border=True, gap="xsmall"):
        explained = next((m for m in review.maps if m.attribution.target == target), None)
        if explained is None:
            render_map_words(None, text("saved.no_map"))
        else:
            render_map_words(build_map_card(review, explained, place_of(explained.attribution, review)))
    with st.container(key="card-risk", border=True, gap="xsmall"):
        risk = None if review.risk is None else build_risk_card(review, patient_model(review.risk.model).specs)
        if risk is None:
            render_no_risk(review.risk_absent or text("risk.none"), "", None)
        else:
            render_risk_card(risk)
    with st.container(key="card-together", border=True, gap="xsmall"):
        render_together_card(saved_together(review.whole), None)


def _card(review: CaseReview) -> ModelCard | None:
    try:
        return reading_card(review.prediction.model)
    except ZooError:  # not installed here; the details say so
        return None
