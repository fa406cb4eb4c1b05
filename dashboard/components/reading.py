"""The pending steps of a reading: one at a time, named, each followed by a rerun that draws what is now known.

Nothing is drawn while the network is held, and a refusal or failure of one step loses nothing of the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.components.trust import render_map_trust
from dashboard.services import case_store, engine
from dashboard.state import Session
from dashboard.viewmodels.models import installed_models
from model_zoo.errors import ZooError
from model_zoo.explainers import EXPLAINERS
from model_zoo.patients.record import PatientRecord
from model_zoo.plain import plain
from model_zoo.protocols import PROTOCOLS, Proposal, checks_for, propose_protocol
from model_zoo.protocols.proposal import BY_NOTHING
from model_zoo.review import (
    CaseReview,
    attach_patient,
    begin_review,
    check_map,
    explain_finding,
    pending_checks,
    with_numbers,
)
from model_zoo.review.reading import strongest_finding


def next_step(state: Session) -> str | None:
    """Return the name of the next pending step, or ``None`` when the reading is complete or was refused."""
    if state.current is None or state.read_error is not None:
        return None
    if state.review is None:
        return "Reading the scan"
    if state.review.record is not state.record:
        return "Estimating the patient's risks"
    pending = state.pending_methods()
    return f"Explaining: {EXPLAINERS.get(pending[0]).title}" if pending else None


def run_next_step(state: Session) -> None:
    """Do the next pending step and rerun; errors become the session's ``read_error``."""
    name = next_step(state)
    if name is None:
        return
    shared = engine()
    waiting = shared.queue_length
    label = f"{plain(name)} …" if waiting == 0 else f"{plain(name)} … ({waiting:d} before you)"
    with st.spinner(label, show_time=True):
        _do(state)
    st.rerun()


def steps_done(state: Session) -> tuple[int, int]:
    """Return how many of the steps of this reading are done, and of how many."""
    explained = len(state.methods) if state.review is None or state.review.prediction.findings else 0
    total = 1 + (state.record is not None) + explained
    if state.review is None:
        return 0, total
    pending = len(state.pending_methods()) + (state.review.record is not state.record)
    return total - pending, total


def _do(state: Session) -> None:
    """Compute one step without touching the page, then put the result into the session."""
    if state.current is None:
        return
    shared = engine()
    try:
        if state.proposal is None:
            recognise(state)
            shared = engine()
        if state.review is None:
            review, model_input = begin_review(shared, state.current.scan, state.request)
            state.review, state.model_input = review, model_input
            state.target = state.target or strongest_finding(review)
        elif state.review.record is not state.record:
            state.review = _with_patient(state.review, state.record, state.patient_model)
        elif state.model_input is not None and state.target is not None:
            method = state.pending_methods()[0]
            try:
                state.review = explain_finding(
                    shared, state.review, state.model_input, method, state.target, state.parameters.get(method)
                )
            except ZooError as error:
                state.explain_errors[method] = error
            state.saved_id = None
    except ZooError as error:
        state.read_error = error


def checks_pending(state: Session) -> bool:
    """Whether a map of the selected finding still lacks a check, and nothing is being typed meanwhile."""
    return not state.editing and any(_missing(state))


def run_checks(state: Session, slots: Mapping[str, DeltaGenerator]) -> None:
    """Run the missing checks one by one, drawing each map's panel anew after every check; then rerun once.

    The reading does not wait for them: everything else of the page is drawn before, and what is done is kept when the
    reader does something else meanwhile. slots: where the panel of each method stands.
    """
    shared = engine()
    while (step := next(_missing(state), None)) is not None:
        method, check = step
        if state.review is None or state.model_input is None or state.target is None:
            return
        try:
            state.review = check_map(
                shared, state.review, state.model_input, method, state.target, check, state.shared_for(state.target)
            )
        except ZooError as error:
            state.check_errors[(method, state.target)] = error
            if not checks_pending(state):
                _keep_checks(state)
            continue
        # Kept before the panel says so: whoever saved the case reads the same in it.
        if not checks_pending(state):
            _keep_checks(state)
        if method in slots:
            with slots[method].container():
                render_map_trust(
                    state.review.map_of(method, state.target),
                    f"{method}-{check}",
                    checks_for(state.review.prediction.model),
                )
    st.rerun()


def kept_review(state: Session, review: CaseReview) -> CaseReview:
    """Return a case as it is saved and exported: with the number blocks as the reader set them, protocol and study.

    Coverage and local prevalence are of this session, not of the network.
    """
    shared = engine()
    study = state.study_of(review.scan.sha256, shared.card.weights_sha256, review.prediction.population)
    review = with_numbers(review, shared.trust, state.coverage, state.prevalence)
    remarks = review.remarks
    if state.opening is not None and state.opening.sentence and state.opening.frame == review.scan.frame:
        remarks = (state.opening.sentence, *remarks)
    return replace(review, protocol=state.proposal, study=study, remarks=remarks)


def _keep_checks(state: Session) -> None:
    """Put the finished checks into a case that was saved while they were running."""
    if state.saved_id is None or state.review is None:
        return
    try:
        case_store().save(replace(kept_review(state, state.review), whole=state.saved_whole))
    except ZooError:
        state.saved_id = None  # the button comes back, and pressing it says what is wrong


def _missing(state: Session) -> Iterator[tuple[str, str]]:
    """Yield method and check of what is still to be done, check by check, so that all panels fill together."""
    review, target = state.review, state.target
    if review is None or target is None or next_step(state) is not None:
        return
    shown = [m for m in review.maps if m.attribution.target == target]
    for check in checks_for(review.prediction.model):
        for explained in shown:
            method = explained.attribution.method
            if (method, target) in state.check_errors:
                continue
            if check.name in pending_checks(review, method, target):
                yield method, check.name


def recognise(state: Session) -> None:
    """Ask which protocol the scan belongs to, and read with its model; a folder model is the reader's own choice."""
    if state.current is None:
        return
    own = state.protocol
    if own is None:
        state.proposal = Proposal(None, BY_NOTHING, "")
        return
    names = {choice.name for choice in installed_models()}
    state.proposal = propose_protocol(state.current.scan, engine, installed=names)
    if state.proposal.protocol not in (None, own.name):
        state.choose_model(PROTOCOLS.get(state.proposal.protocol).image_models[0])


def _with_patient(review: CaseReview, record: PatientRecord | None, model: str | None) -> CaseReview:
    """Attach the patient; what fails on that side is said there and leaves the scan's side whole."""
    try:
        return attach_patient(review, record, model)
    except ZooError as error:
        absent = f"{error.message} {error.hint}".strip()
        return replace(review, record=record, risk=None, risk_attributions=(), risk_absent=absent)


def read_again(state: Session, insist: bool, population: str | None = None) -> None:
    """Read a scan outside the intended use because the reader insists."""
    state.request = replace(state.request, insist=insist, population=population)
    state.forget_reading()
