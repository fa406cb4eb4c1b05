"""How many patients, and how many stays, the observations of a bundle are of; nothing of it is kept.

A subject is named by a reference, by a business identifier, by a contained resource or by a display text alone. Names that
mean one patient are joined: written in several ways, given together, or listed by one Patient of the bundle. Encounters are
told apart in the same way, and one that is part of another is the same stay.

References: hl7.org/fhir/R4/references.html (contained resources are known within their own resource alone; a logical
reference is an identifier with its system) and patient.html#links.
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable, Iterator

from model_zoo.vital_signs.fhir.document import Entry, object_of, objects_of, text_of
from model_zoo.vital_signs.fhir.elements import Reference
from model_zoo.vital_signs.fhir.references import Groups, Key, Roots, contained, key_of, own_keys, root_of

PATIENT, ENCOUNTER = "Patient", "Encounter"
_QUERY_IDENTIFIER = "?identifier="


class Named:
    """Whom or which stay the observations name. kind: PATIENT or ENCOUNTER; entries: the newest of the bundle."""

    def __init__(self, kind: str, entries: Iterable[Entry]) -> None:
        self._kind = kind
        self._holders = [entry for entry in entries if entry.kind == kind and entry.resource is not None]
        self._kinds = {entry.full_url: entry.kind for entry in entries if entry.full_url}
        self._named: list[list[Hashable]] = []
        self._displays: set[str] = set()
        self.absent = 0
        self.meant: list[Entry] = []  # the resources of the bundle that are named, known once they were counted

    def concerns(self, reference: Reference | None, entry: Entry) -> bool:
        """Tell whether a reference is to a resource of this kind, as far as anything says it."""
        if reference is None or not reference.reference:
            return reference is None or reference.type in (None, self._kind)
        if reference.reference.startswith("#"):
            kind = next((text_of(one, "resourceType") for one in contained(entry.resource, reference.reference)), "")
        else:
            kind = key_of(reference.reference).kind or self._kinds.get(reference.reference, "")
        return (kind or reference.type or self._kind) == self._kind

    def note(self, reference: Reference | None, entry: Entry) -> None:
        """Take up what one observation names."""
        if reference is None:
            self.absent += 1
            return
        names: list[Hashable] = []
        target = reference.reference or ""
        if target.startswith("#"):
            names += self._of_contained(target, entry)
        elif _QUERY_IDENTIFIER in target:
            system, _, value = target.split(_QUERY_IDENTIFIER, 1)[1].partition("|")
            names.append(("identifier", system, value) if value else ("identifier", "", system))
        elif target:
            names.append(key_of(target, root_of(entry)))
        if reference.identifier is not None and reference.identifier.value:
            names.append(("identifier", reference.identifier.system or "", reference.identifier.value))
        display = " ".join((reference.display or "").split()).casefold()
        if names:
            self._named.append([*names, ("display of", display)] if display else names)
        elif display:
            self._displays.add(display)
        else:
            self.absent += 1

    def count(self) -> int:
        """Return how many are named, as far as the bundle tells them apart."""
        own = [key for entry in self._holders for key in own_keys(entry)]
        roots = Roots(name for name in (*own, *(n for names in self._named for n in names)) if isinstance(name, Key))
        groups = Groups()
        listed: list[set[Hashable]] = []
        held: list[tuple[Entry, list[Hashable]]] = []
        for entry in self._holders:
            names = [_settled(name, roots) for name in (*own_keys(entry), *self._linked(entry))]
            identifiers = list(_identifiers(entry.resource))
            listed.append(set(identifiers))
            groups.join([*names, *identifiers])
            held.append((entry, [*names, *identifiers]))
        said: dict[str, set[Hashable]] = {}
        used: list[list[Hashable]] = []
        for given in self._named:
            names = [_settled(name, roots) for name in given if not _is_display(name)]
            for name in given:
                if _is_display(name):
                    said.setdefault(str(name[1]), set()).update(names)  # type: ignore[index]
            groups.join(names)
            used.append(names)
        tops = {groups.find(names[0]) for names in used}
        self.meant = [entry for entry, names in held if any(groups.find(name) in tops for name in names)]
        if not tops and len(held) == 1:
            self.meant = [held[0][0]]
        alone = sum(len({groups.find(name) for name in said.get(display, ())}) != 1 for display in self._displays)
        return len(tops) + alone + _contradictions(used, listed, groups)

    def _of_contained(self, target: str, entry: Entry) -> Iterator[Hashable]:
        found = next(contained(entry.resource, target), None)
        if found is None:
            yield ("unknown", entry.number)
            return
        identifiers = [name for name in _identifiers(found) if name[1]]
        yield from identifiers
        if not identifiers:
            stated = {k: v for k, v in found.items() if k not in ("id", "meta", "text", "resourceType") and v}
            # Equal content is the same; a resource that says nothing is known only where it stands.
            yield ("content", json.dumps(stated, sort_keys=True)) if stated else ("unknown", entry.number)

    def _linked(self, entry: Entry) -> Iterator[Key]:
        others = [object_of(link, "other") for link in objects_of(entry.resource, "link")]
        others += [object_of(entry.resource, "partOf")] if self._kind == ENCOUNTER else []
        yield from (key_of(target, root_of(entry)) for other in others if (target := text_of(other, "reference")))


def _identifiers(resource: object) -> Iterator[tuple[str, str, str]]:
    for one in objects_of(resource, "identifier"):
        if value := text_of(one, "value"):
            yield ("identifier", text_of(one, "system"), value)


def _settled(name: Hashable, roots: Roots) -> Hashable:
    return roots.settled(name) if isinstance(name, Key) else name


def _is_display(name: Hashable) -> bool:
    return isinstance(name, tuple) and name[0] == "display of"


def _contradictions(used: list[list[Hashable]], listed: list[set[Hashable]], groups: Groups) -> int:
    """Count further patients: one reference that goes with two identifiers of one system, which no Patient lists together."""
    values: dict[tuple[Hashable, str], set[Hashable]] = {}
    for names in used:
        for name in names:
            if isinstance(name, tuple) and name[0] == "identifier" and name[1]:
                values.setdefault((groups.find(name), str(name[1])), set()).add(name)
    return sum(
        len(found) - 1 for found in values.values() if len(found) > 1 and not any(found <= one for one in listed)
    )
