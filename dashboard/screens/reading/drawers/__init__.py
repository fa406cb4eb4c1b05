"""Under the film: one drawer at a time for everything that explains a card. Only the open one is drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import streamlit as st

from dashboard.catalogue import text
from dashboard.components.case.study import render_study
from dashboard.components.models.choice import chosen_card
from dashboard.components.together.other_parts import render_open_other_parts
from dashboard.components.together.other_parts_state import OtherParts
from dashboard.screens.reading.drawers.explain import render_explain
from dashboard.screens.reading.drawers.not_assessed import render_open_not_assessed
from dashboard.screens.reading.drawers.numbers import render_open_numbers
from dashboard.screens.reading.drawers.patient import render_patient
from dashboard.screens.reading.drawers.together import render_together
from dashboard.session import Session

KEY = "drawer-open"
EXPLAIN, PATIENT, BESIDE, NUMBERS, TOGETHER, FRAMES, NOT_ASSESSED = (
    "explain", "patient", "beside", "numbers", "together", "frames", "not_assessed",
)  # fmt: skip
_KEPT = "drawer-kept"
Drawer = Callable[[Session, OtherParts], None]
_DRAWERS: dict[str, Drawer] = {
    EXPLAIN: render_explain,
    PATIENT: render_patient,
    BESIDE: render_open_other_parts,
    NUMBERS: render_open_numbers,
    TOGETHER: render_together,
    FRAMES: lambda state, others: render_study(state),
    NOT_ASSESSED: render_open_not_assessed,
}


def open_drawer(name: str | None) -> None:
    """Open a drawer, ``None``: close it; called before the page is drawn."""
    st.session_state[KEY] = name


def render_drawers(state: Session, others: OtherParts) -> int | None:
    """Draw the drawers of the open case; returns as ``render_row``."""
    if state.case.current is None:
        return None
    drawers = {
        name: partial(draw, state, others)
        for name, draw in _DRAWERS.items()
        if name != FRAMES or state.case.current.scan.n_frames > 1
    }
    # Before it is read, not a list of gaps: all of it is one.
    return render_row(drawers, None if state.reading.review is None else len(chosen_card(state).not_assessed))


def render_row(drawers: Mapping[str, Callable[[], None]], not_assessed: int | None) -> int | None:
    """Draw the row of names, and the drawer that is open; returns its place in the row, ``None`` where none is.

    not_assessed: how many things were not, ``None`` for all.
    """
    names, count = [name for name in _DRAWERS if name in drawers], not_assessed or 0
    titles = {name: text(f"drawer.{name}", count=f"{count:d}") for name in names}
    if not_assessed is None and NOT_ASSESSED in titles:
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
            drawers[opened]()
    return names.index(opened)
