"""A report as one HTML file that needs nothing else: styles and pictures are in it, scripts are not."""

from __future__ import annotations

import base64
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from dashboard.catalogue import LANGUAGE, text
from dashboard.export.report.parts import Report

# Whatever stands in a text of the case: nothing is fetched, run or sent.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


def report_html(report: Report) -> str:
    """Return the whole file; every text is escaped."""
    return _template().render(
        report=report, policy=POLICY, language=LANGUAGE, case=text("report.case", case=report.case_id)
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["data"] = _data
    return environment.get_template("page.html")


def _data(png: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(png).decode('ascii')}"
