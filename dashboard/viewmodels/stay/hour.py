"""One hour of a stay in words, the moments of its replay, and how many alerts it brings per day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.catalogue import counted, text
from dashboard.records.alert_log import AlertHistory
from dashboard.viewmodels.stay.vitals import hour_title
from model_zoo.alerts.fatigue import measure_fatigue
from model_zoo.alerts.rule import Alert
from model_zoo.vital_signs.news2 import News2
from model_zoo.vital_signs.news2_hours import HourlyNews2
from model_zoo.vital_signs.series import VitalSeries

OPEN_POINTS = "?"
_JUST_NOW = 1 / 60  # hours; younger than a minute is of this hour
_DAY = 24.0
# Below one day a rate would multiply a handful of alerts up to a figure that nobody saw.
_LEAST_HOURS = 24.0


@dataclass(frozen=True)
class ComponentRow:
    """One parameter of the score. points: "?" where it cannot be told. age: how old the value is, empty where it is new."""

    title: str
    value: str
    points: str
    age: str
    missing: bool


@dataclass(frozen=True)
class HourView:
    """The score of one hour. title: the hour. number: the aggregate as it is shown large; partial ones say so.

    risk: clinical risk in words. missing: a sentence that names what is missing and what it would allow, or empty.
    band: name of the published response, empty where nothing could be scored.
    """

    title: str
    number: str
    risk: str
    missing: str
    monitoring: str
    response: str
    band: str
    rows: tuple[ComponentRow, ...]
    notes: tuple[str, ...]


def build_hour(scores: HourlyNews2, now: float, series: VitalSeries) -> HourView | None:
    """Say the score of an hour in words; ``None`` before the first scored hour."""
    score = scores.at(now)
    if score is None:
        return None
    rows = tuple(
        ComponentRow(
            part.title,
            part.words,
            OPEN_POINTS if part.points is None else str(part.points),
            ""
            if part.age_hours is None or part.age_hours < _JUST_NOW
            else text("monitoring.hour.age", hours=f"{part.age_hours:.1f}"),
            part.points is None,
        )
        for part in score.components
    )
    title = hour_title(now, series.start)
    if not score.known:
        return HourView(title, text("monitoring.hour.not_known"), "", _missing(score), "", "", "", rows, score.notes)
    number, risk = str(score.aggregate), text("monitoring.hour.risk", risk=score.response.risk)
    if score.partial:
        number = text("monitoring.hour.partial", score=number)
        risk = text("monitoring.hour.risk_at_least", risk=score.response.risk)
    single = text("monitoring.hour.red") if score.red else ""
    return HourView(
        title,
        number,
        f"{risk} {single}".strip(),
        _missing(score),
        score.response.monitoring,
        score.response.response,
        score.response.name,
        rows,
        score.notes,
    )


def series_words(series: VitalSeries) -> str:
    """Say what a series is: where from, how long, how much was measured. No clock and no value."""
    measured = int((series.values == series.values).sum())
    span = float(series.hours[-1] - series.hours[0]) if len(series.hours) else 0.0
    source = series.provenance[:1].upper() + series.provenance[1:]
    parts = (
        text("monitoring.series.hours", hours=f"{span:.0f}"),
        counted("monitoring.series.times", len(series.hours)),
        counted("monitoring.series.values", measured),
        counted("monitoring.series.parameters", len(series.variables)),
    )
    return " · ".join((source, *parts))


def stay_fatigue(alerts: Sequence[Alert], scores: HourlyNews2, now: float, history: AlertHistory) -> str:
    """Say how many alerts this stay brought per day of the stay, and what became of them. history: of this stay."""
    if not alerts:
        return text("monitoring.fatigue.none")
    watched = now - scores.hours[0] if scores.hours else 0.0
    hours = f"{watched:.0f}"
    count = counted("monitoring.fatigue.count", len(alerts), hours=hours)
    if watched >= _LEAST_HOURS:
        rate = f"{_DAY * len(alerts) / watched:.1f}"
        count = counted("monitoring.fatigue.rate", len(alerts), hours=hours, rate=rate)
    keys = {alert.key for alert in alerts}
    found = measure_fatigue([entry for entry in history.raised if entry.key in keys], history.acknowledged)
    if found.share_without_action is None:
        return f"{count} {text('monitoring.fatigue.none_acknowledged')}"
    done = text("monitoring.fatigue.acknowledged", acknowledged=found.acknowledged, without=found.without_action)
    return f"{count} {done}"


def _missing(score: News2) -> str:
    if not score.partial:
        return ""
    missing = ", ".join(score.missing)
    if not score.known:
        return text("monitoring.hour.nothing_scored", missing=missing)
    return text("monitoring.hour.missing", missing=missing, lowest=score.lowest, highest=score.highest)
