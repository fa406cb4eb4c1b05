"""The sidebar of the monitoring page: a stay from a file, from pasted rows or by one click, and what is stated of the patient."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dashboard.boundary import render_error
from dashboard.catalogue import counted, text
from dashboard.components.case.uploads import take_upload
from dashboard.components.page.decimal_question import render_file_question
from dashboard.session.asked_file import AskedFile
from dashboard.session.stay import MonitoringSession
from model_zoo.errors import ZooError
from model_zoo.plain import plain
from model_zoo.vital_signs import InvalidSeries, read_rows, read_series
from model_zoo.vital_signs.example_stays import EXAMPLE_STAYS, ExampleStay
from model_zoo.vital_signs.news2_chart import SCALE_1, SCALE_2, SCALE_2_RULE
from model_zoo.vital_signs.series import MAX_BYTES

_SCALES = (SCALE_1, SCALE_2)
_DRAFT = "monitoring-rows"
_ERROR = ":material/error:"
MOST_SHOWN = 12  # problems; the same slip mostly repeats down a column
# Names and units as the reader of tables knows them, whatever the language of the page.
_PLACEHOLDER = (
    "time (h),RR (/min),SpO2 (%),oxygen,SBP (mmHg),HR (/min),ACVPU,temperature (°C)\n0,18,96,air,128,88,A,38.2"
)


def render_monitoring_input(state: MonitoringSession) -> None:
    """Draw the sidebar; a refusal is kept in the session and leaves the stay on the screen as it is."""
    with st.sidebar:
        st.subheader(text("monitoring.input.title"))
        key = _upload_key(state)
        st.file_uploader(
            text("monitoring.input.file"),
            type=["csv", "txt", "tsv", "json"],
            max_upload_size=MAX_BYTES // 2**20,
            key=key,
            on_change=_on_upload,
            args=(state, key),
        )
        st.caption(text("monitoring.input.examples"))
        with st.container(horizontal=True, gap="small"):
            for number, stay in enumerate(EXAMPLE_STAYS, start=1):
                st.button(
                    text("monitoring.input.example", number=f"{number:d}"),
                    key=f"stay-{stay.name}",
                    on_click=open_example,
                    args=(state, stay),
                )
        _paste_section(state)
        if state.series is not None:
            _facts_section(state)
            st.button(
                text("monitoring.input.close"), on_click=state.close, icon=":material/close:", key="monitoring-close"
            )


def render_refusal(state: MonitoringSession) -> None:
    """Say what was wrong with the last input, row by row, and that the stay on the screen is the one before."""
    if state.asked is not None:
        render_file_question(state.asked, "monitoring-decimal", partial(_read, state))
    error = state.error
    if error is None:
        return
    if isinstance(error, InvalidSeries):
        problems = "\n".join(f"- {plain(problem)}." for problem in error.problems[:MOST_SHOWN])
        st.error(f"{text('monitoring.input.not_read')}\n{problems}", icon=_ERROR)
        more = len(error.problems) - MOST_SHOWN
        st.caption(
            text("monitoring.input.what_to_do", hint=plain(error.hint))
            + (f" {counted('monitoring.input.more_problems', more)}" if more > 0 else "")
        )
    else:
        render_error(error)
    if state.series is not None:
        st.caption(text("monitoring.input.earlier"))


def open_example(state: MonitoringSession, stay: ExampleStay) -> None:
    """Open a written stay with the SpO2 scale it was written for."""
    try:
        state.open(stay.read(), stay.title, stay.scale)
    except ZooError as error:
        state.error = error.kept()


def _paste_section(state: MonitoringSession) -> None:
    with st.expander(text("monitoring.input.paste"), icon=":material/content_paste:", key="monitoring-paste"):
        if _DRAFT not in st.session_state:
            st.session_state[_DRAFT] = state.draft
        with st.form("monitoring-paste-form", border=False):
            st.text_area(text("monitoring.input.rows"), key=_DRAFT, height=160, placeholder=_PLACEHOLDER)
            st.form_submit_button(
                text("monitoring.input.read"), on_click=_on_paste, args=(state,), key="monitoring-read-rows"
            )
        st.caption(text("monitoring.input.privacy"))


def _facts_section(state: MonitoringSession) -> None:
    st.subheader(text("monitoring.facts.title"))
    scale = st.radio(
        text("monitoring.facts.scale"),
        _SCALES,
        index=_SCALES.index(state.scale),
        format_func=_scale_title,
        key=f"monitoring-scale-{state.generation}",
        help=SCALE_2_RULE,
    )
    age = st.number_input(
        text("monitoring.facts.age"),
        min_value=0.0,
        max_value=120.0,
        value=state.age_years,
        step=1.0,
        format="%g",
        key=f"monitoring-age-{state.generation}",
        help=text("monitoring.facts.age_help"),
        placeholder=text("monitoring.facts.not_stated"),
    )
    pregnant = st.checkbox(
        text("monitoring.facts.pregnant"), value=state.pregnant, key=f"monitoring-pregnant-{state.generation}"
    )
    state.state_facts(int(scale), age, bool(pregnant))


def _scale_title(scale: int) -> str:
    return text("monitoring.facts.scale_2") if scale == SCALE_2 else text("monitoring.facts.scale_1")


# As for a scan: the browser goes on sending the file of an uploader that is gone until a run has finished, so only what
# comes from the uploader on the page counts.
def _upload_key(state: MonitoringSession) -> str:
    return f"monitoring-upload-{state.generation}"


def _on_upload(state: MonitoringSession, key: str) -> None:
    uploaded = take_upload(key)
    if uploaded is None or key != _upload_key(state):
        return
    _read(state, uploaded.data, uploaded.name)


def _on_paste(state: MonitoringSession) -> None:
    state.draft = st.session_state.get(_DRAFT) or ""
    _read(state, state.draft)


def _read(state: MonitoringSession, content: bytes | str, name: str = "", answered: AskedFile | None = None) -> None:
    """Take a file or pasted rows; where a number can be read in two ways, they wait for an answer."""
    state.asked = None
    decimal = None if answered is None else answered.answer
    try:
        if isinstance(content, str):
            state.open(read_rows(content, decimal=decimal), text("monitoring.input.pasted"))
        else:
            state.open(read_series(content, name, decimal), text("monitoring.input.uploaded"))
        state.asked = answered
    except ZooError as error:
        readings = error.asked if isinstance(error, InvalidSeries) else None
        state.asked = answered if readings is None else AskedFile(content, name, readings)
        state.error = error.kept() if readings is None else None
