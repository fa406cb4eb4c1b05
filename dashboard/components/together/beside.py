"""Under the film: what the note states and what the vital signs say at one hour, with the way to change either."""

from __future__ import annotations

import streamlit as st

from dashboard.boundary import render_error
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
from dashboard.viewmodels.stay.vitals import build_vitals, hour_words
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
    st.markdown("**Note**")
    if note.error is not None:
        render_error(note.error)
    if note.text and beside.note_conflicts:
        _render_conflicts(state, "note", beside.note_conflicts)
    elif note.text:
        st.markdown("  \n".join(note_lines(note.items, note.differential)))
    else:
        st.caption("No note was given.")
    with st.expander("Paste or change the note", icon=":material/edit_note:", key="beside-note-input"):
        render_note_input(note, "read")
    st.page_link(APP_PAGES / "notes.py", label="Highlights, and fill the form", icon=":material/clinical_notes:")


def _render_stay(state: Session, stay: MonitoringSession, beside: Beside) -> None:
    st.markdown("**Vital signs**")
    if stay.series is None or stay.scores is None:
        st.caption("No vital signs were given.")
    elif beside.stay_conflicts:
        _render_conflicts(state, "stay", beside.stay_conflicts)
    elif beside.stay.refused is not None:
        st.caption(plain(beside.stay.refused))
    else:
        mark = ":orange-badge[Synthetic] " if stay.series.synthetic else ""
        score = beside.stay.score
        st.markdown(f"{mark}{plain(hour_words(stay.now, stay.series.start).capitalize())} of {stay.hours[-1]:.0f}: "
                    f"**{'no score' if score is None else plain(score.words)}**")  # fmt: skip
        now = None if stay.at_end else stay.now
        render_chart(
            vitals_figure(build_vitals(stay.series, stay.scores, now, ()), theme_name(), numbers=False),
            key="beside-news2",
        )
        with st.container(horizontal=True, gap="small"):
            st.button("Hour back", icon=":material/skip_previous:", key="beside-back", on_click=stay.step, args=(-1,),
                      disabled=stay.now <= stay.hours[0])  # fmt: skip
            st.button("Hour on", icon=":material/skip_next:", key="beside-on", on_click=stay.step, args=(1,),
                      disabled=stay.at_end)  # fmt: skip
    st.page_link(APP_PAGES / "monitoring.py", label="Bring, replay and explain a stay", icon=":material/vital_signs:")


def _render_conflicts(state: Session, what: str, conflicts: tuple[str, ...]) -> None:
    st.warning(
        f"Possible wrong patient: the {plain(what)} does not count for this case.\n"
        + "\n".join(f"- {plain(c)}." for c in conflicts),
        icon=_WRONG_PATIENT,
    )
    st.button(
        f"This {plain(what)} is of this patient", key=f"confirm-{what}", on_click=confirm_beside, args=(state, what)
    )
