"""What every run draws: the menu and the page that the address names. ``app.py`` serves it."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from dashboard.boundary import error_boundary
from dashboard.catalogue import text
from dashboard.components.case.held import held_case, keep_case_quietly
from dashboard.components.case.open import attach_other_parts, render_attached
from dashboard.components.case.uploads import bound_uploads
from dashboard.components.page.closed_pages import watch_page
from dashboard.components.page.idle_cover import render_idle
from dashboard.components.page.quiet_keys import render_quiet_keys
from dashboard.components.page.shell import render_presenting_style
from dashboard.components.page.theme_choice import render_theme_choice
from dashboard.navigation import build_navigation
from dashboard.screens.presenting import is_presenting
from dashboard.session import held_session, session
from dashboard.viewmodels.case.address import SAVED


def sidebar_state() -> Literal["expanded", "collapsed"]:
    """Return how the sidebar is drawn: open to open a case, closed once one is, or is about to be by its address."""
    held = held_session()
    opened = held is not None and held.case.current is not None
    return "collapsed" if opened or "case" in st.query_params else "expanded"


st.set_page_config(page_title="Diaphane", page_icon="🩻", layout="wide", initial_sidebar_state=sidebar_state())
bound_uploads()
watch_page(session())
if is_presenting():
    render_presenting_style()
render_theme_choice()
render_quiet_keys()
page = build_navigation()
st.set_page_config(page_title=text("page.title", page=page.title))  # one page is told from another by it
held = held_case(session())
with error_boundary():
    if not render_idle(held):
        # The reading page attaches its own, before anything else of it is drawn; a saved case has its own address.
        if page.url_path and SAVED not in st.query_params:
            render_attached(attach_other_parts(session()))
        try:
            page.run()
        finally:
            keep_case_quietly(held)
