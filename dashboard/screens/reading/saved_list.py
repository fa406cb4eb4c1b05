"""The list of saved cases, and the one that the address names."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dashboard.boundary import render_error
from dashboard.catalogue import text
from dashboard.records.case_store import CaseSummary
from dashboard.redraw import redraw
from dashboard.services import case_store
from dashboard.viewmodels.case.address import FINDING, SAVED
from model_zoo.errors import ZooError
from model_zoo.plain import plain


def render_saved_cases() -> None:
    """Draw the case that the address names, else the list."""
    refused = None
    if case_id := st.query_params.get(SAVED):
        from dashboard.screens.reading.saved import render_saved  # the list is drawn before torch is imported

        try:
            review = case_store().open(case_id)
        except ZooError as error:
            refused = error
        else:
            render_saved(review, st.query_params.get(FINDING), _choose, partial(_show, None))
            return
    st.title(text("saved.title"))
    if refused is not None:
        render_error(refused)
    st.caption(text("saved.kept"))
    store = case_store()
    if store.open_to_others():
        st.warning(text("saved.open_to_others"), icon=":material/lock_open:")
    summaries = store.list()
    if not summaries:
        st.info(text("saved.none"), icon=":material/info:")
    for summary in summaries:
        _render_line(summary)


def _render_line(summary: CaseSummary) -> None:
    with st.container(border=True, key=f"case-{summary.case_id}"):
        mark = f":orange-badge[{text('case.synthetic')}] " if summary.synthetic else ""
        st.markdown(f"{mark}**{plain(summary.case_id)}** · {plain(summary.created_at)}")
        if not summary.readable:
            st.caption(plain(summary.problem))
            return
        st.caption(f"{plain(summary.population)}: {plain(summary.strongest_finding)}")
        st.button(
            text("saved.show", case=plain(summary.case_id)),
            key=f"show-{summary.case_id}",
            on_click=partial(_show, summary.case_id),
        )


def _show(case_id: str | None) -> None:
    """Name another case in the address, ``None``: the list; of a button."""
    st.query_params.pop(FINDING, None)
    if case_id is None:
        st.query_params.pop(SAVED, None)
    else:
        st.query_params[SAVED] = case_id


def _choose(output: str) -> None:
    st.query_params[FINDING] = output
    redraw()
