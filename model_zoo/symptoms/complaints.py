"""What of a note is complaint and history: measurements, medication and the person are blanked, every place stays where it is.

The encoders learned from statements of complaints; "Na 132 mmol/l" and "metformin" are noise to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from model_zoo.symptoms.differential import Differential, consider
from model_zoo.symptoms.model import SymptomModel
from model_zoo.text.extraction import ExtractedItem

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
    """Return the conditions to consider for the complaints in a note; places refer to the whole note. Raises TextUnreadable."""
    found = consider(model, complaints_of(text, items))
    return replace(found, read=replace(found.read, text=text))
