"""Note and vital signs of the case, with the way to change either."""

from __future__ import annotations

from dashboard.components.together.beside import render_beside
from dashboard.components.together.beside_state import Beside
from dashboard.session import Session


def render_note_and_signs(state: Session, beside: Beside) -> None:
    """Draw both side by side."""
    render_beside(state, beside)
