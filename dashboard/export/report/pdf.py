"""A report as PDF: one or two A4 pages with embedded fonts, the same bytes for the same report."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from reportlab import rl_config
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate

from dashboard.catalogue import LANGUAGE, text
from dashboard.export.report.letters import REGULAR, embed_fonts, writable
from dashboard.export.report.parts import Report
from dashboard.export.report.picture import png
from dashboard.export.report.sheet import GREY, sheet_of

# The library would write pictures in letters (Ascii85), a quarter larger and ten times slower; every reader takes bytes.
rl_config.useA85 = 0
MOST_PAGES = 2
# Type and pictures are made smaller together, in these steps, until the case has room on the pages.
SCALES = (1.0, 0.94, 0.88, 0.82)
_BLANK = png(np.zeros((1, 1, 3)))
_MARGIN, _FOOT = 14 * mm, 13 * mm
WIDTH, HEIGHT = A4[0] - 2 * _MARGIN, A4[1] - _MARGIN - _FOOT - 4 * mm


def report_pdf(report: Report) -> bytes:
    """Return the file. A case that has no room on two pages at the smallest type takes a third."""
    embed_fonts()
    # Pages are counted with empty pictures of the same size: packing the real ones is most of the work.
    counted = replace(report, pictures=tuple(replace(picture, png=_BLANK) for picture in report.pictures))
    for scale in SCALES:
        _, pages = _set(counted, scale, 0)
        if pages <= MOST_PAGES:
            break
    return _set(report, scale, pages)[0]  # once more, now that the foot knows how many there are


def _set(report: Report, scale: float, pages: int) -> tuple[bytes, int]:
    """Return the file and how many pages it has. pages: what the foot says of that."""
    buffer = io.BytesIO()
    document = BaseDocTemplate(
        buffer,
        pagesize=A4,
        title=writable(f"{report.title} {report.case_id}"),
        author="Diaphane",
        subject=writable(report.notice),
        lang=LANGUAGE,
        invariant=1,
        pageCompression=1,
    )
    frame = Frame(_MARGIN, _FOOT + 4 * mm, WIDTH, HEIGHT, 0, 0, 0, 0)
    foot = partial(_foot, report, pages)
    document.addPageTemplates(PageTemplate("case", [frame], onPage=foot))
    story: Sequence[Flowable] = sheet_of(report, WIDTH, scale)
    document.build(list(story))
    return buffer.getvalue(), document.page


def _foot(report: Report, pages: int, canvas: Canvas, document: BaseDocTemplate) -> None:
    """Write the notice and the number of the page under each page: a page may be read alone."""
    canvas.saveState()
    canvas.setFont(REGULAR, 6.8)
    canvas.setFillColor(GREY)
    canvas.drawString(_MARGIN, _FOOT - 2 * mm, writable(report.notice))
    page = text("report.page", page=document.page, pages=pages)
    case = text("report.case", case=report.case_id)
    canvas.drawRightString(A4[0] - _MARGIN, _FOOT - 2 * mm, writable(f"{case}   {page}"))
    canvas.restoreState()
