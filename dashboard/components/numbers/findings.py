"""What stands behind the numbers of a reading: coverage, prevalence, every finding with its interval, outlines, remarks."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboard.catalogue import text
from dashboard.components.numbers.number import render_number
from dashboard.components.numbers.outline_only import render_outline_only
from dashboard.components.numbers.outlines import render_outlines
from dashboard.components.page.chart import render_chart
from dashboard.components.page.theme import theme_name
from dashboard.figures.findings import findings_figure
from dashboard.viewmodels.numbers.findings import build_findings, held_out_words
from model_zoo.card import ModelCard
from model_zoo.case import CaseReview
from model_zoo.plain import plain


def render_numbers(
    review: CaseReview,
    card: ModelCard,
    target: str | None,
    ask_coverage: Callable[[], None] | None = None,
    ask_prevalence: Callable[[], None] | None = None,
) -> None:
    """Draw all findings with their intervals, then what stands behind the number of the chosen one. ask_*: ``render_number``."""
    view = build_findings(review.prediction, card, review.numbers)
    render_insisted(review)
    st.caption(plain(view.population_title))
    if not review.prediction.findings or target is None:
        render_outline_only(review, card)
        return
    row = next(r for r in view.rows if r.output == target)
    held_out = held_out_words(card, row.output)
    st.caption(" ".join(plain(part) for part in (row.kind_words, row.caution or "", held_out) if part))
    block = next((block for block in review.numbers if block.output == target), None)
    render_number(block, ask_coverage, ask_prevalence)
    theme = theme_name()
    for name, rows in (("probability", view.probability_rows), ("score", view.score_rows)):
        if rows:
            render_chart(findings_figure(rows, theme), key=f"findings-{name}")
    render_outlines(review)
    for remark in (*view.remarks, *review.remarks):
        st.caption(f":material/info: {plain(remark)}")


def render_insisted(review: CaseReview) -> None:
    """Say what speaks against reading this scan, where the reader insisted."""
    if review.violations:
        st.warning(
            text("numbers.insisted") + "\n" + "\n".join(f"- {plain(v)}." for v in review.violations),
            icon=":material/report:",
        )
