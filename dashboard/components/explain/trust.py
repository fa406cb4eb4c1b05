"""Can this map, can this finding be believed: the verdict with its reasons, the panel of checks, the alarms."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.catalogue import text
from dashboard.components.page.chart import render_chart
from dashboard.components.page.theme import theme_name
from dashboard.figures.faithfulness import faithfulness_figure
from dashboard.viewmodels.explain.trust import TrustView, build_finding_trust, build_trust
from model_zoo.case import CaseReview
from model_zoo.case.case_review import ExplainedMap
from model_zoo.plain import plain
from model_zoo.trust.check import MapCheck
from model_zoo.trust.verdict import PENDING

# Three reasons can be read aloud; the panel below holds all of them.
SHOWN_REASONS = 3


def render_map_trust(explained: ExplainedMap, key: str, checks: Sequence[MapCheck], stored: bool = False) -> None:
    """Draw verdict, reasons and panel of one map. checks: those it gets. stored: it comes from a saved case."""
    view = build_trust(explained, stored, checks)
    for alarm in view.alarms:
        st.error(plain(alarm), icon=":material/campaign:")
    st.markdown(f":{view.colour}-badge[{view.mark} {plain(view.headline)}] {_reasons(view)}")
    if view.evidence and view.verdict != PENDING:
        st.caption(plain(view.evidence))
    done, total = view.progress
    label = text("trust.checks")
    if done != total:
        label = text("trust.checks_under_way", done=f"{done:d}", total=f"{total:d}")
    with st.expander(label, icon=":material/fact_check:"):
        for row in view.rows:
            st.markdown(
                f"{row.mark} **{plain(row.title)}** ({plain(row.outcome)}). :gray[{plain(row.question)}]  \n{plain(row.sentence)}"
            )
        if view.curves is not None and done == total:
            render_chart(faithfulness_figure(view.curves, theme_name()), key=f"faithfulness-{key}")


def render_finding_trust(review: CaseReview, output: str) -> None:
    """Draw the alarms of a finding, and what was measured, folded."""
    view = build_finding_trust(review, output)
    for alarm in view.alarms:
        st.error(plain(alarm), icon=":material/campaign:")
    if view.sentences or view.gate_words:
        with st.expander(text("trust.finding"), icon=":material/travel_explore:"):
            for sentence in view.sentences:
                st.markdown(f"- {plain(sentence)}")
            if view.gate_words:
                st.markdown(f"- {plain(view.gate_words)}")


def _reasons(view: TrustView) -> str:
    if view.verdict == PENDING:
        return ""
    return plain(" ".join(view.reasons[:SHOWN_REASONS]))
