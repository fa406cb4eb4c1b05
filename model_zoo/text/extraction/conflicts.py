"""Several statements of one thing in one note: which one is used, and when none is.

Of several values of one quantity the latest is used where their order is certain; else none is. Of age and sex the first stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from model_zoo.text.extraction.items import ExtractedItem
from model_zoo.text.extraction.measurements import WORDED
from model_zoo.text.extraction.order import in_time, is_last, is_outdated
from model_zoo.text.extraction.person import LATER as FIRST

SUPERSEDED = "the note gives a later value; that one is used"
SUPERSEDED_BY_DETAIL = "stated more precisely elsewhere in the note"
CONTRADICTED = "the note contradicts itself; enter the correct value"
OUTDATED = "of an earlier time; the note goes on to later values without it"
_NEAR = 60  # characters between two values of one course
DISORDERED = "the note gives several values and does not say which is the latest; enter the correct value"


def without_conflicts(text: str, items: Sequence[ExtractedItem]) -> list[ExtractedItem]:
    """Return the items; of several values of one quantity the latest stands, of age and sex the first, of findings none."""
    groups: dict[str, list[ExtractedItem]] = {}
    found = []
    for item in items:
        if item.usable and item.kind != "medication":
            groups.setdefault(item.name, []).append(item)
        else:
            found.append(item)
    doubted = {item.name for item in found if WORDED in item.problems and item.context == "patient"}
    for name, group in groups.items():
        if name in doubted or any(_followed(text, item, found) for item in group):
            found += _none_stands(group)
            continue
        stated = sorted((i for i in group if not i.derived), key=lambda i: (i.start, i.end))
        derived = sorted((i for i in group if i.derived), key=lambda i: (i.start, i.end))
        if stated:
            # A mean pressure that is written down beats one that is computed.
            words = "the note states it elsewhere; that value is used"
            found += [replace(item, problems=(*item.problems, words)) for item in derived]
        group = stated or derived
        if group[0].kind == "person":
            found += _first_stands(group)
        elif group[0].kind == "finding":
            found += _agreed(group)
        else:
            group = in_time(text, group)
            if is_outdated(text, group[-1]):
                group = [*group[:-1], replace(group[-1], problems=(*group[-1].problems, OUTDATED))]
            found += _last_stands(group) if is_last(text, group) else _none_stands(group)
    return found


def _followed(text: str, item: ExtractedItem, others: Sequence[ExtractedItem]) -> bool:
    """Return whether a later value of the same course stands directly behind and is itself in doubt."""
    return any(
        other.name == item.name
        and other.context in ("plan", "uncertain")
        and text[other.start].isdigit()
        and 0 <= other.start - item.end < _NEAR
        and "\n" not in text[item.end : other.start]
        for other in others
    )


def _first_stands(group: Sequence[ExtractedItem]) -> list[ExtractedItem]:
    """Return the statements of age or sex: they do not change within a note, and later ones are often somebody else's."""
    first = group[0]
    return [first, *(i if i.value == first.value else replace(i, problems=(*i.problems, FIRST)) for i in group[1:])]


def _agreed(group: Sequence[ExtractedItem]) -> list[ExtractedItem]:
    """Return the statements of one finding; where they contradict each other none is used."""
    values = {item.value for item in group}
    if len(values) == 1:
        return list(group)
    if values == {"yes", "metastatic"}:
        return [
            i if i.value == "metastatic" else replace(i, problems=(*i.problems, SUPERSEDED_BY_DETAIL)) for i in group
        ]
    if group[0].name == "smoking" and group[-1].value == 0.0:
        return _last_stands(group)  # "smoker since 1990, quit in 2010"
    return [replace(item, problems=(*item.problems, CONTRADICTED)) for item in group]


def _none_stands(group: Sequence[ExtractedItem]) -> list[ExtractedItem]:
    return [replace(item, problems=(*item.problems, DISORDERED)) for item in group]


def _last_stands(group: Sequence[ExtractedItem]) -> list[ExtractedItem]:
    """Return the usable values of one quantity in the order of the note, the superseded ones marked."""
    found = []
    later: set[object] = set()
    every = {item.value for item in group}
    for item in reversed(group):
        if later - {item.value}:
            item = replace(item, problems=(*item.problems, SUPERSEDED))
        elif len(every) > 1:
            item = replace(item, remarks=(*item.remarks, "the note gives several values; this last one is used"))
        later.add(item.value)
        found.append(item)
    return found
