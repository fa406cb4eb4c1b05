"""What every run draws: the style, the menu, and the page that the address names. ``app.py`` serves it."""

from __future__ import annotations

import streamlit as st

from dashboard.boundary import error_boundary
from dashboard.components.style import render_style
from dashboard.components.theme import count_run
from dashboard.navigation import build_navigation

st.set_page_config(page_title="Diaphane", page_icon="🩻", layout="wide", initial_sidebar_state="expanded")
count_run()
render_style()
page = build_navigation()
with error_boundary():
    page.run()
