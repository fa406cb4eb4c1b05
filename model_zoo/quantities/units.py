"""Units as charts, laboratories and UCUM write them, brought to the one unit in which a quantity is stored.

UCUM: The Unified Code for Units of Measure, ucum.org, as FHIR asks for it; annotations in braces carry no meaning there.
Factors beyond the catalogue's: lactate 90.08, haemoglobin (monomer) 16,114 g/mol; calcium and magnesium carry two charges.
"""

from __future__ import annotations

import math
import re
from typing import Literal, Protocol

BUN = "mg/dL (BUN)"  # of nitrogen alone; the same number of mg/dL urea is 2.14 times less
Units = Literal["SI", "US"]
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
    "L/day": ("l/d", "l/24h"),
    "mL/h": ("ml/hr", "ml/hour"),
    "µmol/L": ("umol/l", "micromol/l"),
    "mmol/L": ("mmol",),
    "mEq/L": (),
    "mg/dL": (),
    BUN: ("mg/dlbun", "mg/dl(bun)"),
    "mg/L": ("mg/lfeu",),
    "g/L": (),
    "g/dL": (),
    "µg/mL": ("ug/ml",),
    "µg/L": ("ug/l", "ng/ml"),
    "10^9/L": ("10*9/l", "10e9/l", "x10^9/l", "x10e9/l", "x10*9/l", "giga/l", "gpt/l", "/nl"),
    "10^3/µL": ("10*3/ul", "10^3/ul", "10e3/ul", "x10^3/ul", "k/ul", "thou/ul", "10*3/mm3", "k/mm3", "tsd/ul"),
    "/µL": ("cells/ul", "/mm3", "cells/mm3"),
    "U/L": ("iu/l", "[iu]/l"),
    "kU/L": ("kiu/l", "k[iu]/l"),
    "s": ("sec", "seconds"),
}
_CELLS = ("leucocytes_10e9_l", "lymphocytes_10e9_l", "neutrophils_10e9_l", "platelets_10e9_l")
# What the catalogue does not convert: (stored name, unit given) to the factor of the stored unit. kPa of any mm Hg: below.
_MORE: dict[tuple[str, str], float] = {
    ("spo2_percent", "1"): 100.0,
    ("fio2_fraction", "%"): 0.01,
    ("d_dimer_mg_l", "µg/L"): 0.001,
    ("urine_ml_per_day", "mL/h"): 24.0,
    ("urine_ml_per_day", "L/day"): 1000.0,
    ("haematocrit_percent", "1"): 100.0,
    ("lactate_mmol_l", "mg/dL"): 1 / 9.008,
    ("haemoglobin_g_l", "mmol/L"): 16.114,
    ("calcium_mmol_l", "mEq/L"): 0.5,
    ("magnesium_mmol_l", "mEq/L"): 0.5,
    ("creatinine_umol_l", "mmol/L"): 1000.0,
    **{(name, "/µL"): 0.001 for name in _CELLS},
}
# Charts give these in several units whose numbers overlap, though the catalogue converts none of them by system.
_IN_SEVERAL_UNITS = frozenset(
    {"lactate_mmol_l", "d_dimer_mg_l", "urine_ml_per_day", "pao2_mmhg", "paco2_mmhg", *_CELLS}
)  # fmt: skip


class Measured(Protocol):
    """What this package asks of a quantity; ``FeatureSpec`` of the patients is one."""

    @property
    def name(self) -> str: ...
    @property
    def si_unit(self) -> str: ...
    @property
    def us_unit(self) -> str: ...
    @property
    def plausible(self) -> tuple[float, float] | None: ...
    @property
    def whole(self) -> bool: ...
    @property
    def differs_by_unit(self) -> bool: ...
    def from_units(self, value: float, units: Units) -> float: ...
    def to_units(self, value: float, units: Units) -> float: ...


class UnknownUnit(ValueError):
    """A unit that this quantity is not measured in; the text names those that are."""


def _key(text: str) -> str:
    """Return a unit without what UCUM calls annotations, spaces and case; both micro signs become u."""
    plain = re.sub(r"\{[^}]*\}", "", text)
    return re.sub(r"\s+", "", plain).casefold().replace("µ", "u").replace("μ", "u")


_KNOWN = {_key(word): unit for unit, words in _SPELLINGS.items() for word in (unit, *words)}


def is_unit(text: str) -> bool:
    """Tell whether a word is a unit of measure that any quantity knows."""
    return _key(text) in _KNOWN and bool(text.strip())


def same_unit(one: str, other: str) -> bool:
    """Tell whether two spellings name one unit."""
    return _KNOWN.get(_key(one), _key(one)) == _KNOWN.get(_key(other), _key(other))


def depends_on_unit(spec: Measured) -> bool:
    """Tell whether the number of a quantity depends on its unit in everyday charts, so that a bare one needs a remark."""
    return spec.differs_by_unit or spec.name in _IN_SEVERAL_UNITS


def to_stored(spec: Measured, value: float, unit: str | None, units: Units = "SI") -> float:
    """Return a value in the unit in which the quantity is stored. unit: as given; ``None``: that of the system ``units``.

    Raises UnknownUnit, naming the units that are read. A mass of urea has to say whether it is that of its nitrogen.
    """
    if unit is None:
        return spec.from_units(value, units)
    named = _KNOWN.get(_key(unit), unit)
    # "1" and an empty unit say the same of a number without dimension.
    if same_unit(unit, spec.si_unit) or (named in ("", "1") and spec.si_unit in ("", "1")):
        return value
    if spec.us_unit and same_unit(unit, spec.us_unit):
        return spec.from_units(value, "US")
    factor = _factor(spec, named)
    if factor is not None:
        return value * factor
    if spec.name == "urea_mmol_l" and named == "mg/dL":
        raise UnknownUnit("mg/dL may mean urea or its nitrogen; name the column 'BUN (mg/dL)' or give mmol/L")
    raise UnknownUnit(f"expected {' or '.join(units_of(spec)) or 'no unit'}")


def units_of(spec: Measured) -> tuple[str, ...]:
    """Return every unit in which a quantity is read, the stored one first."""
    more = [unit for unit in _SPELLINGS if unit not in ("", "1") and _factor(spec, unit) is not None]
    return tuple(dict.fromkeys(unit for unit in (spec.si_unit, spec.us_unit, *more) if unit not in ("", "1")))


def fitting_unit(spec: Measured, value: float, given: str) -> str | None:
    """Return a unit in which an implausible number would be plausible, as a hint; never used to convert by itself.

    given: the unit in which it is not.
    """
    if spec.plausible is None:
        return None
    low, high = spec.plausible
    for unit in (*units_of(spec), *(["1"] if _factor(spec, "1") is not None else [])):
        if not same_unit(unit, given) and low <= to_stored(spec, value, unit) <= high:
            return "a fraction" if unit == "1" else unit
    return None


def fits_several(spec: Measured, value: float, units: Units = "SI") -> bool:
    """Tell whether a bare number may be meant in several units: by the quantity, or since it is plausible in another too.

    Parameters
    ----------
    spec
        The quantity.
    value
        The bare number.
    units
        In which a number without a unit is meant: "SI" or "US".
    """
    if depends_on_unit(spec):
        return True
    low, high = spec.plausible or (math.inf, math.inf)
    meant = to_stored(spec, value, None, units)
    others = (to_stored(spec, value, unit) for unit in units_of(spec))
    # Where the number is the same in both, as of sodium in mEq/L, nothing depends on it.
    return any(low <= other <= high and not math.isclose(other, meant) for other in others)


def _factor(spec: Measured, unit: str) -> float | None:
    if unit == "kPa" and same_unit(spec.si_unit, "mm Hg"):
        return _MMHG_PER_KPA
    return _MORE.get((spec.name, unit))
