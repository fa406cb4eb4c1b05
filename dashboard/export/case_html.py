"""The case as a report in one HTML file, the same as the PDF and as what is printed."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.export.report import build_report, report_html
from model_zoo.case import CaseReview
from model_zoo.scans.scan import Scan


@dataclass(frozen=True)
class CaseHtml:
    """``build_report`` without anything that identifies, set by ``report_html``."""

    name: str = "HTML report"
    mime: str = "text/html"
    light: bool = False

    def file_name(self, review: CaseReview) -> str:
        return f"report-{review.case_id}.html"

    def build(self, review: CaseReview, scan: Scan | None) -> bytes:
        return report_html(build_report(review, scan)).encode("utf-8")


EXPORT = CaseHtml()
