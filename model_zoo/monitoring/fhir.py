"""A series from a FHIR R4 bundle of Observations, validated by the standard's own Python models.

Models: ``fhir.resources``, release R4B (4.3.0), which differs from R4 (4.0.1) in resources that are not read here. They
take a good part of a second to import, so that happens with the first bundle. Who the patient is stays behind: the
subject is compared within the bundle, so that two patients are never one series, and then forgotten.
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from typing import Any

from model_zoo.monitoring.assembly import Measurement, assemble, read_value
from model_zoo.monitoring.loinc import ACVPU_CODES, BUN_CODES, LOINC, NAMES, PANELS, UCUM
from model_zoo.monitoring.series import InvalidSeries, VitalSeries
from model_zoo.monitoring.times import hours_of
from model_zoo.monitoring.variables import variable
from model_zoo.quantities.numbers import Unreadable
from model_zoo.quantities.reading import checked
from model_zoo.quantities.units import BUN

MAX_BYTES = 16 * 2**20  # an hourly stay of a month, some 500 bytes an observation, takes a third of it
MAX_ENTRIES = 30_000
HINT = "Expected a FHIR R4 Bundle in JSON whose entries are Observations with LOINC codes and UCUM units."
READ, PRELIMINARY = ("final", "amended", "corrected", "preliminary"), "preliminary"
LEFT_OUT = ("registered", "cancelled", "entered-in-error", "unknown")
_SHOWN = 60  # characters of a path of the file that are repeated in a message; values are never


def read_fhir(data: bytes, provenance: str = "imported from FHIR") -> VitalSeries:
    """Return the series of a Bundle (JSON, UTF-8, at most 16 MB).

    Read are final, amended, corrected and preliminary Observations with a known LOINC code and a moment or period (its
    end counts), and the components of panels such as blood pressure. What is not read is counted in ``notes``.

    Raises InvalidSeries with the number of the entry, counted from 1: not valid FHIR, another unit, no time of day, a
    value outside the plausible range, or observations of more than one subject.
    """
    content = _content(data)
    bundle = _validated(content)
    entries = bundle.entry or []
    if len(entries) > MAX_ENTRIES:
        raise InvalidSeries([f"the bundle has more than {MAX_ENTRIES} entries"], "Give one stay at a time.")
    reader = _Reader()
    for number, entry in enumerate(entries, start=1):
        resource = entry.resource
        if resource is None or resource.get_resource_type() != "Observation":
            reader.skipped["resource(s) that are no observation"] += 1
            continue
        reader.read(resource, f"entry {number}")
    if len(reader.subjects) > 1:
        raise InvalidSeries(
            [f"the bundle holds observations of {len(reader.subjects)} subjects"], "Export one patient at a time."
        )
    if reader.problems:
        raise InvalidSeries(reader.problems, "Correct the entries named above and export the bundle again.")
    if not reader.found:
        raise InvalidSeries(["the bundle holds no observation that is read here"], HINT)
    times = hours_of([moment for moment, *_ in reader.found])
    notes = [f"Not read: {count} {what}." for what, count in sorted(reader.skipped.items())]
    if reader.preliminary:
        notes.append(f"{reader.preliminary} observation(s) are preliminary and may still be corrected.")
    if any(link.relation == "next" for link in bundle.link or []):
        notes.append("The bundle is one page of several: what stands on the others is not here.")
    measurements = [
        Measurement(hour, name, value, where)
        for hour, (_, name, value, where) in zip(times.hours, reader.found, strict=True)
    ]
    return assemble(measurements, provenance, tuple(notes), times.start, leave_out_doubtful=True)


def _content(data: bytes) -> dict[str, Any]:
    if len(data) > MAX_BYTES:
        raise InvalidSeries([f"the file is larger than {MAX_BYTES // 2**20} MB"], "Export one stay at a time.")
    try:
        content = json.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise InvalidSeries(["the file is not valid JSON"], HINT) from error
    if not isinstance(content, dict) or content.get("resourceType") not in ("Bundle", "Observation"):
        raise InvalidSeries(["the file is no FHIR Bundle"], HINT)
    if content["resourceType"] == "Observation":
        content = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": content}]}
    return content


def _validated(content: dict[str, Any]) -> Any:
    """Return the Bundle of the standard's models. Raises InvalidSeries with the place and kind of every error."""
    from fhir.resources.R4B.bundle import Bundle
    from pydantic import ValidationError

    try:
        return Bundle.model_validate(content)
    except ValidationError as error:
        problems = [
            _problem(entry["loc"], entry["type"]) for entry in error.errors(include_input=False, include_url=False)
        ]
        raise InvalidSeries(problems, f"The file is not valid FHIR R4. {HINT}") from error
    except (LookupError, TypeError, AttributeError, ValueError, RecursionError) as error:
        # What the models do not turn into an error of their own, such as a type of resource that the standard lacks.
        raise InvalidSeries(["a resource of the bundle is none that FHIR R4 knows"], HINT) from error


def _problem(place: tuple[int | str, ...], kind: str) -> str:
    parts = list(place)
    where = "the bundle"
    if len(parts) > 1 and parts[0] == "entry" and isinstance(parts[1], int):
        where, parts = f"entry {parts[1] + 1}", [part for part in parts[2:] if part != "resource"]
    path = "".join(c for c in ".".join(map(str, parts)) if c.isprintable())[:_SHOWN]
    if "missing" in kind:
        return f"{where} lacks '{path}'"
    if kind == "extra_forbidden":
        return f"{where} has '{path}', which FHIR does not know there"
    return f"{where}: '{path}' holds what FHIR does not allow there"


class _Reader:
    """What was found so far in the observations of one bundle."""

    def __init__(self) -> None:
        self.found: list[tuple[datetime, str, float, str]] = []
        self.problems: list[str] = []
        self.skipped: Counter[str] = Counter()
        self.subjects: set[str] = set()
        self.preliminary = 0

    def read(self, observation: Any, where: str) -> None:
        if observation.status not in READ:
            if observation.status not in LEFT_OUT:
                self.problems.append(f"{where}: 'status' is none that FHIR knows")
            self.skipped["observation(s) entered in error, cancelled or without a result yet"] += 1
            return
        candidates = (observation, *(observation.component or []))
        if any(part is None or part.code is None for part in candidates):  # a null, which the models let pass
            self.problems.append(f"{where} lacks 'code'")
            return
        parts = [(part, *known) for part in candidates if (known := _name(part))]
        if not parts:
            panel = any(c.code in PANELS for c in observation.code.coding or [])
            self.skipped["panel(s) without components" if panel else "observation(s) of quantities not known here"] += 1
            return
        self._note_subject(observation.subject)
        try:
            moment = _moment(observation)
        except Unreadable as error:
            self.problems.append(f"{where}: {error}")
            return
        self.preliminary += observation.status == PRELIMINARY
        for part, name, code in parts:
            try:
                value = _value(part, name, code)
            except Unreadable as error:
                self.problems.append(f"{where}, {variable(name).title}: {error}")
                continue
            if value is None:
                self.skipped["value(s) that are absent or only a bound"] += 1
            else:
                self.found.append((moment, name, value, where))

    def _note_subject(self, subject: Any) -> None:
        if subject is None:
            return
        identifier = subject.identifier.value if subject.identifier is not None else None
        known = subject.reference or identifier
        if known:
            self.subjects.add(str(known))


def _name(part: Any) -> tuple[str, str] | None:
    """Return the quantity of an observation or component and its code, ``None`` where it is not known here."""
    for coding in part.code.coding or []:
        if coding.system == LOINC and coding.code in NAMES:
            return NAMES[coding.code], coding.code
    return None


def _moment(observation: Any) -> datetime:
    period = observation.effectivePeriod
    found = observation.effectiveDateTime or observation.effectiveInstant
    if found is None and period is not None:
        found = period.end or period.start
    if found is None:
        raise Unreadable("it has no moment of measurement (effectiveDateTime)")
    if not isinstance(found, datetime):
        raise Unreadable("its date has no time of day")
    return found


def _value(part: Any, name: str, code: str) -> float | None:
    """Return the value in the stored unit; ``None`` where FHIR says that it is absent, or gives only a bound."""
    spec = variable(name)
    concept, quantity = part.valueCodeableConcept, part.valueQuantity
    if spec.kind == "choice":
        if concept is not None:
            for coding in concept.coding or []:
                letter = ACVPU_CODES.get((str(coding.system), str(coding.code)))
                if letter is not None:
                    return read_value(spec, letter)
            text = concept.text or next((c.display for c in concept.coding or [] if c.display), None)
            return read_value(spec, str(text or ""))
        return None if part.valueString is None else read_value(spec, str(part.valueString))
    if quantity is not None:
        if quantity.comparator is not None or quantity.value is None:
            return None
        coded = quantity.code if quantity.system == UCUM else None
        unit = coded if coded is not None else quantity.unit
        if unit is None and spec.si_unit:
            raise Unreadable("it names no unit")
        if code in BUN_CODES and unit is not None and unit.replace(" ", "").casefold() == "mg/dl":
            unit = BUN
        return checked(spec, float(quantity.value), unit)
    if part.valueInteger is not None and not spec.si_unit:
        return checked(spec, float(part.valueInteger), None)
    if part.dataAbsentReason is not None:
        return None
    if concept is None and part.valueString is None:
        return None
    raise Unreadable("it is no number with a unit (valueQuantity)")
