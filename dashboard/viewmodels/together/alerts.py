"""Alerts as rows for the page, and the figures of alert fatigue as words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from dashboard.viewmodels.stay.vitals import hour_words
from model_zoo.alerts.acknowledge import REASONS, Acknowledgement, RaisedAlert, reason_title
from model_zoo.alerts.fatigue import Fatigue
from model_zoo.alerts.rule import LEVEL_TITLES, LEVELS, Alert, Rule

NONE_WORDS = (
    "No rule speaks. That does not mean that nothing is wrong: the rules see only what was measured and entered."
)
SUGGESTION_WORDS = "A suggestion with its basis and limits; whoever treats the patient decides."
REASON_CHOICES: tuple[tuple[str, str], ...] = tuple((reason.name, reason.title) for reason in REASONS)
# Below this many acknowledged alerts a share says more about chance than about a rule.
FEW = 10


@dataclass(frozen=True)
class AlertRow:
    """One alert. key: tells it apart within the case. mark: signs that say the level without colour.

    acknowledged: by whom, when and why, empty while it is open.
    """

    key: str
    rule: str
    level: str
    level_title: str
    mark: str
    title: str
    when: str
    reason: str
    suggestion: str
    limits: str
    source: str
    acknowledged: str

    @property
    def open(self) -> bool:
        return not self.acknowledged


@dataclass(frozen=True)
class AlertsView:
    """All alerts of a case: open ones first, of those the most pressing, then the newest."""

    rows: tuple[AlertRow, ...]
    headline: str
    note: str

    @property
    def open(self) -> tuple[AlertRow, ...]:
        return tuple(row for row in self.rows if row.open)


@dataclass(frozen=True)
class FatigueRow:
    """One rule in the table of alert fatigue."""

    rule: str
    title: str
    alerts: int
    acknowledged: int
    without_action: str


@dataclass(frozen=True)
class FatigueView:
    """How many alerts come and what becomes of them. sentences: the same in words."""

    sentences: tuple[str, ...]
    rows: tuple[FatigueRow, ...]


def build_alerts(
    alerts: Sequence[Alert], acknowledged: Sequence[Acknowledgement] = (), start: datetime | None = None
) -> AlertsView:
    """Lay alerts out as rows. acknowledged: of this case. start: the clock at hour 0, where it is known."""
    last = {entry.key: entry for entry in sorted(acknowledged, key=lambda entry: entry.acknowledged_at)}
    rows = [_row(alert, last.get(alert.key), start) for alert in alerts]
    hours = {alert.key: -1.0 if alert.hour is None else alert.hour for alert in alerts}
    rows.sort(key=lambda row: (not row.open, -LEVELS.index(row.level), -hours[row.key]))
    waiting = [row for row in rows if row.open]
    if not rows:
        return AlertsView((), "No alerts", NONE_WORDS)
    counts = [(level, sum(row.level == level for row in waiting)) for level in reversed(LEVELS)]
    parts = ", ".join(f"{count} {LEVEL_TITLES[level].lower()}" for level, count in counts if count)
    headline = f"{len(waiting)} open: {parts}" if waiting else f"{_count(len(rows), 'alert')}, all acknowledged"
    return AlertsView(tuple(rows), headline, SUGGESTION_WORDS)


def build_fatigue(fatigue: Fatigue, rules: Sequence[Rule], damaged: int = 0) -> FatigueView:
    """Say alert fatigue in words. damaged: lines of the log that could not be read."""
    titles = {rule.id: rule.title for rule in rules}
    if fatigue.per_day is None:
        sentences = ["No alert was logged yet."]
    else:
        sentences = [
            f"{fatigue.per_day:.1f} alerts per day: {_count(fatigue.alerts, 'alert')} of {_count(fatigue.cases, 'case')} "
            f"on {_count(fatigue.days, 'day')}."
        ]
        share = fatigue.share_without_action
        if share is None:
            sentences.append("None of them is acknowledged yet.")
        else:
            few = " These are few: the share says little yet." if fatigue.acknowledged < FEW else ""
            sentences.append(
                f"{fatigue.acknowledged} of them acknowledged, {100 * share:.0f} % of those without any action.{few}"
            )
    if damaged:
        sentences.append(f"{_count(damaged, 'line')} of the log could not be read and not counted.")
    rows = tuple(
        FatigueRow(
            entry.rule,
            titles.get(entry.rule, entry.rule),
            entry.alerts,
            entry.acknowledged,
            f"{entry.without_action} of {entry.acknowledged}" if entry.acknowledged else "none acknowledged",
        )
        for entry in fatigue.by_rule
    )
    return FatigueView(tuple(sentences), rows)


def logged_alerts(
    raised: Sequence[RaisedAlert], acknowledged: Sequence[Acknowledgement], rules: Sequence[Rule]
) -> tuple[str, ...]:
    """Say each logged alert of one case in a line: level, rule, when it was raised, and who acknowledged it and why."""
    titles = {rule.id: rule.title for rule in rules}
    last = {entry.key: entry for entry in sorted(acknowledged, key=lambda entry: entry.acknowledged_at)}
    return tuple(
        f"{LEVEL_TITLES[entry.level]}: {titles.get(entry.rule, entry.rule)}, raised {_moment(entry.raised_at)}; "
        + (_done_words(last[entry.key]) if entry.key in last else "not acknowledged")
        for entry in raised
    )


def _row(alert: Alert, done: Acknowledgement | None, start: datetime | None) -> AlertRow:
    rule = alert.rule
    words = "" if done is None else _done_words(done)
    return AlertRow(
        alert.key,
        rule.id,
        rule.level,
        LEVEL_TITLES[rule.level],
        "!" * rule.rank or "i",
        rule.title,
        "" if alert.hour is None else hour_words(alert.hour, start),
        alert.reason,
        rule.suggestion,
        rule.limits,
        rule.source,
        words,
    )


def _done_words(done: Acknowledgement) -> str:
    return f"{reason_title(done.reason)}: {done.by}, {_moment(done.acknowledged_at)}"


def _moment(logged: str) -> str:
    return f"{datetime.fromisoformat(logged).astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
