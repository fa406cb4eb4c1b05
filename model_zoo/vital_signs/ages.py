"""The age that the file of a stay states, in a column or by a date of birth: NEWS2 was not made for children.

Only the age is kept; a date of birth is not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime

from model_zoo.quantities.numbers import Unreadable, is_absent, written_number

_OLDEST = 125.0
_APART = 1.0  # years; a birthday may lie within a stay
_PER_YEAR = {
    **dict.fromkeys(("y", "yr", "yrs", "year", "years", "yo", "jahre"), 1.0),
    **dict.fromkeys(("m", "mo", "mos", "month", "months", "monate"), 12.0),
    **dict.fromkeys(("w", "wk", "wks", "week", "weeks"), 365.25 / 7),
    **dict.fromkeys(("d", "day", "days"), 365.25),
}
_AGE = frozenset(("age", "ages", "alter", "ageyears", "ageyrs", "ageyr", "ageinyears"))
_BESIDE = frozenset(("in", "of", "the", "at", "on", "patient", "pt", "pat", "admission", "anchor", "current", "icu"))
_BIRTH = frozenset(
    ("dob", "birth", "birthdate", "dateofbirth", "geburtsdatum", "birthday", "yob", "geb", "d_o_b", "y_o_b")
)
_CELL = re.compile(r"([0-9.,]+)\s*([a-z]*)\.?(?:\s+old)?")
_DAY = re.compile(r"(\d{4})(?:[-/](\d{1,2})(?:[-/](\d{1,2}))?)?(?:[T ].*)?", re.ASCII)
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:\s.*)?", re.ASCII)


def is_age(words: Sequence[str]) -> bool:
    """Tell whether the words of a header say that a column holds the patient's age."""
    return bool(_AGE & set(words)) and set(words) <= _AGE | _BESIDE | _PER_YEAR.keys()


def is_birth(words: Sequence[str]) -> bool:
    """Tell whether the words of a header say that a column holds the date of birth."""
    return bool(_BIRTH & {*words, "_".join(words)}) and not {"place", "weight", "time", "sex"} & set(words)


def stated_age(title: str, cell: str) -> float | None:
    """Return the age of a cell in years, by the unit behind it, that of the header or years; ``None``: it cannot be read."""
    found = _CELL.fullmatch(cell.strip().casefold())
    named = [word for word in re.findall(r"[a-z]+", title.casefold()) if word in _PER_YEAR]
    unit = (found[2] if found else "") or (named[-1] if named else "years")
    if found is None or unit not in _PER_YEAR:
        return None
    try:
        age = written_number(found[1], comma=True).value / _PER_YEAR[unit]
    except Unreadable:
        return None
    return age if age <= _OLDEST else None


def same_ages(title: str, cells: Sequence[str]) -> bool:
    """Tell whether all ages of a column can be one patient's within one stay."""
    ages = [stated_age(title, cell) for cell in cells if not is_absent(cell)]
    known = [age for age in ages if age is not None]
    return len(known) == len(ages) and max(known) - min(known) <= _APART


def age_at(born: str, moment: datetime | None) -> float | None:
    """Return the age in years at a moment, of a date without day or month the least; ``None``: it cannot be told."""
    word = born.strip()
    dotted, found = _DOTTED.fullmatch(word), _DAY.fullmatch(word)
    if moment is None or not (dotted or found):
        return None
    year, month, day = (dotted[3], dotted[2], dotted[1]) if dotted else found.groups()  # type: ignore[union-attr]
    try:
        birth = date(int(year), int(month or 12), int(day or 28))
    except ValueError:
        return None
    age = max((moment.date() - birth).days / 365.25, 0.0)
    return age if moment.year >= birth.year and age <= _OLDEST else None
