"""A series from a FHIR R4 bundle of Observations: of one patient, of one stay, the newest version of each.

An observation that cannot be used is left out, counted and named with the reason; it refuses nothing else. Who the patient
is stays behind: subjects and encounters are compared within the bundle, so that two are never one series, and forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from model_zoo.quantities.numbers import Unreadable
from model_zoo.vital_signs.ages import age_at
from model_zoo.vital_signs.assembly import Measurement, assemble
from model_zoo.vital_signs.fhir.document import HINT, Entry, is_large, object_of, objects_of, read_document, text_of
from model_zoo.vital_signs.fhir.elements import NotFhir, Observation, Part, read_observation
from model_zoo.vital_signs.fhir.identity import ENCOUNTER, PATIENT, Named
from model_zoo.vital_signs.fhir.origin import Origins
from model_zoo.vital_signs.fhir.references import Key, Roots, key_of, own_keys, root_of
from model_zoo.vital_signs.fhir.values import known_quantity, moment_of, value_of
from model_zoo.vital_signs.fhir.versions import OBSERVATION, current
from model_zoo.vital_signs.loinc import LOINC, NAMES, PANELS
from model_zoo.vital_signs.series import InvalidSeries, VitalSeries
from model_zoo.vital_signs.times import hours_of
from model_zoo.vital_signs.variables import variable

READ, PRELIMINARY = ("final", "amended", "corrected", "preliminary"), "preliminary"
LEFT_OUT = ("registered", "cancelled", "entered-in-error", "unknown")
RETRACTED = "entered-in-error"
# The extension by which R4 borrows R5's code of whom a value is of, beside the element ``focus``.
_FOCUS_CODE = "http://hl7.org/fhir/StructureDefinition/observation-focusCode"
_FOCUS = "it is about someone or something else than the patient (focus)"
_MOST_REASONS, _MOST_NAMED = 12, 3  # reasons in the notes; entries named for each


def read_fhir(data: bytes, provenance: str = "imported from FHIR") -> VitalSeries:
    """Return the series of a Bundle (JSON, UTF-8, at most 16 MB).

    Read are final, amended, corrected and preliminary Observations with a known LOINC code and a moment or period (its
    end counts), and the components of panels such as blood pressure. What is not read is counted in ``notes``.

    Raises InvalidSeries: no JSON or no Bundle, more entries than a stay has, observations of more than one patient or
    encounter, or none that can be used, with the reasons.
    """
    entries, more = read_document(data)
    newest = current(entries)
    reader = _Reader(newest.entries, newest.withdrawn)
    for entry in newest.entries:
        reader.read(entry)
    _check_whose(reader)
    _zoned(reader)
    skipped = [f"{count} {what}" for what, count in sorted({**newest.left_out, **reader.skipped}.items())]
    if not reader.found:
        raise InvalidSeries(
            ["the bundle holds no observation that is read here", *reader.left_out.words(), *skipped], HINT
        )
    notes = [f"Not read: {words}." for words in skipped]
    notes += [f"Left out: {words}." for words in reader.left_out.words()]
    for named, what in ((reader.patients, "subject"), (reader.stays, "encounter")):
        if named.absent and named.count():
            notes.append(f"{named.absent} observation(s) name no {what}; they were read as the others'.")
    if reader.preliminary:
        notes.append(f"{reader.preliminary} observation(s) are preliminary and may still be corrected.")
    if more:
        notes.append("The bundle is one page of several: what stands on the others is not here.")
    times = hours_of([one.moment for one in reader.found])
    measurements = [
        Measurement(hour, one.name, one.value, f"entry {one.number}")
        for hour, one in zip(times.hours, reader.found, strict=True)
    ]
    births = (text_of(entry.resource, "birthDate") for entry in reader.patients.meant)
    ages = [age for born in births if (age := age_at(born, times.start)) is not None]
    series = assemble(measurements, provenance, tuple(notes), times.start, leave_out_doubtful=True)
    return replace(series, ages_years=tuple(ages))


@dataclass(frozen=True)
class _Value:
    moment: datetime
    name: str
    value: float
    number: int


@dataclass
class _LeftOut:
    """Entries by the reason for which they cannot be used."""

    entries: dict[str, list[int]] = field(default_factory=dict)

    def add(self, reason: str, number: int) -> None:
        numbers = self.entries.setdefault(reason, [])
        if not numbers or numbers[-1] != number:
            numbers.append(number)

    def words(self) -> list[str]:
        shown = []
        for reason, numbers in list(self.entries.items())[:_MOST_REASONS]:
            where = ", ".join(map(str, numbers[:_MOST_NAMED])) + (" and others" if len(numbers) > _MOST_NAMED else "")
            of = "1 observation" if len(numbers) == 1 else f"{len(numbers)} observations"
            shown.append(f"{of}, {reason} (entry {where})")
        rest = list(self.entries.values())[_MOST_REASONS:]
        return [*shown, f"{sum(map(len, rest))} for other reasons"] if rest else shown


class _Reader:
    """What was found so far in the observations of one bundle."""

    def __init__(self, entries: list[Entry], withdrawn: set[Key]) -> None:
        self.found: list[_Value] = []
        self.left_out = _LeftOut()
        self.skipped: dict[str, int] = {}
        self.preliminary = 0
        self.patients, self.stays = Named(PATIENT, entries), Named(ENCOUNTER, entries)
        self._origins = Origins(entries)
        observed = [entry for entry in entries if entry.kind == OBSERVATION]
        self._roots = Roots([*withdrawn, *(key for entry in observed for key in own_keys(entry))])
        self._withdrawn = withdrawn | self._keys(e for e in observed if text_of(e.resource, "status") == RETRACTED)
        apart = [entry for entry in observed if _has_focus(entry)]
        self._of_others = self._keys(apart) | {
            self._settled(text_of(one, "reference"), entry)
            for entry in apart
            for one in objects_of(entry.resource, "hasMember")
        }

    def read(self, entry: Entry) -> None:
        """Take one entry up: a value, a reason for leaving it out, or a count of what is not read."""
        if entry.resource is None or entry.kind != OBSERVATION:
            return self._skip("resource(s) that are no observation")
        if not _is_known(entry.resource):
            panel = any(code in PANELS for code in _codes(entry.resource))
            return self._skip("panel(s) without components" if panel else "observation(s) of quantities not known here")
        if text_of(entry.resource, "status") in LEFT_OUT:
            return self._skip("observation(s) entered in error, cancelled or without a result yet")
        try:
            self._read(entry, entry.resource)
        except (NotFhir, Unreadable) as error:
            self.left_out.add(str(error), entry.number)
        return None

    def _read(self, entry: Entry, resource: dict[str, Any]) -> None:
        if is_large(resource):
            raise NotFhir("it is larger than any observation that is read here")
        observation = read_observation(resource)
        if observation.status not in READ:
            raise NotFhir("its 'status' is none that FHIR knows")
        self._check_meaning(observation, entry)
        self.patients.note(observation.subject, entry)
        self.stays.note(observation.encounter, entry)
        moment = moment_of(observation)
        before = len(self.found)
        for part in (observation, *(observation.component or ())):
            self._read_part(part, observation, entry, moment)
        self.preliminary += observation.status == PRELIMINARY and len(self.found) > before

    def _read_part(self, part: Part, observation: Observation, entry: Entry, moment: datetime) -> None:
        known = known_quantity(part)
        if known is None:
            return
        name, code = known
        try:
            if part.modifierExtension:
                raise Unreadable("an extension changes its meaning in a way that is not known here")
            reason = self._origins.reason(observation, entry, part.code, name, code)
            if reason is not None:
                raise Unreadable(reason)
            value = value_of(part, name, code)
        except Unreadable as error:
            self.left_out.add(f"{variable(name).title}: {error}", entry.number)
            return
        if value is None:
            self._skip("value(s) that are absent or only a bound")
        else:
            self.found.append(_Value(moment, name, value, entry.number))

    def _check_meaning(self, observation: Observation, entry: Entry) -> None:
        """Raise Unreadable where the standard says that the values are not plainly the patient's."""
        if observation.modifierExtension or observation.implicitRules or entry.modified:
            raise Unreadable("an extension or rule changes its meaning in a way that is not known here")
        own = {self._roots.settled(key) for key in own_keys(entry)}
        if _has_focus(entry) or own & self._of_others:
            raise Unreadable(_FOCUS)
        if not self.patients.concerns(observation.subject, entry):
            raise Unreadable("its subject is no patient")
        sources = {self._settled(one.reference or "", entry) for one in observation.derivedFrom or ()}
        if sources & self._withdrawn:
            raise Unreadable("it was derived from an observation that was withdrawn")
        if sources & self._of_others:
            raise Unreadable(_FOCUS)

    def _settled(self, reference: str, entry: Entry) -> Key:
        return self._roots.settled(key_of(reference, root_of(entry)))

    def _keys(self, entries: Iterable[Entry]) -> set[Key]:
        return {self._roots.settled(key) for entry in entries for key in own_keys(entry)}

    def _skip(self, what: str) -> None:
        self.skipped[what] = self.skipped.get(what, 0) + 1


def _has_focus(entry: Entry) -> bool:
    resource = entry.resource or {}
    extensions = any(text_of(one, "url") == _FOCUS_CODE for one in objects_of(resource, "extension"))
    return extensions or bool(resource.get("focus"))


def _codes(part: object) -> list[str]:
    codings = objects_of(object_of(part, "code"), "coding")
    return [text_of(coding, "code") for coding in codings if text_of(coding, "system") == LOINC]


def _is_known(resource: dict[str, Any]) -> bool:
    """Tell from what was not checked yet whether an Observation holds a quantity, or is too damaged to say."""
    parts = [resource, *objects_of(resource, "component")]
    if not isinstance(resource.get("code"), dict) or any(not isinstance(part.get("code"), dict) for part in parts):
        return True
    return any(code in NAMES for part in parts for code in _codes(part))


def _check_whose(reader: _Reader) -> None:
    """Raise InvalidSeries where the observations are of more than one patient or stay."""
    patients, stays = reader.patients.count(), reader.stays.count()
    if patients > 1:
        raise InvalidSeries([f"the bundle holds observations of {patients} subjects"], "Export one patient at a time.")
    if stays > 1:
        raise InvalidSeries(
            [f"the bundle holds observations of {stays} encounters of the patient"], "Export one stay at a time."
        )


def _zoned(reader: _Reader) -> None:
    """Leave out moments without a time zone beside those that have one: their place among them is not known."""
    zoned = [one for one in reader.found if one.moment.tzinfo is not None]
    if not zoned or len(zoned) == len(reader.found):
        return
    for one in reader.found:
        if one.moment.tzinfo is None:
            reader.left_out.add("its time names no time zone while others do", one.number)
    reader.found = zoned
