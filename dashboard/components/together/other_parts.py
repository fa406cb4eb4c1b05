"""Under the film: what the note states and what the vital signs say at one hour, with the way to change either."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

import streamlit as st

from dashboard.boundary import render_error
from dashboard.catalogue import text
from dashboard.components.note.input import open_note, render_note_input
from dashboard.components.page.chart import render_chart
from dashboard.components.page.theme import theme_name
from dashboard.components.stay.input import open_example
from dashboard.components.together.other_parts_state import OtherParts, confirm_part
from dashboard.figures.vitals import vitals_figure
from dashboard.navigation import APP_PAGES
from dashboard.session import Session, monitoring_session, note_session
from dashboard.session.stay import MonitoringSession
from dashboard.viewmodels.stay.vitals import build_vitals, hour_title
from dashboard.viewmodels.together.other_parts import note_lines
from model_zoo.case.assembly import note_summary, vitals_summary
from model_zoo.case.assessment import NoteSummary, VitalsSummary
from model_zoo.phantoms.companions import Companion
from model_zoo.plain import plain
from model_zoo.vital_signs import VitalSeries
from model_zoo.vital_signs.example_stays import EXAMPLE_STAYS
from model_zoo.vital_signs.news2_hours import HourlyNews2

_WRONG_PATIENT = ":material/person_alert:"


def render_open_other_parts(state: Session, others: OtherParts) -> None:
    """Draw note and vital signs of the open case, with the way to change either."""
    render_other_parts(partial(_open_note, state, others), partial(_open_stay, state, others))


def render_other_parts(note: Callable[[], None], stay: Callable[[], None]) -> None:
    """Draw both side by side."""
    left, right = st.columns(2, gap="small")
    with left, st.container(border=True, key="beside-note", height="stretch"):
        st.markdown(text("together.beside.note"))
        note()
    with right, st.container(border=True, key="beside-stay", height="stretch"):
        st.markdown(text("together.beside.stay"))
        stay()


def render_note(note: NoteSummary | None) -> None:
    """Draw what a note states of its patient, and the conditions to consider."""
    if note is None:
        st.caption(text("together.beside.no_note"))
        return
    st.markdown("  \n".join(note_lines(note)))
    if note.caution:
        st.caption(plain(note.caution))


def render_hour(vitals: VitalsSummary | None, start: datetime | None = None) -> None:
    """Draw the score of one hour of a stay, or why there is none. start: the clock at hour 0, where it is known."""
    if vitals is None:
        st.caption(text("together.beside.no_stay"))
    elif vitals.refused is not None:
        st.caption(plain(vitals.refused))
    else:
        mark = f"{text('together.beside.synthetic')} " if vitals.synthetic else ""
        hour, last = plain(hour_title(vitals.hour, start)), f"{vitals.last_hour:g}"
        st.markdown(mark + text("together.beside.hour", hour=hour, last=last, score=plain(vitals.words)))


def open_companion(companion: Companion | None) -> None:
    """Put the note and the stay of a sample case on the screen, and take away those that were there."""
    note, stay = note_session(), monitoring_session()
    note.clear()
    stay.close()
    if companion is None:
        return
    open_note(note, companion.note)
    written = next((one for one in EXAMPLE_STAYS if one.name == companion.stay), None)
    if written is not None:
        open_example(stay, written)
        stay.go(companion.hour)


def _open_note(state: Session, others: OtherParts) -> None:
    note = note_session()
    if note.error is not None:
        render_error(note.error)
    if note.text and others.note_conflicts:
        _render_conflicts(state, "note", others.note_conflicts)
    else:
        render_note(note_summary(others.note) if note.text else None)
    with st.expander(text("together.beside.edit_note"), icon=":material/edit_note:", key="beside-note-input"):
        render_note_input(note, "read")
    st.page_link(APP_PAGES / "notes.py", label=text("together.beside.open_note"), icon=":material/clinical_notes:")


def _open_stay(state: Session, others: OtherParts) -> None:
    stay = monitoring_session()
    if stay.series is not None and others.stay_conflicts:
        _render_conflicts(state, "stay", others.stay_conflicts)
    elif stay.series is None or stay.scores is None:
        render_hour(None)
    else:
        render_hour(vitals_summary(others.stay), stay.series.start)
        if others.stay.refused is None:
            _render_hours(stay, stay.series, stay.scores)
    st.page_link(APP_PAGES / "monitoring.py", label=text("together.beside.open_stay"), icon=":material/vital_signs:")


def _render_hours(stay: MonitoringSession, series: VitalSeries, scores: HourlyNews2) -> None:
    """Draw the scores of the stay, and the way to the hour before and after."""
    now = None if stay.at_end else stay.now
    view = build_vitals(series, scores, now, ())
    render_chart(vitals_figure(view, theme_name(), numbers=False), key="beside-news2")
    with st.container(horizontal=True, gap="small"):
        st.button(
            text("monitoring.replay.previous_hour"),
            icon=":material/skip_previous:",
            key="beside-back",
            on_click=stay.step,
            args=(-1,),
            disabled=stay.now <= stay.hours[0],
        )
        st.button(
            text("monitoring.replay.next_hour"),
            icon=":material/skip_next:",
            key="beside-on",
            on_click=stay.step,
            args=(1,),
            disabled=stay.at_end,
        )


def _render_conflicts(state: Session, what: str, conflicts: tuple[str, ...]) -> None:
    st.warning(
        f"{text(f'together.beside.wrong.{what}')}\n" + "\n".join(f"- {plain(c)}." for c in conflicts),
        icon=_WRONG_PATIENT,
    )
    st.button(text(f"together.beside.confirm.{what}"), key=f"confirm-{what}", on_click=confirm_part, args=(state, what))
