"""The open case: header, film with its drawers, four cards; then the next pending step of the reading, which draws it again."""

from __future__ import annotations

import streamlit as st

from dashboard.components.case.reading import checks_pending, next_step, read_at_once, run_checks, run_next_step
from dashboard.components.case.study import open_frames
from dashboard.components.page.announcer import render_announcer
from dashboard.components.patient.form import render_patient_form
from dashboard.components.together.other_parts_state import other_parts_of
from dashboard.screens.presenting import is_presenting, render_steps
from dashboard.screens.reading.announcements import announce_saving
from dashboard.screens.reading.cards import render_cards
from dashboard.screens.reading.drawers import render_drawers
from dashboard.screens.reading.header import finished_review, render_header
from dashboard.screens.reading.report import render_printed
from dashboard.screens.reading.scan import render_viewer
from dashboard.session import Session


def render_case(state: Session) -> None:
    """Draw the case and do one pending step of it."""
    read_at_once(state)
    others = other_parts_of(state)
    review = finished_review(state)
    render_header(state, review)
    with st.container(key="screen"):
        film, cards = st.columns([55, 45], gap="small")
        with film, st.container(key="film-column"):
            with st.container(key="film-box"):
                render_viewer(state)
            drawer = render_drawers(state, others)
            if is_presenting():
                render_steps(state)
            under_way = st.container(key="under-way")
        with cards:
            cards_drawn = render_cards(state, others)
    saved = [] if state.reading.saved_id is None else announce_saving()
    render_announcer(state.case.case_id, [*cards_drawn.said, *saved], drawer)
    render_patient_form(state)
    if next_step(state) is not None:
        with under_way:
            open_frames(state)
            run_next_step(state)
    elif checks_pending(state):
        run_checks(state, cards_drawn.draw_map_again)
    elif review is not None:
        render_printed(state, review)
