"""A note rewritten for the rules, with the way back: every place of the new text belongs to a place of the old one."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Edit:
    """start, end: half-open characters that are replaced. new: what stands there then."""

    start: int
    end: int
    new: str


@dataclass(frozen=True)
class Rewritten:
    """text: the new text. edits: in order, without overlaps. starts: where each begins in the new text."""

    text: str
    edits: tuple[Edit, ...]
    starts: tuple[int, ...]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Return the half-open span of the old text behind a span of the new one; a replaced word counts whole."""
        return self._place(start, last=False), self._place(end, last=True)

    def _place(self, at: int, last: bool) -> int:
        i = bisect_right(self.starts, at - 1 if last else at) - 1
        if i < 0:
            return at
        edit, begin = self.edits[i], self.starts[i]
        if at < begin + len(edit.new) or (last and at == begin + len(edit.new)):
            return edit.end if last else edit.start
        return edit.end + at - begin - len(edit.new)


def rewrite(text: str, edits: Iterable[Edit]) -> Rewritten:
    """Return a text with its edits; of two that overlap the earlier one holds."""
    parts: list[str] = []
    kept: list[Edit] = []
    starts: list[int] = []
    at = length = 0
    for edit in sorted(edits, key=lambda e: (e.start, -e.end)):
        if edit.start < at:
            continue
        parts += [text[at : edit.start], edit.new]
        length += edit.start - at
        starts.append(length)
        length += len(edit.new)
        kept.append(edit)
        at = edit.end
    parts.append(text[at:])
    return Rewritten("".join(parts), tuple(kept), tuple(starts))
