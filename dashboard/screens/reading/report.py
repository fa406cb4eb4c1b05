"""The case as one or two pages: one press for the PDF, and the same on paper with Ctrl+P."""

from __future__ import annotations

import streamlit as st

from dashboard.catalogue import text
from dashboard.components.page.print_case import render_print
from dashboard.session import Session
from model_zoo.case import CaseReview
from model_zoo.scans import Scan


def render_report_button(review: CaseReview, scan: Scan | None = None) -> None:
    """Draw the button; the report is made when it is pressed. scan: see ``build_report``."""

    def pdf() -> bytes:
        from dashboard.export.report import build_report, report_pdf  # no number waits for the library of the PDF

        return report_pdf(build_report(review, scan))

    st.download_button(
        text("header.report"),
        data=pdf,
        file_name=f"report-{review.case_id}.pdf",
        mime="application/pdf",
        on_click="ignore",
        key="report",
    )


def render_printed(state: Session, review: CaseReview) -> None:
    """Hold ready what Ctrl+P prints; made once for a state of the case."""
    if state.case.printed is None or not _same(state.case.printed[0], review):
        from dashboard.export.report import build_report, report_html

        scan = None if state.case.current is None else state.case.current.scan
        state.case.printed = (
            review,
            report_html(build_report(review, scan), for_printer=True),
        )
    render_print(state.case.printed[1])


def _same(before: CaseReview, now: CaseReview) -> bool:
    return (before.maps, before.numbers, before.risk, before.marks, before.whole, before.stated) == (
        now.maps, now.numbers, now.risk, now.marks, now.whole, now.stated,
    )  # fmt: skip
