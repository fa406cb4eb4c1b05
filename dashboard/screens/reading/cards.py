"""The four cards of the open case: what the session holds flows into the cards, presses flow back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import streamlit as st

from dashboard.boundary import render_error
from dashboard.catalogue import text
from dashboard.components.case.reading import kept_review, next_step
from dashboard.components.models.choice import chosen_card
from dashboard.components.page.announcer import Announcement
from dashboard.components.patient.form import edit_patient
from dashboard.components.patient.risks import blocking_conflicts, confirm_pair
from dashboard.components.together.alerts_panel import note_alerts
from dashboard.components.together.other_parts_state import OtherParts
from dashboard.redraw import redraw
from dashboard.screens.reading.announcements import (
    announce_finding,
    announce_map,
    announce_refusal,
    announce_risk,
    announce_wrong_patient,
)
from dashboard.screens.reading.drawers import PATIENT, TOGETHER, open_drawer
from dashboard.screens.reading.finding_card import render_finding_card
from dashboard.screens.reading.map_card import render_map_picture, render_map_words
from dashboard.screens.reading.refusal import render_refusal
from dashboard.screens.reading.risk_card import render_no_risk, render_risk_card, render_wrong_patient
from dashboard.screens.reading.scan import publisher
from dashboard.screens.reading.together_card import render_together_card
from dashboard.services import engine, patient_model
from dashboard.session import Session
from dashboard.viewmodels.case.cards import MapCard, build_finding_card, build_map_card, build_risk_card
from dashboard.viewmodels.explain.comparison import map_picture
from dashboard.viewmodels.together.card import build_together
from model_zoo.case.assembly import parts_of
from model_zoo.case.case_review import ExplainedMap
from model_zoo.errors import ZooError
from model_zoo.patients.applicability import refusal_by_age
from model_zoo.patients.features import Units
from model_zoo.patients.risk_models import RISK_MODELS
from model_zoo.places import place_of

# Both maps are on the large film; this one is always on the small one.
SMALL_MAP = "grad-cam"


@dataclass(frozen=True)
class Drawn:
    """draw_map_again: draws the second card anew, for checks that come in one by one. said: what the cards say, in few words."""

    draw_map_again: Callable[[], None]
    said: list[Announcement]


def render_cards(state: Session, others: OtherParts) -> Drawn:
    """Draw the four cards in their places."""
    with st.container(key="cards", gap="small"):
        with st.container(key="card-finding", border=True, gap="xsmall"):
            said = _finding(state)
        with st.container(key="card-map", border=True, gap="xsmall"):
            small, words = st.columns([2, 3], gap="small")
            explained = _small_map(state)
            card = None if explained is None else _map_card(state, explained)
            with small:
                if explained is not None and card is not None:
                    if state.reading.outlined:  # the outlines name the place
                        said += announce_map(card, explained.attribution.target)
                    _map_picture(state, explained, card)
            slot = words.empty()
            with slot.container():
                _map_words(state, card)
        with st.container(key="card-risk", border=True, gap="xsmall"):
            said += _risk(state)
        with st.container(key="card-together", border=True, gap="xsmall"):
            _together(state, others)

    def draw_map_again() -> None:
        shown = _small_map(state)
        with slot.container():
            _map_words(state, None if shown is None else _map_card(state, shown))

    return Drawn(draw_map_again, said)


def _finding(state: Session) -> list[Announcement]:
    if state.reading.read_error is not None:
        render_refusal(state, state.reading.read_error)
        return announce_refusal(state.reading.read_error)
    review = state.reading.review
    if review is None:
        st.markdown(f"## {text('finding.title')}")
        st.caption(text("finding.waiting"))
        return []
    if state.reading.target is None:
        st.markdown(f"## {text('finding.outlines_only')}")
        st.caption(text("finding.outlines_only_says"))
        return []
    shown = kept_review(state, review)
    card = build_finding_card(shown, chosen_card(state), state.reading.target)

    def choose(output: str) -> None:
        state.reading.target = output
        redraw()

    render_finding_card(card, f"target-{state.generation}", choose)
    if shown.violations:
        st.caption(text("finding.outside_use"))
    return announce_finding(card)


def _small_map(state: Session) -> ExplainedMap | None:
    """Return the map of the second card, ``None`` while it is not there.

    It is of Grad-CAM; where the reader put that away, of the first method that was chosen instead.
    """
    if state.reading.review is None:
        return None
    wanted = (_small_method(state), state.reading.target)
    return next((m for m in state.reading.review.maps if (m.attribution.method, m.attribution.target) == wanted), None)


def _small_method(state: Session) -> str:
    return SMALL_MAP if SMALL_MAP in state.methods or not state.methods else state.methods[0]


def _map_card(state: Session, explained: ExplainedMap) -> MapCard | None:
    if state.reading.review is None:
        return None
    return build_map_card(state.reading.review, explained, place_of(explained.attribution, state.reading.review))


def _map_picture(state: Session, explained: ExplainedMap, card: MapCard) -> None:
    if state.reading.review is None or state.case.current is None or not card.usable:
        return
    picture = map_picture(state.reading.review, state.case.current.scan, explained)
    render_map_picture(card, picture, publisher(state), partial(state.case.show_map, explained.attribution.title))


def _map_words(state: Session, card: MapCard | None) -> None:
    if card is not None:
        render_map_words(card)
        return
    error = state.reading.explain_errors.get(_small_method(state))
    if error is not None:
        render_map_words(None, error.message)
    elif state.reading.read_error is not None:
        render_map_words(None, text("map.none"))
    elif state.reading.review is not None and state.reading.target is None:
        render_map_words(None, text("map.outlines_only"))
    else:
        render_map_words(None)


def _risk(state: Session) -> list[Announcement]:
    review = state.reading.review
    if state.patient_model is None:
        render_no_risk(text("risk.no_model"), text("risk.choose_model"), partial(open_drawer, PATIENT))
        return []
    if state.record is None:
        age = None if review is None else review.stated.age_years
        refused = refusal_by_age(RISK_MODELS.get(state.patient_model).applicability, age)
        if refused is not None:
            render_no_risk(refused, "", None)
            return []
        render_no_risk(text("risk.none"), text("risk.add_values"), partial(edit_patient, state))
        return []
    conflicts = blocking_conflicts(state)
    if conflicts:
        render_wrong_patient(conflicts, partial(confirm_pair, state), partial(state.set_record, None))
        return announce_wrong_patient()
    if review is None or review.record is not state.record:
        render_no_risk(
            text("risk.waiting") if state.reading.read_error is None else text("risk.after_reading"), "", None
        )
        return []
    units: Units = "US" if state.units == "US" else "SI"
    card = None if review.risk is None else build_risk_card(review, patient_model(review.risk.model).specs, units)
    if card is None:
        render_no_risk(review.risk_absent or "", text("risk.change_values"), partial(edit_patient, state))
        return []
    render_risk_card(card)
    return announce_risk(card)


def _together(state: Session, others: OtherParts) -> None:
    review = state.reading.review
    if review is None or review.record is not state.record or next_step(state) is not None:
        st.markdown(f"## {text('together.title')}")
        return
    if blocking_conflicts(state):
        st.markdown(f"## {text('together.title')}")
        st.caption(text("together.blocked"))
        return
    try:
        parts = parts_of(review, engine(state.model).trust, others.note, others.stay)
        card = build_together(parts, *note_alerts(review, others.stay))
    except ZooError as error:
        render_error(error)
        return
    render_together_card(card, partial(open_drawer, TOGETHER))
