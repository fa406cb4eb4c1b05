"""Conditions to consider for a note: red flags first, then by likelihood, with the words that speak for one of them."""

from __future__ import annotations

import streamlit as st

from dashboard.catalogue import text
from dashboard.components.note.text import render_segments
from dashboard.services import symptom_network
from dashboard.session.note import NoteSession
from dashboard.viewmodels.note.symptoms import ConditionRow, differential_view
from model_zoo.errors import ZooError
from model_zoo.plain import plain
from model_zoo.symptoms import explain_condition
from model_zoo.symptoms.red_flags import BASIS


def render_conditions(note: NoteSession) -> None:
    """Draw the ranking, or why there is none."""
    st.header(text("notes.conditions.title"))
    if note.differential is None:
        st.caption(text("notes.conditions.not_read"))
        return
    view = differential_view(note.differential, note.explained)
    st.caption(plain(view.caution))
    if note.differential.word_flags:
        names = ", ".join(plain(flag.name) for flag in note.differential.word_flags)
        st.warning(text("notes.conditions.word_flags", flags=names, basis=BASIS), icon=":material/flag:")
    if view.message:
        st.info(plain(view.message), icon=":material/help:")
        return
    if view.red_flags:
        st.markdown(f"**:material/flag: {plain(view.red_flag_heading)}**")
        _rows(note, view.red_flags)
    st.markdown(f"**{plain(view.heading)}**")
    _rows(note, view.rows)
    render_segments(view.segments)
    for remark in view.notes:
        st.caption(f":material/info: {plain(remark)}")


def _rows(note: NoteSession, rows: tuple[ConditionRow, ...]) -> None:
    for row in rows:
        words, button = st.columns([3, 2], vertical_alignment="center")
        words.markdown(
            text(
                "notes.conditions.row",
                name=plain(row.name),
                probability=plain(row.words),
                severity=plain(row.severity),
                icd10=plain(row.icd10),
            )
        )
        button.button(
            text("notes.conditions.why", name=plain(row.name)),
            key=f"why-{note.generation}-{row.name}",
            on_click=_explain,
            args=(note, row.name),
            wrap=True,
        )


def _explain(note: NoteSession, condition: str) -> None:
    if note.differential is None:
        return
    try:
        note.explained = explain_condition(symptom_network(), note.differential, condition)
    except ZooError as error:
        note.error = error
