"""Alerts as cards: level, reason, suggestion, limits and source, each acknowledged by a person with a reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime

import streamlit as st

from dashboard.boundary import render_error
from dashboard.catalogue import counted, text
from dashboard.records.alert_book import AlertBook
from dashboard.records.alert_names import without_synthetic
from dashboard.viewmodels.together.alerts import REASON_CHOICES, AlertRow, build_alerts, build_fatigue, levels_words
from model_zoo.alerts import Alert, load_rules, measure_fatigue
from model_zoo.plain import plain

_KEY, _BY = "diaphane_alerts", "alerts-by"
_COLOURS = {"emergency": "red", "urgent": "orange", "attention": "blue", "info": "gray"}
_REASONS = dict(REASON_CHOICES)


def alert_book() -> AlertBook:
    """Return the one object of this browser session."""
    if _KEY not in st.session_state:
        st.session_state[_KEY] = AlertBook()
    return st.session_state[_KEY]


def render_alert_list(
    case: str, alerts: Sequence[Alert], start: datetime | None = None, signed: bool = False, compact: bool = False
) -> bool:
    """Draw the alerts of a case, open ones in full, and log those that are shown for the first time.

    case: name in the log. start: the clock at hour 0 of a series, where it is known. signed: another list of this page asks
    already who acknowledges; returns whether one does now. compact: in full only the urgent ones and those of the highest level.
    """
    book = alert_book()
    book.note(case, alerts)
    view = build_alerts(alerts, book.history().of_case(case).acknowledged, start)
    st.markdown(f"**{plain(view.headline)}**")
    st.caption(plain(view.note))
    if book.error is not None:
        render_error(book.error)
    if view.open and not signed:
        signed = True
        st.text_input(
            text("alerts.by"),
            book.by,
            key=_BY,
            max_chars=40,
            placeholder=text("alerts.by_empty"),
            autocomplete="off",
            on_change=_keep_name,
            args=(book,),
        )
    by_key = {alert.key: alert for alert in alerts}
    render_rows(case, view.open, lambda row: _ask(book, case, row, by_key[row.key]), compact)
    done = [row for row in view.rows if not row.open]
    if done:
        with st.expander(
            text("alerts.acknowledged", count=len(done)), icon=":material/done_all:", key=f"acknowledged-{case}"
        ):
            for row in done:
                st.markdown(f"{_badge(row)} **{plain(row.title)}**{_when(row)}")
                st.caption(plain(row.acknowledged))
    return signed


def render_fatigue(sentence: str = "") -> None:
    """Draw what becomes of the alerts of this installation. sentence: on the case itself, drawn first."""
    book = alert_book()
    history, synthetic = without_synthetic(book.history())
    view = build_fatigue(measure_fatigue(history.raised, history.acknowledged), load_rules(), history.damaged)
    if sentence:
        st.caption(plain(sentence))
    with st.expander(text("alerts.fatigue"), icon=":material/notifications_paused:", key="alert-fatigue"):
        st.markdown(plain(" ".join(view.sentences)))
        if synthetic:
            st.caption(counted("alerts.fatigue.synthetic", synthetic))
        if view.rows:
            st.dataframe(
                [
                    {
                        text("alerts.column.rule"): row.title,
                        text("alerts.column.alerts"): row.alerts,
                        text("alerts.column.acknowledged"): row.acknowledged,
                        text("alerts.column.without_action"): row.without_action,
                    }
                    for row in view.rows
                ],
                hide_index=True,
                width="stretch",
            )
        st.caption(text("alerts.fatigue.counted"))


def render_rows(case: str, rows: Sequence[AlertRow], ask: Callable[[AlertRow], None], compact: bool) -> None:
    """Draw alerts in full; compact: those that press less are folded. ask: draws what is asked of the reader about one."""
    # What is urgent is never folded away.
    pressing = {"emergency", "urgent", *(row.level for row in rows[:1])}
    shown = [row for row in rows if not compact or row.level in pressing]
    for row in shown:
        _render_row(case, row, ask)
    if rest := rows[len(shown) :]:
        counts = plain(levels_words(Counter(row.level for row in rest).items()))
        label = text("alerts.less_pressing", counts=counts)
        with st.expander(label, icon=":material/notifications:", key=f"less-pressing-{case}"):
            for row in rest:
                _render_row(case, row, ask)


def _render_row(case: str, row: AlertRow, ask: Callable[[AlertRow], None]) -> None:
    with st.container(border=True, key=f"alert-{case}-{row.key}", gap="xsmall"):
        st.markdown(f"{_badge(row)} **{plain(row.title)}**{_when(row)}")
        st.markdown(plain(row.reason))
        st.markdown(text("alerts.suggestion", suggestion=plain(row.suggestion)))
        st.caption(text("alerts.limits", limits=plain(row.limits), source=plain(row.source)))
        ask(row)


def _ask(book: AlertBook, case: str, row: AlertRow, alert: Alert) -> None:
    """Let a person acknowledge an alert with a reason."""
    reason = f"alert-reason-{case}-{row.key}"
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.selectbox(
            text("alerts.reason_at", title=plain(row.title), when=plain(row.when))
            if row.when
            else text("alerts.reason_of", title=plain(row.title)),
            list(_REASONS),
            index=None,
            format_func=_REASONS.__getitem__,
            key=reason,
            placeholder=text("alerts.reason"),
            label_visibility="collapsed",
        )
        st.button(
            text("alerts.acknowledge"),
            key=f"acknowledge-{case}-{row.key}",
            icon=":material/check:",
            on_click=_acknowledge,
            args=(book, case, alert, reason),
        )
    refused = book.refusals.get((case, row.key))
    if refused is not None:
        render_error(refused)


def _keep_name(book: AlertBook) -> None:
    book.by = st.session_state.get(_BY, book.by)


def _acknowledge(book: AlertBook, case: str, alert: Alert, reason: str) -> None:
    book.acknowledge(case, alert, st.session_state.get(_BY, book.by), st.session_state.get(reason))


def _badge(row: AlertRow) -> str:
    return f":{_COLOURS[row.level]}-badge[{row.mark} {plain(row.level_title)}]"


def _when(row: AlertRow) -> str:
    return f" · :gray[{plain(row.when)}]" if row.when else ""
