"""One line over the case: what was opened, whose facts it is read with, the notice; save, report and the rest at its right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.boundary import render_error
from dashboard.catalogue import text
from dashboard.components.case.open import render_forget
from dashboard.components.case.reading import kept_review, next_step
from dashboard.components.page.download import render_download
from dashboard.components.patient.risks import blocking_conflicts
from dashboard.components.together.other_parts_state import kept_assessment
from dashboard.export import EXPORTS
from dashboard.redraw import redraw
from dashboard.screens.presenting import is_presenting, start_presenting
from dashboard.screens.reading.report import render_report_button
from dashboard.services import case_store
from dashboard.session import Session
from dashboard.viewmodels.case.header import CaseLine, build_line
from model_zoo.case import CaseReview
from model_zoo.case.case_review import ScanSummary
from model_zoo.errors import ZooError
from model_zoo.plain import plain
from model_zoo.protocols import Proposal
from model_zoo.scans import Scan


def render_header(state: Session, review: CaseReview | None) -> None:
    """Draw the line of the case on the screen. review: the case as it is kept, ``None`` before it is complete."""
    if state.case.current is None:
        return
    line = build_line(state.reading.review, state.case.current.scan, state.case.current.label)
    if is_presenting() and not line.synthetic:
        line = CaseLine(text("present.case"), (), False)
    scan = state.case.current.scan
    with _line(line):
        if review is not None:
            _save(state, review)
            render_report_button(review, scan)
        # Another one while presenting: what is open on the page stays open.
        with st.popover(text("header.more"), key="header-more-presenting" if is_presenting() else "header-more"):
            st.button(text("present.start"), key="present-start", on_click=start_presenting)
            _details(state.case.case_id, state.case.proposal, scan, review, scan)
        render_forget(state)


def render_saved_header(review: CaseReview, back: Callable[[], None]) -> None:
    """Draw the line of a saved case. back: leads to the list."""
    with _line(build_line(review, None, text("saved.case", case=review.case_id))):
        render_report_button(review)
        with st.popover(text("header.more"), key="header-more"):
            _details(review.case_id, review.protocol, review.scan, review)
        st.button(text("saved.back"), key="saved-back", on_click=back)


def _line(line: CaseLine) -> DeltaGenerator:
    """Draw the line over a case; returns where what can be done with it stands, at its right."""
    header = st.container(key="header", horizontal=True, vertical_alignment="center", gap="small")
    with header:
        with st.container(key="header-facts", width="stretch"):
            st.markdown(_words(line))
        with st.container(key="notice", width="content"):
            st.caption(text("case.notice"))
    return header


def finished_review(state: Session) -> CaseReview | None:
    """Return the case as it is kept, once everything asked for is there; ``None`` before, and while a wrong patient is possible."""
    review = state.reading.review
    if review is None or next_step(state) is not None or blocking_conflicts(state):
        return None
    try:
        return replace(kept_review(state, review), whole=kept_assessment(state, review))
    except ZooError as error:  # the alert rules; the fourth card says it too
        render_error(error)
        return None


def _words(line: CaseLine) -> str:
    """Return the line as the heading of the page: what was opened, then what is known of whom."""
    mark = f" :orange-badge[{text('case.synthetic')}]" if line.synthetic else ""
    facts = " · ".join(plain(fact) for fact in line.facts)
    return f"# {plain(line.label)}{mark}\n{facts}"


def _save(state: Session, review: CaseReview) -> None:
    if state.saved_assessment != review.whole:
        state.reading.saved_id = None  # the note, the hour or the alerts are no longer those that were saved
    if st.button(
        text("header.saved") if state.reading.saved_id is not None else text("header.save"),
        key="save-case",
        disabled=state.reading.saved_id is not None,
    ):
        try:
            state.reading.saved_id = case_store().save(review)
            state.saved_assessment = review.whole
        except ZooError as error:
            render_error(error)
        else:
            redraw()


def _details(
    case_id: str,
    proposal: Proposal | None,
    file: Scan | ScanSummary,
    review: CaseReview | None,
    scan: Scan | None = None,
) -> None:
    """Draw what names the case and the versions it was read with, and the files to take along. scan: ``None`` for a saved one."""
    st.markdown(text("details.case", case=plain(case_id), digest=plain(file.sha256[:12])))
    if proposal is not None and proposal.sentence:
        st.caption(plain(proposal.sentence))
    for note in file.notes:
        st.caption(plain(note))
    if review is None:
        return
    st.caption(
        text(
            "details.read_with",
            model=plain(review.prediction.model),
            weights=plain(review.prediction.weights_sha256[:12]),
            libraries=plain(", ".join(f"{name} {number}" for name, number in (review.versions or {}).items())),
        )
    )
    for remark in review.remarks:
        if remark not in file.notes:
            st.caption(plain(remark))
    for export in EXPORTS:
        label, name, key = text("details.download", kind=plain(export.name)), export.file_name(review), export.name
        if export.light:
            render_download(label, export.build(review, scan), name, export.mime, key=f"export-{key}")
            continue
        st.download_button(
            label,
            data=partial(export.build, review, scan),
            file_name=name,
            mime=export.mime,
            on_click="ignore",
            key=f"export-{key}",
        )
