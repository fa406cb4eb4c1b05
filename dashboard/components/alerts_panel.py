"""The alerts of a read case, beside its risks; and what the log holds of a saved one."""

from __future__ import annotations

import streamlit as st

from dashboard.boundary import render_error
from dashboard.components.alert_list import alert_book, render_alert_list, render_fatigue
from dashboard.components.risks import blocking_conflicts
from dashboard.records.alert_names import logged_name
from dashboard.state import Session
from dashboard.viewmodels.alerts import logged_alerts
from model_zoo.alerts import Alert, AlertInputs, evaluate, load_rules
from model_zoo.alerts.inputs import discordance_sentences, finding_values, record_values, risk_values
from model_zoo.errors import ZooError
from model_zoo.review import CaseReview
from model_zoo.review.concordance import assess_concordance


def render_alerts(state: Session) -> None:
    """Draw what the rules say about the reading; nothing while a possible wrong patient blocks the risks."""
    review = state.review
    if review is None or review.record is not state.record or blocking_conflicts(state):
        return
    with st.container(key="alerts"):
        st.subheader("Alerts")
        try:
            alerts = case_alerts(review)
            render_alert_list(_name(review), alerts)
            render_fatigue()
        except ZooError as error:
            render_error(error)


def case_alerts(review: CaseReview) -> tuple[Alert, ...]:
    """Return the alerts of a reading: findings, risks, values of the record, and a contradiction between them.

    Raises AlertRulesInvalid for a damaged rules file.
    """
    inputs = AlertInputs(
        risks=() if review.risk is None else risk_values([review.risk]),
        values={} if review.record is None else record_values(review.record),
        findings=finding_values(review.prediction),
        discordances=discordance_sentences(assess_concordance(review)),
    )
    return evaluate(load_rules(), inputs)


def render_logged_alerts(review: CaseReview) -> None:
    """Say which alerts of a saved case were raised, and by whom each was acknowledged."""
    history = alert_book().history().of_case(_name(review))
    rows = logged_alerts(history.raised, history.acknowledged, load_rules())
    if not rows:
        return
    with st.expander(f"Alerts of this case ({len(rows)})", icon=":material/notifications:"):
        st.markdown("\n".join(f"- {row}" for row in rows))


def _name(review: CaseReview) -> str:
    # By the scan alone: a record that is brought later must not part a case from its earlier acknowledgements.
    return logged_name(review.case_id, review.scan.synthetic)
