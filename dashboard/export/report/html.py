"""A report as one HTML file that needs nothing else: styles and pictures are in it, scripts are not."""

from __future__ import annotations

import base64
import io
from pathlib import Path

from PIL import Image

from dashboard.catalogue import LANGUAGE, text
from dashboard.export.report.parts import Report
from dashboard.export.template import read_template

# Whatever stands in a text of the case: nothing is fetched, run or sent.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"

# Of 100. It goes out with every state of an open case, though few are printed.
_PRINTER_QUALITY = 95


def report_html(report: Report, *, for_printer: bool = False) -> str:
    """Return the whole file; every text is escaped. for_printer: pictures as WebP of high quality, a fraction of the bytes."""
    return read_template(Path(__file__).with_name("page.html")).render(
        report=report,
        policy=POLICY,
        language=LANGUAGE,
        case=text("report.case", case=report.case_id),
        data=_webp if for_printer else _png,
    )


def _png(png: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(png).decode('ascii')}"


def _webp(png: bytes) -> str:
    buffer = io.BytesIO()
    with Image.open(io.BytesIO(png)) as picture:
        picture.save(buffer, "WEBP", quality=_PRINTER_QUALITY)
    return f"data:image/webp;base64,{base64.b64encode(buffer.getvalue()).decode('ascii')}"
