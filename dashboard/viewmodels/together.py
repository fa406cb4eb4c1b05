"""The last card: whether the parts of a case fit together, and which alert presses most, with the count of all others in force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from model_zoo.alerts import Alert
from model_zoo.alerts.acknowledge import Acknowledgement
from model_zoo.alerts.rule import LEVELS
from model_zoo.fusion import CasePart, agreement_of_parts
from model_zoo.fusion.agreement import AGREE, ALONE, CONFLICT

# What is said first where several questions are answered: what contradicts, then what agrees.
_ORDER = (CONFLICT, AGREE, ALONE)


@dataclass(frozen=True)
class PressingAlert:
    """An alert in force. hour: of the stay, ``None`` for one of scan and values."""

    level: str
    title: str
    reason: str
    hour: float | None


@dataclass(frozen=True)
class TogetherCard:
    """state: of the agreement that is said, "" where no part speaks to a question. sentence: it. others: further alerts in force
    by level, the most pressing first."""

    state: str
    sentence: str
    alert: PressingAlert | None
    others: tuple[tuple[str, int], ...]
    acknowledged: int


def in_force(alerts: Sequence[Alert]) -> tuple[Alert, ...]:
    """Return the alerts that nothing newer of the same rule stands for; the most pressing first, of those the newest.

    An alert of a lasting state that got worse is superseded by the next one of its rule, and by nothing else.
    """
    newest: dict[str, Alert] = {}
    for alert in alerts:
        name = alert.key if alert.hour is None else alert.rule.id
        held = newest.get(name)
        if held is None or held.hour is None or alert.hour is None or alert.hour >= held.hour:
            newest[name] = alert
    return tuple(sorted(newest.values(), key=lambda a: (-a.rule.rank, -(-1.0 if a.hour is None else a.hour))))


def build_together(
    parts: Sequence[CasePart], alerts: Sequence[Alert], acknowledged: Sequence[Acknowledgement] = ()
) -> TogetherCard:
    """Lay out agreement and alerts. acknowledged: of these alerts."""
    found = sorted(agreement_of_parts(parts), key=lambda a: _ORDER.index(a.state) if a.state in _ORDER else len(_ORDER))
    done = {entry.key for entry in acknowledged}
    waiting = [alert for alert in in_force(alerts) if alert.key not in done]
    first = waiting[0] if waiting else None
    counts = [(level, sum(alert.rule.level == level for alert in waiting[1:])) for level in reversed(LEVELS)]
    return TogetherCard(
        found[0].state if found else "",
        found[0].sentence if found else "",
        None if first is None else PressingAlert(first.rule.level, first.rule.title, first.reason, first.hour),
        tuple((level, count) for level, count in counts if count),
        sum(alert.key in done for alert in alerts),
    )
