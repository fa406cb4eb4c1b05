"""The sidebar: open a scan or a sample case, state what the file does not, open a prior film, bring the patient's values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from dashboard.catalogue import text
from dashboard.components.case.uploads import take_upload
from dashboard.components.models.choice import chosen_card, render_model_choice
from dashboard.components.patient.section import render_patient_section
from dashboard.services import open_bytes
from dashboard.session import Session
from dashboard.viewmodels.case.address import sample_key
from model_zoo.card import is_installed
from model_zoo.errors import ZooError
from model_zoo.patients.record import PatientRecord
from model_zoo.phantoms.all_samples import ALL_CASES, AnyCase, planted_findings
from model_zoo.phantoms.companions import companion_of
from model_zoo.plain import plain
from model_zoo.protocols import PROTOCOLS, Proposal, ordered_protocols
from model_zoo.protocols.proposal import BY_TAGS
from model_zoo.scans import accepted_extensions, warm_decoder

_SEXES = ("F", "M")
MAX_UPLOAD_MB = 64
# One field for every scan: a file that comes while another case is opened would go to a field that is gone. What was taken from it
# is in the header, so that the field does not show its name (see the style sheet).
SCAN_KEY = "scan-upload-file"


def render_case_input(state: Session) -> None:
    """Draw the sidebar; events change the session, the page then draws what the session holds."""
    with st.sidebar:
        render_model_choice(state)
        _scan_section(state)
        if state.case.current is not None:
            _facts_section(state)
        if state.case.current is None:
            render_patient_section(state)
        else:
            _prior_section(state)


def _scan_section(state: Session) -> None:
    st.subheader(text("input.scan"))
    warm_decoder()
    st.file_uploader(
        text("input.scan.file", kinds=plain(_scan_title(state))),
        type=[extension.lstrip(".") for extension in accepted_extensions()],
        max_upload_size=MAX_UPLOAD_MB,
        key=SCAN_KEY,
        on_change=_on_scan_upload,
        args=(state,),
    )
    st.caption(text("input.samples"))
    with st.container(horizontal=True, gap="small"):
        for number, case in _offered(state):
            st.button(
                text("input.sample", number=f"{number:d}"),
                key=f"sample-{case.name}",
                help=text("input.sample.help", title=plain(case.title), description=plain(case.description)),
                on_click=open_sample,
                args=(state, case),
            )


def _offered(state: Session) -> list[tuple[int, AnyCase]]:
    """Return the sample cases of the protocol that is read with, numbered as on the first page."""
    name = state.protocol.name if state.protocol is not None else "chest"
    return [(number, case) for number, case in enumerate(ALL_CASES, start=1) if case.protocol == name]


def _scan_title(state: Session) -> str:
    """Return what may be opened: any scan of a protocol, which is then recognised; a folder model reads its own kind."""
    if state.protocol is None:
        return chosen_card(state).title
    kinds = [p.scan_title for p in ordered_protocols() if is_installed(p.image_models[0])]
    return " · ".join(kinds)


def _facts_section(state: Session) -> None:
    scan = state.case.current.scan if state.case.current else None
    if scan is None:
        return
    st.subheader(text("input.facts"))
    meta, request, generation = scan.metadata, state.case.request, state.generation
    # Asked only where the card of the model restricts it.
    populations = chosen_card(state).populations
    age, view = request.age_years, request.view
    age_column, sex_column = st.columns(2)
    if not all(population.any_age for population in populations):
        age = age_column.number_input(
            text("input.age"),
            min_value=0.0,
            max_value=120.0,
            value=None,
            step=1.0,
            format="%g",
            key=_seeded(f"age-{generation}", meta.age_years if request.age_years is None else request.age_years),
            help=text("input.age.help"),
            placeholder=text("input.not_stated"),
        )
    with sex_column:
        sex = st.selectbox(
            text("input.sex"),
            _SEXES,
            index=None,
            format_func={"F": text("input.sex.female"), "M": text("input.sex.male")}.__getitem__,
            key=_seeded(f"sex-{generation}", _known(request.sex or meta.sex, _SEXES)),
            placeholder=text("input.not_stated"),
        )
    if any(population.views for population in populations):
        views = ["PA", "AP", "LATERAL"]
        view = st.selectbox(
            text("input.view"),
            views,
            index=None,
            key=_seeded(f"view-{generation}", _known(request.view or meta.view, views)),
            placeholder=text("input.not_stated"),
        )
    frame = 0
    if scan.n_frames > 1:
        key = _seeded(f"frame-{generation}", request.frame + 1)
        if state.case.next_frame is not None:
            st.session_state[key], state.case.next_frame = state.case.next_frame + 1, None
        frame = st.number_input(text("input.frame"), 1, scan.n_frames, key=key) - 1
        if state.case.start_frame is not None and state.case.start_frame.sentence:
            st.caption(plain(state.case.start_frame.sentence))
    state.ask(replace(request, age_years=age, sex=sex, view=view, frame=int(frame)))


def _prior_section(state: Session) -> None:
    st.subheader(text("input.prior"))
    if state.case.prior is not None:
        from model_zoo.case import prior_conflicts

        date, label = state.case.prior.scan.metadata.study_date, plain(state.case.prior.label)
        if date:
            st.caption(text("input.prior.shown", label=label, date=plain(date)))
        else:
            st.caption(text("input.prior.shown_undated", label=label))
        for conflict in prior_conflicts(state.case.current.scan, state.case.prior.scan) if state.case.current else ():
            st.warning(f"{plain(conflict)}.", icon=":material/person_alert:")
        st.button(text("input.prior.close"), on_click=state.set_prior, args=(None,))
        return
    key = _prior_key(state)
    st.file_uploader(
        text("input.prior.file"),
        type=[extension.lstrip(".") for extension in accepted_extensions()],
        max_upload_size=MAX_UPLOAD_MB,
        key=key,
        on_change=_on_prior_upload,
        args=(state, key),
    )


# Each accepted film gets a fresh uploader. Until a run has finished, the browser goes on sending the value of the old one, which
# looks like another upload: only what comes from the uploader on the page counts.
def _prior_key(state: Session) -> str:
    return f"prior-upload-{state.generation}-{state.prior_generation}"


def _on_scan_upload(state: Session) -> None:
    uploaded = take_upload(SCAN_KEY)
    if uploaded is None:
        return
    try:
        state.open_scan(open_bytes(uploaded.data, uploaded.name))
    except ZooError as error:
        state.case.scan_error = error.kept()


def _on_prior_upload(state: Session, key: str) -> None:
    uploaded = take_upload(key)
    if uploaded is None or key != _prior_key(state):
        return
    try:
        state.set_prior(open_bytes(uploaded.data, uploaded.name))
    except ZooError as error:
        state.case.prior_error = error.kept()


def open_sample(state: Session, case: AnyCase) -> None:
    """Open a synthetic case: scan, earlier film, written patient, note and stay, read by the model of its protocol."""
    from dashboard.components.together.other_parts import open_companion

    protocol = PROTOCOLS.get(case.protocol)
    # A model of the same protocol that the reader chose goes on reading.
    if state.protocol is not protocol and is_installed(protocol.image_models[0]):
        state.choose_model(protocol.image_models[0])
    # The written patient was made for the first patient model of the protocol.
    state.choose_patient_model(None)
    state.open_scan(open_bytes(case.scan_bytes(), case.title))
    state.case.planted = tuple(sorted(planted_findings(case)))
    state.case.key = sample_key(ALL_CASES.index(case) + 1)
    state.case.proposal = Proposal(protocol.name, BY_TAGS, text("input.synthetic_case", protocol=protocol.title))
    prior = case.prior_bytes()
    if prior is not None:
        state.set_prior(open_bytes(prior, text("input.synthetic_prior")))
    state.set_record(None if case.patient is None else sample_record(case.patient))
    open_companion(companion_of(case.name))


def sample_record(patient: Mapping[str, Any]) -> PatientRecord:
    """Return the written patient of a sample case, with its identifier."""
    return PatientRecord(
        patient["identifier"],
        patient["age_years"],
        patient["sex"],
        patient["values"],
        patient["provenance"],
        tuple(patient["notes"]),
        True,
    )


def _known(value: str | None, options: Sequence[str]) -> str | None:
    return value if value in options else None


def _seeded(key: str, value: object) -> str:
    """Give a widget its first value through the session, so that the reader can also empty it; returns the key."""
    if key not in st.session_state:
        st.session_state[key] = value
    return key
