"""Under the film: one drawer at a time for everything that explains a card. Only the open one is drawn."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboard.catalogue import text
from dashboard.components.models.choice import chosen_card
from dashboard.components.together.beside_state import Beside
from dashboard.screens.reading.drawers.explain import render_explain
from dashboard.screens.reading.drawers.frames import render_frames
from dashboard.screens.reading.drawers.not_assessed import render_not_assessed
from dashboard.screens.reading.drawers.note_and_signs import render_note_and_signs
from dashboard.screens.reading.drawers.numbers import render_numbers
from dashboard.screens.reading.drawers.patient import render_patient
from dashboard.screens.reading.drawers.together import render_together
from dashboard.session import Session

KEY = "drawer-open"
EXPLAIN, PATIENT, BESIDE, NUMBERS, TOGETHER, FRAMES, NOT_ASSESSED = (
    "explain", "patient", "beside", "numbers", "together", "frames", "not_assessed",
)  # fmt: skip
_KEPT = "drawer-kept"
Drawer = Callable[[Session, Beside], None]
_DRAWERS: dict[str, Drawer] = {
    EXPLAIN: render_explain,
    PATIENT: render_patient,
    BESIDE: render_note_and_signs,
    NUMBERS: render_numbers,
    TOGETHER: render_together,
    FRAMES: render_frames,
    NOT_ASSESSED: render_not_assessed,
}


def open_drawer(name: str | None) -> None:
    """Open a drawer, ``None``: close it; called before the page is drawn."""
    st.session_state[KEY] = name


def render_drawers(state: Session, beside: Beside) -> int | None:
    """Draw the row of names, and the drawer that is open; returns its place in the row."""
    if state.case.current is None:
        return None
    names = [name for name in _DRAWERS if name != FRAMES or state.case.current.scan.n_frames > 1]
    count = len(chosen_card(state).not_assessed)
    titles = {name: text(f"drawer.{name}", count=f"{count:d}") for name in names}
    if state.reading.review is None:  # not a list of gaps: all of it is one
        titles[NOT_ASSESSED] = text("drawer.nothing_assessed")
    if KEY not in st.session_state:  # another page was drawn meanwhile: Streamlit forgets what it does not draw
        st.session_state[KEY] = st.session_state.get(_KEPT)
    if st.session_state.get(KEY) not in (*names, None):
        st.session_state[KEY] = None
    with st.container(key="drawers"):
        opened = st.segmented_control(
            text("drawer.label"), names, format_func=titles.__getitem__, key=KEY, label_visibility="collapsed"
        )
    st.session_state[_KEPT] = opened
    if opened is None:
        return None
    with st.container(key="drawer", border=True):
        with st.container(key="drawer-head", horizontal=True, vertical_alignment="center"):
            st.markdown(f"## {titles[opened]}")
            st.button(text("drawer.close"), key="drawer-close", on_click=open_drawer, args=(None,), type="tertiary")
        with st.container(key=f"drawer-{opened}"):
            _DRAWERS[opened](state, beside)
    return names.index(opened)
