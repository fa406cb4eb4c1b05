"""Only the newest version of a resource counts; one that was deleted counts no more.

References: hl7.org/fhir/R4/http.html#history (every version of a resource is an entry, a deletion has no resource) and
resource.html#Meta. The id of a version need not be a number, so the time of change goes first.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from model_zoo.vital_signs.fhir.document import Entry, object_of, text_of
from model_zoo.vital_signs.fhir.references import Key, Roots, own_key, version_of

OBSERVATION = "Observation"
_ETAG = re.compile(r'(?:W/)?"?([^"]+)"?')
REPLACED = "earlier version(s) of an observation, replaced by a newer one"
DELETED = "observation(s) that were deleted"
UNCLEAR = "observation(s) that stand in several versions, none of which is said to be the newest"


@dataclass(frozen=True, eq=False)
class Current:
    """entries: the newest of each resource, in order. withdrawn: of which no version counts. left_out: why, counted."""

    entries: list[Entry]
    withdrawn: set[Key]
    left_out: Counter[str] = field(default_factory=Counter)


def current(entries: Sequence[Entry]) -> Current:
    """Return what counts of the entries. Keys of the result know their server where one entry names it."""
    keys = [own_key(entry) for entry in entries]
    roots = Roots(key for key in keys if key is not None)
    groups: dict[Key | int, list[Entry]] = {}
    for entry, key in zip(entries, keys, strict=True):
        groups.setdefault(entry.number if key is None else roots.settled(key), []).append(entry)
    kept, withdrawn, left_out = [], set(), Counter[str]()
    for group, versions in groups.items():
        key = group if isinstance(group, Key) else None
        newest = _newest(versions)
        observed = OBSERVATION in ("" if key is None else key.kind, *(one.kind for one in versions))
        if newest is not None and newest.resource is not None and not _changes(newest):
            kept.append(newest)
            left_out[REPLACED] += (len(versions) - 1) * observed
            continue
        if key is not None:
            withdrawn.add(key)
        if observed:
            left_out[DELETED if newest is not None and _deletes(newest) else UNCLEAR] += 1
        elif newest is not None and len(versions) == 1 and not _deletes(newest):
            kept.append(newest)  # an entry that holds nothing, to be counted
    kept.sort(key=lambda entry: entry.number)
    return Current(kept, withdrawn, +left_out)


def _newest(versions: list[Entry]) -> Entry | None:
    """Return the newest version, ``None`` where none is known to be."""
    if len(versions) == 1:
        return versions[0]
    found = {id(one): one for one in (_last(versions, _changed), _last(versions, _number)) if one is not None}
    if len(found) == 1:
        return next(iter(found.values()))
    if not found and len({_content(one) for one in versions}) == 1:
        return versions[0]
    return None


def _last(versions: list[Entry], stamp: Callable[[Entry], Any]) -> Entry | None:
    stamps = [stamp(one) for one in versions]
    if any(one is None for one in stamps):
        return None
    last = max(stamps)
    newest = [one for one, own in zip(versions, stamps, strict=True) if own == last]
    return newest[0] if len({_content(one) for one in newest}) == 1 else None


def _changed(entry: Entry) -> datetime | None:
    written = text_of(object_of(entry.resource, "meta"), "lastUpdated") or text_of(entry.response, "lastModified")
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _number(entry: Entry) -> int | None:
    tag = _ETAG.fullmatch(text_of(entry.response, "etag"))
    written = text_of(object_of(entry.resource, "meta"), "versionId") or version_of(entry) or (tag[1] if tag else "")
    return int(written) if written.isascii() and written.isdigit() and len(written) < 20 else None


def _deletes(entry: Entry) -> bool:
    return text_of(entry.request, "method").upper() == "DELETE"


def _changes(entry: Entry) -> bool:
    """Tell whether an entry deletes or patches: it holds no state of the resource."""
    return text_of(entry.request, "method").upper() in ("DELETE", "PATCH")


def _content(entry: Entry) -> str:
    """Return what a version states, without what only says which it is."""
    if entry.resource is None or _changes(entry):
        return f"{entry.number}"
    stated = {name: value for name, value in entry.resource.items() if name not in ("meta", "text")}
    return json.dumps(stated, sort_keys=True)
