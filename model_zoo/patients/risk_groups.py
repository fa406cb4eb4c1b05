"""What was measured of a risk model in women and in men, and where another share of patients had the event: from its card."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SEXES = {"F": "women", "M": "men"}


@dataclass(frozen=True)
class GroupFigures:
    """One group of the patients that a model was measured on. Each of the two figures is (value, low, high), 95 %.

    patients, events: how many. too_few: then there are no figures.
    """

    group: str
    patients: int
    events: int
    too_few: bool
    auc: tuple[float, float, float] | None
    sensitivity: tuple[float, float, float] | None


def figures_by_sex(card: Mapping[str, Any], outcome: str) -> tuple[GroupFigures, ...]:
    """Return women and men, from the rotation over all folds where there is one, else from the held-out fold; empty without."""
    metrics = card.get("metrics", {})
    measured = (metrics.get("rotation") or metrics).get("outcomes", {}).get(outcome, {}).get("groups", {})
    return tuple(_figures(name, measured[name]) for name in SEXES.values() if name in measured)


def _figures(name: str, raw: Mapping[str, Any]) -> GroupFigures:
    return GroupFigures(
        name, raw["patients"], raw["events"], raw["too_few"], _triple(raw.get("auc")), _triple(raw.get("sensitivity"))
    )


def _triple(raw: Mapping[str, float] | None) -> tuple[float, float, float] | None:
    return None if raw is None else (raw["value"], raw["low"], raw["high"])
