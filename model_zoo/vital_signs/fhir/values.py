"""Moment and value of one Observation, or of one of its components."""

from __future__ import annotations

import re
from datetime import datetime

from model_zoo.patients.features import FeatureSpec
from model_zoo.quantities.numbers import Unreadable
from model_zoo.quantities.reading import checked
from model_zoo.quantities.units import BUN, is_unit
from model_zoo.vital_signs.assembly import read_value
from model_zoo.vital_signs.fhir.elements import Concept, Observation, Part, Quantity
from model_zoo.vital_signs.loinc import ACVPU_CODES, BUN_CODES, LOINC, NAMES, UCUM
from model_zoo.vital_signs.variables import variable

COMPARATORS = ("<", "<=", ">=", ">")
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?")


def known_quantity(part: Part) -> tuple[str, str] | None:
    """Return the quantity of an observation or component and its code, ``None`` where it is not known here.

    Raises Unreadable where it has the codes of two quantities.
    """
    found = {
        coding.code: NAMES[coding.code]
        for coding in part.code.coding or ()
        if coding.system == LOINC and coding.code in NAMES
    }
    if len(set(found.values())) > 1:
        raise Unreadable("it has the codes of two quantities")
    return next(((name, code) for code, name in found.items() if code is not None), None)


def moment_of(observation: Observation) -> datetime:
    """Return when it was measured; of a period its end. Raises Unreadable."""
    period = observation.effectivePeriod
    written = observation.effectiveDateTime or observation.effectiveInstant
    if written is None and period is not None:
        written = period.end or period.start
    if written is None:
        raise Unreadable("it has no moment of measurement (effectiveDateTime)")
    if _DATE.fullmatch(written):
        raise Unreadable("its date has no time of day")
    try:
        if not _MOMENT.fullmatch(written):
            raise ValueError
        return datetime.fromisoformat(written)
    except ValueError as error:
        raise Unreadable("its time is none that FHIR allows") from error


def value_of(part: Part, name: str, code: str) -> float | None:
    """Return the value in the stored unit; ``None`` where FHIR says that it is absent, or gives only a bound.

    Raises Unreadable.
    """
    spec = variable(name)
    concept, quantity = part.valueCodeableConcept, part.valueQuantity
    given = any(one is not None for one in (concept, quantity, part.valueString, part.valueInteger))
    if part.dataAbsentReason is not None:
        if given:
            raise Unreadable("it has a value and says that the value is absent")
        return None
    if spec.kind == "choice":
        return _choice(spec, concept, part.valueString)
    if quantity is not None:
        return _quantity(spec, quantity, code)
    if part.valueInteger is not None and not spec.si_unit:
        return checked(spec, float(part.valueInteger), None)
    if not given:
        return None
    raise Unreadable("it is no number with a unit (valueQuantity)")


def _choice(spec: FeatureSpec, concept: Concept | None, text: str | None) -> float | None:
    if concept is None:
        return None if text is None else read_value(spec, text)
    letters = {ACVPU_CODES.get((str(coding.system), str(coding.code))) for coding in concept.coding or ()} - {None}
    if len(letters) > 1:
        raise Unreadable("its codes name two levels")
    if letters:
        return read_value(spec, str(letters.pop()))
    shown = concept.text or next((coding.display for coding in concept.coding or () if coding.display), None)
    return read_value(spec, shown or "")


def _quantity(spec: FeatureSpec, quantity: Quantity, code: str) -> float | None:
    if quantity.comparator is not None:
        if quantity.comparator not in COMPARATORS:
            raise Unreadable("its comparator is none that FHIR knows")
        return None
    if quantity.value is None:
        return None
    coded = quantity.code if quantity.system == UCUM else None
    unit = coded if coded is not None else quantity.unit
    if unit is None and spec.si_unit:
        raise Unreadable("it names no unit")
    value = checked(spec, quantity.value, _of_nitrogen(unit, code))
    if coded is not None and quantity.unit and is_unit(quantity.unit):
        try:
            shown = checked(spec, quantity.value, _of_nitrogen(quantity.unit, code))
        except Unreadable:
            shown = None
        if shown is None or abs(shown - value) > 1e-6 * abs(value):
            raise Unreadable("its unit in words and its unit code differ")
    return value


def _of_nitrogen(unit: str | None, code: str) -> str | None:
    """Return the unit, named as that of urea nitrogen where the code is: a number of mg/dL means twice as much there."""
    return BUN if code in BUN_CODES and unit is not None and unit.replace(" ", "").casefold() == "mg/dl" else unit
