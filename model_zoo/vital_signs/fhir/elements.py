"""What is read of an Observation, checked as strictly as the standard asks: types, names, one value, one time.

The public models of the whole standard (``fhir.resources``) take about a millisecond for each Observation, so that a month
of a stay held up everybody for half a minute; here only what is read is modelled. A test holds the two against each other.

References: hl7.org/fhir/R4/observation.html and datatypes.html.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

_BASE = {"id", "extension"}
_VALUES = {
    f"value{kind}"
    for kind in (
        "Quantity", "CodeableConcept", "String", "Boolean", "Integer", "Range", "Ratio", "SampledData", "Time", "DateTime",
        "Period",
    )
}  # fmt: skip
_TIMES = {f"effective{kind}" for kind in ("DateTime", "Period", "Timing", "Instant")}


class NotFhir(ValueError):
    """What is wrong with an Observation, as a half sentence without a value or a name that the file made up."""


class _Element(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


_Text = str | None
_Many = Field(default=None, fail_fast=True)


class Coding(_Element):
    system: _Text = None
    version: _Text = None
    code: _Text = None
    display: _Text = None
    userSelected: bool | None = None


class Concept(_Element):
    coding: Annotated[list[Coding] | None, _Many] = None
    text: _Text = None


class Quantity(_Element):
    value: float | None = None
    comparator: _Text = None
    unit: _Text = None
    system: _Text = None
    code: _Text = None


class Period(_Element):
    start: _Text = None
    end: _Text = None


class Identifier(_Element):
    use: _Text = None
    type: Any = None
    system: _Text = None
    value: _Text = None
    period: Any = None
    assigner: Any = None


class Reference(_Element):
    reference: _Text = None
    type: _Text = None
    identifier: Identifier | None = None
    display: _Text = None


class Part(_Element):
    """A component, or what an Observation has in common with one."""

    code: Concept
    valueQuantity: Quantity | None = None
    valueCodeableConcept: Concept | None = None
    valueString: _Text = None
    valueInteger: int | None = None
    dataAbsentReason: Concept | None = None
    modifierExtension: list[Any] | None = None


class Observation(Part):
    resourceType: str
    status: str
    subject: Reference | None = None
    encounter: Reference | None = None
    focus: Annotated[list[Reference] | None, _Many] = None
    effectiveDateTime: _Text = None
    effectiveInstant: _Text = None
    effectivePeriod: Period | None = None
    implicitRules: _Text = None
    specimen: Reference | None = None
    bodySite: Concept | None = None
    method: Concept | None = None
    component: Annotated[list[Part] | None, _Many] = None
    derivedFrom: Annotated[list[Reference] | None, _Many] = None
    hasMember: Annotated[list[Reference] | None, _Many] = None


# Names that the standard knows but that say nothing about the value, its time or whose it is.
_OF_PART = {"interpretation", "referenceRange"} | _VALUES
_OF_OBSERVATION = _OF_PART | _TIMES | {
    "meta", "language", "text", "contained", "identifier", "basedOn", "partOf", "category", "issued", "performer", "note", "device",
}  # fmt: skip


def _names(kind: type[_Element], more: set[str]) -> frozenset[str]:
    """Return the names that an element may have; "_status" holds the extensions of "status"."""
    plain = {"id", "extension", *kind.model_fields, *more}
    return frozenset({*plain, *(f"_{name}" for name in plain)})


_MORE: dict[type[_Element], set[str]] = {
    Coding: set(), Concept: set(), Quantity: set(), Period: set(), Identifier: set(), Reference: set(),
    Part: _OF_PART, Observation: _OF_OBSERVATION,
}  # fmt: skip
_KNOWN = {kind: _names(kind, more) for kind, more in _MORE.items()}
# What stands where, as far as it is looked into.
_WITHIN: dict[str, type[_Element]] = {
    "code": Concept, "valueCodeableConcept": Concept, "dataAbsentReason": Concept, "bodySite": Concept, "method": Concept,
    "coding": Coding, "valueQuantity": Quantity, "effectivePeriod": Period, "subject": Reference, "encounter": Reference,
    "focus": Reference, "specimen": Reference, "derivedFrom": Reference, "hasMember": Reference, "component": Part,
}  # fmt: skip


def read_observation(resource: dict[str, Any]) -> Observation:
    """Return the checked Observation. Raises NotFhir."""
    try:
        found = Observation.model_validate(resource)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        path = ".".join(str(part) for part in first["loc"] if isinstance(part, str))
        lacks = first["type"] == "missing" or (len(first["loc"]) == 1 and resource.get(path) is None)
        raise NotFhir(f"'{path}' is missing" if lacks else f"'{path}' holds what FHIR does not allow there") from error
    _check_names(resource, Observation)
    _check_one(resource, _TIMES, "effective")
    for part in (resource, *(resource.get("component") or ())):
        _check_one(part, _VALUES, "value")
    return found


def _check_names(element: dict[str, Any], kind: type[_Element]) -> None:
    """Refuse names that FHIR does not know: they may change what is beside them. Raises NotFhir."""
    if not element.keys() <= _KNOWN[kind]:
        raise NotFhir("it has an element that FHIR does not know there")
    for name, value in element.items():
        inner = _WITHIN.get(name) if isinstance(value, dict | list) else None
        if inner is not None and kind is not Coding and kind is not Quantity:
            for one in value if isinstance(value, list) else (value,):
                _check_names(one, inner)


def _check_one(part: dict[str, Any], names: set[str], what: str) -> None:
    if len(part.keys() & names) > 1:
        raise NotFhir(f"it has more than one {what}")
