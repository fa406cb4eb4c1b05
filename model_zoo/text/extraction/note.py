"""A note as a list of what it states: the rules of this package run, each place is given to one of them, doubts are marked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from model_zoo.errors import ZooError
from model_zoo.patients.catalogue import CATALOGUE
from model_zoo.patients.features import FeatureSpec
from model_zoo.text.extraction.assertion.statement import UNTICKED, Asserted, Asserting, Assertions
from model_zoo.text.extraction.columns import Row, find_rows
from model_zoo.text.extraction.conflicts import SUPERSEDED, without_conflicts
from model_zoo.text.extraction.findings import (
    denial_problem,
    denied_value,
    find_findings,
    is_asked,
    is_complaint,
    smoking_answer,
)
from model_zoo.text.extraction.items import ExtractedItem
from model_zoo.text.extraction.lexicon import BEYOND, quantities
from model_zoo.text.extraction.measurements import find_measurements, find_pressures, find_short
from model_zoo.text.extraction.medications import find_medications
from model_zoo.text.extraction.person import find_person
from model_zoo.text.extraction.rewriting import Rewritten, rewrite
from model_zoo.text.extraction.ruled import ruled_edits
from model_zoo.text.extraction.spoken import spoken_edits
from model_zoo.text.extraction.unexplained import without_unexplained
from model_zoo.text.words import without_long_blanks

LONGEST_NOTE = 20_000  # characters; a discharge letter has 5,000 to 15,000


class NoteUnreadable(ZooError):
    """The note is empty, too long, or no text."""


def extract_note(
    text: str, specs: Iterable[FeatureSpec] = CATALOGUE, asserting: Asserting = Assertions
) -> tuple[ExtractedItem, ...]:
    """Return what a note states, in its order, with places, values in the models' units, and doubts.

    specs: the quantities that are looked for; ``all_specs()`` of the risk models adds the genes of the leukaemia model.
    asserting: what decides whose, when and whether; another one only where it is measured against ours.
    Raises NoteUnreadable.
    """
    if not text.strip():
        raise NoteUnreadable("The note is empty.", "Paste the text of the note.")
    if len(text) > LONGEST_NOTE:
        raise NoteUnreadable(f"The note is longer than {LONGEST_NOTE} characters.", "Paste the part that matters.")
    if "\0" in text:
        raise NoteUnreadable("The note is not plain text.", "Copy its text out of the document first.")
    table = tuple(specs)
    rows = find_rows(text)
    read = rewrite(text, [*(row.edits() for row in rows), *ruled_edits(text), *spoken_edits(text)])
    items = [_back(text, read, item) for item in _read(read.text, table, asserting)]
    return tuple(sorted([*items, *_older(text, rows, table)], key=lambda item: (item.start, item.end, item.name)))


def _read(text: str, table: tuple[FeatureSpec, ...], asserting: Asserting) -> list[ExtractedItem]:
    """Return what a rewritten note states; places are of the rewritten text."""
    text = without_long_blanks(text)
    known = quantities(table)
    named = [*find_pressures(text, (*table, *BEYOND)), *find_measurements(text, known)]
    numbers = _without_overlaps([*named, *find_short(text, known, named)])
    person = list(find_person(text))
    medications = _without_overlaps(list(find_medications(text)))
    taken = {at for item in (*numbers, *medications) for at in range(item.start, item.end)}
    findings = [f for f in find_findings(text, table) if taken.isdisjoint(range(f.start, f.end))]
    names = {spec.name for spec in table}
    person = [item for item in person if item.name in names or item.name == "age_years"]
    settled = _settled(text, [*person, *numbers, *medications, *findings], asserting)
    return without_unexplained(text, without_conflicts(text, settled), known)


def _back(text: str, read: Rewritten, item: ExtractedItem) -> ExtractedItem:
    start, end = read.original(item.start, item.end)
    return item if not read.edits else replace(item, start=start, end=end, text=text[start:end])


def _older(text: str, rows: Sequence[Row], table: tuple[FeatureSpec, ...]) -> Iterator[ExtractedItem]:
    """Yield the older values of tables with times as columns, marked as such."""
    for row in rows:
        for age, written in enumerate(row.values[1:], start=1):
            at = text.find(written.split()[0], row.start, row.end)
            for item in find_measurements(row.edits(age).new, quantities(table)) if at >= 0 else ():
                yield replace(
                    item,
                    start=at,
                    end=at + len(written.split()[0]),
                    text=written.split()[0],
                    problems=(*item.problems, SUPERSEDED),
                )


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


def _settled(text: str, items: Sequence[ExtractedItem], asserting: Asserting) -> list[ExtractedItem]:
    """Return the items with their assertion; a denied finding takes the value that denial means."""
    assertions = asserting(text, items)
    settled = (_with_value(text, item, assertions.of(item)) for item in items)
    return [item for item in settled if item is not None]


def _with_value(text: str, item: ExtractedItem, said: Asserted) -> ExtractedItem | None:
    """Return an item with what its assertion makes of its value; None where it says nothing."""
    value, problem = item.value, said.reason
    if item.name == "smoking" and item.value == 1.0 and not said.negated:
        answer = smoking_answer(text, item.text, item.end)
        if answer is not None and said.reason != UNTICKED:
            value = answer
            said = replace(said, context="patient" if said.context == "uncertain" else said.context)
        elif is_asked(item.text) and said.context == "patient":
            problem = "whether it is so now is not said"
    elif said.negated and item.kind == "finding" and not is_complaint(item.name):
        value = item.value if item.name == "smoking" and item.value == 0.0 else denied_value(item.name, item.text)
        problem = problem or denial_problem(item.name, item.text)
    if item.kind == "finding" and value is None and not problem and not is_complaint(item.name):
        return None  # "chest pain" alone does not say which kind of angina; the complaint itself is an item of its own
    problems = (*item.problems, problem) if problem else item.problems
    return replace(item, context=said.context, negated=said.negated, value=value, problems=problems)
