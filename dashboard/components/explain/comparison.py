"""The maps of the selected finding side by side, below their explanations, with how far they agree."""

from __future__ import annotations

import base64

import streamlit as st

from dashboard.catalogue import text
from dashboard.session import Session
from dashboard.viewmodels.explain.comparison import PICTURE_SIDE, ComparisonView, build_comparison
from model_zoo.plain import plain

# Two maps and their consensus share the row with nothing else, but are drawn no larger than they are.
LEAST_COLUMNS = 4


def render_comparison(state: Session) -> None:
    """Draw the comparison when two maps or more of the finding are there; folded, since the viewer shows them too."""
    if state.reading.review is None or state.case.current is None or state.reading.target is None:
        return
    view = build_comparison(state.reading.review, state.case.current.scan, state.reading.target, state.methods)
    if view is None:
        return
    with st.expander(
        text("compare.title", sentence=plain(view.sentence)), icon=":material/compare:", key="compare-maps"
    ):
        _render(view)


def _inline(png: bytes) -> str:
    """Return a picture as part of the page: as a file of the server it would be gone when a later run draws another one."""
    return f"data:image/png;base64,{base64.b64encode(png).decode('ascii')}"


def _render(view: ComparisonView) -> None:
    columns = st.columns(max(len(view.pictures), LEAST_COLUMNS), gap="small")
    for column, picture in zip(columns, view.pictures, strict=False):
        with column:
            st.markdown(f"**{plain(picture.title)}**" + (f"  \n{plain(picture.verdict)}" if picture.verdict else ""))
            st.image(_inline(picture.png), width=PICTURE_SIDE, alt=text("compare.alt", title=picture.title))
            st.caption(text("compare.colours", range=plain(picture.caption)))
    st.dataframe(
        [
            {
                text("compare.maps"): row.maps,
                text("compare.rank"): row.rank_correlation,
                text("compare.overlap"): row.overlap,
                text("compare.chance"): row.at_random,
                text("compare.agreement"): row.words,
            }
            for row in view.rows
        ],
        hide_index=True,
        width="stretch",
    )
    st.caption(f"{plain(view.measure)} {plain(view.consensus)}")
