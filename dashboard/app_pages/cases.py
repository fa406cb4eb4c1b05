"""Saved cases: list, open, export; the picture is asked for again, because no case file holds one."""

from __future__ import annotations

import streamlit as st

from dashboard.boundary import render_error
from dashboard.components.stored_case import render_stored_case
from dashboard.services import case_store
from dashboard.state import session
from model_zoo.errors import ZooError
from model_zoo.plain import plain

state = session()
st.title("Saved cases")
st.caption("Cases are kept on this machine, without pictures and without identifiers.")
store = case_store()
if store.open_to_others():
    st.warning(
        "Other accounts of this machine can look into the folder of the saved cases. Take that right away (chmod 700).",
        icon=":material/lock_open:",
    )
summaries = store.list()
if not summaries:
    st.info("No case is saved yet. Read a case and press 'Save case' below the explanations.", icon=":material/info:")
    st.stop()
left, right = st.columns([38, 62], gap="large")
with left:
    for summary in summaries:
        with st.container(border=True, key=f"case-{summary.case_id}"):
            mark = ":orange-badge[Synthetic] " if summary.synthetic else ""
            st.markdown(
                f"{mark}**{plain(summary.case_id)}** · {plain(summary.created_at)} · scan {plain(summary.sha256_prefix[:8])}"
            )
            if not summary.readable:
                st.caption(plain(summary.problem))
                continue
            st.caption(f"{plain(summary.population)}: {plain(summary.strongest_finding)}")
            if st.button("Show", key=f"show-{summary.case_id}"):
                try:
                    state.stored = store.open(summary.case_id)
                except ZooError as error:
                    render_error(error)
with right:
    if state.stored is None:
        st.caption("Choose a case on the left.")
    else:
        render_stored_case(state.stored)
