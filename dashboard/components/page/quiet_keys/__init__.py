"""No letter acts on a page by itself: Streamlit would run it anew at "r" and clear what the server holds ready at "c".

A letter that somebody dictates, or types with the focus lost, must not act (WCAG 2.1.4). Those of the film are the film's own, with
a switch of their own.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_quiet_keys = st.components.v2.component(
    "diaphane_quiet_keys", js=(Path(__file__).parent / "quiet_keys.js").read_text(encoding="utf-8")
)


def render_quiet_keys() -> None:
    """Keep letters from the page; draws nothing."""
    with st.container(key="quiet-keys"):
        _quiet_keys(key="quiet-keys-script")
