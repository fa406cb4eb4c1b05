"""New films without labels: are they still like those the model was measured on?"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboard.boundary import render_error
from dashboard.catalogue import text
from dashboard.components.page.chart import render_chart
from dashboard.components.page.theme import theme_name
from dashboard.figures.drift import drift_figure
from dashboard.redraw import redraw
from dashboard.services import review_engine, synthetic_folder
from dashboard.session.model_review import ReviewSession
from dashboard.viewmodels.model_review.drift import drift_notes, drift_rows
from model_zoo.engine.new_films import folder_tags, gate_reference, read_new_films
from model_zoo.errors import ZooError
from model_zoo.evaluation.drift_report import DRIFTED, STABLE, DriftReport, build_drift_report
from model_zoo.evaluation.review_words import Nouns, nouns_of
from model_zoo.phantoms.review_series import ReviewSeries, series_of
from model_zoo.plain import plain

OWN, SYNTHETIC = "own", "synthetic"
AS_STATED = ""


def render_drift(state: ReviewSession) -> None:
    """Draw the choice of new films, read them when asked, and show what changed."""
    st.markdown(f"## {text('review.drift')}")
    if state.shown is None:
        return
    engine = review_engine(state.shown[0])
    series, nouns = series_of(engine.card.labels), nouns_of(engine.card)
    source_column, folder_column, population_column = st.columns([3, 4, 2], gap="medium", vertical_alignment="bottom")
    with source_column:
        # Their own key where there is no series: a choice that is not offered must not stand.
        offered = {
            SYNTHETIC: text("review.drift.synthetic", pictures=plain(nouns.pictures)),
            OWN: text("review.drift.own", pictures=plain(nouns.pictures)),
        }
        choices = [SYNTHETIC, OWN] if series is not None else [OWN]
        source = (
            st.segmented_control(
                text("review.drift.source", pictures=plain(nouns.pictures)),
                choices,
                default=choices[0],
                format_func=offered.__getitem__,
                key=f"drift-source{'' if series is not None else '-own'}",
            )
            or choices[0]
        )
    typed = ""
    population = None
    if source == OWN:
        typed = folder_column.text_input(
            text("review.drift.folder", pictures=plain(nouns.pictures)),
            key="drift-folder",
            placeholder=text("review.drift.folder_empty", pictures=nouns.pictures),
        )
        stated = text("review.drift.as_stated")
        names = {AS_STATED: stated, **{p.name: p.title for p in engine.card.populations}}
        chosen = population_column.selectbox(
            text("review.drift.population"),
            list(names),
            format_func=names.__getitem__,
            key="drift-population",
            help=text("review.drift.population_help"),
        )
        population = None if chosen == AS_STATED else chosen
    elif series is not None:
        folder_column.caption(plain(series.drift_caption))
    ready = source == SYNTHETIC or bool(typed.strip())
    if st.button(text("review.drift.run"), icon=":material/trending_up:", key="drift-run", disabled=not ready):
        _run(state, series if source == SYNTHETIC else None, typed.strip(), population)
        # The export above was drawn before: it has to hold the drift as well.
        redraw()
    if state.drift_error is not None:
        render_error(state.drift_error)
    if state.drift is not None:
        _render_report(state.drift, nouns)


def _run(state: ReviewSession, series: ReviewSeries | None, typed: str, population: str | None) -> None:
    if state.shown is None:
        return
    engine = review_engine(state.shown[0])
    nouns = nouns_of(engine.card)
    bar = st.progress(0.0, text=text("review.drift.reading"))
    try:
        folder = Path(typed).expanduser()
        if series is not None:
            folder = synthetic_folder(f"drifted-{series.name}", lambda path: _write(series, path))

        def show(done: int, total: int) -> None:
            said = text("review.drift.progress", picture=plain(nouns.picture), n=f"{done:d}", total=f"{total:d}")
            bar.progress(done / total, text=said)

        new = read_new_films(
            engine,
            folder,
            population,
            show,
        )
        tags: tuple[dict[str, str], ...] = ()
        if state.ran is not None:
            labels = state.ran.predictions.labels
            tags = folder_tags([labels.path(i) for i in range(len(labels))])
        source = (
            text("review.drift.synthetic_source", pictures=nouns.pictures)
            if series is not None
            else text("review.drift.own_source", pictures=nouns.pictures)
        )
        state.drift = build_drift_report(engine.card, new, gate_reference(engine, new.population), tags, source)
        state.drift_error = None
    except ZooError as error:
        state.drift, state.drift_error = None, error
    finally:
        bar.empty()


def _write(series: ReviewSeries, folder: Path) -> None:
    series.write_drifted(folder, series.drifted_count, lambda done, total: None)


def _render_report(report: DriftReport, nouns: Nouns) -> None:
    sentence = f"**{plain(report.verdict.capitalize())}.** {plain(nouns.worded(report.sentence))}"
    if report.verdict == DRIFTED:
        st.error(sentence, icon=":material/trending_up:")
    elif report.verdict == STABLE:
        st.success(sentence, icon=":material/check_circle:")
    else:
        st.warning(sentence, icon=":material/help:")
    st.dataframe(
        [
            {
                text("review.column.what"): row.what,
                text("review.column.new", pictures=nouns.pictures): row.new,
                text("review.column.reference"): row.reference,
                text("review.column.size"): row.size,
                text("review.column.p"): row.p_value,
                text("review.column.verdict"): row.verdict,
            }
            for row in drift_rows(report)
        ],
        hide_index=True,
        width="stretch",
    )
    for note in drift_notes(report, nouns):
        st.caption(plain(note))
    theme = theme_name()
    for start in range(0, len(report.shifts), 2):
        for column, shift in zip(st.columns(2, gap="large"), report.shifts[start : start + 2], strict=False):
            with column:
                st.markdown(f"**{plain(shift.title)}**")
                render_chart(drift_figure(report, shift.name, theme, nouns), key=f"drift-{shift.name}")
