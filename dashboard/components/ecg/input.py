"""The sidebar for ECG strips: a file, pasted rows or the synthetic strip, and which lead is read."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboard.boundary import render_error
from dashboard.catalogue import text
from dashboard.components.case.uploads import take_upload
from dashboard.session.ecg import EcgSession
from model_zoo.ecg.example import TITLE, example_recording
from model_zoo.ecg.table import MAX_BYTES, MAX_SECONDS, EcgRecording, read_ecg_rows, read_ecg_table
from model_zoo.errors import ZooError

_DRAFT = "ecg-rows"
_RATE = "ecg-rate"
# Names and units as the reader of tables knows them, whatever the language of the page.
_PLACEHOLDER = "time (s),II (mV)\n0.000,0.02\n0.004,0.03"


def render_ecg_input(state: EcgSession) -> None:
    """Draw the sidebar; a refusal is kept in the session and leaves the strip on the screen as it is."""
    with st.sidebar:
        st.subheader(text("ecg.input.title"))
        key = _upload_key(state)
        st.file_uploader(
            text("ecg.input.file"),
            type=["csv", "txt", "tsv"],
            max_upload_size=MAX_BYTES // 2**20,
            key=key,
            on_change=_on_upload,
            args=(state, key),
            help=text("ecg.input.file_help", minutes=f"{MAX_SECONDS / 60:g}"),
        )
        st.number_input(
            text("ecg.input.rate"),
            min_value=0.0,
            max_value=100_000.0,
            value=state.rate_hz,
            step=1.0,
            format="%g",
            key=_RATE,
            placeholder=text("ecg.input.from_file"),
            on_change=_on_rate,
            args=(state,),
        )
        st.caption(text("ecg.input.or"))
        st.button(
            text("ecg.input.example"),
            key="ecg-example",
            help=text("ecg.input.example_help", title=TITLE),
            on_click=open_ecg_example,
            args=(state,),
        )
        with st.expander(text("ecg.input.paste"), icon=":material/content_paste:", key="ecg-paste"):
            if _DRAFT not in st.session_state:
                st.session_state[_DRAFT] = state.draft
            with st.form("ecg-paste-form", border=False):
                st.text_area(text("ecg.input.rows"), key=_DRAFT, height=160, placeholder=_PLACEHOLDER)
                st.form_submit_button(text("ecg.input.read"), on_click=_on_paste, args=(state,), key="ecg-read-rows")
            st.caption(text("ecg.input.privacy"))
        if state.reading is not None:
            _lead_section(state)
            st.button(text("ecg.input.close"), on_click=_close, args=(state,), icon=":material/close:", key="ecg-close")


def render_ecg_refusal(state: EcgSession) -> None:
    """Say what was wrong with the last input, and that the strip on the screen is the one before."""
    if state.error is None:
        return
    render_error(state.error)
    if state.reading is not None:
        st.caption(text("ecg.input.earlier"))


def open_ecg_example(state: EcgSession) -> None:
    """Open the synthetic strip."""
    _forget_rate(state)
    state.pending = None
    _open(state, example_recording, TITLE)


def _lead_section(state: EcgSession) -> None:
    reading = state.reading
    if reading is None or len(reading.recording.leads) < 2:
        return
    leads = list(reading.recording.leads)
    key = f"ecg-lead-{state.generation}"
    st.selectbox(
        text("ecg.input.lead"),
        leads,
        index=leads.index(reading.lead),
        key=key,
        on_change=_on_lead,
        args=(state, key),
        help=text("ecg.input.lead_help"),
    )


def _open(state: EcgSession, read: Callable[[], EcgRecording], title: str, lead: str | None = None) -> None:
    try:
        state.open(read(), title, lead)
    except ZooError as error:
        state.error = error.kept()


# As for a stay: the browser goes on sending the file of an uploader that is gone until a run has finished.
def _upload_key(state: EcgSession) -> str:
    return f"ecg-upload-{state.generation}"


def _on_upload(state: EcgSession, key: str) -> None:
    uploaded = take_upload(key)
    if uploaded is None or key != _upload_key(state):
        return
    _forget_rate(state)
    _read(state, uploaded.data, text("ecg.input.uploaded"))


def _on_paste(state: EcgSession) -> None:
    state.draft = st.session_state.get(_DRAFT) or ""
    _forget_rate(state)
    _read(state, state.draft, text("ecg.input.pasted"))


def _close(state: EcgSession) -> None:
    state.close()
    st.session_state[_RATE] = None


def _forget_rate(state: EcgSession) -> None:
    """Another file has a rate of its own: what was stated for the one before is not taken for it."""
    if state.pending is not None or state.reading is not None:
        state.rate_hz = st.session_state[_RATE] = None


def _on_rate(state: EcgSession) -> None:
    """Take the rate over, and read the file or rows again with it: they may have lacked only this."""
    stated = st.session_state.get(_RATE)
    state.rate_hz = float(stated) if stated else None
    if state.pending is not None:
        _read(state, *state.pending)


def _read(state: EcgSession, source: bytes | str, title: str) -> None:
    state.pending = source, title

    def read() -> EcgRecording:
        if isinstance(source, bytes):
            return read_ecg_table(source, state.rate_hz)
        return read_ecg_rows(source, state.rate_hz)

    _open(state, read, title)


def _on_lead(state: EcgSession, key: str) -> None:
    reading, lead = state.reading, st.session_state.get(key)
    if reading is None or lead is None or key != f"ecg-lead-{state.generation}":
        return
    _open(state, lambda: reading.recording, state.title, str(lead))
