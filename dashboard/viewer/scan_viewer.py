"""The viewer with the film, the maps of the selected finding and the prior film."""

from __future__ import annotations

from dataclasses import replace

from dashboard.state import Session
from dashboard.viewer import render_viewer
from dashboard.viewmodels.explain.maps import layer_of
from dashboard.viewmodels.numbers.outlines import viewer_outlines
from dashboard.viewmodels.viewer.payload import build_viewer
from dashboard.viewmodels.viewer.planes import Publish


def render_scan(state: Session, publish: Publish | None = None, height: int | None = None) -> None:
    """Draw the viewer; it keeps its own zoom, window and mode over reruns. publish, height: see ``render_viewer``."""
    if state.current is None:
        return
    review, layers = state.review, []
    if review is not None:
        layers = [
            layer_of(m, frame=review.scan.frame)
            for m in review.maps
            if m.attribution.target == state.target and m.attribution.method in state.methods
        ]
    data = build_viewer(
        state.current.viewer,
        layers,
        outlines=() if review is None else viewer_outlines(review),
        prior=None if state.prior is None else state.prior.viewer,
        frame=state.request.frame if review is None else review.scan.frame,
        case_key=f"{state.current.scan.sha256}-{state.generation}",
        marks=state.marks,
        show=state.shown_map,
    )
    changed = render_viewer(data, key="film", publish=publish, height=height)
    if changed is not None:
        state.marks = changed
    if review is not None and review.marks != state.marks:
        state.review = replace(review, marks=state.marks)
