"""What every run draws: the style, the menu, and the page that the address names. ``app.py`` serves it."""

from __future__ import annotations

import streamlit as st

from dashboard.boundary import error_boundary
from dashboard.components.closed_pages import watch_page
from dashboard.components.held_case import held_case, keep_case_quietly
from dashboard.components.idle_cover import render_idle
from dashboard.components.style import render_style
from dashboard.components.theme import count_run
from dashboard.components.uploads import bound_uploads
from dashboard.navigation import build_navigation
from dashboard.state import session

st.set_page_config(page_title="Diaphane", page_icon="🩻", layout="wide", initial_sidebar_state="expanded")
count_run()
bound_uploads()
watch_page(session())
render_style()
page = build_navigation()
held = held_case(session())
with error_boundary():
    if not render_idle(held):
        try:
            page.run()
        finally:
            keep_case_quietly(held)
