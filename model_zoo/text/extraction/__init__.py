"""A note in free text -> items with place, value, unit, negation and doubts -> fields of the patient form.

Rules, no learning: every item can be traced to the words it was read from. What the rules miss is measured on written notes
(``python -m model_zoo evaluate notes``).
"""

from model_zoo.text.extraction.form import FormValues, form_values, record_of_note
from model_zoo.text.extraction.items import CONTEXT_WORDS, KINDS, ExtractedItem
from model_zoo.text.extraction.note import NoteUnreadable, extract_note

__all__ = [
    "CONTEXT_WORDS",
    "KINDS",
    "ExtractedItem",
    "FormValues",
    "NoteUnreadable",
    "extract_note",
    "form_values",
    "record_of_note",
]
