"""The scan at the left of the screen, with the maps of the chosen finding; each picture goes to the browser once."""

from __future__ import annotations

from functools import partial

from dashboard.components.case.held import held_case
from dashboard.resources import resources
from dashboard.session import Session
from dashboard.viewer.scan_viewer import render_scan
from dashboard.viewmodels.viewer.planes import Publish


def render_viewer(state: Session) -> None:
    """Draw the viewer in the height of its box; it keeps its own zoom, window and mode over reruns."""
    render_scan(state, publisher(state), height=None)


def publisher(state: Session) -> Publish | None:
    """Return what keeps pictures for the browser of this tab, ``None`` where it has no cookie."""
    owner = held_case(state).owner
    return None if owner is None else partial(resources().publish, owner)
