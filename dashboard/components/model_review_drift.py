"""New films without labels: are they still like those the model was measured on?"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboard.boundary import render_error
from dashboard.components.model_review_state import ReviewSession
from dashboard.components.theme import theme_name
from dashboard.figures.model_review import drift_figure
from dashboard.figures.theme import PLOTLY_CONFIG
from dashboard.services import review_engine, synthetic_folder
from dashboard.viewmodels.model_review import drift_notes, drift_rows
from model_zoo.engine.new_films import folder_tags, gate_reference, read_new_films
from model_zoo.errors import ZooError
from model_zoo.evaluation.drift_report import DRIFTED, STABLE, DriftReport, build_drift_report
from model_zoo.phantoms.labelled import DRIFTED_COUNT, write_drifted_series

OWN, SYNTHETIC = "A folder of new films", "Synthetic films of another machine"
AS_STATED = "as the files state"


def render_drift(state: ReviewSession) -> None:
    """Draw the choice of new films, read them when asked, and show what changed."""
    st.markdown("#### Drift of new films")
    if state.shown is None:
        return
    engine = review_engine(state.shown[0])
    source_column, folder_column, population_column = st.columns([3, 4, 2], gap="medium", vertical_alignment="bottom")
    with source_column:
        source = st.segmented_control("New films", [SYNTHETIC, OWN], default=SYNTHETIC, key="drift-source") or SYNTHETIC
    typed = ""
    population = None
    if source == OWN:
        typed = folder_column.text_input("Folder of new films", key="drift-folder", placeholder="/path/to/new/films")
        names = {p.name: p.title for p in engine.card.populations}
        chosen = population_column.selectbox(
            "Population",
            [AS_STATED, *names],
            format_func=lambda n: names.get(n, n),
            key="drift-population",
            help="For files that do not state the age.",
        )
        population = None if chosen == AS_STATED else chosen
    else:
        folder_column.caption(
            f"{DRIFTED_COUNT} computed chests of an old mobile unit, all AP: drift has to be noticed."
        )
    ready = source == SYNTHETIC or bool(typed.strip())
    if st.button("Look for drift", icon=":material/trending_up:", key="drift-run", disabled=not ready):
        _run(state, source == SYNTHETIC, typed.strip(), population)
        # The export above was drawn before: it has to hold the drift as well.
        st.rerun()
    if state.drift_error is not None:
        render_error(state.drift_error)
    if state.drift is not None:
        _render_report(state.drift)


def _run(state: ReviewSession, synthetic: bool, typed: str, population: str | None) -> None:
    if state.shown is None:
        return
    engine = review_engine(state.shown[0])
    bar = st.progress(0.0, text="Reading the new films …")
    try:
        folder = synthetic_folder("drifted", write_drifted_series) if synthetic else Path(typed).expanduser()
        new = read_new_films(
            engine,
            folder,
            population,
            lambda done, total: bar.progress(done / total, text=f"New film {done} of {total}"),
        )
        tags: tuple[dict[str, str], ...] = ()
        if state.ran is not None:
            labels = state.ran.predictions.labels
            tags = folder_tags([labels.path(i) for i in range(len(labels))])
        source = "synthetic films of another machine" if synthetic else "a folder of new films"
        state.drift = build_drift_report(engine.card, new, gate_reference(engine, new.population), tags, source)
        state.drift_error = None
    except ZooError as error:
        state.drift, state.drift_error = None, error
    finally:
        bar.empty()


def _render_report(report: DriftReport) -> None:
    text = f"**{report.verdict.capitalize()}.** {report.sentence}"
    if report.verdict == DRIFTED:
        st.error(text, icon=":material/trending_up:")
    elif report.verdict == STABLE:
        st.success(text, icon=":material/check_circle:")
    else:
        st.warning(text, icon=":material/help:")
    st.dataframe(
        [
            {
                "": row.what,
                "New films": row.new,
                "Reference": row.reference,
                "Size": row.size,
                "p": row.p_value,
                "Verdict": row.verdict,
            }
            for row in drift_rows(report)
        ],
        hide_index=True,
        width="stretch",
    )
    for note in drift_notes(report):
        st.caption(note)
    theme = theme_name()
    for start in range(0, len(report.shifts), 2):
        for column, shift in zip(st.columns(2, gap="large"), report.shifts[start : start + 2], strict=False):
            with column:
                st.markdown(f"**{shift.title}**")
                st.plotly_chart(
                    drift_figure(report, shift.name, theme),
                    key=f"drift-{shift.name}",
                    config=PLOTLY_CONFIG,
                    theme=None,
                    width="stretch",
                )
