"""The stretches of a note in which a word reaches another: lines, sentences, clauses, and headings over them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Section = Literal["", "family", "plan", "other-person", "specimen", "blood", "history", "screens"]
# A line that was wrapped goes on with a small letter; a line of a list or a form does not.
_WRAPPED = re.compile(r"(?<=[a-z,] )\n(?=[a-z])|(?<=[a-z,])\n(?=[a-z])")
# Words that end no statement.
_OPEN = re.compile(
    r"(?<![:=] )(?<![:=])\b(?:of|no|for|and|or|nor|the|a|an|with|denies|not|any|her|his|in|without|is|was)[ \t]*$",
    re.IGNORECASE,
)
_LEAST_WRAPPED = 60  # characters; shorter lines were ended on purpose
_SENTENCE = re.compile(
    r"(?<!\bdr)(?<!\bmr)(?<!\bms)(?<!\bvs)(?<!\bmrs)(?<!\bpulm)(?<!\s\w)[.!](?=\s|$)|;|(?<=\w)\?(?=\s+(?-i:[A-Z])|\s*$)|\n",
    re.I,
)
_CLAUSE = re.compile(
    r",|\(|\)|\s[-–—/|]\s|\s+(?:but|however|although|though|whereas|while|which|then)\b|[.](?=\s)|\s{3,}|:(?=\s)|\s\+\s",
    re.I,
)


@dataclass(frozen=True)
class Stretches:
    """starts, ends: of the sentences, in order."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def sentence(self, at: int) -> tuple[int, int]:
        """Return the half-open span of the sentence that holds a place."""
        i = max(bisect_right(self.starts, at) - 1, 0)
        return self.starts[i], self.ends[i]

    def clause(self, start: int, end: int) -> tuple[int, int]:
        """Return the clause around a span, within its sentence."""
        first, last = self.sentence(start)
        for match in _CLAUSE.finditer(self.text, first, start):
            first = match.end()
        after = _CLAUSE.search(self.text, end, last)
        return first, after.start() if after else last


def stretches(text: str) -> Stretches:
    """Return the sentences of a note; a line that only wraps does not end one."""
    starts, ends = [], []
    for start, end in _sentences(text):
        starts.append(start)
        ends.append(end)
    return Stretches(text, tuple(starts) or (0,), tuple(ends) or (len(text),))


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    start, line = 0, 0
    for match in _SENTENCE.finditer(text):
        if match.group() == "\n":
            long = match.start() - line >= _LEAST_WRAPPED and _WRAPPED.match(text, match.start())
            wrapped = long or _OPEN.search(text, line, match.start())
            line = match.end()
            if wrapped:
                continue
        yield start, match.end()
        start = match.end()
    if start < len(text):
        yield start, len(text)
