"""The phantom run: start it, say what it means, draw its curves over the band of the release, list the earlier ones."""

from __future__ import annotations

import json
from collections.abc import Sequence

import streamlit as st

from dashboard.catalogue import text
from dashboard.components.page.chart import render_chart
from dashboard.components.page.theme import theme_name
from dashboard.figures.quality import constancy_figure, curve_figure
from dashboard.records.quality_log import LoggedRun, QualityLog, QualityRun, run_to_json
from dashboard.services import engine
from dashboard.session import DEFAULT_MODEL
from dashboard.viewmodels.quality.runs import (
    CurveView,
    QualityView,
    build_constancy,
    build_history,
    build_quality,
    local_time,
)
from model_zoo.plain import plain
from model_zoo.quality.release import QualityRelease
from model_zoo.quality.series import run_quality
from model_zoo.quality.verdict import INSIDE, OUTSIDE, QualityVerdict, compare


def run_series(release: QualityRelease | None, log: QualityLog) -> QualityRun:
    """Read the series and keep the result; leaving the page ends the run and touches nothing of earlier ones.

    The bar moves between films alone: while the network is held nothing is drawn.
    """
    bar = st.progress(0.0, text=text("quality.running"))

    def on_progress(done: int, total: int) -> None:
        bar.progress(done / total, text=text("quality.phantom", n=f"{min(done + 1, total):d}", total=f"{total:d}"))

    result = run_quality(engine(DEFAULT_MODEL), on_progress)
    bar.empty()
    run = QualityRun(result, compare(result, release))
    try:
        log.append(run)
    except OSError:
        st.warning(text("quality.not_kept"), icon=":material/warning:")
    return run


def render_verdict(verdict: QualityVerdict) -> None:
    """Say in one box whether the installation is the one released, why not, and what to do."""
    said = f"**{plain(verdict.sentence)}**" + "".join(f"\n- {plain(reason)}." for reason in verdict.reasons)
    if verdict.status == INSIDE:
        st.success(said, icon=":material/check_circle:")
    elif verdict.status == OUTSIDE:
        st.error(said, icon=":material/error:")
    else:
        st.warning(said, icon=":material/help:")
    if verdict.next_step:
        st.caption(text("error.next", step=plain(verdict.next_step)))
    if verdict.differences:
        with st.expander(text("quality.differences", n=len(verdict.differences)), icon=":material/difference:"):
            st.markdown("\n".join(f"- {plain(difference)}" for difference in verdict.differences))


def render_curves(view: QualityView, key: str) -> None:
    """Draw detection and localisation side by side, then what the plots cannot say."""
    theme = theme_name()
    for column, curve in zip(st.columns(2, gap="large"), (view.detection, view.localisation), strict=True):
        with column:
            st.markdown(f"**{plain(curve.title)}**")
            render_chart(curve_figure(curve, theme), key=f"{key}-{curve.title}")
    st.markdown(plain(view.false_positives))
    for note in view.notes:
        st.caption(plain(note))
    with st.expander(text("quality.table"), icon=":material/table_rows:"):
        st.dataframe(_table(view.detection, view.localisation), hide_index=True, width="stretch")


def render_download(run: QualityRun) -> None:
    """Offer the run as it stands in the log."""
    day = run.result.created_at[:10]
    st.download_button(
        text("quality.download"),
        json.dumps(run_to_json(run), indent=1),
        file_name=f"phantom-run-{day}.json",
        mime="application/json",
        icon=":material/download:",
        on_click="ignore",
        key="quality-download",
    )


def render_history(log: Sequence[LoggedRun], tolerance: float | None) -> None:
    """List the runs kept on this machine; from the second on, draw their constancy."""
    st.markdown(f"## {text('quality.history')}")
    points = build_constancy(log)
    if len(points) > 1 and tolerance is not None:
        st.markdown(f"**{text('quality.constancy')}**")
        render_chart(constancy_figure(points, tolerance, theme_name()), key="quality-constancy")
    st.dataframe(
        [
            {
                text("quality.column.date"): row.when,
                text("quality.column.verdict"): row.verdict,
                text("quality.column.change"): row.change,
                text("quality.column.weights"): row.weights,
                text("quality.column.device"): row.device,
            }
            for row in build_history(log)
        ],
        hide_index=True,
        width="stretch",
    )


def render_quality(run: QualityRun | None, release: QualityRelease | None) -> None:
    """Draw the run, or before the first one the record of the release."""
    if run is not None:
        render_verdict(run.verdict)
        if run.result.weights_sha256 != engine(DEFAULT_MODEL).card.weights_sha256:
            st.warning(text("quality.other_weights"), icon=":material/history:")
        view = build_quality(run.result, release)
        st.caption(plain(view.facts))
        render_curves(view, "run")
        render_download(run)
        return
    if release is None:
        st.info(text("quality.no_release"), icon=":material/info:")
        return
    st.info(
        text("quality.release_shown", when=plain(local_time(release.result.created_at))),
        icon=":material/info:",
    )
    view = build_quality(release.result, release)
    st.caption(plain(view.facts))
    render_curves(view, "release")


def _table(detection: CurveView, localisation: CurveView) -> list[dict[str, str]]:
    return [
        {
            text("quality.column.size"): found.title,
            text("quality.column.contrast"): f"{called.contrast:.2f}",
            text("quality.column.flagged"): called.words,
            text("quality.column.located"): located.words,
        }
        for found, where in zip(detection.lines, localisation.lines, strict=True)
        for called, located in zip(found.points, where.points, strict=True)
    ]
