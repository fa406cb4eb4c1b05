"""What of a note is complaint and history, and what conditions it lets one consider: measurements and medication are blanked.

The encoders learned from statements of complaints; "Na 132 mmol/l" and "metformin" are noise to them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from model_zoo.symptoms.differential import Differential, check_text, considered, why_not
from model_zoo.symptoms.mapped_reading import MappedNote, read_mapped
from model_zoo.symptoms.model import SymptomModel
from model_zoo.symptoms.reading import ReadText
from model_zoo.symptoms.red_flags import OUTSIDE, word_flags
from model_zoo.text.extraction import ExtractedItem

# One evidence is a complaint that most of the conditions share; the first of two that tell anything apart is the second.
LEAST_EVIDENCES = 2
TOO_FEW = "Cannot tell: fewer than two complaints that the model knows were found in the note."
# Kinds of items that are no complaint. Age and sex stay: the encoders learned from both.
BLANKED = frozenset({"vital", "laboratory", "medication"})


def complaints_of(text: str, items: Sequence[ExtractedItem]) -> str:
    """Return the text, of the same length, with blanks in place of measurements and medication."""
    characters = list(text)
    for item in items:
        if item.kind in BLANKED:
            characters[item.start : item.end] = " " * (item.end - item.start)
    return "".join(characters)


def consider_note(model: SymptomModel, text: str, items: Sequence[ExtractedItem]) -> Differential:
    """Return the conditions to consider for the complaints in a note; places refer to the whole note.

    The complaints are mapped to evidences first. A note in which none is found is read as it stands, under the rules of the
    card.

    Parameters
    ----------
    model
        The fitted model.
    text
        What was written.
    items
        What was extracted from the note.

    Raises
    ------
    TextUnreadable
    """
    complaints = complaints_of(text, items)
    check_text(complaints)
    person = [item for item in items if item.kind == "person" and item.context == "patient"]
    read, mapped = read_mapped(complaints, model.vocabulary, person)
    reason = why_not_mapped(model.read(complaints), mapped, model.card["cannot_tell"])
    flags = word_flags(text)
    if any(flag.outside for flag in flags):
        reason = OUTSIDE
    return replace(considered(model, replace(read, text=text), reason, mapped), word_flags=flags)


def _apart(mapped: MappedNote) -> int:
    """Return how many evidences stand in places of their own, of different kinds."""
    count, end, seen = 0, -1, set()
    for evidence in sorted(mapped.evidences, key=lambda e: (e.start, e.end)):
        if evidence.start >= end and evidence.code not in seen:
            count, end = count + 1, evidence.end
            seen.add(evidence.code)
    return count


def why_not_mapped(read: ReadText, mapped: MappedNote, rule: Mapping[str, Any]) -> str | None:
    """Return why a note is too little to rank by, or None.

    Evidences of two kinds are enough, whatever share of the other words is known. With fewer there is no ranking: words that
    are known but say nothing together were ranked as confidently as complaints (a lump of the breast as tuberculosis).

    Parameters
    ----------
    read
        The note as it stands.
    mapped
        The evidences that were found in it.
    rule
        Of the card.
    """
    # One stretch of words that is read as two evidences is one complaint.
    if _apart(mapped) >= LEAST_EVIDENCES:
        return None
    return why_not(read, rule) or TOO_FEW
