"""What Ctrl+P prints: the report of the open case, and nothing else of the page.

The report lies outside the layout of the page, in a shadow root of its own that is shown in print alone: the styles of the page do
not reach it, and a picture in it keeps its shape. It leaves with the case. Its message is the same as long as the report is, so
that the browser, which keeps it, is not sent it again.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_FOLDER = Path(__file__).parent

_print_case = st.components.v2.component("diaphane_print", js=(_FOLDER / "print_case.js").read_text(encoding="utf-8"))


def render_print(report_html: str, key: str = "print-case") -> None:
    """Let Ctrl+P print a report of ours (``report_html``); it takes no room on the page."""
    _print_case(key=key, data={"report": report_html}, height=0)
