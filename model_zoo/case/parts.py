"""The parts of one case, taken from its reading, its text and its vital signs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from model_zoo.case.case_review import CaseReview
from model_zoo.fusion.parts import CasePart
from model_zoo.fusion.questions import (
    CONDITION_GROUPS,
    GROUP_RAISED,
    NEWS2_RAISED,
    RISK_OUTCOMES,
    SCAN_OUTPUTS,
    SEVERITY,
)
from model_zoo.patients.risk import RiskEstimate
from model_zoo.trust.number import number_entry
from model_zoo.trust.rates import chance_words
from model_zoo.trust.state import State, state_of, why_not_offered
from model_zoo.vital_signs.news2 import News2

# An undecided part lies on neither side, and one that is not offered says nothing.
_RAISED = {State.FLAGGED: True, State.NOT_FLAGGED: False}
NO_TEXT, NO_SERIES = "No note was given.", "No vital signs were given."


def scan_parts(review: CaseReview, trust: Mapping[str, Any] | None) -> list[CasePart]:
    """Return what the findings of a reading speak to. trust: of the scan model; names the share it was calibrated on."""
    prediction, parts = review.prediction, []
    for finding in prediction.findings:
        evidence = SCAN_OUTPUTS.get((prediction.model, finding.output))
        if evidence is None:
            continue
        state = review.state_of(finding.output)
        absent = why_not_offered(prediction, finding)
        low, high = finding.probability_interval or (None, None)
        value = f"score {finding.score:.0f}" if finding.probability is None else chance_words(finding.probability)
        entry = number_entry(trust, finding.output) or {}
        parts.append(
            CasePart(
                "scan",
                finding.title,
                f"{finding.title}: {value}, {state}.",
                evidence.outcome,
                evidence.question,
                finding.probability,
                low,
                high,
                entry.get("prevalence"),
                _RAISED.get(state),
                frozenset({f"scan {review.scan.sha256[:8]}"}),
                absent,
                prediction.model,
                review.judged(finding.output),
            )
        )
    return parts


def risk_parts(risk: RiskEstimate | None, absent: str | None, measured: Sequence[str] = ()) -> list[CasePart]:
    """Return what the outcomes of a risk model speak to. measured: names of the values that it read."""
    if risk is None:
        return [CasePart("patient values", "Patient values", "", absent=absent or "No patient record was given.")]
    parts = []
    for outcome in risk.outcomes:
        evidence = RISK_OUTCOMES.get((risk.model, outcome.name))
        if evidence is None:
            continue
        state = state_of(True, outcome.probability, outcome.threshold)
        parts.append(
            CasePart(
                "patient values",
                outcome.title,
                f"{risk.title}, {outcome.title.lower()}: {chance_words(outcome.probability)}, {state}.",
                evidence.outcome,
                evidence.question,
                outcome.probability,
                outcome.low,
                outcome.high,
                outcome.base_rate,
                _RAISED.get(state),
                frozenset(measured),
                model=risk.model,
            )
        )
    return parts or [
        CasePart("patient values", risk.title, "", absent=f"{risk.title} speaks to no question of this case")
    ]


def symptom_parts(probabilities: Mapping[str, float] | None, absent: str | None = None) -> list[CasePart]:
    """Return what a differential speaks to. probabilities: by condition; ``None`` or empty where it cannot tell."""
    if not probabilities:
        return [CasePart("symptoms", "Symptoms", "", absent=absent or NO_TEXT)]
    parts = []
    for question, conditions in CONDITION_GROUPS.items():
        share = sum(probabilities.get(name, 0.0) for name in conditions)
        best = max(conditions, key=lambda name: probabilities.get(name, 0.0))
        raised = True if share >= GROUP_RAISED else False if share < GROUP_RAISED / 2 else None
        parts.append(
            CasePart(
                "symptoms",
                "History and complaints",
                f"Conditions of that kind together {chance_words(share)}, first {best}; learned from synthetic patients, so no "
                "probability of disease.",
                question=question,
                raised=raised,
                measured_by=frozenset({"text"}),
            )
        )
    return parts


def monitoring_parts(score: News2 | None) -> list[CasePart]:
    """Return what vital signs speak to: a partial NEWS2 is raised by what is known, and lowered only by all of it."""
    if score is None or not score.known:
        return [CasePart("monitoring", "Vital signs", "", absent=NO_SERIES if score is None else score.words)]
    raised: bool | None = score.aggregate >= NEWS2_RAISED or score.red
    if not raised and (score.highest >= NEWS2_RAISED or score.red_possible):
        raised = None
    return [
        CasePart(
            "monitoring",
            "NEWS2",
            f"{score.words}.",
            question=SEVERITY,
            raised=raised,
            measured_by=frozenset(c.name for c in score.components if c.points is not None),
        )
    ]
