"""The case as a whole: what each part says, by question whether they agree, and one number only where one is allowed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from model_zoo.errors import ZooError
from model_zoo.fusion import CasePart, NotPooled, PooledEstimate, agreement_of_parts, measured_words, pool
from model_zoo.fusion.agreement import AGREE, ALONE, CONFLICT
from model_zoo.fusion.case import monitoring_parts, risk_parts, scan_parts, symptom_parts
from model_zoo.monitoring.news2 import News2
from model_zoo.review import CaseReview

ICONS = {AGREE: ":material/handshake:", CONFLICT: ":material/call_split:", ALONE: ":material/looks_one:"}
COLOURS = {AGREE: "blue", CONFLICT: "orange"}
_OTHER_ICON, _OTHER_COLOUR = ":material/help:", "gray"
NOT_ONE_NUMBER = "Not one number:"


@dataclass(frozen=True)
class AgreementRow:
    """One question. badge: question and state; sentence: who is raised, who is not, what is missing."""

    badge: str
    icon: str
    colour: str
    sentence: str


@dataclass(frozen=True)
class WholeCaseView:
    """parts: what each modality says. agreements: by question. poolable: the outcome that parts may be pooled for, or None.

    pooled: at the stated prevalence, where one was stated; pooled_words: it, or why there is none.
    """

    parts: tuple[str, ...]
    agreements: tuple[AgreementRow, ...]
    poolable: str | None
    pooled: PooledEstimate | None
    pooled_words: str


def parts_of(
    review: CaseReview,
    trust: Mapping[str, Any] | None,
    conditions: Mapping[str, float] | None = None,
    no_conditions: str | None = None,
    score: News2 | None = None,
) -> tuple[CasePart, ...]:
    """Return the parts of a case. conditions: probability by condition; no_conditions: why there are none."""
    values = (
        () if review.record is None else [name for name, value in review.record.values.items() if value is not None]
    )
    return (
        *scan_parts(review, trust),
        *risk_parts(review.risk, review.risk_absent, values),
        *symptom_parts(conditions, no_conditions),
        *monitoring_parts(score),
    )


def build_whole_case(parts: Sequence[CasePart], prior: float | None = None) -> WholeCaseView:
    """Return the panel. prior: share of such patients who have the outcome, as the reader states it; none is assumed."""
    rows = tuple(
        AgreementRow(
            f"{found.question}: {found.state}",
            ICONS.get(found.state, _OTHER_ICON),
            COLOURS.get(found.state, _OTHER_COLOUR),
            found.sentence,
        )
        for found in agreement_of_parts(parts)
    )
    poolable, reason = _poolable(parts)
    measured = measured_words(parts)
    pooled, words = None, reason if measured is None else f"{reason} {measured}"
    if poolable is not None:
        words = f"State how many of 100 such patients have it ({poolable}) to see the parts as one number. Nothing is assumed."
        if prior is not None:
            try:
                pooled = pool(_same(parts, poolable), prior)
                words = f"{pooled.sentence} {pooled.assumed}"
            except ZooError as error:
                words = f"{error.message} {error.hint}"
    return WholeCaseView(tuple(p.sentence for p in parts if p.absent is None), rows, poolable, pooled, words)


def _poolable(parts: Sequence[CasePart]) -> tuple[str | None, str]:
    """Return the outcome that several parts estimate, or why there is none."""
    outcomes = dict.fromkeys(p.outcome for p in parts if p.outcome is not None and p.absent is None)
    reason = "Not one number: no two parts of this case estimate the same outcome."
    for outcome in outcomes:
        same = _same(parts, outcome)
        if len(same) < 2:
            continue
        try:
            pool(same, 0.5)
        except NotPooled as error:
            reason = f"{NOT_ONE_NUMBER} {error.message}"
        else:
            return outcome, ""
    return None, reason


def _same(parts: Sequence[CasePart], outcome: str | None) -> list[CasePart]:
    return [part for part in parts if part.outcome == outcome and part.absent is None]
