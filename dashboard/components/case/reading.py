"""The pending steps of a reading: named, each followed by a rerun that draws what is now known.

Nothing is drawn while the network is held, and a refusal or failure of one step loses nothing of the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from dashboard.catalogue import counted, text
from dashboard.components.case.open import take_finding
from dashboard.components.numbers.outlines import find_outlines
from dashboard.redraw import redraw
from dashboard.services import are_networks_imported, case_store, engine
from dashboard.session import Session
from dashboard.viewmodels.models.choice import installed_models
from model_zoo.case import (
    CaseReview,
    attach_patient,
    check_map,
    explain_finding,
    pending_checks,
    with_numbers,
)
from model_zoo.case.beginning import AFTER, first_number
from model_zoo.case.reading import strongest_finding
from model_zoo.errors import ZooError
from model_zoo.explainers import EXPLAINERS
from model_zoo.patients.record import PatientRecord
from model_zoo.plain import plain
from model_zoo.protocols import PROTOCOLS, Proposal, checks_for, propose_protocol
from model_zoo.protocols.proposal import BY_NOTHING
from model_zoo.scans import Scan

if TYPE_CHECKING:
    from model_zoo.results import ModelInput

READ, RISKS, EXPLAIN, OUTLINE, ADD = "read", "risks", "explain", "outline", "add"
# What takes no longer than drawing the page a time more is done with the step before it.
_WITH_THE_LAST = (OUTLINE, ADD)


def next_step(state: Session) -> str | None:
    """Return the name of the next pending step, or ``None`` when the reading is complete or was refused."""
    step = _step(state)
    if step == EXPLAIN:
        return text("step.explaining", method=EXPLAINERS.get(state.pending_methods()[0]).title)
    return None if step is None else text(f"step.{step}")


def _step(state: Session) -> str | None:
    """Return which step is pending. The first map comes before outlines and probes: it is what the reader looks for."""
    if state.case.current is None or state.reading.read_error is not None:
        return None
    if state.reading.review is None or state.reading.model_input is None:
        return READ
    if state.reading.review.record is not state.record:
        return RISKS
    pending = state.pending_methods()
    if pending and not any(m.attribution.target == state.reading.target for m in state.reading.review.maps):
        return EXPLAIN
    if not state.reading.outlined:
        return OUTLINE
    if state.reading.added < len(AFTER):
        return ADD
    return EXPLAIN if pending else None


def read_at_once(state: Session) -> None:
    """Read a scan that has just come before the page is drawn, where the network is free: its number then stands beside it.

    A file of several frames waits for the frame that it is to be opened at.
    """
    current = state.case.current
    if current is None or current.scan.n_frames > 1 or _step(state) != READ:
        return
    if are_networks_imported() and engine(state.model).ahead == 0:
        _do(state)
        _begin_next(state)


def run_next_step(state: Session) -> None:
    """Do the next pending step and rerun; errors become the session's ``read_error``."""
    name = next_step(state)
    if name is None:
        return
    waiting = max(0, engine(state.model).queue_length - state.wanted.on_the_way)  # of others
    label = plain(name) if waiting == 0 else counted("step.waiting", waiting, step=plain(name))
    with st.spinner(label):
        _do(state)
        while _step(state) in _WITH_THE_LAST:
            _do(state)
    _begin_next(state)
    redraw()


def _begin_next(state: Session) -> None:
    """Let the network begin the next map while the page is drawn; what speaks against it is said when it is asked for."""
    reading = state.reading
    if _step(state) != EXPLAIN or reading.model_input is None or reading.target is None:
        return
    method = state.pending_methods()[0]
    with suppress(ZooError):
        engine(state.model).begin_explaining(reading.model_input, method, reading.target, state.parameters.get(method))


def _do(state: Session) -> None:
    """Compute one step without touching the page, then put the result into the session."""
    try:
        step = _step(state)
        if step == READ:
            _read(state)
        elif state.reading.review is None or state.case.current is None or state.reading.model_input is None:
            return
        elif step == RISKS:
            state.reading.review = _with_patient(state.reading.review, state.record, state.patient_model)
        elif step == OUTLINE:
            find_outlines(state)
        elif step == ADD:
            _add(state, state.case.current.scan, state.reading.model_input)
        elif step == EXPLAIN:
            _explain(state)
    except ZooError as error:
        state.reading.read_error = error


def _read(state: Session) -> None:
    """Read the scan with the model of its protocol."""
    if state.case.current is None:
        return
    if state.case.proposal is None:
        recognise(state)
    review, model_input = first_number(engine(state.model), state.case.current.scan, state.case.request)
    review = replace(review, case_id=state.case.case_id, scan=replace(review.scan, planted=state.case.planted))
    state.reading.review, state.reading.model_input = review, model_input
    state.reading.target = state.reading.target or strongest_finding(review)
    take_finding(state)


def _add(state: Session, scan: Scan, model_input: ModelInput) -> None:
    """Do all that adds to the number at once: none of it takes as long as drawing the page a time more."""
    shared = engine(state.model)
    while state.reading.review is not None and state.reading.added < len(AFTER):
        state.reading.review = AFTER[state.reading.added].run(shared, state.reading.review, scan, model_input)
        state.reading.added += 1


def _explain(state: Session) -> None:
    """Compute the next map of the chosen finding; a method that fails is not asked again until the reader wants it."""
    if state.reading.review is None or state.reading.model_input is None or state.reading.target is None:
        return
    method, target = state.pending_methods()[0], state.reading.target
    try:
        state.reading.review = explain_finding(
            engine(state.model),
            state.reading.review,
            state.reading.model_input,
            method,
            target,
            state.parameters.get(method),
        )
    except ZooError as error:
        state.reading.explain_errors[method] = error
    state.reading.saved_id = None


def checks_pending(state: Session) -> bool:
    """Whether a map of the selected finding still lacks a check, and nothing is being typed meanwhile."""
    return not state.editing and any(_missing(state))


def run_checks(state: Session, draw_again: Callable[[], None]) -> None:
    """Run the missing checks one by one, drawing what judges the map anew after every check; then rerun once.

    The reading does not wait for them: everything else of the page is drawn before, and what is done is kept when the
    reader does something else meanwhile.
    """
    shared = engine(state.model)
    while (step := next(_missing(state), None)) is not None:
        method, check = step
        if state.reading.review is None or state.reading.model_input is None or state.reading.target is None:
            return
        try:
            state.reading.review = check_map(
                shared,
                state.reading.review,
                state.reading.model_input,
                method,
                state.reading.target,
                check,
                state.reading.shared_for(state.reading.target),
            )
        except ZooError as error:
            state.reading.check_errors[(method, state.reading.target)] = error
            if not checks_pending(state):
                _keep_checks(state)
            continue
        # Kept before the panel says so: whoever saved the case reads the same in it.
        if not checks_pending(state):
            _keep_checks(state)
        draw_again()
    redraw()


def kept_review(state: Session, review: CaseReview) -> CaseReview:
    """Return a case as it is saved and exported: with the number blocks as the reader set them, protocol and study.

    Coverage and local prevalence are of this session, not of the network.
    """
    shared = engine(state.model)
    study = state.study_of(review.scan.sha256, shared.card.weights_sha256, review.prediction.population)
    review = with_numbers(review, shared.trust, state.case.coverage, state.case.prevalence)
    remarks = review.remarks
    if (
        state.case.start_frame is not None
        and state.case.start_frame.sentence
        and state.case.start_frame.frame == review.scan.frame
    ):
        remarks = (state.case.start_frame.sentence, *remarks)
    return replace(review, protocol=state.case.proposal, study=study, remarks=remarks)


def _keep_checks(state: Session) -> None:
    """Put the finished checks into a case that was saved while they were running."""
    if state.reading.saved_id is None or state.reading.review is None:
        return
    try:
        case_store().save(replace(kept_review(state, state.reading.review), whole=state.saved_assessment))
    except ZooError:
        state.reading.saved_id = None  # the button comes back, and pressing it says what is wrong


def _missing(state: Session) -> Iterator[tuple[str, str]]:
    """Yield method and check of what is still to be done, check by check, so that all panels fill together."""
    review, target = state.reading.review, state.reading.target
    if review is None or target is None or next_step(state) is not None:
        return
    shown = [m for m in review.maps if m.attribution.target == target]
    for check in checks_for(review.prediction.model):
        for explained in shown:
            method = explained.attribution.method
            if (method, target) in state.reading.check_errors:
                continue
            if check.name in pending_checks(review, method, target):
                yield method, check.name


def recognise(state: Session) -> None:
    """Ask which protocol the scan belongs to, and read with its model; a folder model is the reader's own choice."""
    if state.case.current is None:
        return
    own = state.protocol
    if own is None:
        state.case.proposal = Proposal(None, BY_NOTHING, "")
        return
    names = {choice.name for choice in installed_models()}
    state.case.proposal = propose_protocol(state.case.current.scan, engine, installed=names)
    if state.case.proposal.protocol not in (None, own.name):
        state.choose_model(PROTOCOLS.get(state.case.proposal.protocol).image_models[0])


def _with_patient(review: CaseReview, record: PatientRecord | None, model: str | None) -> CaseReview:
    """Attach the patient; what fails on that side is said there and leaves the scan's side whole."""
    try:
        return attach_patient(review, record, model)
    except ZooError as error:
        absent = f"{error.message} {error.hint}".strip()
        return replace(review, record=record, risk=None, risk_attributions=(), risk_absent=absent)


def read_again(state: Session, insist: bool, population: str | None = None) -> None:
    """Read a scan outside the intended use because the reader insists."""
    state.case.request = replace(state.case.request, insist=insist, population=population)
    state.forget_reading()
