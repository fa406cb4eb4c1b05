"""The review on the screen: numbers, threshold with its curves, calibration, decision, subgroups, second model, card."""

from __future__ import annotations

from functools import partial

import plotly.graph_objects as go
import streamlit as st

from dashboard.catalogue import text
from dashboard.components.page.chart import render_chart
from dashboard.components.page.theme import theme_name
from dashboard.export.review_page import build_review_page, review_file_name
from dashboard.figures.model_review import (
    calibration_figure,
    decision_figure,
    in_words,
    precision_recall_figure,
    roc_figure,
    subgroup_figure,
)
from dashboard.session.model_review import ReviewSession
from dashboard.viewmodels.model_review.report import (
    HUNDRED_NOTE,
    build_threshold,
    caution_lines,
    comparison_words,
    facts_line,
    number_rows,
    output_line,
    slider_range,
    slider_start,
    subgroup_words,
    threshold_of,
)
from model_zoo.evaluation.curves import decision_curve
from model_zoo.evaluation.model_review import ModelReview, OutputReview
from model_zoo.evaluation.operating import Confusion
from model_zoo.evaluation.review_words import Nouns
from model_zoo.plain import plain


def render_heading(state: ReviewSession, review: ModelReview) -> OutputReview:
    """Draw what is under review, the choice of output and the export; return the output chosen."""
    left, right = st.columns([5, 1.2], vertical_alignment="bottom")
    mark = ":orange-badge[Synthetic] " if review.synthetic else ""
    left.markdown(f"{mark}{plain(facts_line(review))}")
    whole = state.complete() or review
    # Built when it is asked for: the file is five megabytes, most of it plotly.js.
    right.download_button(
        "Download HTML",
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
                "Output",
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
        unit = "probability" if output.on_probability else "logit"
        st.markdown("## Threshold")
        slider = st.slider(
            f"Flag {plain(nouns.pictures)} from this {unit} on",
            low,
            high,
            slider_start(output),
            step,
            format="%.3f" if output.on_probability else "%.2f",
            key=f"threshold-{key}",
            help="Starts at the operating threshold of the card.",
        )
        stated = st.number_input(
            "Prevalence where it is to be used (%)",
            min_value=0.1,
            max_value=99.9,
            value=None,
            step=0.1,
            placeholder=f"as in these {nouns.pictures}",
            key=f"prevalence-{key}",
        )
        threshold = threshold_of(output, slider)
        view = build_threshold(output, threshold, None if stated is None else stated / 100, nouns)
        hundred = view.stated or view.here
        if hundred is not None:
            flagged, missed = st.columns(2)
            flagged.metric("Flagged per 100", f"{hundred.flagged:.1f}")
            missed.metric("Missed per 100", f"{hundred.missed:.1f}")
        st.markdown(_confusion_table(view.confusion))
        st.caption(
            plain(
                f"Sensitivity {view.sensitivity}, specificity {view.specificity}, positive predictive value {view.ppv}, "
                f"negative {view.npv}."
            )
        )
        st.caption(f"{plain(view.sentence)} {plain(nouns.worded(HUNDRED_NOTE)) if stated is not None else ''}")
    other = next((c for c in output.comparisons if c.name == "other"), None)
    theme = theme_name()
    with middle:
        _plot("ROC curve", roc_figure(output, threshold, other, theme), f"roc-{key}")
    with right:
        _plot("Precision and recall", precision_recall_figure(output, threshold, other, theme), f"pr-{key}")


def render_numbers(output: OutputReview, key: str, nouns: Nouns) -> None:
    """Draw the numbers with intervals beside calibration and decision curve."""
    left, middle, right = st.columns([3, 4, 4], gap="large")
    with left:
        st.markdown("## Numbers")
        st.dataframe(
            [
                {text("review.column.measure"): row.title, "Value": row.value, "95 % interval": row.interval}
                for row in number_rows(output)
            ],
            hide_index=True,
            width="stretch",
        )
        st.caption(f"At the operating threshold of the card. Intervals over resampled {plain(nouns.units)}.")
    theme = theme_name()
    with middle:
        _plot("Calibration", in_words(calibration_figure(output, theme), nouns), f"calibration-{key}")
    with right:
        _plot("Decision curve", in_words(decision_figure(output, theme), nouns), f"decision-{key}")
        if output.on_probability:
            st.caption(plain(nouns.worded(_decision_words(output))))


def render_subgroups(review: ModelReview, output: OutputReview, key: str) -> None:
    """Draw the subgroups, the worst on top, as a figure and as a table."""
    st.markdown("## Subgroups, the worst on top")
    nouns = review.nouns
    if not output.subgroups:
        st.caption(
            f"These {plain(nouns.pictures)} state neither age nor sex nor view, so that no subgroup can be told apart."
        )
        return
    left, right = st.columns([4, 5], gap="large")
    with left:
        _plot("", in_words(subgroup_figure(output, theme_name()), nouns), f"subgroups-{key}")
    with right:
        st.dataframe(
            [
                {
                    "Subgroup": row.group,
                    text("review.column.remark"): row.mark,
                    "AUC": row.auroc,
                    "Sensitivity": row.sensitivity,
                    "Specificity": row.specificity,
                    "Positives": row.positive_patients,
                }
                for row in subgroup_words(output, review.min_positive_patients)
            ],
            hide_index=True,
            width="stretch",
        )
        st.caption(
            f"Positives are {plain(nouns.units)}. A subgroup with fewer than {review.min_positive_patients:d} of them has no "
            "result: its interval could be read in any direction. One of several subgroups is always the worst; 'below all' "
            f"means that its whole interval lies under the AUC of all {plain(nouns.pictures)}."
        )


def render_comparisons(output: OutputReview, nouns: Nouns) -> None:
    """Draw the paired comparisons on the same films."""
    rows = comparison_words(output)
    if not rows:
        return
    st.markdown(f"## On the same {plain(nouns.pictures)}")
    st.dataframe(
        [
            {
                "Compared with": row.other,
                "Its AUC": row.area,
                "Difference, bootstrap": row.bootstrap,
                "Difference, DeLong": row.delong,
                "p (DeLong)": row.p_value,
                text("review.column.verdict"): row.verdict,
                **({"Difference, Brier": row.brier} if any(found.brier for found in rows) else {}),
            }
            for row in rows
        ],
        hide_index=True,
        width="stretch",
    )
    st.caption(
        f"AUC of this model minus that of the other. Both tests take {plain(nouns.pictures)} of one {plain(nouns.unit)} "
        "together; a model is called better only where both intervals leave out zero."
        + (" Brier score: below zero, this model's probabilities are better." if any(row.brier for row in rows) else "")
    )


def render_card(review: ModelReview) -> None:
    """Draw the card, folded: the page Models shows it whole."""
    with st.expander("Card", icon=":material/badge:"):
        card = review.card
        st.markdown(plain(card.intended_use))
        lists = (
            ("For whom", card.populations),
            ("Not for", card.not_for),
            ("Not assessed", card.not_assessed),
            ("Cautions", card.caution),
            ("Trained and measured on", card.data),
        )
        for title, lines in lists:
            if lines:
                st.markdown(f"**{plain(title)}**\n" + "\n".join(f"- {plain(line)}" for line in lines))


def _decision_words(output: OutputReview) -> str:
    useful = decision_curve(output.curve).useful_range()
    if useful is None:
        return "At no probability does acting on the model do better than acting on everybody or on nobody."
    return (
        f"Acting on the model does better than acting on everybody or nobody from {useful[0]:.2f} to {useful[1]:.2f}. "
        "Net benefit is read at the prevalence of these films."
    )


def _confusion_table(found: Confusion) -> str:
    return (
        f"| {text('review.column.truth')} | flagged | not flagged |\n|---|---|---|\n"
        f"| **has the finding** | {found.true_positive:,} | {found.false_negative:,} missed |\n"
        f"| **has it not** | {found.false_positive:,} false alarms | {found.true_negative:,} |"
    )


def _plot(title: str, figure: go.Figure, key: str) -> None:
    if title:
        st.markdown(f"## {plain(title)}")
    render_chart(figure, key=key)
