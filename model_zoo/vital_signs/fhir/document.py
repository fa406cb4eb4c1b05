"""The JSON of a bundle, with its size, parts and entries counted before anything is looked into.

References: hl7.org/fhir/R4/json.html (names within an object are unique), hl7.org/fhir/R4/resource.html#implicitRules.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from model_zoo.vital_signs.series import MAX_BYTES, InvalidSeries

MAX_ENTRIES = 30_000  # a month with forty observations an hour
# Objects and lists of the file: counted as brackets, which costs nothing, before Python makes something of each.
MAX_PARTS = 1_000_000
MAX_NODES = 5_000  # of one resource; an Observation has some dozens
HINT = "Expected a FHIR R4 Bundle in JSON whose entries are Observations with LOINC codes and UCUM units."


@dataclass(frozen=True, eq=False)
class Entry:
    """One entry of the bundle, counted from 1. resource: ``None`` where it holds none."""

    number: int
    full_url: str
    resource: dict[str, Any] | None
    request: dict[str, Any]
    response: dict[str, Any]
    modified: bool = False  # by a modifierExtension of the entry

    @property
    def kind(self) -> str:
        return text_of(self.resource or {}, "resourceType")


class _DuplicateKey(ValueError):
    pass


def read_document(data: bytes) -> tuple[list[Entry], bool]:
    """Return the entries of a Bundle, or of a single Observation, and whether other pages follow. Raises InvalidSeries."""
    content = _content(data)
    if content["resourceType"] == "Observation":
        return [Entry(1, "", content, {}, {})], False
    if content.get("implicitRules") or content.get("modifierExtension"):
        raise InvalidSeries(
            ["the bundle says that it must be read by rules of its own"], "Export it without implicit rules."
        )
    found = content.get("entry") or []
    if not isinstance(found, list):
        raise InvalidSeries(["the entries of the bundle are no list"], HINT)
    if len(found) > MAX_ENTRIES:
        raise InvalidSeries([f"the bundle has more than {MAX_ENTRIES} entries"], "Give one stay at a time.")
    links = content.get("link")
    more = isinstance(links, list) and any(isinstance(one, dict) and one.get("relation") == "next" for one in links)
    return [_entry(number, entry) for number, entry in enumerate(found, start=1)], more


def text_of(holder: object, name: str) -> str:
    """Return a text of an object that was not checked, "" where there is none."""
    value = holder.get(name) if isinstance(holder, dict) else None
    return value if isinstance(value, str) else ""


def object_of(holder: object, name: str) -> dict[str, Any]:
    """Return an object within one that was not checked, empty where there is none."""
    value = holder.get(name) if isinstance(holder, dict) else None
    return value if isinstance(value, dict) else {}


def objects_of(holder: object, name: str) -> Iterator[dict[str, Any]]:
    """Yield the objects of a list within an object that was not checked."""
    value = holder.get(name) if isinstance(holder, dict) else None
    yield from (one for one in (value if isinstance(value, list) else ()) if isinstance(one, dict))


def is_large(resource: dict[str, Any], most: int = MAX_NODES) -> bool:
    """Tell whether a resource has more parts than any that is read here; stops counting there."""
    left = most
    waiting: list[dict[str, Any] | list[Any]] = [resource]
    while waiting:
        one = waiting.pop()
        left -= len(one)
        if left < 0:
            return True
        inside = one.values() if isinstance(one, dict) else one
        waiting.extend(part for part in inside if isinstance(part, dict | list))
    return False


def _content(data: bytes) -> dict[str, Any]:
    if len(data) > MAX_BYTES:
        raise InvalidSeries([f"the file is larger than {MAX_BYTES // 2**20} MB"], "Export one stay at a time.")
    if data.count(b"{") + data.count(b"[") > MAX_PARTS:
        raise InvalidSeries(["the file has more parts than the longest stay"], "Export one stay at a time.")
    try:
        content = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_unique, parse_constant=_refused)
    except _DuplicateKey as error:
        raise InvalidSeries(
            ["a name stands twice within one object of the file, so that it can be read in two ways"],
            "Export the bundle again.",
        ) from error
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise InvalidSeries(["the file is not valid JSON"], HINT) from error
    if not isinstance(content, dict) or content.get("resourceType") not in ("Bundle", "Observation"):
        raise InvalidSeries(["the file is no FHIR Bundle"], HINT)
    return content


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _DuplicateKey
    return found


def _refused(word: str) -> float:
    raise ValueError(f"JSON has no {word}")


def _entry(number: int, entry: object) -> Entry:
    resource = object_of(entry, "resource") or None
    return Entry(
        number,
        text_of(entry, "fullUrl"),
        resource,
        object_of(entry, "request"),
        object_of(entry, "response"),
        isinstance(entry, dict) and bool(entry.get("modifierExtension")),
    )
