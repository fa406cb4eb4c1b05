"""Light or dark, chosen on the page: one button on every page, kept by the browser."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboard.catalogue import text
from dashboard.navigation import PAGES

_FOLDER = Path(__file__).parent

_choice = st.components.v2.component(
    "diaphane_theme_choice",
    css=(_FOLDER / "theme_choice.css").read_text(encoding="utf-8"),
    js=(_FOLDER / "theme_choice.js").read_text(encoding="utf-8"),
)


def render_theme_choice() -> None:
    """Draw the button. Streamlit keeps a theme per address, so the choice is written for all pages."""
    with st.container(key="theme-choice"):
        _choice(
            key="theme-choice-button",
            data={
                "labels": {"light": text("theme.light"), "dark": text("theme.dark")},
                "paths": [f"/{row.url_path}" for row in PAGES],
            },
        )
