"""From single measurements to a series: every problem is found before one error names them all."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from model_zoo.patients.features import FeatureSpec
from model_zoo.quantities.doubts import contradictions
from model_zoo.quantities.numbers import Decimal, Unreadable
from model_zoo.quantities.reading import read_quantity
from model_zoo.vital_signs.series import InvalidSeries, VitalSeries
from model_zoo.vital_signs.times import MOST_HOURS
from model_zoo.vital_signs.variables import ACVPU, MONITORED, variable

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


@dataclass(frozen=True)
class Measurement:
    """One value in the stored unit. time: hours from the start. where: the row or entry, for messages."""

    time: float
    name: str
    value: float
    where: str


def read_value(
    spec: FeatureSpec,
    text: str,
    unit: str | None = None,
    decimal_comma: bool = False,
    decimal: Decimal | None = None,
) -> float:
    """Return one cell in the stored unit; the words of flags and choices are read here. Raises Unreadable.

    decimal_comma: whether a comma can be a decimal mark, since it does not divide the cells. decimal: see ``written_number``.
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
    return read_quantity(spec, text, unit, comma=decimal_comma, decimal=decimal)


def assemble(
    measurements: Iterable[Measurement],
    provenance: str,
    notes: tuple[str, ...] = (),
    start: datetime | None = None,
    synthetic: bool = False,
    leave_out_doubtful: bool = False,
) -> VitalSeries:
    """Return the series of single measurements: one row per time, columns in the order of the catalogue.

    Two equal values of one quantity at one time are one. leave_out_doubtful: values of one time that contradict each other (a
    systolic pressure not above the diastolic) are left out with a note; otherwise they are an error too.

    Raises InvalidSeries for two different values of one time, for a series without a value, and for one longer than MOST_HOURS.
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
    doubtful = list(_contradicting(found))
    if doubtful and not leave_out_doubtful:
        raise InvalidSeries([f"{entry.where}: {reason}" for reason, entry, _ in doubtful])
    for _, *both in doubtful:
        for entry in both:
            found.pop((entry.time, entry.name), None)
    counted = Counter(reason for reason, *_ in doubtful)
    notes += tuple(f"Not read: {count} pair(s) of values, because {reason}." for reason, count in counted.items())
    if not found:
        raise InvalidSeries(["no value was found", *counted], "Give a time and at least one measured quantity per row.")
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


def _contradicting(found: Mapping[tuple[float, str], Measurement]) -> Iterator[tuple[str, Measurement, Measurement]]:
    """Yield the reason and both measurements of each contradiction between values of one time."""
    by_time: dict[float, dict[str, float | None]] = {}
    for (time, name), entry in found.items():
        by_time.setdefault(time, {})[name] = entry.value
    for time, values in by_time.items():
        for (larger, smaller), reason in contradictions(values).items():
            yield reason, found[time, larger], found[time, smaller]
