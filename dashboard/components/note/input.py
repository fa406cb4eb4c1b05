"""The text area of a note, written examples, and the reading of both."""

from __future__ import annotations

import streamlit as st

from dashboard.services import symptom_network
from dashboard.session.note import NoteSession
from model_zoo.errors import ZooError
from model_zoo.phantoms.companions import COMPANIONS
from model_zoo.symptoms.complaints import consider_note
from model_zoo.text.extraction import extract_note

# Sample cases, numbered as on the first page, whose notes are offered without their scans.
EXAMPLES = ("opacity", "heart-effusion")


def render_note_input(note: NoteSession, page: str) -> None:
    """Draw the field; reading replaces what was read before, a refusal leaves it.

    page: part of its key: under one key for two pages the second would find the field known, and empty.
    """
    key = f"note-text-{page}-{note.generation}"
    if key not in st.session_state:
        st.session_state[key] = note.draft
    note.draft = st.text_area(
        "Complaints, history or a note",
        key=key,
        height=160,
        placeholder="e.g. 63-year-old man, fever and cough for three days, no chest pain. BP 105/60, HR 118, Na 128.",
        help="The text stays in this session: it is neither stored nor logged.",
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Read the note", type="primary", icon=":material/search:", on_click=read_note, args=(note, key))
        for number, name in enumerate(EXAMPLES, start=1):
            st.button(
                f"Example {number:d}",
                help=f"The invented note of the synthetic case {number:d}.",
                key=f"note-example-{number}",
                on_click=open_note,
                args=(note, COMPANIONS[name].note),
            )
        if note.text:
            st.button("Clear", icon=":material/close:", on_click=note.clear)


def read_note(note: NoteSession, key: str) -> None:
    """Read what stands in the field."""
    note.draft = str(st.session_state[key])
    note.synthetic = note.synthetic and note.draft == note.text
    _read(note)


def open_note(note: NoteSession, text: str) -> None:
    """Put a written note on the screen and read it."""
    note.clear()
    note.draft, note.synthetic = text, True
    _read(note)


def _read(note: NoteSession) -> None:
    note.error, note.filled = None, ""
    try:
        items = extract_note(note.draft)
        differential = consider_note(symptom_network(), note.draft, items)
    except ZooError as error:
        note.error = error
        return
    note.read(items, differential)
