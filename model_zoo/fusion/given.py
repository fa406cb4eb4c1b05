"""What note and stay give to a case, or why they count for nothing in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from model_zoo.alerts import Alert, evaluate_hours, hourly_inputs, load_rules
from model_zoo.fusion.case import NO_SERIES, NO_TEXT
from model_zoo.monitoring import VitalSeries
from model_zoo.monitoring.hourly_models import hourly_models, risks_of_stay
from model_zoo.monitoring.news2 import News2, not_applicable
from model_zoo.monitoring.news2_hours import score_hours
from model_zoo.symptoms import Differential
from model_zoo.text.extraction import ExtractedItem


@dataclass(frozen=True, eq=False)
class NoteRead:
    """What a note gave. differential: ``None`` where it was not asked for. absent: why the note does not count here."""

    items: tuple[ExtractedItem, ...] = ()
    differential: Differential | None = None
    absent: str | None = NO_TEXT


@dataclass(frozen=True, eq=False)
class HourRead:
    """What an hour of a stay gave. refused: why there is no score. absent: why the stay does not count here.

    alerts: that had arisen up to this hour. measured: every value up to it by stored name, in the order of time.
    """

    score: News2 | None = None
    refused: str | None = None
    hour: float = 0.0
    last_hour: float = 0.0
    synthetic: bool = False
    alerts: tuple[Alert, ...] = ()
    absent: str | None = NO_SERIES
    measured: Mapping[str, tuple[float, ...]] = field(default_factory=dict)


NO_NOTE, NO_STAY = NoteRead(), HourRead()


def measured_until(series: VitalSeries, hour: float) -> dict[str, tuple[float, ...]]:
    """Return the values of a series up to an hour, by stored name; what was never measured is left out."""
    known = series.values[series.hours <= hour + 1e-9]
    columns = {name: known[:, index] for index, name in enumerate(series.variables)}
    kept = {name: tuple(float(v) for v in column if v == v) for name, column in columns.items()}
    return {name: values for name, values in kept.items() if values}


def read_hour(series: VitalSeries, scale: int, hour: float | None, age_years: float | None) -> HourRead:
    """Return a stay as it stands at an hour, by default its last: what came later is not looked at.

    Raises InvalidSeries, News2NotApplicable or AlertRulesInvalid.
    """
    scores = score_hours(series, scale)
    if not scores.hours:
        return NO_STAY
    last = scores.hours[-1]
    now = last if hour is None else min(hour, last)
    refused = not_applicable(age_years)
    risks = risks_of_stay(hourly_models()[0], series, age_years)
    moments = tuple(m for m in hourly_inputs(series, scores, risks) if m.hour is None or m.hour <= now)
    if refused is not None:
        moments = tuple(replace(moment, news2=None) for moment in moments)
    score = None if refused is not None else scores.at(now)
    return HourRead(
        score,
        refused,
        now,
        last,
        series.synthetic,
        evaluate_hours(load_rules(), moments),
        None,
        measured_until(series, now),
    )
