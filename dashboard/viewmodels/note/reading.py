"""A note with what was read in it, as highlighted segments and as rows of what would fill the form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dashboard.catalogue import text
from dashboard.viewmodels.note.spans import Mark, Segment, segments
from model_zoo.patients.features import FeatureSpec, Units
from model_zoo.text.extraction import CONTEXT_WORDS, ExtractedItem, FormValues


@dataclass(frozen=True)
class NoteRow:
    """fills: it goes into the form. doubts: why it does not, and what to know although it does."""

    kind: str
    title: str
    words: str
    value: str
    fills: bool
    doubts: str


@dataclass(frozen=True)
class NoteView:
    """segments: the whole note. rows: in its order. summary: one sentence above them."""

    segments: tuple[Segment, ...]
    rows: tuple[NoteRow, ...]
    summary: str


def note_view(
    note: str, items: Sequence[ExtractedItem], filled: FormValues, specs: Iterable[FeatureSpec], units: Units = "SI"
) -> NoteView:
    """Return what the page shows of a note. units: in which the values are shown."""
    by_name = {spec.name: spec for spec in specs}
    used = {id(item) for item in filled.used}
    reasons = {id(item): reason for item, reason in filled.left_out}
    rows = tuple(
        _row(item, by_name.get(item.name), id(item) in used, reasons.get(id(item), ""), units) for item in items
    )
    marks = [Mark(i.start, i.end, _kind(i), _note(row)) for i, row in zip(items, rows, strict=True)]
    count = len(filled.values)
    left = len(filled.left_out)
    summary = text("notes.items.summary", statements=len(items), values=count, left_out=left)
    return NoteView(segments(note, marks), rows, summary)


def _kind(item: ExtractedItem) -> str:
    if item.negated:
        return "denied"
    return item.kind if item.context == "patient" and not item.problems else "left-out"


def _row(item: ExtractedItem, spec: FeatureSpec | None, fills: bool, reason: str, units: Units) -> NoteRow:
    doubts = [
        *([text("notes.items.denied")] if item.negated else []),
        *([CONTEXT_WORDS[item.context]] if item.context != "patient" else []),
        *([text("notes.items.unit_assumed")] if item.unit_assumed else []),
        *item.problems,
        *item.remarks,
    ]
    if reason and reason not in "; ".join(doubts):
        doubts.append(reason)
    return NoteRow(
        item.kind, item.title, " ".join(item.text.split()), _value(item, spec, units), fills, "; ".join(doubts)
    )


def _value(item: ExtractedItem, spec: FeatureSpec | None, units: Units) -> str:
    if item.value is None:
        return " ".join(filter(None, (item.given, item.given_unit))) if item.kind == "medication" else ""
    if spec is not None:
        return spec.show(item.value, units)
    shown = f"{item.value:g}" if isinstance(item.value, (int, float)) else str(item.value)
    return f"{shown} {item.unit}".strip()


def _note(row: NoteRow) -> str:
    stated = text("notes.items.stated", title=row.title, value=row.value) if row.value else row.title
    return "; ".join(filter(None, (stated, row.doubts)))
