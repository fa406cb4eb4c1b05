"""What an alert rule is: a small declarative condition, how pressing it is, and the words that stand beside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from model_zoo.finite import finite

LEVELS = ("info", "attention", "urgent", "emergency")  # in rising order
LEVEL_TITLES = {"info": "Info", "attention": "Attention", "urgent": "Urgent", "emergency": "Emergency"}

NEWS2_AGGREGATE, NEWS2_RED = "news2_aggregate", "news2_red"
RISK, VALUE, FINDING, DISCORDANCE = "risk", "value", "finding", "discordance"
HOURLY_RISK = "hourly_risk"
BOUNDS = ("at_least", "at_most", "above", "below")
# The keys that each kind of condition takes beside "kind"; of the bounds exactly one.
KEYS: dict[str, tuple[str, ...]] = {
    NEWS2_AGGREGATE: ("at_least",),
    NEWS2_RED: (),
    RISK: ("model", "outcome"),  # at or above the threshold of the model's card
    HOURLY_RISK: ("model",),  # at an hour at which the alert rule of the model's card speaks
    VALUE: ("quantity", *BOUNDS),  # in the unit of the stored name
    FINDING: ("model", "output"),  # flagged: at or above the operating threshold, offered on this scan
    DISCORDANCE: (),
}


@dataclass(frozen=True)
class Condition:
    """When a rule speaks. bound: one of BOUNDS with its limit; the other fields as ``KEYS`` of the kind say."""

    kind: str
    model: str = ""
    outcome: str = ""
    output: str = ""
    quantity: str = ""
    bound: str = ""
    limit: float | None = None

    def meets(self, value: float) -> bool:
        """Tell whether a number lies on the alerting side of the limit."""
        if self.limit is None:
            return False
        finite(value, f"What {self.quantity or self.kind} is held against")
        return {
            "at_least": value >= self.limit,
            "at_most": value <= self.limit,
            "above": value > self.limit,
            "below": value < self.limit,
        }[self.bound]


@dataclass(frozen=True)
class Rule:
    """One rule of the file.

    reason: holds ``{found}`` once, which becomes what was found. suggestion: a possible next step, worded as one. limits:
    what the rule cannot know. source: where threshold and step come from. group: of the rules of one group only the most
    pressing speaks. line: of its start in the file. again_by: in a series, a state that lasts alerts again each time it is
    worse by this much than at its best since it last did, in the unit of the condition; ``None``: once.
    """

    id: str
    level: str
    title: str
    when: Condition
    reason: str
    suggestion: str
    limits: str
    source: str
    group: str = ""
    line: int = 0
    again_by: float | None = None

    @property
    def rank(self) -> int:
        return LEVELS.index(self.level)


@dataclass(frozen=True)
class Alert:
    """One rule that spoke. hour: in a series, ``None`` for a single reading. found: the fact in words, with its numbers.

    ``key`` tells the alerts of one case apart and holds no number of the patient.
    """

    rule: Rule = field(repr=False)
    found: str
    hour: float | None = None

    @property
    def key(self) -> str:
        return alert_key(self.rule.id, self.hour)

    @property
    def level(self) -> str:
        return self.rule.level

    @property
    def reason(self) -> str:
        return self.rule.reason.replace("{found}", self.found)

    def to_json(self) -> dict[str, Any]:
        """Return plain values, as the command line answers them."""
        rule = self.rule
        return {
            "rule": rule.id,
            "level": rule.level,
            "title": rule.title,
            "hour": self.hour,
            "reason": self.reason,
            "suggestion": rule.suggestion,
            "limits": rule.limits,
            "source": rule.source,
        }


def alert_key(rule: str, hour: float | None) -> str:
    """Return what tells one alert of a case from another."""
    return rule if hour is None else f"{rule}@{hour:g}"
