"""The hourly risk of a stay and its attributions as plain numbers and words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from dashboard.catalogue import text
from dashboard.viewmodels.stay.vitals import hour_title, hour_words
from model_zoo.icu.hourly_risk import HourlyAttribution, HourlyModelCard, HourlyRisk

MOST_ROWS = 12  # variables that carry nearly all of a risk; more would not be read


@dataclass(frozen=True)
class RiskPoint:
    """The risk of one hour, in per cent, with a band of the model's own uncertainty."""

    hour: float
    risk: float
    low: float
    high: float
    words: str


@dataclass(frozen=True)
class HourlyRiskView:
    """A risk over time. span: the axis of the whole stay. threshold: in per cent. alerts: hours at which it alerts."""

    title: str
    points: tuple[RiskPoint, ...]
    threshold: float
    alerts: tuple[float, ...]
    span: tuple[float, float]
    headline: str
    about: str
    warnings: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class AttributionView:
    """A heat map of variable x hour. rows: titles, the largest share on top; the last may be all others together.

    values: (rows, hours) in percentage points, ``None`` where nothing was measured. totals: of each row, in words.
    """

    rows: tuple[str, ...]
    hours: tuple[float, ...]
    values: tuple[tuple[float | None, ...], ...]
    totals: tuple[str, ...]
    largest: float
    sentence: str
    balance: str


def build_hourly_risk(
    risk: HourlyRisk, card: HourlyModelCard, span: tuple[float, float], start: datetime | None = None
) -> HourlyRiskView:
    """Lay a risk out over the time axis of the whole stay."""
    points = tuple(
        RiskPoint(
            float(hour),
            100 * float(value),
            100 * float(low),
            100 * float(high),
            text("monitoring.risk.point", hour=hour_title(float(hour), start), **_interval(value, low, high)),
        )
        for hour, value, low, high in zip(risk.hours, risk.risk, risk.low, risk.high, strict=True)
    )
    about = [text("monitoring.risk.made_from", population=card.population)]
    if risk.interval:
        about.append(text("monitoring.risk.band", interval=risk.interval))
    return HourlyRiskView(
        card.title,
        points,
        100 * risk.threshold,
        tuple(hour for hour in risk.alert_hours if len(risk.hours) and hour <= risk.hours[-1]),
        span,
        _headline(risk, card, start),
        " ".join((*about, text("monitoring.risk.no_diagnosis"))),
        card.warnings,
        risk.notes,
    )


def _headline(risk: HourlyRisk, card: HourlyModelCard, start: datetime | None) -> str:
    if not len(risk.hours):
        return text("monitoring.risk.no_estimate")
    said = {
        "hour": hour_title(float(risk.hours[-1]), start),
        "outcome": card.horizon,
        "threshold": percent(risk.threshold),
        **_interval(risk.risk[-1], risk.low[-1], risk.high[-1]),
    }
    if risk.risk[-1] >= risk.threshold:
        return text("monitoring.risk.above", **said)
    return text("monitoring.risk.below", **said)


def _interval(value: float, low: float, high: float) -> dict[str, str]:
    return {"risk": percent(float(value)), "low": percent(float(low)), "high": percent(float(high))}


def build_attribution(found: HourlyAttribution, start: datetime | None = None) -> AttributionView:
    """Lay the shares of one hour out as a heat map, the variables with the largest shares on top."""
    shares, measured = 100 * np.asarray(found.values, np.float64), np.asarray(found.measured, bool)
    sums = shares.sum(axis=0)
    seen = [index for index in np.argsort(-np.abs(sums), kind="stable") if measured[:, index].any()]
    shown, rest = seen[:MOST_ROWS], seen[MOST_ROWS:]
    rows = [found.variables[index] for index in shown]
    values = [_row(shares[:, index], measured[:, index]) for index in shown]
    totals = [points(sums[index]) for index in shown]
    if rest:
        rows.append(text("monitoring.risk.others"))
        values.append(_row(shares[:, rest].sum(axis=1), np.asarray(measured[:, rest].any(axis=1))))
        totals.append(points(float(sums[rest].sum())))
    flat = [abs(value) for row in values for value in row if value is not None]
    return AttributionView(
        tuple(rows),
        tuple(float(hour) for hour in found.hours),
        tuple(values),
        tuple(totals),
        max(flat, default=0.0),
        text(
            "monitoring.risk.sentence",
            hour=hour_words(found.hour, start),
            risk=percent(found.risk),
            reference=found.reference.rstrip("."),
        ),
        _balance(found, points(float(sums.sum()))),
    )


def _balance(found: HourlyAttribution, measurements: str) -> str:
    """Say how the shares add up to the risk."""
    parts = [
        text("monitoring.risk.balance.reference", risk=percent(found.reference_risk)),
        text("monitoring.risk.balance.measurements", points=measurements),
    ]
    if found.pattern:
        parts.append(text("monitoring.risk.balance.pattern", points=points(100 * found.pattern)))
    if found.facts:
        parts.append(text("monitoring.risk.balance.facts", points=points(100 * found.facts)))
    residual = text("monitoring.risk.points", value=f"{100 * found.completeness_delta:+.2f}")
    return f"{'; '.join((*parts, text('monitoring.risk.balance.residual', points=residual)))}."


def percent(share: float) -> str:
    """Return a risk in per cent; never none and never all, which no estimated risk is. Rare events keep a decimal: without it
    a risk and its threshold would look alike."""
    if share < 0.005:
        return text("probability.least")
    if share > 0.995:
        return text("probability.most")
    return text("probability.percent", value=f"{100 * share:.{1 if share < 0.1 else 0}f}")


def points(value: float) -> str:
    """Return a share in percentage points, with its sign."""
    return text("monitoring.risk.points", value=f"{value:+.1f}")


def _row(shares: np.ndarray, measured: np.ndarray) -> tuple[float | None, ...]:
    return tuple(float(value) if seen else None for value, seen in zip(shares, measured, strict=True))
