"""What the network found, as rows for the page: a prediction and its card flow in, numbers and words come out.

Three things never mix: a calibrated probability, the score for a report label, and a score that has no probability
because the scan lies outside the intended use. Each row names which of them it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from dashboard.catalogue import text
from dashboard.viewmodels.case.state import state_word
from model_zoo.card import ModelCard
from model_zoo.results import Finding, Prediction
from model_zoo.trust.number_block import NumberBlock
from model_zoo.trust.state import State, finding_state, why_not_offered

Unit = Literal["probability", "score"]


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
        rows = tuple(
            replace(row, kind_words=text("numbers.kind.rescaled")) if row.unit == "score" else row for row in rows
        )
    population = card.population(prediction.population)
    remarks: tuple[str, ...] = (population.note, text("numbers.remark.threshold"))
    if prediction.exclusive and prediction.covered:
        likeliest = max(prediction.findings, key=lambda finding: finding.logit)
        count = f"{len(prediction.findings):d}"
        remarks = (text("numbers.remark.one_of", count=count, title=likeliest.title), *remarks)
    return FindingsView(
        probability_rows=tuple(row for row in rows if row.unit == "probability"),
        score_rows=tuple(row for row in rows if row.unit == "score"),
        not_assessed=card.not_assessed,
        population_title=population.title,
        remarks=remarks if prediction.covered else (text("numbers.remark.outside_use"), *remarks),
    )


def held_out_words(card: ModelCard, output: str) -> str:
    """Return how well this output did on patients held out of everything, from the card; empty where it does not say."""
    population = card.output(output).population
    for entry in card.raw.get("metrics", {}).get(population, {}).get("outputs", ()):
        auc = entry.get("auroc") or {}
        if entry["name"] == output and auc.get("low") is not None:
            return text(
                "numbers.held_out",
                sampled=card.sampled,
                auc=f"{auc['value']:.2f}",
                low=f"{auc['low']:.2f}",
                high=f"{auc['high']:.2f}",
                positive=entry["n_positive_patients"],
            )
    return ""


def probability_words(value: float, decimals: int = 2) -> str:
    """Return a probability as text; never 0 or 1, which no calibrated probability is."""
    smallest = 10**-decimals
    if value < smallest / 2:
        return text("numbers.less_than", value=f"{smallest:.{decimals}f}")
    if value > 1 - smallest / 2:
        return text("numbers.more_than", value=f"{1 - smallest:.{decimals}f}")
    return f"{value:.{decimals}f}"


def _row(finding: Finding, prediction: Prediction, state: State) -> FindingRow:
    unit: Unit = "probability"
    value, threshold, ends = finding.probability, finding.threshold_probability, finding.probability_interval
    if value is None or threshold is None:
        unit, value, threshold, ends = "score", finding.score, finding.threshold_score, None
    low, high = ends or (None, None)
    value_words, threshold_words = _told_apart(value, threshold, unit)
    number = value_words if unit == "probability" else text("numbers.row.score", value=value_words)
    if low is not None and high is not None:
        shown = {"low": probability_words(low), "high": probability_words(high)}
        number = text("numbers.row.interval", value=value_words, **shown)
    if finding.condition:
        number = text("numbers.row.given", number=number, condition=finding.condition)
    words = text("numbers.row", number=number, threshold=threshold_words, state=state_word(state))
    reason = why_not_offered(prediction, finding)
    if reason is not None:
        words = f"{words} {reason}"
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
        return text("numbers.kind.probability")
    rank = f"{finding.score:.0f}"
    if finding.kind == "report_score":
        if covered:
            return text("numbers.kind.report_label", rank=rank)
        return text("numbers.kind.report_label_outside_use", rank=rank)
    return text("numbers.kind.not_calibrated", rank=rank) if covered else text("numbers.kind.outside_use", rank=rank)


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
