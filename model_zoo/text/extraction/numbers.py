"""Numbers and units as notes write them, and the step into the unit of the models."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from model_zoo.patients.features import FeatureSpec, Units

# "12,300" is twelve thousand, "38,2" and "0,125" are decimals; a sign is never part of a value in a note ("Na -128" is a list).
NUMBER = r"(?:[1-9]\d{0,2}(?:[,' ]\d{3})+(?![\d.,])|(?!0\d*[' ]\d{3}(?!\d))\d+(?:[.,]\d+)?)"
UNIT = (
    r"(?:[x×*]?\s*10\s*(?:\^|e|\*\*)?\s*[39]\s*/\s*(?:[uµμ]?l|mm3)|(?:tsd|cells|k|gpt|iu|ku|u|g|mg|ug|µg|μg|ng|mcg|mmol|[uµμ]mol|micromol|meq)?"
    r"\s*/\s*(?:dl|ml|[uµμ]l|nl|l|mm3)(?:\s*feu)?\b|ml\s*/\s*(?:24\s*h|d(?:ay)?)\b|l\s*/\s*(?:24\s*h|d(?:ay)?|min)\b|lpm\b|mm\s?hg\b|kpa\b|"
    r"(?:beats|breaths)?\s*/\s*min(?:ute)?\b|bpm\b|per\s+min(?:ute)?\b|°\s?[cf]?\b|°|deg(?:rees?)?\s?(?:celsius|centigrade|fahrenheit|[cf])\b|celsius\b|fahrenheit\b|[cf]\b|"
    r"%|percent\b|g%|seconds?\b|secs?\b|s\b|ml\b|l\b|mm\b|mv\b|k\b)"
)
# How many times farther from normal the other unit has to be before a number without a unit is believed.
_CLEARLY = 3.0


@dataclass(frozen=True)
class Converted:
    """value: in SI, or None. assumed: no unit was written. problem: why there is no value, or why it must not be filled."""

    value: float | None
    assumed: bool = False
    problem: str = ""


def plain_unit(text: str) -> str:
    """Return a unit in the spelling of lexicon.toml."""
    unit = (
        re.sub(r"\s+", "", text.lower())
        .replace("µ", "u")
        .replace("μ", "u")
        .replace("mcg", "ug")
        .replace("microl", "ul")
    )
    unit = re.sub(r"^[x×*]?10(?:\^|e|\*\*)?([39])", r"10^\1", unit).replace("10^9/ul", "10^9/ul")
    unit = unit.replace("/minute", "/min").replace("10^3/mm3", "10^3/ul")
    unit = re.sub(r"^deg(?:rees?)?(c|f)\w*$", r"deg\1", unit)
    return {"second": "s", "seconds": "s", "secs": "sec"}.get(unit, unit)


def convert(spec: FeatureSpec, number: float, unit: str, table: Mapping[str, tuple[Units, float]]) -> Converted:
    """Return a number with its written unit ("" for none) in the SI unit of the spec.

    Without a unit the entry "" of the table holds; where there is none, the system is taken in which the number lies
    clearly nearer to the normal range, and nothing where none is.
    """
    if unit:
        if unit not in table:
            return Converted(None, problem=f"the unit is not one of this quantity (expected {spec.si_unit or 'none'})")
        system, factor = table[unit]
        return _checked(spec, spec.from_units(number * factor, system))
    if "" in table:
        system, factor = table[""]
        return _checked(spec, spec.from_units(number * factor, system), assumed=bool(spec.si_unit))
    return _guessed(spec, number, table)


def _guessed(spec: FeatureSpec, number: float, table: Mapping[str, tuple[Units, float]]) -> Converted:
    # A unit of another scale (Hb in mmol/L) is too rare to be taken for granted: bare numbers are SI or US.
    systems = dict.fromkeys((system, factor) for system, factor in table.values() if factor == 1)
    values = [spec.from_units(number * factor, system) for system, factor in systems]
    fitting = sorted({round(v, 9) for v in values if _plausible(spec, v)}, key=lambda v: _distance(spec, v))
    if not fitting:
        return Converted(values[0], True, "outside the plausible range in every unit that is known for it")
    if len(fitting) > 1 and _distance(spec, fitting[1]) - _distance(spec, fitting[0]) < math.log(_CLEARLY):
        return Converted(None, True, "the unit is missing and more than one fits")
    return Converted(fitting[0], True)


def _checked(spec: FeatureSpec, value: float, assumed: bool = False) -> Converted:
    if _plausible(spec, value):
        return Converted(value, assumed)
    low, high = spec.plausible or (0.0, 0.0)
    return Converted(value, assumed, f"outside the plausible range of {spec.show(low)} to {spec.show(high)}")


def _plausible(spec: FeatureSpec, value: float) -> bool:
    return spec.plausible is None or spec.plausible[0] <= value <= spec.plausible[1]


def _distance(spec: FeatureSpec, value: float) -> float:
    """Return how far a value lies outside the normal range, as a ratio on the log scale; 0 inside."""
    low, high = spec.normal or spec.plausible or (value, value)
    value = max(value, 1e-6)
    return max(math.log(max(low, 1e-6) / value), math.log(value / max(high, 1e-6)), 0.0)
