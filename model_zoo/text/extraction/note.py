"""A note as a list of what it states: the rules of this package run, each place is given to one of them, doubts are marked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from model_zoo.errors import ZooError
from model_zoo.patients.catalogue import CATALOGUE
from model_zoo.patients.features import FeatureSpec
from model_zoo.text.extraction.context import LASTING, find_contexts
from model_zoo.text.extraction.ended import ended_contexts, is_kept
from model_zoo.text.extraction.findings import denial_problem, denied_value, find_findings, is_complaint
from model_zoo.text.extraction.items import ExtractedItem
from model_zoo.text.extraction.lexicon import BEYOND, quantities
from model_zoo.text.extraction.measurements import find_measurements, find_pressures
from model_zoo.text.extraction.medications import find_medications
from model_zoo.text.extraction.person import find_person
from model_zoo.text.negation import denied, find_negations
from model_zoo.text.words import without_long_blanks

LONGEST_NOTE = 20_000  # characters; a discharge letter has 5,000 to 15,000


class NoteUnreadable(ZooError):
    """The note is empty, too long, or no text."""


SUPERSEDED = "the note gives a later value; that one is used"


def extract_note(text: str, specs: Iterable[FeatureSpec] = CATALOGUE) -> tuple[ExtractedItem, ...]:
    """Return what a note states, in its order, with places, values in the models' units, and doubts.

    specs: the quantities that are looked for; ``all_specs()`` of the risk models adds the genes of the leukaemia model.
    Raises NoteUnreadable.
    """
    if not text.strip():
        raise NoteUnreadable("The note is empty.", "Paste the text of the note.")
    if len(text) > LONGEST_NOTE:
        raise NoteUnreadable(f"The note is longer than {LONGEST_NOTE} characters.", "Paste the part that matters.")
    if "\0" in text:
        raise NoteUnreadable("The note is not plain text.", "Copy its text out of the document first.")
    table, text = tuple(specs), without_long_blanks(text)
    numbers = _without_overlaps([*find_pressures(text, (*table, *BEYOND)), *find_measurements(text, quantities(table))])
    person = list(find_person(text))
    medications = _without_overlaps(list(find_medications(text)))
    taken = {at for item in (*numbers, *medications) for at in range(item.start, item.end)}
    findings = [f for f in find_findings(text, table) if taken.isdisjoint(range(f.start, f.end))]
    names = {spec.name for spec in table}
    person = [item for item in person if item.name in names or item.name == "age_years"]
    items = _settled(text, [*person, *numbers, *medications, *findings])
    return tuple(sorted(_with_conflicts(items), key=lambda item: (item.start, item.end, item.name)))


def _without_overlaps(items: Sequence[ExtractedItem]) -> list[ExtractedItem]:
    """Return the items of each place that the longest name claims; items of one match (pressures) share their place."""
    kept: list[ExtractedItem] = []
    owner: dict[int, tuple[int, int]] = {}
    names: dict[tuple[int, int], set[str]] = {}
    for item in sorted(items, key=lambda i: (-(i.end - i.start), i.start)):
        place = (item.start, item.end)
        clash = {owner[at] for at in range(item.start, item.end) if at in owner}
        if clash - {place} or item.name in names.get(place, ()):
            continue
        owner.update(dict.fromkeys(range(item.start, item.end), place))
        names.setdefault(place, set()).add(item.name)
        kept.append(item)
    return kept


def _settled(text: str, items: Sequence[ExtractedItem]) -> list[ExtractedItem]:
    """Return the items with negation and context; a denied finding takes the value that denial means."""
    negations, contexts = find_negations(text), find_contexts(text)
    ended = ended_contexts(text, items)
    found = []
    for item in items:
        context = contexts.at(item.start, item.end)
        if context == "history" and (item.name in LASTING or item.kind in ("medication", "person")):
            context = "patient"
        if context == "patient":
            context = ended.get((item.start, item.end), context)
        can_be_denied = item.kind in ("finding", "medication") or item.name == "allergy"
        is_negated = can_be_denied and denied(negations, item.start, item.end)
        if is_negated and item.kind == "medication":
            is_negated = not is_kept(text, item.start)
        value = denied_value(item.name, item.text) if is_negated and not is_complaint(item.name) else item.value
        problem = denial_problem(item.name, item.text) if is_negated and item.kind == "finding" else ""
        if item.kind == "finding" and value is None and not problem and not is_complaint(item.name):
            continue  # "chest pain" alone does not say which kind of angina; the complaint itself is an item of its own
        problems = (*item.problems, problem) if problem else item.problems
        found.append(replace(item, context=context, negated=is_negated, value=value, problems=problems))
    return found


def _with_conflicts(items: Sequence[ExtractedItem]) -> list[ExtractedItem]:
    """Return the items; of several values of one quantity the last one stands, and each says so."""
    groups: dict[str, list[ExtractedItem]] = {}
    found = []
    for item in items:
        if item.usable and item.kind != "medication":
            groups.setdefault(item.name, []).append(item)
        else:
            found.append(item)
    for group in groups.values():
        stated = sorted((i for i in group if not i.derived), key=lambda i: (i.start, i.end))
        derived = sorted((i for i in group if i.derived), key=lambda i: (i.start, i.end))
        if stated:
            # A mean pressure that is written down beats one that is computed.
            words = "the note states it elsewhere; that value is used"
            found += [replace(item, problems=(*item.problems, words)) for item in derived]
        found += _last_stands(stated or derived)
    return found


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
