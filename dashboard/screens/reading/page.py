"""The page of one case. Nothing of another case is ever on it: film and cards stand in one place that is emptied at once."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.boundary import render_error
from dashboard.components.case.inputs import render_case_input
from dashboard.components.case.open import attach_case, render_attached
from dashboard.components.case.welcome import render_welcome
from dashboard.components.models.choice import redraw_with_choice
from dashboard.components.page.announcer import render_announcer
from dashboard.components.patient.form import render_patient_form
from dashboard.screens.presenting import is_presenting, render_prepared
from dashboard.services import are_networks_imported
from dashboard.session import Session
from dashboard.starting import first_page

_DRAWN = "drawn-case"


def render_reading(state: Session) -> None:
    """Draw the page: the case that is open, or what a visitor sees before one is."""
    attached = attach_case(state)
    with_choice = are_networks_imported()
    render_case_input(state)
    with st.container(key="said-first"):  # there in every run: what follows keeps its place
        render_attached(attached)
        for error in (state.case.scan_error, state.case.prior_error):
            if error is not None:
                render_error(error)
    screen = _place(state)
    if state.case.current is None:
        with screen.container():
            render_prepared(state) if is_presenting() else render_welcome(state)
        render_patient_form(state)
        render_announcer("")
        first_page.set()
        if not with_choice:
            redraw_with_choice()
        return
    from dashboard.screens.reading.case import render_case  # the first page is drawn before torch is imported

    with screen.container(key=f"open-case-{state.case.case_id}"):
        render_case(state)


def _place(state: Session) -> DeltaGenerator:
    """Return where this case is drawn: at the other of two places than the case before it, which the same message empties.

    At one place the browser would keep what it has of the last case under the new header until each part is drawn.
    """
    places = (st.empty(), st.empty())
    case_id, place = st.session_state.get(_DRAWN, (None, 0))
    if case_id != state.case.case_id:
        place = 1 - place
        st.session_state[_DRAWN] = (state.case.case_id, place)
    return places[place]
