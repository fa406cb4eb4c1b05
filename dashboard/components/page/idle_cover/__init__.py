"""The cover of a screen that nobody looks at: after some minutes without a press in any tab, film and identity are not shown.

The browser covers by its own clock, over everything; the server, asked anew by any tab, covers by its own. One press of the same
browser shows the case again.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import streamlit as st

from dashboard.catalogue import text
from dashboard.components.case.held import HeldCase
from dashboard.components.case.open import forget_case, key_on_screen
from dashboard.open_cases import open_cases
from dashboard.services import browser_owner
from dashboard.session import Session

VARIABLE, DEFAULT_MINUTES = "DIAPHANE_IDLE_MINUTES", 30.0
_FOLDER = Path(__file__).parent
_SHOWN = "diaphane_shown_again"

_cover = st.components.v2.component("diaphane_idle_cover", js=(_FOLDER / "cover.js").read_text(encoding="utf-8"))


def idle_seconds() -> float:
    """Return after how long without a press a case is covered, 0 for never; what is no number counts as nothing said."""
    try:
        minutes = float(os.environ.get(VARIABLE, DEFAULT_MINUTES))
    except ValueError:
        minutes = DEFAULT_MINUTES
    return max(60 * minutes, 0.0) if minutes < float("inf") else 0.0


def render_idle(held: HeldCase) -> bool:
    """Draw the cover instead of a case that lay idle and return True; else note the press, and let the browser watch."""
    # In every run, so that what follows keeps its place on the page: drawn at another one it would stand there twice for a while.
    watch = st.container(key="idle-watch")
    state, key, idle_s = held.session, key_on_screen(held.session), idle_seconds()
    entry = None if key is None or held.owner is None else open_cases().find(key, held.owner)
    if key is None or held.owner is None or entry is None:
        return False
    if open_cases().is_covered(entry, idle_s):
        _render_cover(state, key)
        return True
    _press(key)
    if idle_s:
        # Not on the page: it draws over all of it, and only when it is time.
        with watch:
            _watch(key, idle_s)
    return False


def _render_cover(state: Session, key: str) -> None:
    with st.container(key="case-covered", horizontal_alignment="center"):
        st.title(text("open_case.covered"))
        st.caption(text("open_case.covered.why"))
        with st.container(horizontal=True, horizontal_alignment="center"):
            st.button(text("open_case.show"), key="show-case", type="primary", on_click=_press, args=(key,))
            st.button(text("open_case.forget"), key="forget-covered", on_click=forget_case, args=(state,))


@st.fragment
def _watch(key: str, idle_s: float) -> None:
    """Let the browser say when it was used, at times, and when its reader wants to see the case again."""
    words = {"title": text("open_case.covered"), "why": text("open_case.covered.why"), "show": text("open_case.show")}
    _cover(
        key="idle-cover",
        data={"idle_s": idle_s, "shown": st.session_state.get(_SHOWN, 0), "words": words},
        on_used_change=lambda: _press(key),
        on_covered_change=lambda: _note(open_cases().cover, key),
        on_show_change=lambda: _show_again(key),
    )


def _show_again(key: str) -> None:
    _press(key)
    st.session_state[_SHOWN] = st.session_state.get(_SHOWN, 0) + 1


def _press(key: str) -> None:
    _note(open_cases().touch, key)


def _note(change: Callable[[str, str], None], key: str) -> None:
    """Change what the server holds of a case of this browser."""
    owner = browser_owner()
    if owner is not None:
        change(key, owner)
