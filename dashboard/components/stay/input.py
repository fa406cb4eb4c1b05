"""The sidebar of the monitoring page: a stay from a file, from pasted rows or by one click, and what is stated of the patient."""

from __future__ import annotations

import streamlit as st

from dashboard.boundary import render_error
from dashboard.components.case.uploads import take_upload
from dashboard.session.stay import MonitoringSession
from model_zoo.errors import ZooError
from model_zoo.monitoring import InvalidSeries, read_rows, read_series
from model_zoo.monitoring.example_stays import EXAMPLE_STAYS, ExampleStay
from model_zoo.monitoring.news2_chart import SCALE_2_RULE
from model_zoo.monitoring.series import MAX_BYTES
from model_zoo.plain import plain

_SCALES = {1: "Scale 1 (usual)", 2: "Scale 2 (target 88 to 92 %)"}
_DRAFT = "monitoring-rows"
_ERROR = ":material/error:"
MOST_SHOWN = 12  # problems; the same slip mostly repeats down a column
_PLACEHOLDER = (
    "time (h),RR (/min),SpO2 (%),oxygen,SBP (mmHg),HR (/min),ACVPU,temperature (°C)\n0,18,96,air,128,88,A,38.2"
)


def render_monitoring_input(state: MonitoringSession) -> None:
    """Draw the sidebar; a refusal is kept in the session and leaves the stay on the screen as it is."""
    with st.sidebar:
        st.subheader("Stay")
        key = _upload_key(state)
        st.file_uploader(
            "Vital signs: CSV, or FHIR bundle (JSON)",
            type=["csv", "txt", "tsv", "json"],
            max_upload_size=MAX_BYTES // 2**20,
            key=key,
            on_change=_on_upload,
            args=(state, key),
        )
        st.caption("No file at hand? Synthetic stays:")
        with st.container(horizontal=True, gap="small"):
            for number, stay in enumerate(EXAMPLE_STAYS, start=1):
                st.button(
                    f"Stay {number:d}",
                    key=f"stay-{stay.name}",
                    help=f"Synthetic. {plain(stay.title)}. {plain(stay.description)}",
                    on_click=open_example,
                    args=(state, stay),
                )
        _paste_section(state)
        if state.series is not None:
            _facts_section(state)
            st.button("Close this stay", on_click=state.close, icon=":material/close:", key="monitoring-close")


def render_refusal(state: MonitoringSession) -> None:
    """Say what was wrong with the last input, row by row, and that the stay on the screen is the one before."""
    error = state.error
    if error is None:
        return
    if isinstance(error, InvalidSeries):
        st.error(
            "Not read:\n" + "\n".join(f"- {plain(problem)}." for problem in error.problems[:MOST_SHOWN]), icon=_ERROR
        )
        more = len(error.problems) - MOST_SHOWN
        st.caption(f"What to do: {plain(error.hint)}" + (f" {more} more of these." if more > 0 else ""))
    else:
        render_error(error)
    if state.series is not None:
        st.caption("The stay on the screen is the one that was there before.")


def open_example(state: MonitoringSession, stay: ExampleStay) -> None:
    """Open a written stay with the SpO2 scale it was written for."""
    try:
        state.open(stay.read(), stay.title, stay.scale)
    except ZooError as error:
        state.error = error.kept()


def _paste_section(state: MonitoringSession) -> None:
    with st.expander("Paste rows", icon=":material/content_paste:", key="monitoring-paste"):
        if _DRAFT not in st.session_state:
            st.session_state[_DRAFT] = state.draft
        with st.form("monitoring-paste-form", border=False):
            st.text_area("One header row, one row per time", key=_DRAFT, height=160, placeholder=_PLACEHOLDER)
            st.form_submit_button("Read the rows", on_click=_on_paste, args=(state,), key="monitoring-read-rows")
        st.caption("Copy without names, numbers of the patient or dates of birth; nothing of it is stored.")


def _facts_section(state: MonitoringSession) -> None:
    st.subheader("About this patient")
    scale = st.radio(
        "SpO2 scale of NEWS2",
        list(_SCALES),
        index=list(_SCALES).index(state.scale),
        format_func=_SCALES.__getitem__,
        key=f"monitoring-scale-{state.generation}",
        help=SCALE_2_RULE,
    )
    age = st.number_input(
        "Age (years)",
        min_value=0.0,
        max_value=120.0,
        value=state.age_years,
        step=1.0,
        format="%g",
        key=f"monitoring-age-{state.generation}",
        help="NEWS2 is not shown below 16 years. It is never guessed.",
        placeholder="not stated",
    )
    pregnant = st.checkbox("Pregnant", value=state.pregnant, key=f"monitoring-pregnant-{state.generation}")
    state.state_facts(int(scale), age, bool(pregnant))


# As for a scan: the browser goes on sending the file of an uploader that is gone until a run has finished, so only what
# comes from the uploader on the page counts.
def _upload_key(state: MonitoringSession) -> str:
    return f"monitoring-upload-{state.generation}"


def _on_upload(state: MonitoringSession, key: str) -> None:
    uploaded = take_upload(key)
    if uploaded is None or key != _upload_key(state):
        return
    try:
        state.open(read_series(uploaded.data, uploaded.name), "Uploaded stay")
    except ZooError as error:
        state.error = error.kept()


def _on_paste(state: MonitoringSession) -> None:
    state.draft = st.session_state.get(_DRAFT) or ""
    try:
        state.open(read_rows(state.draft), "Pasted stay")
    except ZooError as error:
        state.error = error
