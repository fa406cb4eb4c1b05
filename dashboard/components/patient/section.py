"""The part on the patient: which patient model stands beside the scan, and the values it reads."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dashboard.boundary import render_error
from dashboard.catalogue import text
from dashboard.components.case.uploads import take_upload
from dashboard.components.page.decimal_question import render_file_question
from dashboard.components.patient.form import edit_patient
from dashboard.navigation import APP_PAGES
from dashboard.session import Session
from dashboard.session.asked_file import AskedFile
from dashboard.viewmodels.patient.record import chosen_words, record_words, values_read
from model_zoo.case.other_files import VitalSignsGiven
from model_zoo.case.patient_file import read_patient_file, template_csv
from model_zoo.errors import InvalidPatientRecord, ZooError
from model_zoo.patients.risk_models import definitions
from model_zoo.plain import plain
from model_zoo.protocols import patient_models_beside, risk_model_for

_CHOICE_KEY = "patient-model"


def render_patient_section(state: Session) -> None:
    """Draw the choice of the patient model; upload and form once there is one."""
    if state.case.current is None:  # in the sidebar; the drawer of an open case has a name of its own
        st.subheader(text("patient.title"))
    _choose(state)
    if state.patient_model is None:
        return
    key = _upload_key(state)
    st.file_uploader(
        text("patient.file"),
        type=["json", "csv"],
        max_upload_size=1,
        key=key,
        on_change=_on_patient_upload,
        args=(state, key),
    )
    if state.patient_error is not None:
        render_error(state.patient_error)
        if state.record is not None:
            st.caption(text("risk.values_kept"))
    if isinstance(state.patient_error, VitalSignsGiven):
        st.page_link(APP_PAGES / "monitoring.py", label=text("patient.file.is_stay"), icon=":material/vital_signs:")
    if state.asked_patient is not None:
        render_file_question(state.asked_patient, "patient-decimal", partial(_read, state))
    with st.container(horizontal=True, gap="small"):
        st.button(
            text("patient.enter") if state.record is None else text("patient.edit"),
            icon=":material/edit_note:",
            on_click=edit_patient,
            args=(state,),
            key="edit-patient",
        )
        if state.record is not None:
            st.button(text("patient.remove"), on_click=state.set_record, args=(None,), key="patient-remove")
        else:
            st.download_button(
                text("patient.template"),
                template_csv(definitions()[state.patient_model].specs),
                file_name=f"{state.patient_model}.csv",
                mime="text/csv",
                icon=":material/download:",
                on_click="ignore",
                key="patient-template",
                help=text("patient.template_help"),
            )
    if state.record is not None:
        st.caption(
            f"{plain(record_words(state.record))} {values_read(state.record, definitions()[state.patient_model])}"
        )


def _choose(state: Session) -> None:
    """Draw the select box: models of the protocol first, then all others; empty where the protocol has none."""
    names = patient_models_beside(state.model)
    known = definitions()
    # The session decides and not the widget: a sample case, or a scan of another protocol, changes the choice as well.
    st.session_state[_CHOICE_KEY] = state.patient_model
    st.selectbox(
        text("patient.model"),
        names,
        # Clearable only where nothing stands beside the scan of itself.
        index=None if risk_model_for(state.model) is None else 0,
        format_func=lambda name: known[name].short_title or known[name].title,
        key=_CHOICE_KEY,
        on_change=_on_choice,
        args=(state,),
        placeholder=text("patient.model.none"),
        help=text("patient.model.help"),
    )
    if state.patient_model is not None:
        st.caption(plain(chosen_words(known[state.patient_model], state.protocol)))


def _on_choice(state: Session) -> None:
    state.choose_patient_model(st.session_state[_CHOICE_KEY])


# As for the scan: only what comes from the uploader on the page counts.
def _upload_key(state: Session) -> str:
    return f"patient-upload-{state.patient_generation}"


def _on_patient_upload(state: Session, key: str) -> None:
    uploaded = take_upload(key)
    if uploaded is None or key != _upload_key(state):
        return
    _read(state, uploaded.data, uploaded.name)


def _read(state: Session, content: bytes | str, name: str, answered: AskedFile | None = None) -> None:
    """Take the values of a file; where one of them can be read in two ways, the file waits for an answer."""
    state.asked_patient = None
    data = content.encode() if isinstance(content, str) else content
    try:
        state.set_record(read_patient_file(data, name, decimal=None if answered is None else answered.answer))
        state.asked_patient = answered
    except InvalidPatientRecord as error:
        readings = next(iter(error.asked.values()), None)
        state.asked_patient = answered if readings is None else AskedFile(data, name, readings)
        state.patient_error = error.kept() if readings is None else None
    except ZooError as error:
        state.patient_error = error.kept()
