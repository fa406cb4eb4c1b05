"""The alerts of a read case, beside its risks; and what the log holds of a saved one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from dashboard.boundary import render_error
from dashboard.catalogue import text
from dashboard.components.patient.risks import blocking_conflicts
from dashboard.components.together.alert_list import alert_book, render_alert_list, render_fatigue, render_rows
from dashboard.records.alert_names import logged_name
from dashboard.session import Session, monitoring_session
from dashboard.viewmodels.stay.vitals import hour_words
from dashboard.viewmodels.together.alerts import logged_alerts, saved_alerts
from model_zoo.alerts import Alert, load_rules
from model_zoo.alerts.acknowledge import Acknowledgement
from model_zoo.case import CaseReview
from model_zoo.case.assembly import alerts_of_review
from model_zoo.case.note_and_stay import NO_STAY, HourRead
from model_zoo.errors import ZooError
from model_zoo.plain import plain


def render_alerts(state: Session, stay: HourRead = NO_STAY) -> None:
    """Draw what the rules say about the reading and the stay; nothing while a possible wrong patient blocks the risks."""
    review = state.reading.review
    if review is None or review.record is not state.record or blocking_conflicts(state):
        return
    with st.container(key="alerts"):
        try:
            signed = False
            for title, case, alerts, start in _lists(review, stay):
                if title:
                    st.markdown(f":gray[{plain(title)}]")
                signed = render_alert_list(case, alerts, start, signed, compact=True)
            render_fatigue()
        except ZooError as error:
            render_error(error)


def _lists(review: CaseReview, stay: HourRead) -> list[tuple[str, str, Sequence[Alert], datetime | None]]:
    """Return title, name in the log, alerts and clock of each list, the one with the most pressing alert first."""
    own = alerts_of_review(review, load_rules())
    watched = monitoring_session()
    if stay.absent is not None or watched.series is None:
        return [("", _name(review), own, None)]
    start = watched.series.start
    lists = [
        (text("alerts.of_case"), _name(review), own, None),
        (text("alerts.of_stay", hour=hour_words(stay.hour, start)), watched.name, stay.alerts, start),
    ]
    return sorted(lists, key=lambda found: -max((alert.rule.rank for alert in found[2]), default=-1))


def note_alerts(review: CaseReview, stay: HourRead) -> tuple[list[Alert], list[Acknowledgement]]:
    """Return all alerts of scan and stay, and who acknowledged which of them; those shown for the first time are logged.

    Raises AlertRulesInvalid.
    """
    book = alert_book()
    alerts: list[Alert] = []
    acknowledged: list[Acknowledgement] = []
    for _, case, found, _ in _lists(review, stay):
        book.note(case, found)
        alerts += found
        acknowledged += book.history().of_case(case).acknowledged
    return alerts, acknowledged


def render_saved_alerts(review: CaseReview) -> None:
    """Draw the alerts of a saved case as they spoke then, and from the log when each was raised and who acknowledged it."""
    history = alert_book().history().of_case(_name(review))
    logged = logged_alerts(history.raised, history.acknowledged, load_rules())
    with st.container(key="alerts"):
        if review.whole is not None:
            rows = saved_alerts(review.whole.alerts)
            st.markdown(f"**{text('saved.alerts') if rows else text('together.no_alert')}**")
            render_rows(review.case_id, rows, lambda row: None, compact=True)
        if logged:
            with st.expander(text("alerts.logged.title", count=len(logged)), icon=":material/notifications:"):
                st.markdown("\n".join(f"- {plain(row)}" for row in logged))


def _name(review: CaseReview) -> str:
    # By the scan alone: a record that is brought later must not part a case from its earlier acknowledgements.
    return logged_name(review.case_id, review.scan.synthetic)
