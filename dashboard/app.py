"""Entry point: ``streamlit run dashboard/app.py``."""

from __future__ import annotations

import sys
from pathlib import Path

# ``streamlit run`` puts only this folder on the path; the packages lie one level up.
ROOT = str(Path(__file__).resolve().parent.parent)
if ROOT not in sys.path:
    sys.path.insert(0, ROOT)

import streamlit as st  # noqa: E402

from dashboard.boundary import error_boundary  # noqa: E402
from dashboard.components.closed_pages import watch_page  # noqa: E402
from dashboard.components.style import render_style  # noqa: E402
from dashboard.components.theme import count_run  # noqa: E402
from dashboard.components.uploads import bound_uploads  # noqa: E402
from dashboard.navigation import build_navigation  # noqa: E402
from dashboard.state import session  # noqa: E402

st.set_page_config(page_title="Diaphane", page_icon="🩻", layout="wide", initial_sidebar_state="expanded")
count_run()
bound_uploads()
watch_page(session())
render_style()
page = build_navigation()
with error_boundary():
    page.run()
