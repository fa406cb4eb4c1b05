"""The review on the screen: numbers, threshold with its curves, calibration, decision, subgroups, second model, card."""

from __future__ import annotations

from functools import partial

import plotly.graph_objects as go
import streamlit as st

from dashboard.catalogue import counted, text
from dashboard.components.page.chart import render_chart
from dashboard.components.page.theme import theme_name
from dashboard.export.review_page import build_review_page, review_file_name
from dashboard.figures.model_review import (
    calibration_figure,
    decision_figure,
    precision_recall_figure,
    roc_figure,
)
from dashboard.figures.subgroups import subgroup_figure
from dashboard.session.model_review import ReviewSession
from dashboard.viewmodels.model_review.report import (
    caution_lines,
    comparison_words,
    facts_line,
    number_rows,
    output_line,
    subgroup_words,
)
from dashboard.viewmodels.model_review.threshold import build_threshold, slider_range, slider_start, threshold_of
from model_zoo.evaluation.curves import decision_curve
from model_zoo.evaluation.model_review import ModelReview, OutputReview
from model_zoo.evaluation.operating import Confusion
from model_zoo.evaluation.review_words import Nouns
from model_zoo.plain import plain


def render_heading(state: ReviewSession, review: ModelReview) -> OutputReview:
    """Draw what is under review, the choice of output and the export; return the output chosen."""
    left, right = st.columns([5, 1.2], vertical_alignment="bottom")
    mark = f":orange-badge[{text('case.synthetic')}] " if review.synthetic else ""
    left.markdown(f"{mark}{plain(facts_line(review))}")
    whole = state.complete() or review
    # Built when it is asked for: the file is five megabytes, most of it plotly.js.
    right.download_button(
        text("review.download"),
        data=partial(build_review_page, whole),
        file_name=review_file_name(whole),
        mime="text/html",
        icon=":material/download:",
        on_click="ignore",
        key="review-export",
        width="stretch",
    )
    titles = {output.name: output.title for output in review.outputs}
    chosen = next(iter(titles))
    if len(titles) > 1:
        chosen = (
            st.segmented_control(
                text("review.output"),
                list(titles),
                default=chosen,
                format_func=lambda name: plain(titles[name]),
                key=f"review-output-{'-'.join(titles)}",
                label_visibility="collapsed",
            )
            or chosen
        )
    output = review.output(chosen)
    for line in caution_lines(review, output):
        st.warning(plain(line), icon=":material/warning:")
    st.caption(plain(output_line(review, output)))
    return output


@st.fragment
def render_threshold(output: OutputReview, key: str, nouns: Nouns) -> None:
    """Draw the slider with what it means, and the curves with its mark; moving it reruns nothing else."""
    left, middle, right = st.columns([3, 4, 4], gap="large")
    low, high, step = slider_range(output)
    with left, st.container(key="review-threshold"):
        st.markdown(f"## {text('review.threshold')}")
        pictures = plain(nouns.pictures)
        slider = st.slider(
            text("review.threshold.probability", pictures=pictures)
            if output.on_probability
            else text("review.threshold.logit", pictures=pictures),
            low,
            high,
            slider_start(output),
            step,
            format="%.3f" if output.on_probability else "%.2f",
            key=f"threshold-{key}",
            help=text("review.threshold.help"),
        )
        stated = st.number_input(
            text("review.prevalence"),
            min_value=0.1,
            max_value=99.9,
            value=None,
            step=0.1,
            placeholder=text("review.prevalence.empty", pictures=nouns.pictures),
            key=f"prevalence-{key}",
        )
        threshold = threshold_of(output, slider)
        view = build_threshold(output, threshold, None if stated is None else stated / 100, nouns)
        hundred = view.stated or view.here
        if hundred is not None:
            flagged, missed = st.columns(2)
            flagged.metric(text("review.flagged_per_100"), f"{hundred.flagged:.1f}")
            missed.metric(text("review.missed_per_100"), f"{hundred.missed:.1f}")
        st.markdown(_confusion_table(view.confusion))
        st.caption(
            text(
                "review.rates",
                sensitivity=plain(view.sensitivity),
                specificity=plain(view.specificity),
                ppv=plain(view.ppv),
                npv=plain(view.npv),
            )
        )
        note = "" if stated is None else text("review.hundred.note", pictures=pictures)
        st.caption(f"{plain(view.sentence)} {note}")
    other = next((c for c in output.comparisons if c.name == "other"), None)
    theme = theme_name()
    with middle:
        _plot(text("review.roc"), roc_figure(output, threshold, other, theme, nouns), f"roc-{key}")
    with right:
        figure = precision_recall_figure(output, threshold, other, theme, nouns)
        _plot(text("review.precision_recall"), figure, f"pr-{key}")


def render_numbers(output: OutputReview, key: str, nouns: Nouns) -> None:
    """Draw the numbers with intervals beside calibration and decision curve."""
    left, middle, right = st.columns([3, 4, 4], gap="large")
    with left:
        st.markdown(f"## {text('review.numbers')}")
        st.dataframe(
            [
                {
                    text("review.column.measure"): row.title,
                    text("review.column.value"): row.value,
                    text("review.column.interval"): row.interval,
                }
                for row in number_rows(output)
            ],
            hide_index=True,
            width="stretch",
        )
        st.caption(text("review.numbers.caption", units=plain(nouns.units)))
    theme = theme_name()
    with middle:
        _plot(text("review.calibration"), calibration_figure(output, theme, nouns), f"calibration-{key}")
    with right:
        _plot(text("review.decision"), decision_figure(output, theme, nouns), f"decision-{key}")
        if output.on_probability:
            st.caption(_decision_words(output, nouns))


def render_subgroups(review: ModelReview, output: OutputReview, key: str) -> None:
    """Draw the subgroups, the worst on top, as a figure and as a table."""
    st.markdown(f"## {text('review.subgroups')}")
    nouns = review.nouns
    if not output.subgroups:
        st.caption(text("review.subgroups.none", pictures=plain(nouns.pictures)))
        return
    left, right = st.columns([4, 5], gap="large")
    with left:
        _plot("", subgroup_figure(output, theme_name(), nouns), f"subgroups-{key}")
    with right:
        st.dataframe(
            [
                {
                    text("review.column.subgroup"): row.group,
                    text("review.column.remark"): row.mark,
                    text("review.column.auc"): row.auroc,
                    text("review.column.sensitivity"): row.sensitivity,
                    text("review.column.specificity"): row.specificity,
                    text("review.column.positives"): row.positive_patients,
                }
                for row in subgroup_words(output, review.min_positive_patients)
            ],
            hide_index=True,
            width="stretch",
        )
        st.caption(
            text(
                "review.subgroups.caption",
                units=plain(nouns.units),
                least=f"{review.min_positive_patients:d}",
                pictures=plain(nouns.pictures),
            )
        )


def render_comparisons(output: OutputReview, nouns: Nouns) -> None:
    """Draw the paired comparisons on the same films."""
    rows = comparison_words(output)
    if not rows:
        return
    st.markdown(f"## {text('review.compared', pictures=plain(nouns.pictures))}")
    st.dataframe(
        [
            {
                text("review.column.other"): row.other,
                text("review.column.other_auc"): row.area,
                text("review.column.bootstrap"): row.bootstrap,
                text("review.column.delong"): row.delong,
                text("review.column.p_delong"): row.p_value,
                text("review.column.verdict"): row.verdict,
                **({text("review.column.brier"): row.brier} if any(found.brier for found in rows) else {}),
            }
            for row in rows
        ],
        hide_index=True,
        width="stretch",
    )
    said = text("review.compared.caption", pictures=plain(nouns.pictures), unit=plain(nouns.unit))
    st.caption(f"{said} {text('review.compared.brier')}" if any(row.brier for row in rows) else said)


def _decision_words(output: OutputReview, nouns: Nouns) -> str:
    useful = decision_curve(output.curve).useful_range()
    if useful is None:
        return text("review.decision.useless")
    low, high = f"{useful[0]:.2f}", f"{useful[1]:.2f}"
    return text("review.decision.useful", low=low, high=high, pictures=plain(nouns.pictures))


def _confusion_table(found: Confusion) -> str:
    missed = text("review.truth.missed", n=int(found.false_negative))
    alarms = counted("review.truth.false_alarms", found.false_positive)
    return (
        f"| {text('review.column.truth')} | {text('review.truth.flagged')} | {text('review.truth.not_flagged')} |\n"
        "|---|---|---|\n"
        f"| **{text('review.truth.with')}** | {found.true_positive:,} | {missed} |\n"
        f"| **{text('review.truth.without')}** | {alarms} | {found.true_negative:,} |"
    )


def _plot(title: str, figure: go.Figure, key: str) -> None:
    if title:
        st.markdown(f"## {plain(title)}")
    render_chart(figure, key=key)
