"""The viewer with the film, the maps of the selected finding and the prior film."""

from __future__ import annotations

from dataclasses import replace

from dashboard.catalogue import text
from dashboard.session import Session
from dashboard.viewer import render_viewer
from dashboard.viewmodels.explain.maps import layer_of
from dashboard.viewmodels.numbers.outlines import viewer_outlines
from dashboard.viewmodels.viewer.payload import build_viewer
from dashboard.viewmodels.viewer.planes import Publish
from model_zoo.places import place_of


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
    data = replace(data, film=_film(state), about=_about(state))
    changed = render_viewer(data, key="film", publish=publish, height=height)
    if changed is not None:
        state.case.marks = changed
    if review is not None and review.marks != state.case.marks:
        state.reading.review = replace(review, marks=state.case.marks)


def _film(state: Session) -> str:
    """Return what the scan is, in words: what the protocol calls it, and its view."""
    if state.case.current is None:
        return ""
    review, meta = state.reading.review, state.case.current.scan.metadata
    view = meta.view if review is None else review.stated.view
    kind = text("viewer.scan") if state.protocol is None else state.protocol.scan_title
    return kind if view is None else text("film.in_view", kind=kind, view=view)


def _about(state: Session) -> dict[str, str]:
    """Return of which finding each map is, and where it points, by the name of its layer."""
    review = state.reading.review
    if review is None:
        return {}
    titles = {finding.output: finding.title for finding in review.prediction.findings}
    about = {}
    for explained in review.maps:
        attribution = explained.attribution
        if attribution.target != state.reading.target:
            continue
        place = place_of(attribution, review)
        where = text("map.no_place") if place is None else text(f"place.{place.key}")
        about[attribution.title] = text(
            "film.map", method=attribution.title, finding=titles[attribution.target], place=where
        )
    return about
