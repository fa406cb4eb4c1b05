"""Under the film: what the note states and what the vital signs say at one hour, with the way to change either."""

from __future__ import annotations

import streamlit as st

from dashboard.boundary import render_error
from dashboard.catalogue import text
from dashboard.components.note.input import open_note, render_note_input
from dashboard.components.page.chart import render_chart
from dashboard.components.page.theme import theme_name
from dashboard.components.stay.input import open_example
from dashboard.components.together.beside_state import Beside, confirm_beside
from dashboard.figures.vitals import vitals_figure
from dashboard.navigation import APP_PAGES
from dashboard.session import Session, monitoring_session, note_session
from dashboard.session.note import NoteSession
from dashboard.session.stay import MonitoringSession
from dashboard.viewmodels.stay.vitals import build_vitals, hour_title
from dashboard.viewmodels.together.beside import note_lines
from model_zoo.monitoring.example_stays import EXAMPLE_STAYS
from model_zoo.phantoms.companions import Companion
from model_zoo.plain import plain

_WRONG_PATIENT = ":material/person_alert:"


def render_beside(state: Session, beside: Beside) -> None:
    """Draw both cards side by side."""
    left, right = st.columns(2, gap="small")
    with left, st.container(border=True, key="beside-note", height="stretch"):
        _render_note(state, note_session(), beside)
    with right, st.container(border=True, key="beside-stay", height="stretch"):
        _render_stay(state, monitoring_session(), beside)


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


def _render_note(state: Session, note: NoteSession, beside: Beside) -> None:
    st.markdown(text("together.beside.note"))
    if note.error is not None:
        render_error(note.error)
    if note.text and beside.note_conflicts:
        _render_conflicts(state, "note", beside.note_conflicts)
    elif note.text:
        st.markdown("  \n".join(note_lines(note.items, note.differential)))
    else:
        st.caption(text("together.beside.no_note"))
    with st.expander(text("together.beside.edit_note"), icon=":material/edit_note:", key="beside-note-input"):
        render_note_input(note, "read")
    st.page_link(APP_PAGES / "notes.py", label=text("together.beside.open_note"), icon=":material/clinical_notes:")


def _render_stay(state: Session, stay: MonitoringSession, beside: Beside) -> None:
    st.markdown(text("together.beside.stay"))
    if stay.series is None or stay.scores is None:
        st.caption(text("together.beside.no_stay"))
    elif beside.stay_conflicts:
        _render_conflicts(state, "stay", beside.stay_conflicts)
    elif beside.stay.refused is not None:
        st.caption(plain(beside.stay.refused))
    else:
        mark = f"{text('together.beside.synthetic')} " if stay.series.synthetic else ""
        score = text("together.beside.no_score") if beside.stay.score is None else plain(beside.stay.score.words)
        hour = plain(hour_title(stay.now, stay.series.start))
        st.markdown(mark + text("together.beside.hour", hour=hour, last=f"{stay.hours[-1]:.0f}", score=score))
        now = None if stay.at_end else stay.now
        render_chart(
            vitals_figure(build_vitals(stay.series, stay.scores, now, ()), theme_name(), numbers=False),
            key="beside-news2",
        )
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
    st.page_link(APP_PAGES / "monitoring.py", label=text("together.beside.open_stay"), icon=":material/vital_signs:")


def _render_conflicts(state: Session, what: str, conflicts: tuple[str, ...]) -> None:
    st.warning(
        f"{text(f'together.beside.wrong.{what}')}\n" + "\n".join(f"- {plain(c)}." for c in conflicts),
        icon=_WRONG_PATIENT,
    )
    st.button(
        text(f"together.beside.confirm.{what}"), key=f"confirm-{what}", on_click=confirm_beside, args=(state, what)
    )
