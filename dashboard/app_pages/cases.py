"""Saved cases: a list, and the chosen one on the screen of a case, without its picture, because no case file holds one."""

from __future__ import annotations

import streamlit as st

from dashboard.catalogue import text
from dashboard.screens.reading.saved_list import render_saved_cases
from dashboard.session import session

if session().case.stored is None:
    st.title(text("saved.title"))
render_saved_cases(session())
