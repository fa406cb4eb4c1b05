"""The report of one case: a ``CaseReview`` and its scan flow in, plain words and pictures come out, as PDF or as HTML.

``build_report`` decides what stands in it, ``report_pdf`` and ``report_html`` only set it: both say the same. Nothing names the
patient unless that is asked for, and the same case gives the same bytes.
"""

from dashboard.export.report.content import build_report
from dashboard.export.report.findings import findings_of, maps_of_finding
from dashboard.export.report.html import report_html
from dashboard.export.report.parts import FindingLine, MapLine, Mark, Picture, Report, Row, Section
from dashboard.export.report.pdf import report_pdf

__all__ = [
    "FindingLine",
    "MapLine",
    "Mark",
    "Picture",
    "Report",
    "Row",
    "Section",
    "build_report",
    "findings_of",
    "maps_of_finding",
    "report_html",
    "report_pdf",
]
