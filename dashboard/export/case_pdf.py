"""The case as a report of one or two A4 pages, as PDF."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.export.report import build_report, report_pdf
from model_zoo.case import CaseReview
from model_zoo.scans.scan import Scan


@dataclass(frozen=True)
class CasePdf:
    """``build_report`` without anything that identifies, set by ``report_pdf``."""

    name: str = "PDF report"
    mime: str = "application/pdf"
    light: bool = False

    def file_name(self, review: CaseReview) -> str:
        return f"report-{review.case_id}.pdf"

    def build(self, review: CaseReview, scan: Scan | None) -> bytes:
        return report_pdf(build_report(review, scan))


EXPORT = CasePdf()
