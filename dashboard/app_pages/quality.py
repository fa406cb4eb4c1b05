"""Quality assurance: one click reads the phantom series and holds it against the release, as a physicist does each morning."""

from __future__ import annotations

import streamlit as st

from dashboard.boundary import render_error
from dashboard.catalogue import text
from dashboard.components.quality.runs import render_history, render_quality, run_series
from dashboard.records.quality_log import QualityLog
from dashboard.services import engine
from dashboard.session import DEFAULT_MODEL
from model_zoo.errors import ZooError
from model_zoo.quality.release import read_release

st.title(text("quality.title"))
st.caption(text("quality.purpose"))
log = QualityLog()
release, damaged = None, None
try:
    release = read_release(engine(DEFAULT_MODEL).entry.folder)
except ZooError as error:
    damaged = error
    render_error(error)

run = None
# A damaged record gives no verdict; the run waits until it is restored.
if st.button(
    text("quality.run"),
    type="primary",
    icon=":material/play_arrow:",
    key="quality-run",
    disabled=damaged is not None,
):
    try:
        run = run_series(release, log)
    except ZooError as error:
        render_error(error)

logged = log.list()
if run is None:
    run = next((line.run for line in logged if line.run is not None), None)
if damaged is None or run is not None:
    render_quality(run, release)
if logged:
    render_history(logged, None if release is None else release.tolerance_logit)
