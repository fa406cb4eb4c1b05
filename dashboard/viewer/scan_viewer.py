"""The viewer with the film, the maps of the selected finding and the prior film."""

from __future__ import annotations

from dataclasses import replace

from dashboard.session import Session
from dashboard.viewer import render_viewer
from dashboard.viewmodels.explain.maps import layer_of
from dashboard.viewmodels.numbers.outlines import viewer_outlines
from dashboard.viewmodels.viewer.payload import build_viewer
from dashboard.viewmodels.viewer.planes import Publish


def render_scan(state: Session, publish: Publish | None = None, height: int | None = None) -> None:
    """Draw the viewer; it keeps its own zoom, window and mode over reruns. publish, height: see ``render_viewer``."""
    if state.case.current is None:
        return
    review, layers = state.reading.review, []
    if review is not None:
        layers = [
            layer_of(m, frame=review.scan.frame)
            for m in review.maps
            if m.attribution.target == state.reading.target and m.attribution.method in state.methods
        ]
    data = build_viewer(
        state.case.current.viewer,
        layers,
        outlines=() if review is None else viewer_outlines(review),
        prior=None if state.case.prior is None else state.case.prior.viewer,
        frame=state.case.request.frame if review is None else review.scan.frame,
        case_key=f"{state.case.current.scan.sha256}-{state.generation}",
        marks=state.case.marks,
        show=state.case.shown_map,
    )
    changed = render_viewer(data, key="film", publish=publish, height=height)
    if changed is not None:
        state.case.marks = changed
    if review is not None and review.marks != state.case.marks:
        state.reading.review = replace(review, marks=state.case.marks)
