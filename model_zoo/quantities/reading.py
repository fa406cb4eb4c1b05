"""One quantity as it is written, with its unit beside it or in the header, brought to the stored unit after the checks."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from model_zoo.quantities.numbers import (
    Ambiguous,
    Decimal,
    TwoReadings,
    Unreadable,
    mark_before_decimals,
    written_number,
)
from model_zoo.quantities.units import (
    Measured,
    Units,
    UnknownUnit,
    fitting_unit,
    is_unit,
    same_unit,
    to_stored,
    units_of,
)

_WITH_UNIT = re.compile(r"([+\-−]?[0-9.,]*[0-9])(?:\s*([^\d\s.,].*)|\s+(\S.*))")
NO_UNIT = "No unit named, so read as stored: "


def read_quantity(
    spec: Measured,
    text: str,
    unit: str | None = None,
    units: Units = "SI",
    comma: bool = False,
    decimal: Decimal | None = None,
) -> float:
    """Return a written number in the stored unit.

    Of two readings the one is taken that the plausible range allows, whatever ``decimal``.

    Parameters
    ----------
    spec
        The quantity.
    text
        The number as written, with or without a unit.
    unit
        That the header or the field names; ``None``: the one written behind the number, else that of the system ``units``.
    units
        In which a number without a unit is meant: "SI" or "US".
    comma, decimal
        See ``written_number``.

    Raises
    ------
    Unreadable
        Where it is no number, or outside of the plausible range: it is never clipped.
    Ambiguous
        Where both readings are plausible.
    """
    number, own = _parts(text)
    if own is not None and unit is not None and not same_unit(unit, own):
        raise Unreadable("the unit behind the number is not the one of its name")
    unit = own or unit
    written = written_number(number, comma or decimal is not None)
    if written.thousands is not None and _fits(spec, written.thousands, unit, units):
        if not _fits(spec, written.value, unit, units):
            return checked(spec, written.thousands, unit, units)
        readings = TwoReadings(number.strip(), written.value, written.thousands)
        if decimal is None:
            raise Ambiguous(readings)
        return checked(spec, readings.by_mark[decimal], unit, units)
    return checked(spec, written.value, unit, units)


def checked(spec: Measured, number: float, unit: str | None = None, units: Units = "SI") -> float:
    """Return a number in the stored unit after the checks of its range; the parameters of ``read_quantity``.

    Parameters
    ----------
    spec
        The quantity.
    number
        The number as read.
    unit
        In which it is meant; ``None``: that of ``units``.
    units
        In which a number without a unit is meant: "SI" or "US".
    """
    if not math.isfinite(number):
        raise Unreadable("expected a finite number")
    try:
        value = to_stored(spec, number, unit, units)
    except UnknownUnit as error:
        raise Unreadable(f"its unit is not understood: {error}") from error
    if spec.whole and not float(value).is_integer():
        raise Unreadable("expected a whole number")
    if not _plausible(spec, value):
        raise Unreadable(_range_words(spec, number, unit, units))
    return value


def decimal_of(cells: Iterable[str]) -> Decimal | None:
    """Return the mark before decimals of a file by its cells, units behind the numbers left aside; ``None``: they do not tell."""
    return mark_before_decimals(_parts(cell)[0] for cell in cells)


def names_unit(text: str) -> bool:
    """Tell whether a unit is written behind a number."""
    return _parts(text)[1] is not None


def _parts(text: str) -> tuple[str, str | None]:
    behind = _WITH_UNIT.fullmatch(text.strip())
    unit = (behind[2] or behind[3]) if behind else None
    if behind and unit and is_unit(unit) and not unit.isdigit():
        return behind[1], unit
    return text, None


def _plausible(spec: Measured, value: float) -> bool:
    return spec.plausible is None or spec.plausible[0] <= value <= spec.plausible[1]


def _fits(spec: Measured, number: float, unit: str | None, units: Units) -> bool:
    """Tell whether a number is plausible in its unit, or, where none is named, in any."""
    if unit is None and _plausible(spec, to_stored(spec, number, None, units)):
        return True
    try:
        return any(_plausible(spec, to_stored(spec, number, one)) for one in ([unit] if unit else units_of(spec)))
    except UnknownUnit:
        return False  # said of the value itself


def _range_words(spec: Measured, number: float, unit: str | None, units: Units) -> str:
    shown: Units = units if unit is None else "SI"
    given = spec.us_unit if shown == "US" else spec.si_unit
    low, high = (f"{float(f'{spec.to_units(end, shown):.4g}'):g}" for end in spec.plausible or (0.0, 0.0))
    other = fitting_unit(spec, number, unit or given)
    return f"outside the plausible range of {low} to {high} {given}".rstrip() + (
        f"; it looks like {other}" if other else ""
    )
