"""Under the findings: what was outlined on the scan, with score, area and side of the threshold."""

from __future__ import annotations

import streamlit as st

from dashboard.catalogue import text
from dashboard.services import engine
from dashboard.session import Session
from dashboard.viewmodels.numbers.outlines import OutlineRow, build_outlines
from model_zoo.case import CaseReview, with_regions
from model_zoo.errors import ZooError
from model_zoo.plain import plain

_MARKS = {"lesion": "━", "landmark": "╍", "organ": "┈"}  # the lines of the viewer


def find_outlines(state: Session) -> None:
    """Ask once per reading what is outlined on the scan."""
    review, current = state.reading.review, state.case.current
    if review is None or current is None or state.reading.model_input is None:
        return
    state.reading.outline_error = None
    if not review.regions:
        try:
            state.reading.review = with_regions(engine(state.model), review, current.scan, state.reading.model_input)
        except ZooError as error:
            state.reading.outline_error = error
    # Noted when it is known: a run that is ended while it waits has not asked.
    state.reading.outlined = True


def render_outlines(review: CaseReview) -> None:
    """Draw the list; nothing for a model that outlines nothing."""
    view = build_outlines(review)
    if view is None:
        return
    with st.container(key="outlines", gap="small"):
        st.markdown(f"**{text('outlines.title')}**")
        for row in view.rows:
            st.markdown(_line(row))
            if row.note:
                st.caption(plain(row.note))
        st.caption(plain(" ".join(view.remarks)))


def _line(row: OutlineRow) -> str:
    mark, title, area = _MARKS.get(row.kind, "━"), plain(row.title), plain(row.area)
    score = text("outlines.score", score=plain(row.score), side=plain(row.side)) if row.side else plain(row.score)
    return f"{mark} **{title}**: {score}  \n{area}"
