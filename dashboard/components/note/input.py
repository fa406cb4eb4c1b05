"""The text area of a note, written examples, and the reading of both."""

from __future__ import annotations

import streamlit as st

from dashboard.catalogue import text
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
        text("notes.input.label"),
        key=key,
        height=160,
        placeholder=text("notes.input.placeholder"),
        help=text("notes.input.help"),
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            text("notes.input.read"),
            type="primary",
            icon=":material/search:",
            key="note-read",
            on_click=read_note,
            args=(note, key),
        )
        for number, name in enumerate(EXAMPLES, start=1):
            st.button(
                text("notes.input.example", number=f"{number:d}"),
                help=text("notes.input.example_help", number=f"{number:d}"),
                key=f"note-example-{number}",
                on_click=open_note,
                args=(note, COMPANIONS[name].note),
            )
        if note.text:
            st.button(text("notes.input.clear"), icon=":material/close:", on_click=note.clear)


def read_note(note: NoteSession, key: str) -> None:
    """Read what stands in the field."""
    note.draft = str(st.session_state[key])
    note.synthetic = note.synthetic and note.draft == note.text
    _read(note)


def open_note(note: NoteSession, written: str) -> None:
    """Put a written note on the screen and read it."""
    note.clear()
    note.draft, note.synthetic = written, True
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
