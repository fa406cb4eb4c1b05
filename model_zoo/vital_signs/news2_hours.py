"""NEWS2 of a series, hour by hour: the last measurement of each parameter is carried forward for a stated time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from model_zoo.vital_signs import news2_chart as chart
from model_zoo.vital_signs.news2 import News2, News2NotApplicable, scores_of
from model_zoo.vital_signs.news2_chart import CONSCIOUSNESS, OXYGEN
from model_zoo.vital_signs.series import VitalSeries

# The longest interval that is published between two sets at a score of 1 to 4: a value older than that is no longer used.
CARRY_HOURS = 6.0
CARRY_RULE = "Each hour is scored with the last measurement of each parameter, at most {hours:g} hours old."
_ROOM_AIR = 0.215  # inspired fraction up to which a patient breathes room air, 0.21 with rounding
_ALERT_GCS = 15


@dataclass(frozen=True)
class HourlyNews2:
    """A score per hour. hours: from the start of the series, each scored with what was measured up to it."""

    hours: tuple[float, ...]
    scores: tuple[News2, ...]
    carry_hours: float
    scale: int
    rule: str

    def at(self, hour: float) -> News2 | None:
        """Return the last score at or before an hour, ``None`` before the first."""
        before = [score for time, score in zip(self.hours, self.scores, strict=True) if time <= hour + 1e-9]
        return before[-1] if before else None


def score_hours(
    series: VitalSeries,
    scale: int = chart.SCALE_1,
    carry_hours: float = CARRY_HOURS,
    hours: Sequence[float] | None = None,
) -> HourlyNews2:
    """Score a series at every full hour up to the one that holds its last row, last observation carried forward.

    Parameters
    ----------
    series
        The stay.
    scale
        Of SpO2, 1 or 2.
    carry_hours
        Measurements older than this are not used.
    hours
        Other moments to score. A parameter without a value that is young enough is missing, and the score partial.

    Raises
    ------
    News2NotApplicable
        For an unknown scale or ``carry_hours`` below 0.
    """
    if not carry_hours >= 0:
        raise News2NotApplicable("The time for which a measurement is used cannot be negative.", "Give hours from 0.")
    if hours is None:
        ends = series.hours[[0, -1]] if len(series.hours) else np.array([0.0, -1.0])
        hours = [float(h) for h in range(math.floor(ends[0] + 1e-9), math.ceil(ends[1] - 1e-9) + 1)]
        hours = [h for h in hours if len(series.hours) and h >= series.hours[0] - 1e-9]
    at = np.array(hours, np.float64)
    values, ages, from_gcs = observed(series, at, carry_hours)
    rule = CARRY_RULE.format(hours=carry_hours)
    if not len(at):
        return HourlyNews2((), (), carry_hours, scale, rule)
    return HourlyNews2(tuple(at.tolist()), scores_of(values, ages, scale, from_gcs), carry_hours, scale, rule)


def observed(
    series: VitalSeries, at: np.ndarray, carry_hours: float
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray], np.ndarray]:
    """Return values and ages (H,) of the seven parameters at some hours, and where the coma scale stood in for ACVPU.

    Oxygen is what was recorded last of the flag, the flow (given above 0) and the inspired fraction (given above room air);
    recorded at the same time, one that says oxygen wins. A Glasgow Coma Scale counts where it is younger than ACVPU.
    """
    values: dict[str, np.ndarray] = {}
    ages: dict[str, np.ndarray] = {}
    for name, _, stored, _ in chart.PARAMETERS:
        values[name], ages[name] = series.carried(stored, at, carry_hours)
    for stored, least in (("oxygen_flow_l_min", 0.0), ("fio2_fraction", _ROOM_AIR)):
        value, age = series.carried(stored, at, carry_hours)
        given = np.where(np.isnan(value), np.nan, (value > least).astype(float))
        newer = ~np.isnan(age) & (np.isnan(ages[OXYGEN]) | (age < ages[OXYGEN]))
        same = age == ages[OXYGEN]
        values[OXYGEN] = np.where(newer, given, np.where(same, np.fmax(given, values[OXYGEN]), values[OXYGEN]))
        ages[OXYGEN] = np.where(newer, age, ages[OXYGEN])
    points, age = series.carried("gcs_points", at, carry_hours)
    from_gcs = ~np.isnan(age) & (np.isnan(ages[CONSCIOUSNESS]) | (age < ages[CONSCIOUSNESS]))
    # Which of C, V, P and U it is does not matter: all of them have 3 points. C stands for "not alert".
    values[CONSCIOUSNESS] = np.where(from_gcs, (points < _ALERT_GCS).astype(float), values[CONSCIOUSNESS])
    ages[CONSCIOUSNESS] = np.where(from_gcs, age, ages[CONSCIOUSNESS])
    return values, ages, from_gcs
