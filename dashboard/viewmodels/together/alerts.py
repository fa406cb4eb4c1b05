"""Alerts as rows for the page, and the figures of alert fatigue as words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from dashboard.catalogue import counted, text
from dashboard.viewmodels.stay.vitals import hour_words
from model_zoo.alerts.acknowledge import REASONS, Acknowledgement, RaisedAlert, reason_title
from model_zoo.alerts.fatigue import Fatigue
from model_zoo.alerts.rule import LEVELS, Alert, Rule
from model_zoo.case.assessment import AlertSummary

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
    rows = _ordered((AlertSummary(**alert.to_json()) for alert in alerts), last, start)
    waiting = [row for row in rows if row.open]
    if not rows:
        return AlertsView((), text("alerts.none"), text("alerts.none_note"))
    counts = [(level, sum(row.level == level for row in waiting)) for level in reversed(LEVELS)]
    headline = counted("alerts.all_acknowledged", len(rows))
    if waiting:
        headline = text("alerts.open", count=len(waiting), levels=levels_words(counts))
    return AlertsView(rows, headline, text("alerts.note"))


def saved_alerts(alerts: Sequence[AlertSummary]) -> tuple[AlertRow, ...]:
    """Lay out the alerts of a saved case as they spoke then; who acknowledged which is in the log alone."""
    return _ordered(alerts, {}, None)


def levels_words(counts: Iterable[tuple[str, int]]) -> str:
    """Return how many alerts there are of each level, those of which there is none left out."""
    return ", ".join(counted(f"together.others.{level}", count) for level, count in counts if count)


def build_fatigue(fatigue: Fatigue, rules: Sequence[Rule], damaged: int = 0) -> FatigueView:
    """Say alert fatigue in words. damaged: lines of the log that could not be read."""
    titles = {rule.id: rule.title for rule in rules}
    if fatigue.per_day is None:
        sentences = [text("alerts.fatigue.none")]
    else:
        sentences = [
            text(
                "alerts.fatigue.rate",
                rate=f"{fatigue.per_day:.1f}",
                alerts=counted("alerts.fatigue.alerts", fatigue.alerts),
                cases=counted("alerts.fatigue.cases", fatigue.cases),
                days=counted("alerts.fatigue.days", fatigue.days),
            )
        ]
        share = fatigue.share_without_action
        if share is None:
            sentences.append(text("alerts.fatigue.none_acknowledged"))
        else:
            sentences.append(
                text("alerts.fatigue.share", acknowledged=fatigue.acknowledged, share=f"{100 * share:.0f}")
            )
            if fatigue.acknowledged < FEW:
                sentences.append(text("alerts.fatigue.few"))
    if damaged:
        sentences.append(counted("alerts.fatigue.damaged", damaged))
    rows = tuple(
        FatigueRow(
            entry.rule,
            titles.get(entry.rule, entry.rule),
            entry.alerts,
            entry.acknowledged,
            text("alerts.fatigue.of", count=entry.without_action, all=entry.acknowledged)
            if entry.acknowledged
            else text("alerts.fatigue.no_share"),
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
        text(
            "alerts.logged",
            level=text(f"level.{entry.level}"),
            title=titles.get(entry.rule, entry.rule),
            at=_moment(entry.raised_at),
            done=_done_words(last[entry.key]) if entry.key in last else text("alerts.logged.open"),
        )
        for entry in raised
    )


def _ordered(
    alerts: Iterable[AlertSummary], done: Mapping[str, Acknowledgement], start: datetime | None
) -> tuple[AlertRow, ...]:
    """Return rows: open ones first, of those the most pressing, then the newest. done: by the key of the alert."""

    def place(alert: AlertSummary) -> tuple[bool, int, float]:
        return alert.key in done, -LEVELS.index(alert.level), 1.0 if alert.hour is None else -alert.hour

    return tuple(_row(alert, done.get(alert.key), start) for alert in sorted(alerts, key=place))


def _row(alert: AlertSummary, done: Acknowledgement | None, start: datetime | None) -> AlertRow:
    return AlertRow(
        alert.key,
        alert.rule,
        alert.level,
        text(f"level.{alert.level}"),
        "!" * LEVELS.index(alert.level) or "i",
        alert.title,
        "" if alert.hour is None else hour_words(alert.hour, start),
        alert.reason,
        alert.suggestion,
        alert.limits,
        alert.source,
        "" if done is None else _done_words(done),
    )


def _done_words(done: Acknowledgement) -> str:
    return text("alerts.done", reason=reason_title(done.reason), by=done.by, at=_moment(done.acknowledged_at))


def _moment(logged: str) -> str:
    return f"{datetime.fromisoformat(logged).astimezone(UTC):%Y-%m-%d %H:%M} UTC"
