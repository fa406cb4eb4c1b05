"""Which of the two themes the browser shows: figures take their colours from it."""

from __future__ import annotations

from typing import Literal

import streamlit as st

_RUNS = "diaphane_runs"


def count_run() -> None:
    """Count the runs of this browser session; called once at the start of each."""
    st.session_state[_RUNS] = st.session_state.get(_RUNS, 0) + 1


def theme_name() -> Literal["dark", "light"]:
    """Return the theme in force; dark where the browser has not said yet.

    In the first run of a session Streamlit names the theme of the operating system, while the page is still drawn in its
    own, which is dark.
    """
    if st.session_state.get(_RUNS, 0) == 1:
        return "dark"
    return "light" if st.context.theme.type == "light" else "dark"
