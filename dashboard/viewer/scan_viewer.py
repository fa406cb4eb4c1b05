"""The viewer with the film, the maps of the selected finding and the prior film."""

from __future__ import annotations

import streamlit as st

from dashboard.components.viewer import render_viewer
from dashboard.state import Session
from dashboard.viewmodels.explanation import layer_of
from dashboard.viewmodels.outlines import viewer_outlines
from dashboard.viewmodels.viewer import build_viewer
from model_zoo.plain import plain

VIEWER_HEIGHT = 760


def render_scan(state: Session) -> None:
    """Draw the viewer; it keeps its own zoom, window and mode over reruns."""
    if state.current is None:
        return
    layers = []
    if state.review is not None:
        layers = [
            layer_of(m, frame=state.review.scan.frame)
            for m in state.review.maps
            if m.attribution.target == state.target and m.attribution.method in state.methods
        ]
    outlines = () if state.review is None else viewer_outlines(state.review)
    prior = None if state.prior is None else state.prior.viewer
    frame = state.request.frame if state.review is None else state.review.scan.frame
    data = build_viewer(state.current.viewer, layers, outlines=outlines, prior=prior, frame=frame)
    render_viewer(data, key="film", height=VIEWER_HEIGHT)
    for note in state.current.scan.notes:
        st.caption(f":material/info: {plain(note)}")
