"""The list of saved cases, and the way into one and back."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dashboard.boundary import render_error
from dashboard.catalogue import text
from dashboard.records.case_store import CaseSummary
from dashboard.screens.reading.saved import render_saved
from dashboard.services import case_store
from dashboard.session import Session
from model_zoo.errors import ZooError
from model_zoo.plain import plain


def render_saved_cases(state: Session) -> None:
    """Draw the case that was chosen, else the list."""
    if state.case.stored is not None:
        with st.container(key="header", horizontal=True, vertical_alignment="center", gap="small"):
            with st.container(key="header-facts", width="stretch"):
                st.markdown(f"# {text('saved.case', case=plain(state.case.stored.case_id))}")
            with st.container(key="notice", width="content"):
                st.caption(text("case.notice"))
            st.button(text("saved.back"), key="saved-back", on_click=partial(_show, state, None))
        render_saved(state.case.stored)
        return
    st.caption(text("saved.kept"))
    store = case_store()
    if store.open_to_others():
        st.warning(text("saved.open_to_others"), icon=":material/lock_open:")
    summaries = store.list()
    if not summaries:
        st.info(text("saved.none"), icon=":material/info:")
    for summary in summaries:
        _render_line(state, summary)


def _render_line(state: Session, summary: CaseSummary) -> None:
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
            on_click=partial(_show, state, summary.case_id),
        )
        if (refused := st.session_state.pop(f"refused-{summary.case_id}", None)) is not None:
            render_error(refused)


def _show(state: Session, case_id: str | None) -> None:
    if case_id is None:
        state.case.stored = None
        return
    try:
        state.case.stored = case_store().open(case_id)
    except ZooError as error:
        st.session_state[f"refused-{case_id}"] = error.kept()
