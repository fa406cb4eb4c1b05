"""A page with a written line, a button and the report of a computed film: what Ctrl+P prints of it is the report."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import streamlit as st

from dashboard.components.page.print_case import render_print
from dashboard.export.report import Mark, build_report, report_html
from tests.report_case import example_case

st.title("On the screen alone")
st.session_state["runs"] = st.session_state.get("runs", 0) + 1
st.button("Run again")
closed = st.toggle("Close the case")
if not closed:
    marks = (Mark("box", ((100, 120), (220, 260)), "here", "12 x 28 mm"),)
    review, scan = example_case()
    render_print(report_html(build_report(review, scan, marks=marks)))
st.text(f"Runs: {st.session_state['runs']}")
