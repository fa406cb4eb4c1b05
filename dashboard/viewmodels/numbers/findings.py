"""What the network found, as rows for the page: a prediction and its card flow in, numbers and words come out.

Three things never mix: a calibrated probability, the score for a report label, and a score that has no probability
because the scan lies outside the intended use. Each row names which of them it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from model_zoo.card import ModelCard
from model_zoo.engine.results import Finding, Prediction
from model_zoo.trust.number_block import NumberBlock
from model_zoo.trust.state import State, finding_state, why_not_offered

Unit = Literal["probability", "score"]

OUTSIDE_INTENDED_USE = "score without probability (outside the intended use)"
RESCALED = "score as rescaled by the makers of the network, 50 at their operating point: neither rank nor probability"
NOT_CALIBRATED = "score without probability (not calibrated)"
SCORES_ONLY_REMARK = (
    "The scan lies outside the intended use of the model: scores are ranks among held-out films, not probabilities."
)
ONE_OF_SEVERAL = (
    "The answers exclude each other and were calibrated one by one: they need not add up to 1. What each threshold stands for "
    "is on the card."
)
THRESHOLD_REMARK = "What is undecided or not flagged is not excluded."


@dataclass(frozen=True)
class FindingRow:
    """One finding.

    value, threshold, low, high: in the same unit, probability from 0 to 1 or score from 0 to 100. low, high: the 95 %
    interval of the calibration, ``None`` for a score. state: of the finding; what is not offered is drawn grey. condition:
    under which the number means anything. words: the whole row as a sentence.
    """

    output: str
    title: str
    kind: str
    unit: Unit
    value: float
    low: float | None
    high: float | None
    threshold: float
    state: State
    value_words: str
    threshold_words: str
    words: str
    kind_words: str
    condition: str | None = None
    caution: str | None = None


@dataclass(frozen=True)
class FindingsView:
    """Everything the findings panel says. not_assessed: always shown, because no output says that a film is normal."""

    probability_rows: tuple[FindingRow, ...]
    score_rows: tuple[FindingRow, ...]
    not_assessed: tuple[str, ...]
    population_title: str
    remarks: tuple[str, ...]

    @property
    def shared_condition(self) -> str | None:
        """The condition of all findings together; ``None`` where they have none or not the same."""
        conditions = {row.condition for row in self.rows}
        return next(iter(conditions)) if len(conditions) == 1 and len(self.rows) > 1 else None

    @property
    def rows(self) -> tuple[FindingRow, ...]:
        return self.probability_rows + self.score_rows


def build_findings(prediction: Prediction, card: ModelCard, numbers: Sequence[NumberBlock]) -> FindingsView:
    """Turn a prediction into rows, in the order of the card: index order is not an order of severity.

    numbers: the blocks of the case at the coverage that was asked for: they can leave a finding undecided.
    """
    rows = tuple(
        _row(finding, prediction, finding_state(prediction, finding.output, numbers)) for finding in prediction.findings
    )
    if card.raw.get("score_meaning") == "rescaled":
        rows = tuple(replace(row, kind_words=RESCALED) if row.unit == "score" else row for row in rows)
    population = card.population(prediction.population)
    remarks: tuple[str, ...] = (population.note, THRESHOLD_REMARK)
    if prediction.exclusive and prediction.covered:
        likeliest = max(prediction.findings, key=lambda finding: finding.logit)
        remarks = (f"Likeliest of {len(prediction.findings)}: {likeliest.title}. {ONE_OF_SEVERAL}", *remarks)
    return FindingsView(
        probability_rows=tuple(row for row in rows if row.unit == "probability"),
        score_rows=tuple(row for row in rows if row.unit == "score"),
        not_assessed=card.not_assessed,
        population_title=population.title,
        remarks=remarks if prediction.covered else (SCORES_ONLY_REMARK, *remarks),
    )


def held_out_words(card: ModelCard, output: str) -> str:
    """Return how well this output did on patients held out of everything, from the card; empty where it does not say."""
    population = card.output(output).population
    for entry in card.raw.get("metrics", {}).get(population, {}).get("outputs", ()):
        auc = entry.get("auroc") or {}
        if entry["name"] == output and auc.get("low") is not None:
            return (
                f"On held-out {card.sampled}: AUC {auc['value']:.2f} ({auc['low']:.2f} to {auc['high']:.2f}), "
                f"{entry['n_positive_patients']} of them positive."
            )
    return ""


def probability_words(value: float, decimals: int = 2) -> str:
    """Return a probability as text; never 0 or 1, which no calibrated probability is."""
    smallest = 10**-decimals
    if value < smallest / 2:
        return f"less than {smallest:.{decimals}f}"
    if value > 1 - smallest / 2:
        return f"more than {1 - smallest:.{decimals}f}"
    return f"{value:.{decimals}f}"


def _row(finding: Finding, prediction: Prediction, state: State) -> FindingRow:
    unit: Unit = "probability"
    value, threshold, ends = finding.probability, finding.threshold_probability, finding.probability_interval
    if value is None or threshold is None:
        unit, value, threshold, ends = "score", finding.score, finding.threshold_score, None
    low, high = ends or (None, None)
    value_words, threshold_words = _told_apart(value, threshold, unit)
    parts = [value_words if unit == "probability" else f"score {value_words} of 100"]
    if finding.condition:
        parts.append(finding.condition)
    if low is not None and high is not None:
        parts.append(f"(95 % interval {probability_words(low)} to {probability_words(high)})")
    words = f"{' '.join(parts)}, {state} (threshold {threshold_words})"
    reason = why_not_offered(prediction, finding)
    if reason is not None:
        words += f". {reason}"
    return FindingRow(
        output=finding.output,
        title=finding.title,
        kind=finding.kind,
        unit=unit,
        value=value,
        low=low,
        high=high,
        threshold=threshold,
        state=state,
        value_words=value_words,
        threshold_words=threshold_words,
        words=words,
        kind_words=_kind_words(finding, prediction.covered, unit),
        condition=finding.condition,
        caution=finding.caution,
    )


def _kind_words(finding: Finding, covered: bool, unit: Unit) -> str:
    if unit == "probability":
        return "calibrated probability"
    rank = f"higher than {finding.score:.0f} % of held-out films"
    if finding.kind == "report_score":
        outside = "" if covered else "; outside the intended use"
        return f"score for a report label: {rank}{outside}"
    return f"{NOT_CALIBRATED if covered else OUTSIDE_INTENDED_USE}: {rank}"


def _told_apart(value: float, threshold: float, unit: Unit) -> tuple[str, str]:
    """Return both numbers in words, with as many decimals as it takes to see which is larger."""
    start = 2 if unit == "probability" else 0
    shown = ("", "")
    for decimals in range(start, start + 3):
        if unit == "probability":
            shown = probability_words(value, decimals), probability_words(threshold, decimals)
        else:
            shown = f"{value:.{decimals}f}", f"{threshold:.{decimals}f}"
        if shown[0] != shown[1] or value == threshold:
            break
    return shown
