"""NEWS2 of one set of observations: points, aggregate, red score, clinical risk and published response.

A score with missing components is labelled partial: it is then the sum of what is known, with the lowest and the highest
aggregate that the missing components would allow. The chart and its source stand in ``news2_chart``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from model_zoo.errors import ZooError
from model_zoo.vital_signs import news2_chart as chart
from model_zoo.vital_signs.news2_chart import CONSCIOUSNESS, NAMES, OXYGEN, SATURATION, Response, response_to
from model_zoo.vital_signs.variables import ACVPU, variable

GCS_NOTE = "Consciousness was read from the Glasgow Coma Scale (15 alert, less than 15 not alert), which is not part of the chart."


class News2NotApplicable(ZooError):
    """The score was not made for this patient, or with these settings."""


@dataclass(frozen=True)
class Component:
    """One parameter. points: ``None`` where it cannot be told. lowest, highest: what it can be at the least and the most.

    words: what was measured, with its unit. age_hours: how long ago; ``None`` for a single set.
    """

    name: str
    title: str
    points: int | None
    lowest: int
    highest: int
    words: str
    age_hours: float | None = None


@dataclass(frozen=True)
class News2:
    """One score. aggregate: sum of the known points, which is also the lowest possible. highest: see ``partial``.

    missing: titles of the parameters without points. red: a known parameter has 3 points. red_possible: a missing one
    could. response: to what is known; of a partial score at least that. highest_response: to the most that is possible.
    """

    aggregate: int
    highest: int
    partial: bool
    missing: tuple[str, ...]
    red: bool
    red_possible: bool
    response: Response
    highest_response: Response
    scale: int
    components: tuple[Component, ...]
    notes: tuple[str, ...] = ()

    @property
    def lowest(self) -> int:
        return self.aggregate

    @property
    def known(self) -> int:
        """How many of the seven parameters have points."""
        return len(self.components) - len(self.missing)

    @property
    def words(self) -> str:
        """The score as it is said, never without what is missing."""
        single = ", 3 in one parameter" if self.red else ""
        if not self.known:
            return "NEWS2 not known: no parameter could be scored"
        if not self.partial:
            return f"NEWS2 {self.aggregate}{single}, clinical risk {self.response.risk}"
        risk = self.response.risk
        return (
            f"NEWS2 partial: {self.aggregate} from {self.known} of 7 parameters{single}, between {self.lowest} and "
            f"{self.highest}; clinical risk at least {risk}; missing: {', '.join(self.missing)}"
        )


def score_news2(
    *,
    respiratory_rate: float | None = None,
    spo2: float | None = None,
    supplemental_oxygen: bool | None = None,
    systolic_pressure: float | None = None,
    heart_rate: float | None = None,
    consciousness: str | None = None,
    temperature: float | None = None,
    scale: int = chart.SCALE_1,
) -> News2:
    """Score one set of observations; ``None``: not measured.

    respiratory_rate, heart_rate: /min. spo2: %. systolic_pressure: mm Hg. temperature: °C. consciousness: one of A, C, V,
    P, U. scale: of SpO2, 1 or 2 (see SCALE_2_RULE). Raises News2NotApplicable for another scale or letter.
    """
    letters = [letter for letter, _ in ACVPU]
    if consciousness is not None and consciousness not in letters:
        raise News2NotApplicable("Consciousness has to be one of A, C, V, P, U.", "A is alert, C new confusion.")
    given = {
        chart.RESPIRATION: respiratory_rate,
        SATURATION: spo2,
        OXYGEN: None if supplemental_oxygen is None else float(supplemental_oxygen),
        chart.PRESSURE: systolic_pressure,
        chart.PULSE: heart_rate,
        CONSCIOUSNESS: None if consciousness is None else float(letters.index(consciousness)),
        chart.TEMPERATURE: temperature,
    }
    values = {name: np.array([math.nan if value is None else float(value)]) for name, value in given.items()}
    return scores_of(values, {}, scale)[0]


def news2_points(
    values: Mapping[str, np.ndarray], scale: int = chart.SCALE_1
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Return the points of many sets at once, for measuring the score on whole data sets.

    values: by parameter (``news2_chart.NAMES``), float64 (N,), NaN missing, consciousness as index into ACVPU, oxygen 1
    or 0. Returns points by parameter (N,), NaN where they cannot be told, and the highest aggregate (N,); the lowest is
    the sum of the known points. Raises News2NotApplicable for an unknown scale.
    """
    if scale not in (chart.SCALE_1, chart.SCALE_2):
        raise News2NotApplicable("The SpO2 scale of NEWS2 is 1 or 2.", chart.SCALE_2_RULE)
    found = {name: bands.of(values[name]) for name, bands in chart.CHART.items()}
    oxygen, saturation = np.asarray(values[OXYGEN], np.float64), np.asarray(values[SATURATION], np.float64)
    missing_oxygen = np.isnan(oxygen)
    found[OXYGEN] = oxygen * chart.OXYGEN_POINTS
    awake = np.asarray(values[CONSCIOUSNESS], np.float64)
    found[CONSCIOUSNESS] = np.where(np.isnan(awake), np.nan, (awake > 0) * float(chart.NOT_ALERT_POINTS))
    if scale == chart.SCALE_1:
        found[SATURATION] = chart.SPO2_SCALE_1.of(saturation)
        most = found[SATURATION]
    else:
        air, given = chart.SPO2_SCALE_2_AIR.of(saturation), chart.SPO2_SCALE_2_OXYGEN.of(saturation)
        # Above 92 % the points depend on whether oxygen is given: without knowing that they cannot be told.
        found[SATURATION] = np.where(
            missing_oxygen, np.where(air == given, air, np.nan), np.where(oxygen > 0, given, air)
        )
        most = np.where(missing_oxygen, given, found[SATURATION])
    highest = sum(np.where(np.isnan(found[n]), float(chart.MOST_POINTS[n]), found[n]) for n in NAMES if n != SATURATION)
    highest = highest + np.where(np.isnan(most), float(chart.MOST_POINTS[SATURATION]), most)
    return {name: found[name] for name in NAMES}, np.asarray(highest)


def not_applicable(age_years: float | None, pregnant: bool = False) -> str | None:
    """Return ``None``, or the sentence that stands in place of the score: it was not made for this patient."""
    if age_years is not None and age_years < chart.MIN_AGE_YEARS:
        return f"No NEWS2 is shown: it was made for people of {chart.MIN_AGE_YEARS} years or older."
    return "No NEWS2 is shown: it was not made for pregnancy." if pregnant else None


def scores_of(
    values: Mapping[str, np.ndarray], ages: Mapping[str, np.ndarray], scale: int, from_gcs: np.ndarray | None = None
) -> tuple[News2, ...]:
    """Score many sets: values and ages (N,) by parameter, ages may be empty; from_gcs: where the coma scale stood in."""
    points, highest = news2_points(values, scale)
    columns = {name: points[name].tolist() for name in NAMES}
    raw = {name: np.asarray(values[name]).tolist() for name in NAMES}
    old = {name: ages[name].tolist() for name in NAMES} if ages else {}
    stood_in = [False] * len(highest) if from_gcs is None else from_gcs.tolist()
    return tuple(
        _one(
            {name: columns[name][i] for name in NAMES},
            {name: raw[name][i] for name in NAMES},
            {name: old[name][i] for name in old},
            int(top),
            scale,
            stood_in[i],
        )
        for i, top in enumerate(highest.tolist())
    )


def _one(
    points: Mapping[str, float],
    raw: Mapping[str, float],
    ages: Mapping[str, float],
    top: int,
    scale: int,
    from_gcs: bool,
) -> News2:
    known = {name: int(value) for name, value in points.items() if not math.isnan(value)}
    missing = [name for name in NAMES if name not in known]
    components = []
    for name, title, stored, most in chart.PARAMETERS:
        age = ages.get(name, math.nan)
        components.append(
            Component(
                name,
                title,
                known.get(name),
                known.get(name, 0),
                known.get(name, most),
                _words(name, stored, raw[name], name in known, from_gcs),
                None if math.isnan(age) else age,
            )
        )
    aggregate, red = sum(known.values()), chart.RED in known.values()
    # On scale 2 with oxygen unknown a saturation of 93 to 96 % can have no 3 points: the band decides, not the parameter.
    red_possible = red or any(_can_be_red(name, raw[name]) for name in missing)
    notes = (GCS_NOTE,) if from_gcs else ()
    return News2(
        aggregate,
        top,
        bool(missing),
        tuple(chart.TITLES[name] for name in missing),
        red,
        red_possible,
        response_to(aggregate, red),
        response_to(top, red_possible),
        scale,
        tuple(components),
        notes,
    )


def _can_be_red(name: str, value: float) -> bool:
    if name == SATURATION and not math.isnan(value):
        return float(chart.SPO2_SCALE_2_OXYGEN.of(np.array([value]))[0]) == chart.RED
    return chart.MOST_POINTS[name] >= chart.RED


def _words(name: str, stored: str, value: float, known: bool, from_gcs: bool) -> str:
    if math.isnan(value):
        return "not measured"
    if name == CONSCIOUSNESS:
        if from_gcs:
            return "Glasgow Coma Scale below 15" if value else "Glasgow Coma Scale 15"
        return ACVPU[int(value)][1]
    if name == OXYGEN:
        return "oxygen" if value else "air"
    shown = variable(stored).show(value)
    return shown if known else f"{shown}; its points depend on whether oxygen is given"
