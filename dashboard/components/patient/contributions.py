"""Why this risk: what each value of the patient adds to it."""

from __future__ import annotations

import streamlit as st

from dashboard.catalogue import text
from dashboard.components.page.chart import render_chart
from dashboard.components.page.theme import theme_name
from dashboard.figures.contributions import contributions_figure
from dashboard.viewmodels.patient.contributions import build_contributions
from model_zoo.case import CaseReview
from model_zoo.patients.features import Units
from model_zoo.patients.risk_models import definitions
from model_zoo.plain import plain


def render_contributions(review: CaseReview, units: Units = "SI") -> None:
    """Draw the contributions of the outcome that is chosen; nothing where none were computed."""
    by_name = {attribution.outcome: attribution for attribution in review.risk_attributions}
    if review.risk is None or not by_name:
        return
    st.subheader(text("explain.risk"))
    titles = {outcome.name: outcome.title for outcome in review.risk.outcomes if outcome.name in by_name}
    outcome = st.segmented_control(
        text("explain.outcome"),
        list(titles),
        default=next(iter(titles)),
        format_func=lambda name: plain(titles[name]),
        key="outcome",
        label_visibility="collapsed",
    ) or next(iter(titles))
    specs = definitions()[review.risk.model].specs
    view = build_contributions(by_name[outcome], specs, units, outcome_title=titles[outcome])
    render_chart(contributions_figure(view, theme_name()), key=f"contributions-{outcome}")
    st.caption(text("explain.compared", reference=plain(view.reference), check=plain(view.check)))
    with st.expander(text("explain.table"), icon=":material/table_rows:"):
        st.dataframe(
            [
                {
                    text("explain.table.feature"): row.title,
                    text("explain.table.patient"): row.value_words,
                    text("explain.table.reference"): row.reference_words,
                    text("explain.table.contribution"): row.points_words,
                }
                for row in view.rows
            ],
            hide_index=True,
            width="stretch",
        )
