"""Figures in words and tables in Markdown, for cards, pages of figures and the command line.

A figure is a mapping with ``value`` and, where patients were resampled, ``low`` and ``high``; each may be ``None``. A form is a
format of Python: ``.3f``, ``SIGNED`` for a difference, ``.0%`` for a share in per cent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

SIGNED = "+.3f"
NOT_DEFINED, NO_INTERVAL = "not defined", "no interval"


def number(value: float | None, form: str = ".3f") -> str:
    """Return a number without its interval: ``0.812`` or ``81 %``."""
    return NOT_DEFINED if value is None else _digits(value, form) + " %" * form.endswith("%")


def ends(found: Mapping[str, Any], form: str = ".3f") -> str:
    """Return the interval alone: ``0.780 to 0.840``."""
    return _between(found, form, " to ") or NO_INTERVAL


def bracketed(found: Mapping[str, Any] | None, form: str = ".3f", missing: str = "") -> str:
    """Return ``0.812 [0.780, 0.840]``, the value alone where it has no interval, ``missing`` where there is no value.

    Parameters
    ----------
    found
        The figure: ``value``, and ``low`` and ``high`` where it has an interval.
    form
        A format of Python, ".0%" for a share in per cent.
    missing
        What stands there without a value.
    """
    if found is None or found.get("value") is None:
        return missing
    interval = _between(found, form, ", ")
    return number(found["value"], form) + (f" [{interval}]" if interval else "")


def spanned(found: Mapping[str, Any], form: str = ".3f", without: str = "interval not defined") -> str:
    """Return ``0.812 (0.780 to 0.840)``.

    Parameters
    ----------
    found
        The figure: ``value``, and ``low`` and ``high`` where it has an interval.
    form
        A format of Python, ".0%" for a share in per cent.
    without
        What stands in the brackets where there is no interval.
    """
    if found["value"] is None:
        return NOT_DEFINED
    interval = _between(found, form, " to ") or without
    return number(found["value"], form) + (f" ({interval})" if interval else "")


def head(titles: str) -> tuple[str, str]:
    """Return the first two lines of a Markdown table. titles: ``finding | films | AUC``."""
    return f"| {titles} |", "|---" * (titles.count("|") + 1) + "|"


def table_row(cells: Iterable[str]) -> str:
    """Return one line of a Markdown table."""
    return f"| {' | '.join(cells)} |"


def table(titles: str, rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """Yield the lines of a Markdown table."""
    yield from head(titles)
    yield from map(table_row, rows)


def _between(found: Mapping[str, Any], form: str, between: str) -> str:
    low, high = found.get("low"), found.get("high")
    return "" if low is None or high is None else f"{_digits(low, form)}{between}{_digits(high, form)}"


def _digits(value: float, form: str) -> str:
    return f"{100 * value:{form[:-1]}f}" if form.endswith("%") else f"{value:{form}}"
