"""What stands beside the number of one finding, as immutable records that JSON can hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from model_zoo.trust.predictive import AtPrevalence
from model_zoo.trust.rates import Rate


@dataclass(frozen=True)
class MeasuredCoverage:
    """How often sets of one coverage held the truth on held-out films.

    present, absent: among films with and without the finding. decided: share of films with a single answer. sentence:
    all of it in words.
    """

    n_films: int
    n_patients: int
    n_positive_patients: int
    overall: Rate
    present: Rate | None
    absent: Rate | None
    decided: Rate | None
    sentence: str


@dataclass(frozen=True)
class GroupCoverage:
    """The measured coverage in one group of this patient.

    coverage: ``None`` where the group has too few positive patients or no held-out film states it.
    """

    kind: str
    group: str
    n_positive_patients: int
    coverage: Rate | None
    sentence: str


@dataclass(frozen=True)
class NumberBlock:
    """What stands beside the number of one finding; JSON-able by ``dataclasses.asdict``.

    coverage: the share asked for. prediction_set: the answers left standing, ``None`` for a scan that is not covered;
    set_absent then says why. answer: "present", "absent" or "cannot tell"; empty without a set. statement: the set in
    words. sentence: the statement with its measured coverage. warnings: where the measured coverage falls short of the
    one asked for. predictive: ``None`` without a stated prevalence, or for the reason in predictive_absent.
    """

    output: str
    title: str
    coverage: float
    prediction_set: tuple[str, ...] | None
    abstains: bool
    answer: str
    statement: str
    sentence: str
    measured: MeasuredCoverage | None = None
    groups: tuple[GroupCoverage, ...] = ()
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    set_absent: str | None = None
    predictive: AtPrevalence | None = None
    predictive_absent: str | None = None

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> NumberBlock:
        """Rebuild from ``dataclasses.asdict``; raises LookupError, TypeError or ValueError for anything else."""
        measured, shifted, answers = raw["measured"], raw["predictive"], raw["prediction_set"]
        groups = (GroupCoverage(**{**entry, "coverage": _rate(entry["coverage"])}) for entry in raw["groups"])
        rates = ("overall", "present", "absent", "decided")
        return cls(
            **{
                **raw,
                "prediction_set": None if answers is None else tuple(answers),
                "measured": measured and MeasuredCoverage(**{**measured, **{k: _rate(measured[k]) for k in rates}}),
                "groups": tuple(groups),
                "warnings": tuple(raw["warnings"]),
                "notes": tuple(raw["notes"]),
                "predictive": shifted and AtPrevalence.from_json(shifted),
            }
        )


def _rate(raw: Mapping[str, Any] | None) -> Rate | None:
    return None if raw is None else Rate(**raw)
