"""Alert fatigue: how many alerts come per day, and how many of them are put aside without anything being done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from model_zoo.alerts.acknowledge import Acknowledgement, RaisedAlert


@dataclass(frozen=True)
class RuleFatigue:
    """The alerts of one rule. without_action: of the acknowledged ones."""

    rule: str
    alerts: int
    acknowledged: int
    without_action: int


@dataclass(frozen=True)
class Fatigue:
    """days: calendar days (UTC) from the first alert to the last, both counted. by_rule: most frequent first.

    per_day: alerts of all cases on one day. share_without_action: of the acknowledged ones; ``None`` where there are none.
    """

    alerts: int
    cases: int
    days: int
    acknowledged: int
    without_action: int
    by_rule: tuple[RuleFatigue, ...]

    @property
    def per_day(self) -> float | None:
        return self.alerts / self.days if self.days else None

    @property
    def share_without_action(self) -> float | None:
        return self.without_action / self.acknowledged if self.acknowledged else None


def measure_fatigue(raised: Iterable[RaisedAlert], acknowledged: Iterable[Acknowledgement]) -> Fatigue:
    """Count alerts and what became of them. Of several acknowledgements of one alert the last one counts.

    An acknowledgement of an alert that is not among ``raised`` is left out.
    """
    alerts = {(entry.case_id, entry.key): entry for entry in raised}
    last: dict[tuple[str, str], Acknowledgement] = {}
    for entry in sorted(acknowledged, key=lambda entry: entry.acknowledged_at):
        if (entry.case_id, entry.key) in alerts:
            last[entry.case_id, entry.key] = entry
    days = [datetime.fromisoformat(entry.raised_at).astimezone(UTC).date() for entry in alerts.values()]
    rules = []
    for rule in dict.fromkeys(entry.rule for entry in alerts.values()):
        seen = [place for place, entry in alerts.items() if entry.rule == rule]
        done = [last[place] for place in seen if place in last]
        rules.append(RuleFatigue(rule, len(seen), len(done), sum(not entry.acted for entry in done)))
    return Fatigue(
        alerts=len(alerts),
        cases=len({entry.case_id for entry in alerts.values()}),
        days=(max(days) - min(days)).days + 1 if days else 0,
        acknowledged=len(last),
        without_action=sum(not entry.acted for entry in last.values()),
        by_rule=tuple(sorted(rules, key=lambda rule: -rule.alerts)),
    )
