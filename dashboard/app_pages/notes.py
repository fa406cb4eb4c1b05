"""Notes: a text goes in; what is stated in it stands highlighted, may fill the patient form, and is ranked as complaints."""

from __future__ import annotations

import streamlit as st

from dashboard.boundary import render_error
from dashboard.catalogue import text
from dashboard.components.note.conditions import render_conditions
from dashboard.components.note.input import render_note_input
from dashboard.components.note.items import render_items
from dashboard.session import note_session, session

note, state = note_session(), session()
st.title(text("notes.title"))
render_note_input(note, "notes")
if note.error is not None and note.text:
    st.caption(text("notes.earlier"))
if note.error is not None:
    render_error(note.error)
if note.text:
    stated, considered = st.columns(2, gap="large")
    with stated:
        render_items(note, state)
    with considered:
        render_conditions(note)
