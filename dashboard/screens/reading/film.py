"""The film at the left of the screen, with the maps of the chosen finding."""

from __future__ import annotations

from dashboard.components.scan_viewer import render_scan
from dashboard.state import Session


def render_film(state: Session) -> None:
    """Draw the viewer; it keeps its own zoom, window and mode over reruns."""
    render_scan(state)
