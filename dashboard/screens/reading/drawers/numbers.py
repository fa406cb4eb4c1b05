"""What stands behind the number: how sure an answer must be, local prevalence, outlines with areas, and how it was measured."""

from __future__ import annotations

import streamlit as st

from dashboard.components.numbers.findings import render_numbers_of
from dashboard.components.together.beside_state import Beside
from dashboard.session import Session


def render_numbers(state: Session, beside: Beside) -> None:
    """Draw the drawer. beside: not needed here."""
    with st.container(key="findings"):
        render_numbers_of(state)
