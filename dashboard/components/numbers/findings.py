"""What stands behind the numbers of a reading: coverage, prevalence, every finding with its interval, outlines, remarks."""

from __future__ import annotations

import streamlit as st

from dashboard.catalogue import text
from dashboard.components.numbers.number import render_number
from dashboard.components.numbers.outline_only import render_outline_only
from dashboard.components.numbers.outlines import render_outlines
from dashboard.components.page.chart import render_chart
from dashboard.components.page.theme import theme_name
from dashboard.figures.findings import findings_figure
from dashboard.services import engine
from dashboard.session import Session
from dashboard.viewmodels.numbers.findings import build_findings, held_out_words
from model_zoo.plain import plain
from model_zoo.review import with_numbers
from model_zoo.trust.number import number_entry


def render_numbers_of(state: Session) -> None:
    """Draw all findings with their intervals, then what stands behind the number of the chosen one."""
    if state.reading.review is None:
        return
    review, card = state.reading.review, engine(state.model).card
    asked = with_numbers(review, engine(state.model).trust, state.case.coverage, state.case.prevalence)
    view = build_findings(review.prediction, card, asked.numbers)
    if review.violations:
        st.warning(
            text("numbers.insisted") + "\n" + "\n".join(f"- {plain(v)}." for v in review.violations),
            icon=":material/report:",
        )
    st.caption(plain(view.population_title))
    if not review.prediction.findings or state.reading.target is None:
        render_outline_only(state, card)
        return
    row = next(r for r in (*view.probability_rows, *view.score_rows) if r.output == state.reading.target)
    held_out = held_out_words(card, row.output)
    st.caption(" ".join(plain(part) for part in (row.kind_words, row.caution or "", held_out) if part))
    entry = number_entry(engine(state.model).trust, row.output)
    render_number(state, review.prediction.finding(row.output), entry, review.stated)
    theme = theme_name()
    for name, rows in (("probability", view.probability_rows), ("score", view.score_rows)):
        if rows:
            render_chart(findings_figure(rows, theme), key=f"findings-{name}")
    render_outlines(state)
    for remark in (*view.remarks, *review.remarks):
        st.caption(f":material/info: {plain(remark)}")
