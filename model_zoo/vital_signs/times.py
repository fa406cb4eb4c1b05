"""Times of a series as tables write them, brought to hours. What can be read in two ways is refused, not guessed.

Read are: a date with a time of day (ISO 8601, year/month/day or day.month.year), a number in the unit that the header names,
and hours:minutes (with AM or PM, or behind the number of a day), which may be a clock or the time since admission: only the
differences count, so both give the same series.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from model_zoo.errors import SAY_DECIMAL
from model_zoo.quantities.numbers import Ambiguous, Decimal, TwoReadings, Unreadable, decimal_mark, written_number
from model_zoo.vital_signs.series import InvalidSeries

NUMBER, DATE, CLOCK = "a number", "a date with time", "hours:minutes"
PER_HOUR = {"ms": 3_600_000.0, "s": 3600.0, "min": 60.0, "h": 1.0, "d": 1 / 24}
MOST_HOURS = 24 * 400  # a stay of over a year is a slip in a date
_NUMBER = re.compile(r"[+\-−]?[0-9.,]+(?:e[+-]?[0-9]+)?", re.IGNORECASE)
_CLOCK = re.compile(r"(?:(\d{1,3}) )?(\d{1,4}):([0-5]\d)(?::([0-5]\d))?")
_HALF_DAY = re.compile(r"(.*?)(\d{1,2})(:\d{2}(?::\d{2})?)\s*([ap])\.?\s?m\.?", re.IGNORECASE)
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})[ T]+(\d{1,2}:\d{2}(?::\d{2})?)")
_YEAR_FIRST = re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2})\b(.*)")
_SLASHED = re.compile(r"\d{1,4}/\d{1,2}(/\d{1,4})?\b.*")
_DIGITS_OF_A_DATE = re.compile(r"(?:19|20)\d{6}(?:\d{4}(?:\d\d)?)?")
_SERIAL_DAYS = (20_000.0, 80_000.0)  # of a spreadsheet: 1954 to 2119
_SINCE_1970 = 1e8  # seconds, in 1973
_STEP_MINUTES = 5  # charts by the hour have steps of 1, 2, 3, 4, 6, 8 or 12; those by the minute multiples of 5
_MOST_STEP = 24.0  # hours: nobody measures vital signs less than daily
HINT = "Write each time as 2026-01-31 14:30, or as a number with its unit in the header: time (h), (min), (s), (ms) or (days)."
BARE = "The times were read as hours: their column names no unit."


@dataclass(frozen=True)
class Times:
    """hours: one per row. start: the clock at hour 0, where dates were given. note: how they were read."""

    hours: tuple[float, ...]
    start: datetime | None
    note: str


def read_times(
    cells: Sequence[str],
    where: Sequence[str],
    unit: str | None = None,
    decimal_comma: bool = False,
    decimal: Decimal | None = None,
) -> Times:
    """Return the hours of the rows. unit: a key of PER_HOUR, or as the header has it; ``None`` where it names none.
    where: each row's name for messages. decimal_comma: whether a number of hours may have one. decimal: see ``written_number``.

    Raises InvalidSeries with every row whose time is absent or ambiguous, where the kinds of time are mixed, and where the
    numbers cannot be what the header says, or hours if it says nothing.
    """
    found: list[tuple[str, float | datetime | str]] = []
    problems = []
    for cell, row in zip(cells, where, strict=True):
        try:
            found.append(_one(cell.strip()))
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
    if kind == CLOCK:
        return _of_clocks([hour for _, hour in found if isinstance(hour, float)], where, unit)
    return _of_numbers([text for _, text in found if isinstance(text, str)], where, unit, decimal_comma, decimal)


def hours_of(moments: Sequence[datetime]) -> Times:
    """Return hours from the first of some moments. Raises InvalidSeries where some name their zone and others do not."""
    zoned = {moment.tzinfo is not None for moment in moments}
    if len(zoned) > 1:
        raise InvalidSeries(["some times name their time zone and others do not"], "Write all of them in one way.")
    start = min(moments)
    # Whole seconds are exact; a monitor's milliseconds say nothing about a patient.
    hours = tuple(round((moment - start).total_seconds()) / 3600 for moment in moments)
    return Times(hours, start, "")


def _of_clocks(hours: list[float], where: Sequence[str], unit: str | None) -> Times:
    # "time (UTC)" and "time (hh:mm)" name no unit of a number; minutes:seconds would be read as hours:minutes.
    if unit is not None and unit != "h" and (unit in PER_HOUR or unit.startswith("m")):
        raise InvalidSeries(["the header names another unit than the hours:minutes below it"], HINT)
    for (earlier, later), row in zip(pairwise(hours), where[1:], strict=True):
        if later < earlier:
            raise InvalidSeries([f"{row}: the clock runs backwards, so the day is not known"], HINT)
    return Times(tuple(hour - hours[0] for hour in hours), None, "Hours count from the first row.")


def _of_numbers(
    texts: list[str], where: Sequence[str], unit: str | None, comma: bool, decimal: Decimal | None
) -> Times:
    if unit is not None and unit not in PER_HOUR:
        raise InvalidSeries(["the unit of the column of times is not known: expected ms, s, min, h or days"], HINT)
    numbers = _numbers(texts, where, comma, decimal)
    hours = [number / PER_HOUR[unit or "h"] for number in numbers]
    reason = _no_hours(texts, numbers) if max(hours) > MOST_HOURS else _rather_another(hours) if unit is None else ""
    if reason:
        raise InvalidSeries([reason], HINT)
    return Times(tuple(hours), None, "" if unit else BARE)


def _numbers(texts: list[str], where: Sequence[str], comma: bool, decimal: Decimal | None) -> list[float]:
    """Return the numbers of a column. In a column that shows which mark is decimal, three digits behind it are decimals too."""
    if comma and decimal is None and decimal_mark(texts):
        texts, comma = [text.replace(",", ".") for text in texts], False
    numbers, problems, asked = [], [], []
    for text, row in zip(texts, where, strict=True):
        try:
            written = written_number(text, comma, decimal)
        except Unreadable as error:
            problems.append(f"{row}: {error}")
            continue
        if written.thousands is not None:
            asked.append(TwoReadings(text, written.value, written.thousands, row))
            problems.append(f"{row}: {Ambiguous(asked[-1])}")
        elif written.value < 0:
            problems.append(f"{row}: the time lies before the start")
        numbers.append(written.value)
    if problems:
        raise InvalidSeries(problems, SAY_DECIMAL if asked else HINT, next(iter(asked), None))
    return numbers


def _no_hours(texts: list[str], numbers: list[float]) -> str:
    """Say what numbers beyond any stay may be."""
    if all(_DIGITS_OF_A_DATE.fullmatch(text) for text in texts):
        kind = "; they look like dates written without marks"
    elif min(numbers) > _SINCE_1970:
        kind = "; they look like a count since 1970"
    elif _SERIAL_DAYS[0] < min(numbers) and max(numbers) < _SERIAL_DAYS[1]:
        kind = "; they look like the day numbers of a spreadsheet"
    else:
        kind = ""
    return f"the times are no times of one stay: they go beyond 400 days{kind}"


def _rather_another(hours: list[float]) -> str:
    """Say why numbers without a unit are rather no hours, or return ""."""
    steps = [later - earlier for earlier, later in pairwise(sorted(set(hours)))]
    if not steps:
        return ""
    by_minutes = len(steps) > 1 and all(step % _STEP_MINUTES == 0 for step in steps)
    if min(steps) > _MOST_STEP or by_minutes:
        return "the column of times names no unit, and its steps are rather minutes or seconds than hours"
    # A 24th of a day is 2.5 minutes as an hour's fraction, which no chart writes.
    if all(math.isclose(24 * hour, round(24 * hour), abs_tol=2e-3) for hour in hours) and any(
        not math.isclose(60 * hour, round(60 * hour), abs_tol=2e-2) for hour in hours
    ):
        return "the column of times names no unit, and its steps are rather parts of a day than hours"
    return ""


def _one(text: str) -> tuple[str, float | datetime | str]:
    """Return the kind of one time, and hours, a moment, or the text of a number. Raises ValueError with the reason."""
    if not text:
        raise ValueError("the time is missing")
    if _NUMBER.fullmatch(text):
        return NUMBER, text
    text = _in_24_hours(text)
    clock = _CLOCK.fullmatch(text)
    if clock:
        hours = int(clock[2]) + int(clock[3]) / 60 + int(clock[4] or 0) / 3600
        return CLOCK, 24.0 * int(clock[1] or 0) + hours
    if year_first := _YEAR_FIRST.fullmatch(text):
        text = f"{year_first[1]}-{int(year_first[2]):02d}-{int(year_first[3]):02d}{year_first[4]}"
    if _SLASHED.fullmatch(text):
        raise ValueError("a date with slashes may mean day/month or month/day")
    dotted = _DOTTED.fullmatch(text)
    if dotted:
        text = f"{dotted[3]}-{int(dotted[2]):02d}-{int(dotted[1]):02d} {dotted[4].zfill(5)}"
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("the time is not understood") from None
    if ":" not in text and not re.search(r"[T ]\d", text):
        raise ValueError("the date has no time of day")
    return DATE, moment


def _in_24_hours(text: str) -> str:
    found = _HALF_DAY.fullmatch(text)
    if not found:
        return text
    if not 1 <= int(found[2]) <= 12:
        raise ValueError("the time is not understood")
    hour = int(found[2]) % 12 + 12 * (found[4].casefold() == "p")
    return f"{found[1]}{hour:02d}{found[3]}"
