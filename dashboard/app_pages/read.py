"""Read a case: the film large on the left, findings and risks on the right, the explanations below."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.boundary import render_error
from dashboard.components.alerts_panel import render_alerts
from dashboard.components.beside import render_beside
from dashboard.components.beside_state import beside_case
from dashboard.components.case_actions import render_case_actions
from dashboard.components.case_header import render_case_header
from dashboard.components.case_input import render_case_input
from dashboard.components.comparison import render_comparison
from dashboard.components.concordance import render_concordance
from dashboard.components.explanation import render_explanation
from dashboard.components.findings import render_findings
from dashboard.components.outlines import find_outlines
from dashboard.components.reading import checks_pending, next_step, run_checks, run_next_step, steps_done
from dashboard.components.risks import render_risks
from dashboard.components.study import open_frames, render_study
from dashboard.components.welcome import render_welcome
from dashboard.components.what_if import render_what_if
from dashboard.components.whole_case import render_whole_case
from dashboard.state import Session, session
from dashboard.viewer.scan_viewer import render_scan
from model_zoo.plain import plain


def _place(state: Session, key: str) -> DeltaGenerator:
    """Return where a part of the reading is drawn; before there is a reading an empty place, which at once takes away what
    the case before had there: greyed out, it would stand under the name of the next patient."""
    return st.empty().container(key=key) if state.review is None else st.container(key=key)


state = session()
render_case_input(state)

for error in (state.scan_error, state.prior_error, state.patient_error):
    if error is not None:
        render_error(error)

# One place that is emptied at once: what was drawn there would else stay, greyed out, until a long reading has ended.
front = st.empty()
if state.current is None:
    with front.container():
        render_welcome(state)
    st.stop()
front.empty()

find_outlines(state)
with st.container(key="case-header"):
    render_case_header(state)

beside = beside_case(state)
film_column, reading_column = st.columns([62, 38], gap="medium")
with film_column:
    render_scan(state)
with reading_column:
    with st.container(key="findings"):
        render_findings(state)
    with _place(state, "risks"):
        render_risks(state)
        render_what_if(state)
        render_concordance(state)
        render_whole_case(state, beside)
    progress = st.empty()
# Beside the risks, where the film leaves room: under them they would push the explanations off the screen.
with film_column:
    render_beside(state, beside)
    with _place(state, "case-alerts"):
        render_alerts(state, beside.stay)

render_study(state)
with _place(state, "explain"):
    slots = render_explanation(state)
    render_comparison(state)
if next_step(state) is None:
    render_case_actions(state)
else:
    st.empty()

step = next_step(state)
if step is not None:
    done, total = steps_done(state)
    with progress.container():
        st.progress(done / total, text=f"Step {done + 1} of {total}: {plain(step)}")
        open_frames(state)
        run_next_step(state)
elif checks_pending(state):
    with progress.container():
        st.caption(":material/hourglass_empty: The reading is complete; its maps are being checked.")
    run_checks(state, slots)
