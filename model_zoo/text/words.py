"""The words of a text with their places; sentences where a scope has to end."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

# Letters with inner apostrophes and hyphens, numbers with one decimal point or comma; everything else stands alone.
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d+(?:[.,]\d+)?|[^\w\s]|_")
# A point between digits is a decimal point; a line of its own is a sentence of its own.
_END = re.compile(r"(?<!\d)[.](?=\s|$)|(?<=\d)[.](?=\s|$)|[!?;\n]+")


_LONG_BLANK = re.compile(r"\s{61,}")


@dataclass(frozen=True)
class Word:
    """text: as written. start, end: half-open characters in the whole text."""

    text: str
    start: int
    end: int

    @property
    def key(self) -> str:
        """The word as vocabularies know it: lower case, accents and typographic apostrophes taken off."""
        folded = unicodedata.normalize("NFKD", self.text.lower().replace("’", "'"))
        return "".join(letter for letter in folded if not unicodedata.combining(letter))

    @property
    def is_letters(self) -> bool:
        return self.text[0].isalpha()


def words_of(text: str) -> tuple[Word, ...]:
    """Return words, numbers and signs in order."""
    return tuple(Word(m.group(), m.start(), m.end()) for m in _WORD.finditer(text))


def without_long_blanks(text: str) -> str:
    """Return a text of the same length in which long runs of blanks are a sign between line breaks.

    A table in a note aligns its columns with a few blanks; runs of thousands would keep patterns busy for minutes.
    """
    return _LONG_BLANK.sub(lambda m: "\n" + "·" * (len(m.group()) - 2) + "\n", text)


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Yield the half-open span of each sentence, its final sign included."""
    start = 0
    for match in _END.finditer(text):
        if text[start : match.end()].strip():
            yield start, match.end()
        start = match.end()
    if text[start:].strip():
        yield start, len(text)
