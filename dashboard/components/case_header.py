"""The strip above the film: which case this is, and what this page is not."""

from __future__ import annotations

import streamlit as st

from dashboard.state import Session
from dashboard.viewmodels.header import build_header
from model_zoo.plain import plain
from model_zoo.review.case import NOTICE


def render_case_header(state: Session) -> None:
    """Draw the case strip."""
    if state.current is None:
        return
    if state.review is None:
        st.markdown(f"{plain(state.current.label)} · scan {plain(state.current.scan.sha256[:8])} · :gray[{NOTICE}]")
        _render_proposal(state)
        return
    header = build_header(state.review, state.current.scan)
    facts = " · ".join(
        f"{plain(item.label)} :gray[{plain(item.value)}]"
        if item.missing
        else f"{plain(item.label)} **{plain(item.value)}**"
        for item in header.items
    )
    mark = f":orange-badge[{plain(header.synthetic)}] " if header.synthetic else ""
    left, right = st.columns([4, 1.4], vertical_alignment="center")
    left.markdown(f"{mark}{facts}")
    right.markdown(f":gray[{plain(header.notice)}]", text_alignment="right")
    _render_proposal(state)


def _render_proposal(state: Session) -> None:
    """Say which protocol the scan was taken for, and by what; the reader changes it under Model."""
    if state.proposal is not None and state.proposal.sentence:
        st.caption(f":material/route: {plain(state.proposal.sentence)}")
