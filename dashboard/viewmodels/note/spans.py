"""Highlighted text: a text and marks in it -> segments that are safe to put into HTML."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Mark:
    """start, end: half-open characters of the text. kind: a CSS class name of ours. note: for the tooltip. weight: -1 to 1."""

    start: int
    end: int
    kind: str
    note: str = ""
    weight: float = 0.0


@dataclass(frozen=True)
class Segment:
    """html: the text, escaped. note: escaped for an attribute. kind: "" where nothing is marked."""

    html: str
    kind: str = ""
    note: str = ""
    weight: float = 0.0


def segments(text: str, marks: Iterable[Mark]) -> tuple[Segment, ...]:
    """Return the whole text in segments, in order. Of marks that overlap the earlier one stays, at one place the longer.

    The segments joined give the escaped text, whatever the marks are: nothing is lost and nothing is shown twice.
    """
    found: list[Segment] = []
    at = 0
    for mark in sorted(marks, key=lambda m: (m.start, -m.end)):
        start, end = max(mark.start, 0), min(mark.end, len(text))
        if start < at or end <= start:
            continue
        if start > at:
            found.append(Segment(escape(text[at:start])))
        found.append(Segment(escape(text[start:end]), mark.kind, escape(mark.note, quote=True), mark.weight))
        at = end
    if at < len(text):
        found.append(Segment(escape(text[at:])))
    return tuple(found)
