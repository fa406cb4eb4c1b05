"""Units as charts, laboratories and UCUM write them, brought to the one unit in which a quantity is stored.

UCUM: The Unified Code for Units of Measure, ucum.org, as FHIR asks for it; annotations in braces carry no meaning there.
"""

from __future__ import annotations

import re

from model_zoo.monitoring.variables import MONITORED
from model_zoo.patients.features import FeatureSpec

BUN = "mg/dL (BUN)"  # of nitrogen alone; the same number of mg/dL urea is 2.14 times less
_MMHG_PER_KPA = 7.50062
_SPELLINGS: dict[str, tuple[str, ...]] = {
    "": ("[ph]", "ph", "points", "score", "pts"),
    "1": ("fraction", "ratio", "l/l"),
    "%": ("percent", "pct"),
    "/min": ("1/min", "min-1", "permin", "bpm", "brpm", "rpm", "breaths/min", "beats/min", "breath/min", "beat/min"),
    "mm Hg": ("mmhg", "mm[hg]"),
    "kPa": (),
    "°C": ("c", "cel", "degc", "celsius", "ºc"),
    "°F": ("f", "[degf]", "degf", "fahrenheit", "ºf"),
    "L/min": ("lpm", "litres/min", "liters/min"),
    "mL/day": ("ml/d", "ml/24h", "ml/(24.h)"),
    "mL/h": ("ml/hr", "ml/hour"),
    "µmol/L": ("umol/l", "micromol/l"),
    "mmol/L": ("mmol",),
    "mEq/L": (),
    "mg/dL": (),
    BUN: ("mg/dlbun", "mg/dl(bun)"),
    "mg/L": (),
    "g/L": (),
    "g/dL": (),
    "µg/mL": ("ug/ml",),
    "µg/L": ("ug/l", "ng/ml"),
    "10^9/L": ("10*9/l", "10e9/l", "x10^9/l", "x10e9/l", "x10*9/l", "giga/l"),
    "10^3/µL": ("10*3/ul", "10^3/ul", "10e3/ul", "x10^3/ul", "k/ul", "thou/ul", "10*3/mm3"),
    "U/L": ("iu/l", "[iu]/l"),
    "kU/L": ("kiu/l", "k[iu]/l"),
    "s": ("sec", "seconds"),
}


def _key(text: str) -> str:
    """Return a unit without what UCUM calls annotations, spaces and case; both micro signs become u."""
    plain = re.sub(r"\{[^}]*\}", "", text)
    return re.sub(r"\s+", "", plain).casefold().replace("µ", "u").replace("μ", "u")


_KNOWN = {_key(word): unit for unit, words in _SPELLINGS.items() for word in (unit, *words)}
# What the catalogue does not convert: (stored name, unit given) to the factor of the stored unit.
_MORE: dict[tuple[str, str], float] = {
    ("spo2_percent", "1"): 100.0,
    ("fio2_fraction", "%"): 0.01,
    ("d_dimer_mg_l", "µg/L"): 0.001,
    ("urine_ml_per_day", "mL/h"): 24.0,
    ("haematocrit_percent", "1"): 100.0,
    **{(spec.name, "kPa"): _MMHG_PER_KPA for spec in MONITORED if spec.name.endswith("_mmhg")},
}


class UnknownUnit(ValueError):
    """A unit that this quantity is not measured in; the text names those that are."""


def is_unit(text: str) -> bool:
    """Tell whether a word is a unit of measure that any quantity knows."""
    return _key(text) in _KNOWN and bool(text.strip())


def to_stored(spec: FeatureSpec, value: float, unit: str | None) -> float:
    """Return a value in the unit in which the quantity is stored. unit: as given; ``None``: already in it.

    Raises UnknownUnit, naming the units that are read. A mass of urea has to say whether it is that of its nitrogen.
    """
    if unit is None:
        return value
    named = _KNOWN.get(_key(unit))
    # "1" and an empty unit say the same of a number without dimension.
    if named == spec.si_unit or (named in ("", "1") and spec.si_unit in ("", "1")):
        return value
    if named is not None and spec.us_unit == named:
        return spec.from_units(value, "US")
    if (spec.name, named) in _MORE:
        return value * _MORE[spec.name, named or ""]
    if spec.name == "urea_mmol_l" and named == "mg/dL":
        raise UnknownUnit("mg/dL may mean urea or its nitrogen; name the column 'BUN (mg/dL)' or give mmol/L")
    raise UnknownUnit(f"expected {' or '.join(units_of(spec)) or 'no unit'}")


def units_of(spec: FeatureSpec) -> tuple[str, ...]:
    """Return every unit in which a quantity is read, the stored one first."""
    more = (unit for name, unit in _MORE if name == spec.name)
    return tuple(dict.fromkeys(unit for unit in (spec.si_unit, spec.us_unit, *more) if unit not in ("", "1")))


def fitting_unit(spec: FeatureSpec, value: float) -> str | None:
    """Return a unit in which an implausible number would be plausible, as a hint; never used to convert by itself."""
    if spec.plausible is None:
        return None
    low, high = spec.plausible
    for unit in (*(u for u in units_of(spec) if u != spec.si_unit), *(["1"] if (spec.name, "1") in _MORE else [])):
        if low <= to_stored(spec, value, unit) <= high:
            return "a fraction" if unit == "1" else unit
    return None
