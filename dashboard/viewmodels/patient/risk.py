"""The patient's risks, as rows for the page: a risk estimate flows in, numbers and words come out."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.catalogue import text
from model_zoo.patients.risk import OutcomeRisk, RiskEstimate


@dataclass(frozen=True)
class RiskRow:
    """One outcome. probability, low, high, base_rate, threshold: from 0 to 1; low, high: 5th and 95th percentile of the
    ensemble."""

    name: str
    title: str
    probability: float
    low: float
    high: float
    base_rate: float
    threshold: float
    above: bool
    value_words: str
    threshold_words: str
    words: str


@dataclass(frozen=True)
class RiskView:
    """Everything the risk panel says. notes: the sentences that stand beside every risk. age_remark: where the age lies
    outside the training data, else ""."""

    title: str
    rows: tuple[RiskRow, ...]
    population: str
    interval: str
    notes: tuple[str, ...]
    not_measured: tuple[str, ...]
    not_measured_words: str
    flags: tuple[str, ...]
    age_remark: str = ""


def build_risk(estimate: RiskEstimate) -> RiskView:
    """Turn a risk estimate into rows, in the order of the model's outcomes."""
    missing = "; ".join(estimate.not_measured)
    return RiskView(
        title=estimate.title,
        rows=tuple(_row(outcome) for outcome in estimate.outcomes),
        population=estimate.population,
        interval=estimate.interval,
        # Stands beside every risk, whatever its number.
        notes=(text("patient.risk.different_people"),),
        not_measured=estimate.not_measured,
        not_measured_words=text("patient.risk.not_measured", values=missing)
        if missing
        else text("patient.risk.all_measured"),
        flags=estimate.flags,
        age_remark=estimate.age_remark or "",
    )


def percent_words(probability: float, decimals: int = 0) -> str:
    """Return a probability as a percentage without its sign; never 0 or 100, which no risk is."""
    percent, smallest = 100 * probability, 10.0**-decimals
    if percent < smallest / 2:
        return text("patient.risk.less_than", percent=f"{smallest:.{decimals}f}")
    if percent > 100 - smallest / 2:
        return text("patient.risk.more_than", percent=f"{100 - smallest:.{decimals}f}")
    return f"{percent:.{decimals}f}"


def _row(outcome: OutcomeRisk) -> RiskRow:
    value, threshold = _told_apart(outcome.probability, outcome.threshold)
    side = "above" if outcome.above_threshold else "below"
    return RiskRow(
        name=outcome.name,
        title=outcome.title,
        probability=outcome.probability,
        low=outcome.low,
        high=outcome.high,
        base_rate=outcome.base_rate,
        threshold=outcome.threshold,
        above=outcome.above_threshold,
        value_words=f"{value} %",
        threshold_words=f"{threshold} %",
        words=text(
            f"patient.risk.says.{side}",
            value=value,
            low=percent_words(outcome.low),
            high=percent_words(outcome.high),
            threshold=threshold,
            base=percent_words(outcome.base_rate),
        ),
    )


def _told_apart(probability: float, threshold: float) -> tuple[str, str]:
    """Return both as percentages, with as many decimals as it takes to see which is larger."""
    shown = ("", "")
    for decimals in range(3):
        shown = percent_words(probability, decimals), percent_words(threshold, decimals)
        if shown[0] != shown[1] or probability == threshold:
            break
    return shown
