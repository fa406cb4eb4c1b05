"""The sidebar: open a scan or a sample case, state what the file does not, open a prior film, bring the patient's values."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dashboard.components.patient_form import edit_patient
from dashboard.services import open_bytes
from dashboard.state import Session
from model_zoo.errors import ZooError
from model_zoo.patients.patient_file import read_patient_file
from model_zoo.patients.record import PatientRecord
from model_zoo.phantoms.samples import SAMPLE_CASES, SampleCase
from model_zoo.review import prior_conflicts
from model_zoo.scans import accepted_extensions

_SEXES = {"F": "Female", "M": "Male"}
MAX_UPLOAD_MB = 64


def render_case_input(state: Session) -> None:
    """Draw the sidebar; events change the session, the page then draws what the session holds."""
    with st.sidebar:
        _scan_section(state)
        if state.current is not None:
            _facts_section(state)
        _patient_section(state)
        if state.current is not None:
            _prior_section(state)


def _scan_section(state: Session) -> None:
    st.subheader("Scan")
    key = _scan_key(state)
    st.file_uploader(
        "Chest X-ray: DICOM, PNG, JPEG, TIFF or WebP",
        type=[extension.lstrip(".") for extension in accepted_extensions()],
        max_upload_size=MAX_UPLOAD_MB,
        key=key,
        on_change=_on_scan_upload,
        args=(state, key),
    )
    st.caption("No file at hand? Synthetic cases:")
    with st.container(horizontal=True, gap="small"):
        for number, case in enumerate(SAMPLE_CASES, start=1):
            st.button(
                f"Case {number}",
                key=f"sample-{case.name}",
                help=f"{case.title}. {case.description}",
                on_click=open_sample,
                args=(state, case),
            )


def _facts_section(state: Session) -> None:
    scan = state.current.scan if state.current else None
    if scan is None:
        return
    st.subheader("About this scan")
    meta, request, generation = scan.metadata, state.request, state.generation
    age_column, sex_column = st.columns(2)
    with age_column:
        age = st.number_input(
            "Age (years)",
            min_value=0.0,
            max_value=120.0,
            value=None,
            step=1.0,
            format="%g",
            key=_seeded(f"age-{generation}", meta.age_years if request.age_years is None else request.age_years),
            help="The age decides which outputs are read. It is never guessed from the picture.",
            placeholder="not stated",
        )
    with sex_column:
        sex = st.selectbox(
            "Sex",
            list(_SEXES),
            index=None,
            format_func=_SEXES.__getitem__,
            key=_seeded(f"sex-{generation}", _known(request.sex or meta.sex, list(_SEXES))),
            placeholder="not stated",
        )
    views = ["PA", "AP", "LATERAL"]
    view = st.selectbox(
        "View",
        views,
        index=None,
        key=_seeded(f"view-{generation}", _known(request.view or meta.view, views)),
        placeholder="not stated",
    )
    frame = 0
    if scan.n_frames > 1:
        frame = st.number_input("Frame to read", 1, scan.n_frames, request.frame + 1, key=f"frame-{generation}") - 1
    state.ask(replace(request, age_years=age, sex=sex, view=view, frame=int(frame)))


def _patient_section(state: Session) -> None:
    st.subheader("Patient")
    key = _patient_key(state)
    st.file_uploader(
        "Patient values: JSON or CSV",
        type=["json", "csv"],
        max_upload_size=1,
        key=key,
        on_change=_on_patient_upload,
        args=(state, key),
    )
    with st.container(horizontal=True, gap="small"):
        if st.button("Enter values" if state.record is None else "Edit values", icon=":material/edit_note:"):
            edit_patient(state)
        if state.record is not None:
            st.button("Remove", on_click=state.set_record, args=(None,), help="Remove the patient record")
    if state.record is not None:
        st.caption(_record_words(state.record))


def _prior_section(state: Session) -> None:
    st.subheader("Prior film")
    if state.prior is not None:
        date = state.prior.scan.metadata.study_date or "date not stated"
        st.caption(f"{state.prior.label}, {date}: open it in the viewer with the prior button.")
        for conflict in prior_conflicts(state.current.scan, state.prior.scan) if state.current else ():
            st.warning(f"{conflict}.", icon=":material/person_alert:")
        st.button("Close prior film", on_click=state.set_prior, args=(None,))
        return
    key = _prior_key(state)
    st.file_uploader(
        "An earlier film of the same patient",
        type=[extension.lstrip(".") for extension in accepted_extensions()],
        max_upload_size=MAX_UPLOAD_MB,
        key=key,
        on_change=_on_prior_upload,
        args=(state, key),
    )


# Each accepted file gets a fresh uploader. Until a run has finished, the browser goes on sending the value of the old one,
# which looks like another upload: only what comes from the uploader on the page counts, or a case would be opened twice
# and what the reader stated meanwhile would be lost.
def _scan_key(state: Session) -> str:
    return f"scan-upload-{state.generation}"


def _prior_key(state: Session) -> str:
    return f"prior-upload-{state.generation}-{state.prior_generation}"


def _patient_key(state: Session) -> str:
    return f"patient-upload-{state.patient_generation}"


def _on_scan_upload(state: Session, key: str) -> None:
    uploaded = st.session_state.get(key)
    if uploaded is None or key != _scan_key(state):
        return
    try:
        state.open_scan(open_bytes(uploaded.getvalue(), "Uploaded scan"))
    except ZooError as error:
        state.scan_error = error


def _on_prior_upload(state: Session, key: str) -> None:
    uploaded = st.session_state.get(key)
    if uploaded is None or key != _prior_key(state):
        return
    try:
        state.set_prior(open_bytes(uploaded.getvalue(), "Prior film"))
    except ZooError as error:
        state.prior_error = error


def _on_patient_upload(state: Session, key: str) -> None:
    uploaded = st.session_state.get(key)
    if uploaded is None or key != _patient_key(state):
        return
    try:
        state.set_record(read_patient_file(uploaded.getvalue(), uploaded.name))
    except ZooError as error:
        state.patient_error = error


def open_sample(state: Session, case: SampleCase) -> None:
    """Open a synthetic case: its film, its earlier film and its written patient."""
    state.open_scan(open_bytes(case.scan_bytes(), case.title))
    prior = case.prior_bytes()
    if prior is not None:
        state.set_prior(open_bytes(prior, "Synthetic earlier film"))
    state.set_record(sample_record(case))


def sample_record(case: SampleCase) -> PatientRecord:
    """Return the written patient of a sample case, with its identifier."""
    patient = case.patient
    return PatientRecord(
        patient["identifier"],
        patient["age_years"],
        patient["sex"],
        patient["values"],
        patient["provenance"],
        tuple(patient["notes"]),
        True,
    )


def _record_words(record: PatientRecord) -> str:
    measured = sum(value is not None for value in record.values.values())
    age = "age not stated" if record.age_years is None else f"{record.age_years:g} years"
    sex = {"F": "female", "M": "male"}.get(record.sex or "", "sex not stated")
    kind = "Synthetic patient" if record.synthetic else "Record"
    return f"{kind}: {age}, {sex}, {measured} values."


def _known(value: str | None, options: list[str]) -> str | None:
    return value if value in options else None


def _seeded(key: str, value: object) -> str:
    """Give a widget its first value through the session, so that the reader can also empty it; returns the key."""
    if key not in st.session_state:
        st.session_state[key] = value
    return key
