"""One hour of a stay in words, the moments of its replay, and how many alerts it brings per day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.records.alert_log import AlertHistory
from dashboard.viewmodels.stay.vitals import hour_words
from model_zoo.alerts.fatigue import measure_fatigue
from model_zoo.alerts.rule import Alert
from model_zoo.monitoring.news2 import News2
from model_zoo.monitoring.news2_hours import HourlyNews2
from model_zoo.monitoring.series import VitalSeries

NOT_MEASURED, OPEN_POINTS = "not measured", "?"
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
            "" if part.age_hours is None or part.age_hours < _JUST_NOW else f"{part.age_hours:.1f} h ago",
            part.points is None,
        )
        for part in score.components
    )
    title = hour_words(now, series.start).capitalize()
    if not score.known:
        return HourView(title, "not known", "", _missing(score), "", "", "", rows, score.notes)
    number = f"{score.aggregate} partial" if score.partial else str(score.aggregate)
    least = "at least " if score.partial else ""
    single = ", 3 points in one parameter" if score.red else ""
    return HourView(
        title,
        number,
        f"Clinical risk {least}{score.response.risk}{single}",
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
    return f"{source}. {span:.0f} hours, {len(series.hours)} times, {measured} values of {len(series.variables)} quantities."


def stay_fatigue(alerts: Sequence[Alert], scores: HourlyNews2, now: float, history: AlertHistory) -> str:
    """Say how many alerts this stay brought per day of the stay, and what became of them. history: of this stay."""
    if not alerts:
        return "This stay: no alert up to this hour."
    watched = now - scores.hours[0] if scores.hours else 0.0
    count = f"{len(alerts)} alert{'s' if len(alerts) > 1 else ''} in {watched:.0f} h"
    rate = f", {_DAY * len(alerts) / watched:.1f} per day" if watched >= _LEAST_HOURS else ""
    keys = {alert.key for alert in alerts}
    found = measure_fatigue([entry for entry in history.raised if entry.key in keys], history.acknowledged)
    share = found.share_without_action
    done = "none acknowledged yet" if share is None else f"{found.acknowledged} acknowledged"
    acted = "" if share is None else f", {found.without_action} of those without any action"
    return f"This stay: {count}{rate}; {done}{acted}."


def _missing(score: News2) -> str:
    if not score.partial:
        return ""
    words = f"Missing: {', '.join(score.missing)}."
    if not score.known:
        return f"{words} No parameter could be scored."
    return f"{words} With them the score lies between {score.lowest} and {score.highest}."
