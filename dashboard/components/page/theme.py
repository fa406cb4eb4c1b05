"""Which of the two themes the browser shows: figures take their colours from it."""

from __future__ import annotations

from typing import Literal

import streamlit as st


def theme_name() -> Literal["dark", "light"]:
    """Return the theme in force; dark, as in a reading room, where the browser has not said yet."""
    return "light" if st.context.theme.type == "light" else "dark"
