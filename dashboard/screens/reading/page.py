"""The page of one case. Nothing of another case is ever on it: film and cards stand in one place that is emptied at once."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.boundary import render_error
from dashboard.catalogue import text
from dashboard.components.beside_state import beside_case
from dashboard.components.case_input import render_case_input
from dashboard.components.open_case import attach_case, render_attached
from dashboard.components.patient_form import render_patient_form
from dashboard.components.reading import checks_pending, next_step, run_checks, run_next_step
from dashboard.components.study import open_frames
from dashboard.components.welcome import render_welcome
from dashboard.screens.presenting import is_presenting, render_prepared, render_steps
from dashboard.screens.reading.cards import render_cards
from dashboard.screens.reading.drawers import render_drawers
from dashboard.screens.reading.film import render_film
from dashboard.screens.reading.header import finished_review, render_header
from dashboard.screens.reading.report import render_printed
from dashboard.services import warm_up
from dashboard.state import Session

_DRAWN = "drawn-case"


def render_reading(state: Session) -> None:
    """Draw the page, then do the next pending step of the reading, which draws it again."""
    attached = attach_case(state)
    render_case_input(state)
    with st.container(key="said-first"):  # there in every run: what follows keeps its place
        render_attached(attached)
        for error in (state.scan_error, state.prior_error, state.patient_error):
            if error is not None:
                render_error(error)
        if state.patient_error is not None and state.record is not None:
            st.caption(text("risk.values_kept"))
    screen = _place(state)
    if state.current is None:
        with screen.container():
            render_prepared(state) if is_presenting() else render_welcome(state)
        render_patient_form(state)
        warm_up()
        return
    with screen.container(key=f"open-case-{state.case_id}"):
        _render_case(state)


def _place(state: Session) -> DeltaGenerator:
    """Return where this case is drawn: at the other of two places than the case before it, which the same message empties.

    At one place the browser would keep what it has of the last case under the new header until each part is drawn.
    """
    places = (st.empty(), st.empty())
    case_id, place = st.session_state.get(_DRAWN, (None, 0))
    if case_id != state.case_id:
        place = 1 - place
        st.session_state[_DRAWN] = (state.case_id, place)
    return places[place]


def _render_case(state: Session) -> None:
    beside = beside_case(state)
    review = finished_review(state)
    render_header(state, review)
    with st.container(key="screen"):
        film, cards = st.columns([55, 45], gap="small")
        with film, st.container(key="film-column"):
            with st.container(key="film-box"):
                render_film(state)
            render_drawers(state, beside)
            if is_presenting():
                render_steps(state)
            under_way = st.container(key="under-way")
        with cards:
            draw_map_again = render_cards(state, beside)
    render_patient_form(state)
    if next_step(state) is not None:
        with under_way:
            open_frames(state)
            run_next_step(state)
    elif checks_pending(state):
        run_checks(state, draw_map_again)
    elif review is not None:
        render_printed(state, review)
