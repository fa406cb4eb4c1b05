"""What a note states: highlighted in it, as rows, and one click that fills the patient form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import streamlit as st

from dashboard.catalogue import counted, text
from dashboard.components.note.text import render_segments
from dashboard.session import Session
from dashboard.session.note import NoteSession
from dashboard.viewmodels.note.reading import note_view
from model_zoo.errors import ZooError
from model_zoo.patients.features import FeatureSpec, Value
from model_zoo.patients.record import PatientRecord
from model_zoo.patients.risk_models import definitions
from model_zoo.plain import plain
from model_zoo.text.extraction import form_values, record_of_note


def render_items(note: NoteSession, state: Session) -> None:
    """Draw the highlighted note, its rows, and the button that puts them into the form of the chosen patient model."""
    st.header(text("notes.items.title"))
    specs = _specs(state)
    filled = form_values(note.items, specs)
    view = note_view(note.text, note.items, filled, specs, "SI" if state.units == "SI" else "US")
    render_segments(view.segments)
    st.caption(plain(view.summary))
    st.dataframe(
        [
            {
                text("notes.items.words"): row.words,
                text("notes.items.meaning"): row.title,
                text("notes.items.value"): row.value,
                text("notes.items.fills"): row.fills,
                text("notes.items.remarks"): row.doubts,
            }
            for row in view.rows
        ],
        hide_index=True,
        width="stretch",
    )
    if state.patient_model is None:
        st.caption(text("notes.items.no_model"))
    else:
        title = definitions()[state.patient_model].title
        st.button(
            text("notes.items.fill", count=len(filled.values)),
            icon=":material/edit_note:",
            key="note-fill",
            disabled=not filled.values,
            on_click=fill_form,
            args=(note, state),
            help=text("notes.items.fill_help", model=plain(title)),
        )
    if note.filled:
        with st.container(key="note-filled"):
            st.success(plain(note.filled), icon=":material/check:")


def fill_form(note: NoteSession, state: Session) -> None:
    """Put what the note states into the session's record; what it does not state stays."""
    specs = _specs(state)
    try:
        entered = record_of_note(note.items, specs)
    except ZooError as error:
        note.error = error
        return
    given = {name: value for name, value in entered.values.items() if value is not None}
    earlier = state.record
    if earlier is None:
        entered = replace(entered, synthetic=note.synthetic)
    else:
        sex, age = entered.sex or earlier.sex, entered.age_years if entered.age_years is not None else earlier.age_years
        entered = replace(
            earlier,
            age_years=age,
            sex=sex,
            values={**earlier.values, **given},
            notes=tuple(dict.fromkeys((*earlier.notes, *entered.notes, text("notes.items.record_note")))),
        )
    state.set_record(entered)
    note.filled = f"{counted('notes.items.filled', len(given))} {_replaced_words(earlier, given, specs)}".strip()


def _replaced_words(earlier: PatientRecord | None, given: Mapping[str, Value], specs: Sequence[FeatureSpec]) -> str:
    """Name the values that stood there before and are others now."""
    if earlier is None:
        return ""
    titles = {spec.name: spec for spec in specs}
    changed = [
        text(
            "notes.items.changed",
            title=titles[name].title,
            before=titles[name].show(before),
            value=titles[name].show(value),
        )
        for name, value in given.items()
        if name in titles and (before := earlier.value(name)) is not None and value is not None and before != value
    ]
    return text("notes.items.replaced", changes="; ".join(changed)) if changed else ""


def _specs(state: Session) -> tuple[FeatureSpec, ...]:
    name = state.patient_model
    return () if name is None else definitions()[name].specs
