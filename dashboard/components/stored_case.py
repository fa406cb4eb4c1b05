"""A saved case as it was read: its numbers, maps in numbers, and the way to see the picture again."""

from __future__ import annotations

import streamlit as st

from dashboard.components.theme import theme_name
from dashboard.figures.findings import findings_figure
from dashboard.figures.risk import risk_figure
from dashboard.figures.theme import PLOTLY_CONFIG
from dashboard.services import engine
from dashboard.viewmodels.explanation import build_explanation
from dashboard.viewmodels.findings import build_findings
from dashboard.viewmodels.header import build_header
from dashboard.viewmodels.risk import build_risk
from model_zoo.review import CaseReview


def render_stored_case(review: CaseReview) -> None:
    """Draw a stored review."""
    header = build_header(review)
    st.markdown(" · ".join(f"{item.label} **{item.value}**" for item in header.items))
    card = engine().card
    if review.prediction.weights_sha256 != card.weights_sha256:
        st.warning(
            "Read with other weights than those installed now: the numbers are those of that reading.",
            icon=":material/update:",
        )
    view = build_findings(review.prediction, card)
    for name, rows in (("probability", view.probability_rows), ("score", view.score_rows)):
        if rows:
            st.plotly_chart(findings_figure(rows, theme_name()), key=f"stored-{name}", config=PLOTLY_CONFIG, theme=None)
    for explained in review.maps:
        finding = review.prediction.finding(explained.attribution.target)
        explanation = build_explanation(explained, finding)
        st.markdown(f"**{explained.attribution.title}, {finding.title}**: {explanation.sentence}")
        st.caption(" ".join(explanation.details))
    if review.risk is not None:
        st.plotly_chart(
            risk_figure(build_risk(review.risk), theme_name()), key="stored-risk", config=PLOTLY_CONFIG, theme=None
        )
    else:
        st.caption(f"No risk: {review.risk_absent}")
    st.caption(
        f"To see film and maps again, open the file of this case on the page 'Read a case' (scan "
        f"{review.scan.sha256[:8]}). Read with: "
        + ", ".join(f"{name} {number}" for name, number in (review.versions or {}).items())
        + "."
    )
