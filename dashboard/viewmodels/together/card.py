"""The last card: whether the parts of a case fit together, and which alert presses most, with the count of all others in force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from model_zoo.alerts import Alert
from model_zoo.alerts.acknowledge import Acknowledgement
from model_zoo.alerts.rule import LEVELS
from model_zoo.case.assessment import CaseAssessment
from model_zoo.fusion import CasePart, agreement_of_parts
from model_zoo.fusion.agreement import AGREE, ALONE, CONFLICT, short_sentence

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
    state, sentence = _first([(a.state, short_sentence(a.sentence, a.missing)) for a in agreement_of_parts(parts)])
    done = {entry.key for entry in acknowledged}
    waiting = [
        PressingAlert(a.rule.level, a.rule.title, a.reason, a.hour) for a in in_force(alerts) if a.key not in done
    ]
    return _card(state, sentence, waiting, sum(alert.key in done for alert in alerts))


def saved_together(whole: CaseAssessment | None) -> TogetherCard:
    """Lay out what stood beside a saved reading, as it was then; who acknowledged what is in the log of alerts."""
    if whole is None:
        return TogetherCard("", "", None, (), 0)
    state, sentence = _first([(a.state, short_sentence(a.sentence, a.missing)) for a in whole.agreements])
    newest = {
        (a.rule, a.hour is None): a for a in sorted(whole.alerts, key=lambda a: -1.0 if a.hour is None else a.hour)
    }
    waiting = sorted(
        (PressingAlert(a.level, a.title, a.reason, a.hour) for a in newest.values()),
        key=lambda a: -LEVELS.index(a.level),
    )
    return _card(state, sentence, waiting, 0)


def _first(found: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """Return state and sentence of the question that is said."""
    ordered = sorted(found, key=lambda one: _ORDER.index(one[0]) if one[0] in _ORDER else len(_ORDER))
    return ordered[0] if ordered else ("", "")


def _card(state: str, sentence: str, waiting: Sequence[PressingAlert], acknowledged: int) -> TogetherCard:
    counts = [(level, sum(alert.level == level for alert in waiting[1:])) for level in reversed(LEVELS)]
    others = tuple((level, count) for level, count in counts if count)
    return TogetherCard(state, sentence, waiting[0] if waiting else None, others, acknowledged)
