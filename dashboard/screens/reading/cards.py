"""The four cards of the open case: what the session holds flows into the cards, presses flow back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from dashboard.boundary import render_error
from dashboard.catalogue import text
from dashboard.components.alert_list import alert_book
from dashboard.components.alerts_panel import alerts_in_view
from dashboard.components.beside_state import Beside
from dashboard.components.patient_form import edit_patient
from dashboard.components.reading import kept_review, next_step
from dashboard.components.risks import blocking_conflicts, confirm_pair
from dashboard.screens.reading.drawers import PATIENT, TOGETHER, open_drawer
from dashboard.screens.reading.finding_card import render_finding_card
from dashboard.screens.reading.map_card import render_map_picture, render_map_words
from dashboard.screens.reading.refusal import render_refusal
from dashboard.screens.reading.risk_card import render_no_risk, render_risk_card, render_wrong_patient
from dashboard.screens.reading.together_card import render_together_card
from dashboard.services import engine, patient_model
from dashboard.state import Session
from dashboard.viewmodels.cards import MapCard, build_finding_card, build_map_card, build_risk_card
from dashboard.viewmodels.comparison import map_picture
from dashboard.viewmodels.together import build_together
from model_zoo.errors import ZooError
from model_zoo.fusion.whole import parts_of
from model_zoo.patients.features import Units
from model_zoo.places import place_of
from model_zoo.review import CaseReview
from model_zoo.review.case import ExplainedMap

# Both maps are on the large film; this one is always on the small one.
SMALL_MAP = "grad-cam"


def render_cards(state: Session, beside: Beside) -> Callable[[], None]:
    """Draw the four cards in their places; returns what draws the second anew, for checks that come in one by one."""
    with st.container(key="cards", gap="small"):
        with st.container(key="card-finding", border=True, gap="xsmall"):
            _finding(state)
        with st.container(key="card-map", border=True, gap="xsmall"):
            small, words = st.columns([2, 3], gap="small")
            with small:
                _map_picture(state)
            slot = words.empty()
            with slot.container():
                _map_words(state)
        with st.container(key="card-risk", border=True, gap="xsmall"):
            _risk(state)
        with st.container(key="card-together", border=True, gap="xsmall"):
            _together(state, beside)

    def draw_map_again() -> None:
        with slot.container():
            _map_words(state)

    return draw_map_again


def _finding(state: Session) -> None:
    if state.read_error is not None:
        render_refusal(state, state.read_error)
        return
    review = state.review
    if review is None:
        st.markdown(f"## {text('finding.title')}")
        st.caption(text("finding.waiting"))
        return
    if state.target is None:
        st.markdown(f"## {text('finding.outlines_only')}")
        st.caption(text("finding.outlines_only_says"))
        return
    shown = kept_review(state, review)
    card = build_finding_card(shown, state.card_of_review(), state.target, state.planted)

    def choose(output: str) -> None:
        state.target = output
        st.rerun()

    render_finding_card(card, f"target-{state.generation}", choose)
    if shown.violations:
        st.caption(text("finding.outside_use"))


def _small_map(state: Session) -> ExplainedMap | None:
    """Return the map of the second card, ``None`` while it is not there."""
    if state.review is None or state.target is None or state.current is None:
        return None
    wanted = (SMALL_MAP, state.target)
    return next((m for m in state.review.maps if (m.attribution.method, m.attribution.target) == wanted), None)


def _map_card(review: CaseReview, explained: ExplainedMap) -> MapCard:
    return build_map_card(review, explained, place_of(explained.attribution, review))


def _map_picture(state: Session) -> None:
    explained = _small_map(state)
    if explained is None or state.review is None or state.current is None:
        return
    picture = map_picture(state.review, state.current.scan, explained)
    show = partial(state.show_map, explained.attribution.title)
    render_map_picture(_map_card(state.review, explained), picture, show)


def _map_words(state: Session) -> None:
    explained = _small_map(state)
    if explained is not None and state.review is not None:
        render_map_words(_map_card(state.review, explained))
        return
    error = state.explain_errors.get(SMALL_MAP)
    if error is not None:
        render_map_words(None, error.message)
    elif state.review is not None:
        render_map_words(None, "" if state.target is not None else text("map.outlines_only"))
    else:
        render_map_words(None, "" if state.read_error is None else text("map.none"))


def _risk(state: Session) -> None:
    review = state.review
    if state.patient_model is None:
        render_no_risk(text("risk.no_model"), text("risk.choose_model"), partial(open_drawer, PATIENT))
        return
    if state.record is None:
        render_no_risk(text("risk.none"), text("risk.add_values"), partial(_edit, state))
        return
    conflicts = blocking_conflicts(state)
    if conflicts:
        render_wrong_patient(conflicts, partial(confirm_pair, state))
        return
    if review is None or review.record is not state.record:
        render_no_risk(text("risk.waiting") if state.read_error is None else text("risk.after_reading"), "", None)
        return
    units: Units = "US" if state.units == "US" else "SI"
    card = None if review.risk is None else build_risk_card(review, patient_model(review.risk.model).specs, units)
    if card is None:
        render_no_risk(review.risk_absent or "", text("risk.add_values"), partial(_edit, state))
        return
    render_risk_card(card)


def _edit(state: Session) -> None:
    edit_patient(state)


def _together(state: Session, beside: Beside) -> None:
    review = state.review
    if review is None or review.record is not state.record or next_step(state) is not None:
        st.markdown(f"## {text('together.title')}")
        return
    if blocking_conflicts(state):
        st.markdown(f"## {text('together.title')}")
        st.caption(text("together.blocked"))
        return
    try:
        name, alerts = alerts_in_view(review, beside.stay)
        book = alert_book()
        acknowledged = [entry for case in name for entry in book.history().of_case(case).acknowledged]
        card = build_together(
            parts_of(review, engine(state.model).trust, beside.note, beside.stay), alerts, acknowledged
        )
    except ZooError as error:
        render_error(error)
        return
    render_together_card(card, partial(open_drawer, TOGETHER))
