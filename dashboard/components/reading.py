"""The pending steps of a reading: one at a time, named, each followed by a rerun that draws what is now known.

Nothing is drawn while the network is held, and a refusal or failure of one step loses nothing of the others.
"""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dashboard.services import engine
from dashboard.state import Session
from model_zoo.errors import ZooError
from model_zoo.explainers import EXPLAINERS
from model_zoo.patients.record import PatientRecord
from model_zoo.review import DEFAULT_METHODS, CaseReview, attach_patient, begin_review, explain_finding
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
    label = f"{name} …" if waiting == 0 else f"{name} … ({waiting} before you)"
    with st.spinner(label, show_time=True):
        _do(state)
    st.rerun()


def steps_done(state: Session) -> tuple[int, int]:
    """Return how many of the steps of this reading are done, and of how many."""
    total = 1 + (state.record is not None) + len(DEFAULT_METHODS)
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
        if state.review is None:
            review, model_input = begin_review(shared, state.current.scan, state.request)
            state.review, state.model_input = review, model_input
            state.target = state.target or strongest_finding(review)
        elif state.review.record is not state.record:
            state.review = _with_patient(state.review, state.record)
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


def _with_patient(review: CaseReview, record: PatientRecord | None) -> CaseReview:
    """Attach the patient; what fails on that side is said there and leaves the scan's side whole."""
    try:
        return attach_patient(review, record)
    except ZooError as error:
        absent = f"{error.message} {error.hint}".strip()
        return replace(review, record=record, risk=None, risk_attributions=(), risk_absent=absent)


def read_again(state: Session, insist: bool, population: str | None = None) -> None:
    """Read a scan outside the intended use because the reader insists."""
    state.request = replace(state.request, insist=insist, population=population)
    state.forget_reading()
