"""Times of a series as tables write them, brought to hours. What can be read in two ways is refused, not guessed.

Read are: a date with a time of day (ISO 8601, or day.month.year), a number of hours or minutes, and hours:minutes, which
may be a clock or the time since admission: only the differences count, so both give the same series.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from model_zoo.monitoring.series import InvalidSeries

NUMBER, DATE, CLOCK = "a number", "a date with time", "hours:minutes"
_CLOCK = re.compile(r"(\d{1,4}):([0-5]\d)(?::([0-5]\d))?")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})[ T]+(\d{1,2}:\d{2}(?::\d{2})?)")
_SLASHED = re.compile(r"\d{1,4}/\d{1,2}(/\d{1,4})?\b.*")
HINT = "Write each time as 2026-01-31 14:30, or as hours from the start."


@dataclass(frozen=True)
class Times:
    """hours: one per row. start: the clock at hour 0, where dates were given. note: how they were read."""

    hours: tuple[float, ...]
    start: datetime | None
    note: str


def read_times(
    cells: Sequence[str], where: Sequence[str], unit: str | None = None, decimal_comma: bool = False
) -> Times:
    """Return the hours of the rows. unit: "h" or "min" where the header names one. where: each row's name for messages.
    decimal_comma: whether a number of hours may have one.

    Raises InvalidSeries with every row whose time is absent or ambiguous, and where the kinds of time are mixed.
    """
    found: list[tuple[str, float | datetime]] = []
    problems = []
    for cell, row in zip(cells, where, strict=True):
        try:
            found.append(_one(cell.strip().replace(",", ".") if decimal_comma else cell.strip()))
        except ValueError as error:
            problems.append(f"{row}: {error}")
    if problems:
        raise InvalidSeries(problems, HINT)
    kinds = {kind for kind, _ in found}
    if len(kinds) > 1:
        raise InvalidSeries([f"the times are written in different ways: {' and '.join(sorted(kinds))}"], HINT)
    kind = next(iter(kinds))
    if kind == DATE:
        return hours_of([moment for _, moment in found if isinstance(moment, datetime)])
    numbers = [number for _, number in found if isinstance(number, float)]
    if kind == CLOCK:
        for (earlier, later), row in zip(pairwise(numbers), where[1:], strict=True):
            if later < earlier:
                raise InvalidSeries([f"{row}: the clock runs backwards, so the day is not known"], HINT)
        return Times(tuple(number - numbers[0] for number in numbers), None, "Hours count from the first row.")
    divisor = 60 if unit == "min" else 1
    note = "" if unit else "The times were read as hours: their column names no unit."
    return Times(tuple(number / divisor for number in numbers), None, note)


def hours_of(moments: Sequence[datetime]) -> Times:
    """Return hours from the first of some moments. Raises InvalidSeries where some name their zone and others do not."""
    zoned = {moment.tzinfo is not None for moment in moments}
    if len(zoned) > 1:
        raise InvalidSeries(["some times name their time zone and others do not"], "Write all of them in one way.")
    start = min(moments)
    # Whole seconds are exact; a monitor's milliseconds say nothing about a patient.
    hours = tuple(round((moment - start).total_seconds()) / 3600 for moment in moments)
    return Times(hours, start, "")


def _one(text: str) -> tuple[str, float | datetime]:
    if not text:
        raise ValueError("the time is missing")
    clock = _CLOCK.fullmatch(text)
    if clock:
        return CLOCK, int(clock[1]) + int(clock[2]) / 60 + int(clock[3] or 0) / 3600
    if _SLASHED.fullmatch(text):
        raise ValueError("a date with slashes may mean day/month or month/day")
    dotted = _DOTTED.fullmatch(text)
    if dotted:
        text = f"{dotted[3]}-{int(dotted[2]):02d}-{int(dotted[1]):02d} {dotted[4].zfill(5)}"
    try:
        hours = float(text)
    except ValueError:
        pass
    else:
        if not math.isfinite(hours) or hours < 0:
            raise ValueError("the time lies before the start")
        return NUMBER, hours
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("the time is not understood") from None
    if ":" not in text and not re.search(r"[T ]\d", text):
        raise ValueError("the date has no time of day")
    return DATE, moment
