"""Entry point: ``streamlit run dashboard/app.py``. The page behind its own guard (``web.py``)."""

from __future__ import annotations

import sys
from pathlib import Path

# ``streamlit run`` puts only this folder on the path; the packages lie one level up.
FOLDER = Path(__file__).resolve().parent
if str(FOLDER.parent) not in sys.path:
    sys.path.insert(0, str(FOLDER.parent))

import streamlit as st  # noqa: E402

from dashboard.boundary import report  # noqa: E402
from dashboard.resources import routes  # noqa: E402
from dashboard.starting import warming  # noqa: E402
from dashboard.web import middleware  # noqa: E402

# What fails before the page is drawn (what a press calls) does not pass the page's own boundary.
app = st.App(FOLDER / "page.py", routes=routes(), middleware=middleware(), lifespan=warming, on_script_error=report)
