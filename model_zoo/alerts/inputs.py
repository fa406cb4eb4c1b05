"""What the rules look at, as plain values: a score, risks, measured values, findings and contradictions of one moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from model_zoo.trust.rates import chance_words
from model_zoo.trust.state import State, finding_state
from model_zoo.vital_signs.news2 import News2
from model_zoo.vital_signs.news2_hours import HourlyNews2
from model_zoo.vital_signs.series import VitalSeries

if TYPE_CHECKING:  # these import the networks
    from model_zoo.icu.hourly_risk import HourlyRisk
    from model_zoo.patients.record import PatientRecord
    from model_zoo.patients.risk import RiskEstimate
    from model_zoo.results import Prediction
    from model_zoo.trust.number_block import NumberBlock


@dataclass(frozen=True)
class RiskValue:
    """The risk of one outcome. probability, threshold: from 0 to 1, the threshold of the model's card."""

    model: str
    outcome: str
    title: str
    probability: float
    threshold: float


@dataclass(frozen=True)
class FindingValue:
    """One finding of a scan model. state: rules speak of what is flagged. words: its value as the page says it."""

    model: str
    output: str
    title: str
    state: State
    words: str


@dataclass(frozen=True)
class AlertInputs:
    """Everything known at one moment. values: by stored name, in the stored unit. hour: in a series, else ``None``.

    hourly_risks: of the models whose card's rule alerts at this moment, and of no other. discordances: one sentence for
    each pair that contradicts itself.
    """

    news2: News2 | None = None
    risks: tuple[RiskValue, ...] = ()
    values: Mapping[str, float] = field(default_factory=dict)
    findings: tuple[FindingValue, ...] = ()
    discordances: tuple[str, ...] = ()
    hour: float | None = None
    hourly_risks: tuple[RiskValue, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", MappingProxyType(dict(self.values)))


def risk_values(estimates: Iterable[RiskEstimate]) -> tuple[RiskValue, ...]:
    """Return the risks of some estimates."""
    return tuple(
        RiskValue(
            estimate.model, outcome.name, f"{estimate.title}: {outcome.title}", outcome.probability, outcome.threshold
        )
        for estimate in estimates
        for outcome in estimate.outcomes
    )


def finding_values(prediction: Prediction, numbers: Iterable[NumberBlock] = ()) -> tuple[FindingValue, ...]:
    """Return the findings of a prediction with their states. numbers: see ``finding_state``."""
    blocks = tuple(numbers)
    return tuple(
        FindingValue(
            prediction.model,
            finding.output,
            finding.title,
            finding_state(prediction, finding.output, blocks),
            f"score {finding.score:.0f} of 100"
            if finding.probability is None
            else f"probability {chance_words(finding.probability)}",
        )
        for finding in prediction.findings
    )


def record_values(record: PatientRecord) -> dict[str, float]:
    """Return the measured numbers of a patient record."""
    return {name: float(value) for name, value in record.values.items() if isinstance(value, (int, float))}


def hourly_inputs(
    series: VitalSeries, scores: HourlyNews2, risks: Iterable[HourlyRisk] = ()
) -> tuple[AlertInputs, ...]:
    """Return one moment per scored hour: the score, the values that were measured since the hour before, and hourly risks.

    A value is not carried forward here: a laboratory result speaks once, at the hour in which it came. risks: of the whole
    series; each speaks at the hours at which the rule of its card alerts, or at the next scored hour where that hour was
    still being measured, since no moment knows what comes after it.
    """
    moments = []
    alerting = _alerting(series, scores.hours, risks)
    before = -float("inf")
    for hour, score in zip(scores.hours, scores.scores, strict=True):
        new = (series.hours > before + 1e-9) & (series.hours <= hour + 1e-9)
        rows = series.values[new]
        values = {}
        for index, name in enumerate(series.variables):
            seen = rows[:, index][~(rows[:, index] != rows[:, index])]
            if len(seen):
                values[name] = float(seen[-1])
        moments.append(AlertInputs(news2=score, values=values, hour=hour, hourly_risks=tuple(alerting.get(hour, ()))))
        before = hour
    return tuple(moments)


def _alerting(
    series: VitalSeries, moments: tuple[float, ...], risks: Iterable[HourlyRisk]
) -> dict[float, list[RiskValue]]:
    """Return the alerting risks by the moment at which all measurements of their hour were known."""
    # The models count from the first row where that lies before hour 0.
    shift = min(0.0, float(series.hours[0])) if len(series.hours) else 0.0
    found: dict[float, list[RiskValue]] = {}
    for risk in risks:
        at = {float(hour): float(value) for hour, value in zip(risk.hours, risk.risk, strict=True)}
        for hour in risk.alert_hours:
            start = hour + shift
            inside = series.hours[(series.hours >= start - 1e-9) & (series.hours < start + 1 - 1e-9)]
            known = max(start, float(inside.max())) if len(inside) else start
            later = [moment for moment in moments if moment >= known - 1e-9]
            if later:
                value = RiskValue(risk.model, "", risk.title, at[float(hour)], risk.threshold)
                found.setdefault(later[0], []).append(value)
    return found
