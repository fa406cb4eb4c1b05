"""All frames of one file as a study."""

from __future__ import annotations

from dashboard.components.case.study import render_study
from dashboard.components.together.beside_state import Beside
from dashboard.session import Session


def render_frames(state: Session, beside: Beside) -> None:
    """Draw the drawer. beside: not needed here."""
    render_study(state)
