"""A saved case as it was read: its numbers, maps in numbers, and the way to see the picture again."""

from __future__ import annotations

import streamlit as st

from dashboard.catalogue import text
from dashboard.components.case.stored_whole import render_stored_whole
from dashboard.components.explain.trust import render_map_trust
from dashboard.components.page.chart import render_chart
from dashboard.components.page.theme import theme_name
from dashboard.components.together.alerts_panel import render_logged_alerts
from dashboard.figures.contributions import contributions_figure
from dashboard.figures.findings import findings_figure
from dashboard.figures.risk import risk_figure
from dashboard.figures.study import study_figure
from dashboard.services import patient_model
from dashboard.viewmodels.case.header import build_header
from dashboard.viewmodels.case.study import build_study
from dashboard.viewmodels.explain.maps import build_explanation
from dashboard.viewmodels.numbers.findings import build_findings
from dashboard.viewmodels.numbers.outlines import build_outlines, lesion_words
from dashboard.viewmodels.patient.contributions import build_contributions
from dashboard.viewmodels.patient.risk import build_risk
from model_zoo.engine.outlines import OUTLINES_ONLY, reading_card
from model_zoo.errors import ZooError
from model_zoo.plain import plain
from model_zoo.protocols import checks_for
from model_zoo.review import CaseReview
from model_zoo.review.concordance import assess_concordance


def render_stored_case(review: CaseReview) -> None:
    """Draw a stored review."""
    header = build_header(review)
    mark = f":orange-badge[{plain(header.synthetic)}] " if header.synthetic else ""
    st.markdown(mark + " · ".join(f"{plain(item.label)} **{plain(item.value)}**" for item in header.items))
    if review.violations:
        st.warning(
            text("stored.insisted") + "\n" + "\n".join(f"- {plain(v)}." for v in review.violations),
            icon=":material/report:",
        )
    for remark in review.remarks:
        st.caption(f":material/info: {plain(remark)}")
    try:
        card = reading_card(review.prediction.model)
    except ZooError as error:
        st.warning(
            text("stored.no_model", message=plain(error.message)),
            icon=":material/update:",
        )
        return
    if review.prediction.weights_sha256 != card.weights_sha256:
        st.warning(
            text("stored.other_weights"),
            icon=":material/update:",
        )
    if review.protocol is not None:
        st.caption(f":material/route: {plain(review.protocol.sentence)}")
    if not review.prediction.findings:
        st.markdown(OUTLINES_ONLY)
    view = build_findings(review.prediction, card, review.numbers)
    if view.shared_condition:
        st.markdown(f"**{text('stored.condition', condition=plain(view.shared_condition))}**")
    for name, rows in (("probability", view.probability_rows), ("score", view.score_rows)):
        if rows:
            render_chart(findings_figure(rows, theme_name()), key=f"stored-{name}")
    for caution in dict.fromkeys(row.caution for row in (*view.probability_rows, *view.score_rows) if row.caution):
        st.caption(plain(caution))
    st.caption(text("stored.not_assessed", items=plain(", ".join(view.not_assessed))))
    for block in review.numbers:
        local = (
            f" {plain(block.predictive.shift)} {plain(block.predictive.odds)}" if block.predictive is not None else ""
        )
        st.markdown(f"**{plain(block.title)}**: {plain(block.sentence)}{local}")
    for report in review.shortcuts:
        for alarm in report.alarms:
            st.error(plain(alarm), icon=":material/campaign:")
    outlined = build_outlines(review)
    for row in () if outlined is None else outlined.rows:
        st.markdown(f"**{plain(row.title)}**: {plain(', '.join(filter(None, (row.score, row.side, row.area))))}")
        if row.note:
            st.caption(plain(row.note))
    for explained in review.maps:
        finding = review.prediction.finding(explained.attribution.target)
        explanation = build_explanation(explained, finding)
        st.markdown(f"**{plain(explained.attribution.title)}, {plain(finding.title)}**: {plain(explanation.sentence)}")
        st.caption(
            plain(" ".join((lesion_words(review, explained.attribution.method, finding.output), *explanation.details)))
        )
        if explained.verdict is None:
            st.caption(text("stored.not_checked"))
        else:
            key = f"stored-{explained.attribution.method}-{explained.attribution.target}"
            render_map_trust(explained, key, checks_for(review.prediction.model), stored=True)
    if review.study is not None:
        study = build_study(review.study, card, review.scan.frame, review.prediction.covered)
        st.markdown(f"**{text('stored.study')}**")
        st.caption(f"{plain(study.headline)} {text('study.score')} {plain(study.sentence)}")
        render_chart(study_figure(study, theme_name()), key="stored-study")
    concordance = assess_concordance(review)
    if concordance is not None:
        st.markdown(
            text(
                "stored.concordance",
                state=plain(concordance.state),
                legs=plain(" ".join(concordance.legs)),
                sentence=plain(concordance.sentence),
            )
        )
    if review.risk is not None:
        risk = build_risk(review.risk)
        render_chart(risk_figure(risk, theme_name()), key="stored-risk")
        st.caption(plain(" ".join((risk.population, *risk.notes, f"{risk.interval}.", risk.not_measured_words))))
        titles = {outcome.name: outcome.title for outcome in review.risk.outcomes}
        for attribution in review.risk_attributions:
            shares = build_contributions(
                attribution, patient_model(review.risk.model).specs, outcome_title=titles[attribution.outcome]
            )
            render_chart(contributions_figure(shares, theme_name()), key=f"stored-contributions-{attribution.outcome}")
            st.caption(plain(shares.check))
    else:
        st.caption(text("stored.no_risk", reason=plain(review.risk_absent)))
    if review.whole is not None:
        render_stored_whole(review.whole)
    render_logged_alerts(review)
    st.caption(
        text(
            "stored.again",
            scan=plain(review.scan.sha256[:8]),
            versions=", ".join(f"{plain(name)} {plain(number)}" for name, number in (review.versions or {}).items()),
        )
    )
