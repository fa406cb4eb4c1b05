"""From single measurements to a series: every problem is found before one error names them all."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from model_zoo.monitoring.series import InvalidSeries, VitalSeries
from model_zoo.monitoring.units import UnknownUnit, fitting_unit, to_stored
from model_zoo.monitoring.variables import ACVPU, MONITORED, variable
from model_zoo.patients.features import FeatureSpec

MOST_HOURS = 24 * 400  # a stay of over a year is a slip in a date
_ABSENT = ("", "na", "n/a", "nan", "none", "null", "-", "--", "not measured", "?")
_YES = ("1", "1.0", "yes", "true", "y", "oxygen", "o2", "on oxygen", "on o2", "supplemental oxygen")
_NO = ("0", "0.0", "no", "false", "n", "air", "room air", "ra", "on air", "none given")
_CONSCIOUSNESS = {
    "A": ("a", "alert", "awake", "mentally alert"),
    "C": ("c", "confused", "confusion", "new confusion", "acute confusion", "cvpu: c"),
    "V": ("v", "voice", "verbal", "responds to voice", "responsive to voice"),
    "P": ("p", "pain", "painful", "responds to pain", "responsive to pain"),
    "U": ("u", "unresponsive", "unconscious"),
}
_ACVPU_INDEX = {word: [c for c, _ in ACVPU].index(letter) for letter, words in _CONSCIOUSNESS.items() for word in words}


class Unreadable(ValueError):
    """What is wrong with one value, as a half sentence without the value itself."""


@dataclass(frozen=True)
class Measurement:
    """One value in the stored unit. time: hours from the start. where: the row or entry, for messages."""

    time: float
    name: str
    value: float
    where: str


def is_absent(text: str) -> bool:
    """Tell whether a cell says that nothing was measured."""
    return text.strip().casefold() in _ABSENT


def read_value(spec: FeatureSpec, text: str, unit: str | None = None, decimal_comma: bool = False) -> float:
    """Return one cell in the stored unit. Raises Unreadable; a value outside the plausible range is never clipped.

    decimal_comma: whether a comma can be a decimal mark, since it does not divide the cells.
    """
    word = " ".join(text.strip().casefold().replace("_", " ").split())
    if spec.kind == "choice":
        if word not in _ACVPU_INDEX:
            raise Unreadable("expected A, C, V, P or U")
        return float(_ACVPU_INDEX[word])
    if spec.kind == "flag":
        if word not in _YES and word not in _NO:
            raise Unreadable("expected yes or no; give a flow as 'oxygen flow (L/min)', a fraction as 'FiO2'")
        return float(word in _YES)
    return checked(spec, _number(word, decimal_comma), unit)


def checked(spec: FeatureSpec, number: float, unit: str | None) -> float:
    """Return a number in the stored unit after the checks of its range. Raises Unreadable."""
    if not math.isfinite(number):
        raise Unreadable("expected a finite number")
    try:
        value = to_stored(spec, number, unit)
    except UnknownUnit as error:
        raise Unreadable(f"its unit is not understood: {error}") from error
    if spec.whole and not float(value).is_integer():
        raise Unreadable("expected a whole number")
    if spec.plausible is not None and not spec.plausible[0] <= value <= spec.plausible[1]:
        low, high = spec.plausible
        other = None if unit is not None else fitting_unit(spec, number)
        hint = f"; it looks like {other}: name the unit in the header" if other else ""
        raise Unreadable(f"outside the plausible range of {low:g} to {high:g} {spec.si_unit}".rstrip() + hint)
    return value


def _number(word: str, decimal_comma: bool) -> float:
    if "," in word:
        if not decimal_comma:
            raise Unreadable("expected a number with a point for decimals")
        whole, _, rest = word.partition(",")
        if len(rest) == 3 and whole.lstrip("+-") not in ("", "0"):
            raise Unreadable("a comma before three digits may divide thousands or decimals; write a point")
        word = f"{whole}.{rest}"
    try:
        return float(word)
    except ValueError as error:
        raise Unreadable("expected a number") from error


def assemble(
    measurements: Iterable[Measurement],
    provenance: str,
    notes: tuple[str, ...] = (),
    start: datetime | None = None,
    synthetic: bool = False,
) -> VitalSeries:
    """Return the series of single measurements: one row per time, columns in the order of the catalogue.

    Two equal values of one quantity at one time are one. Raises InvalidSeries for two different ones, for a series
    without a value, and for one longer than MOST_HOURS.
    """
    found: dict[tuple[float, str], Measurement] = {}
    problems = []
    for entry in measurements:
        earlier = found.setdefault((entry.time, entry.name), entry)
        if not math.isclose(earlier.value, entry.value, rel_tol=1e-9):
            title = variable(entry.name).title
            problems.append(f"{earlier.where} and {entry.where} give different values of {title} for one time")
    if problems:
        raise InvalidSeries(problems, "Keep the right one, or give each its own time.")
    if not found:
        raise InvalidSeries(["no value was found"], "Give a time and at least one measured quantity per row.")
    times = sorted({time for time, _ in found})
    if times[-1] - times[0] > MOST_HOURS:
        raise InvalidSeries(["the series is longer than 400 days"], "Check the dates, and give one stay at a time.")
    names = {name for _, name in found}
    variables = tuple(spec.name for spec in MONITORED if spec.name in names)
    row, column = {t: i for i, t in enumerate(times)}, {n: i for i, n in enumerate(variables)}
    values = np.full((len(times), len(variables)), np.nan)
    for (time, name), entry in found.items():
        values[row[time], column[name]] = entry.value
    return VitalSeries(np.array(times), variables, values, provenance, notes, synthetic, start)
