"""A stay as panels over time and a score per hour: series and scores flow in, plain numbers and words come out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from dashboard.catalogue import text
from model_zoo.patients.declaring import LABORATORY
from model_zoo.patients.features import FeatureSpec
from model_zoo.vital_signs.news2 import Component, News2
from model_zoo.vital_signs.news2_chart import EMERGENCY_FROM, NOT_FOR, SOURCE, URGENT_FROM
from model_zoo.vital_signs.news2_hours import HourlyNews2
from model_zoo.vital_signs.series import VitalSeries
from model_zoo.vital_signs.variables import variable

# Panels in the order of the chart; diastolic pressure is drawn in the panel of the systolic one.
VITAL_PANELS = (
    "respiratory_rate_per_min", "spo2_percent", "supplemental_oxygen", "oxygen_flow_l_min", "fio2_fraction",
    "systolic_pressure_mmhg", "mean_arterial_pressure_mmhg", "heart_rate_per_min", "consciousness", "gcs_points",
    "temperature_celsius",
)  # fmt: skip
_TOGETHER = {"systolic_pressure_mmhg": "diastolic_pressure_mmhg"}
UNKNOWN = "unknown"
THRESHOLDS = ((URGENT_FROM, "urgent"), (EMERGENCY_FROM, "emergency"))


@dataclass(frozen=True)
class VitalPoint:
    """One measurement, at an hour from the start."""

    hour: float
    value: float
    words: str


@dataclass(frozen=True)
class VitalPanel:
    """One quantity over time. second: a quantity in the same panel, or empty. normal: usual range of adults, if any.

    ticks: (value, words) of a quantity with named values; empty for numbers. latest: the last value in words.
    """

    name: str
    title: str
    unit: str
    points: tuple[VitalPoint, ...]
    second: tuple[VitalPoint, ...]
    normal: tuple[float, float] | None
    ticks: tuple[tuple[float, str], ...]
    latest: str


@dataclass(frozen=True)
class ScoreBar:
    """NEWS2 of one hour. band: name of the published response, or UNKNOWN where no parameter could be scored."""

    hour: float
    aggregate: int
    highest: int
    partial: bool
    band: str
    words: str


@dataclass(frozen=True)
class VitalsView:
    """A stay. now: the hour up to which it is replayed, ``None`` at its end."""

    panels: tuple[VitalPanel, ...]
    bars: tuple[ScoreBar, ...]
    span: tuple[float, float]
    now: float | None
    rule: str
    notes: tuple[str, ...]
    any_partial: bool
    source: str = SOURCE
    not_for: str = NOT_FOR


def build_vitals(
    series: VitalSeries, scores: HourlyNews2, now: float | None = None, names: tuple[str, ...] = VITAL_PANELS
) -> VitalsView:
    """Lay a stay out over time. now: show only what was known at that hour, on the time axis of the whole stay.

    names: quantities to draw, those without a value are left out; see ``laboratory_names`` for the laboratory.
    """
    seen = series if now is None else series.up_to(now)
    panels = tuple(panel for name in names if (panel := _panel(seen, name, series.start)) is not None)
    pairs = [(h, s) for h, s in zip(scores.hours, scores.scores, strict=True) if now is None or h <= now + 1e-9]
    bars = tuple(_bar(hour, score, series.start) for hour, score in pairs)
    times = (
        [*series.hours[[0, -1]].tolist(), *scores.hours[:1], *scores.hours[-1:]] if len(series.hours) else [0.0, 1.0]
    )
    notes = tuple(dict.fromkeys((*series.notes, *(note for _, score in pairs for note in score.notes))))
    return VitalsView(
        panels,
        bars,
        (min(times), max(times)),
        now,
        scores.rule,
        notes,
        any(bar.partial for bar in bars),
    )


def laboratory_names(series: VitalSeries) -> tuple[str, ...]:
    """Return the laboratory values that a series holds, for panels of their own."""
    return tuple(spec.name for spec in series.specs if spec.group == LABORATORY)


def hour_words(hour: float, start: datetime | None = None) -> str:
    """Return a moment in words: the hour of the stay, and the clock where it is known."""
    if start is None:
        return text("monitoring.moment.hour", hour=_clock_hour(hour))
    return text("monitoring.moment.hour_clock", hour=_clock_hour(hour), clock=_clock(hour, start))


def hour_title(hour: float, start: datetime | None = None) -> str:
    """Return a moment as it begins a line or stands alone."""
    if start is None:
        return text("monitoring.moment.title", hour=_clock_hour(hour))
    return text("monitoring.moment.title_clock", hour=_clock_hour(hour), clock=_clock(hour, start))


def _clock_hour(hour: float) -> str:
    whole, minutes = divmod(round(60 * hour), 60)
    return f"{whole}:{minutes:02d}" if minutes else f"{whole}"


def _clock(hour: float, start: datetime) -> str:
    return f"{start + timedelta(hours=hour):%d %b %H:%M}"


def _panel(series: VitalSeries, name: str, start: datetime | None) -> VitalPanel | None:
    spec = variable(name)
    points = _points(series, spec, start)
    second = _points(series, variable(_TOGETHER[name]), start) if name in _TOGETHER else ()
    if not points and not second:
        return None
    column = series.column(name if points else _TOGETHER[name])
    latest = _value(spec, float(column[~np.isnan(column)][-1]))
    ticks: tuple[tuple[float, str], ...] = ()
    if spec.kind == "choice":
        ticks = tuple((float(i), value) for i, (value, _) in enumerate(spec.choices))
    elif spec.kind == "flag":
        ticks = ((0.0, text("monitoring.panel.no")), (1.0, text("monitoring.panel.yes")))
    return VitalPanel(
        name,
        text("monitoring.panel.pressure") if name in _TOGETHER else spec.title,
        spec.si_unit,
        points,
        second,
        spec.normal,
        ticks,
        latest,
    )


def _points(series: VitalSeries, spec: FeatureSpec, start: datetime | None) -> tuple[VitalPoint, ...]:
    column = series.column(spec.name)
    seen = ~np.isnan(column)
    return tuple(
        VitalPoint(hour, value, _point_words(spec, hour, value, start))
        for hour, value in zip(series.hours[seen].tolist(), column[seen].tolist(), strict=True)
    )


def _point_words(spec: FeatureSpec, hour: float, value: float, start: datetime | None) -> str:
    moment = hour_words(hour, start)
    return text("monitoring.panel.point", title=spec.title, hour=moment, value=_value(spec, value))


def _value(spec: FeatureSpec, value: float) -> str:
    return spec.choices[int(value)][1] if spec.kind == "choice" else spec.show(value)


def _bar(hour: float, score: News2, start: datetime | None) -> ScoreBar:
    head = text("monitoring.bar.score", hour=hour_title(hour, start), score=score.words)
    words = "\n".join((head, *(_part_words(part) for part in score.components)))
    return ScoreBar(
        hour, score.aggregate, score.highest, score.partial, score.response.name if score.known else UNKNOWN, words
    )


def _part_words(part: Component) -> str:
    said = {"title": part.title, "points": "?" if part.points is None else str(part.points), "value": part.words}
    if part.age_hours is None or part.age_hours < 1 / 60:
        return text("monitoring.bar.part", **said)
    return text("monitoring.bar.part_old", **said, hours=f"{part.age_hours:.1f}")
