"""A written number and its value, or the reason why it is doubtful. What can be read in two ways is asked about, not guessed.

Digits are 0 to 9, decimals stand behind a point, or behind a comma where a comma cannot divide cells. Refused are marks and
blanks between digits, other digits, bounds, fractions, ranges and a point with nothing behind it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

Decimal = Literal["comma", "point"]  # the mark before decimals, where the reader or the file tells it
_ABSENT = (
    "", "na", "n/a", "#n/a", "nan", "none", "null", "-", "--", "not measured", "?",
)  # fmt: skip
_PLAIN = re.compile(r"[+-]?(?:[0-9]+(?:[.,][0-9]+)?|[.,][0-9]+)(?:e[+-]?[0-9]{1,3})?")
_THREE_DIGITS = re.compile(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}")
_MARKED = re.compile(r"[+-]?[0-9]{1,3}(?:[.,'’ ][0-9]{3})+(?:[.,][0-9]+)?")
# In a note "12,300" is twelve thousand; the form of such a number is the note reader's NUMBER.
_NOTE_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:[,' ]\d{3})+")
MARKED = "marks or blanks divide its digits; write the digits without them"


_SURELY_DECIMAL = re.compile(r"[+-]?(?:0*[.,][0-9]+|[0-9]+[.,](?:[0-9]{1,2}|[0-9]{4,})|[0-9]{4,}[.,][0-9]+)")


class Unreadable(ValueError):
    """What is wrong with one value, as a half sentence without the value itself."""


@dataclass(frozen=True)
class Written:
    """value: with the mark read as decimal. thousands: what else it may mean, where a mark stands before three digits."""

    value: float
    thousands: float | None = None


@dataclass(frozen=True)
class TwoReadings:
    """A number that means two things, to be asked about.

    written: as it stands there; for its reader alone, never for a message. about: where it stands, or what it is a value of.
    """

    written: str
    value: float
    thousands: float
    about: str = field(default="", compare=False)

    @property
    def by_mark(self) -> dict[Decimal, float]:
        """Return what it means by the mark that stands before decimals."""
        if "," in self.written:
            return {"comma": self.value, "point": self.thousands}
        return {"point": self.value, "comma": self.thousands}


class Ambiguous(Unreadable):
    """A number that can be read in two ways, both of them possible."""

    def __init__(self, readings: TwoReadings) -> None:
        super().__init__("a mark before three digits may divide thousands or decimals")
        self.readings = readings


def is_absent(text: str) -> bool:
    """Tell whether a cell says that nothing was measured."""
    return text.strip().casefold() in _ABSENT


def written_number(text: str, comma: bool = False, decimal: Decimal | None = None) -> Written:
    """Return what a written number means.

    Parameters
    ----------
    text
        The number as written.
    comma
        Whether a comma can be a decimal mark, since it divides no cells. Then "1,200" and "1.200" have two meanings; which
        of them a quantity allows is for the caller to say.
    decimal
        The mark that is known to stand before decimals.

    Raises
    ------
    Unreadable
        Where it is no number.
    """
    comma = comma or decimal is not None
    word = " ".join(text.replace("−", "-").split()).casefold()
    if word.lstrip("+-") in ("inf", "infinity", "nan"):
        raise Unreadable("expected a finite number")
    if word[:1] in ("<", ">", "≤", "≥"):
        raise Unreadable("it is a bound and no measured number")
    if "," in word and not comma:
        raise Unreadable("expected a number, with a point and not a comma for decimals")
    three = bool(_THREE_DIGITS.fullmatch(word))
    if not _PLAIN.fullmatch(word):
        raise Unreadable(MARKED if _MARKED.fullmatch(word) else "expected a number, in digits from 0 to 9")
    value = float(word.replace(",", "."))
    if not math.isfinite(value):
        raise Unreadable("expected a finite number")
    if not three or not comma:
        return Written(value)
    thousands = float(word.replace(",", "").replace(".", ""))
    if decimal is None:
        return Written(value, thousands)
    return Written(value if ("," in word) == (decimal == "comma") else thousands)


def one_meaning(text: str) -> str:
    """Return a number, written with a point before decimals, so that it is read in one way alone: "1.234" as "1.2340"."""
    return f"{text}0" if _THREE_DIGITS.fullmatch(text) else text


def decimal_mark(texts: Iterable[str]) -> bool:
    """Tell whether the one mark in the numbers of a column stands before decimals: some number can be read in no other way."""
    texts = list(texts)
    marks = {mark for text in texts for mark in ".," if mark in text}
    return len(marks) == 1 and any(_SURELY_DECIMAL.fullmatch(text.strip()) for text in texts)


def mark_before_decimals(texts: Iterable[str]) -> Decimal | None:
    """Return the mark before decimals of a file, where some of its numbers can be read in one way alone, and agree in the mark."""
    marks = {mark for text in texts if _SURELY_DECIMAL.fullmatch(text.strip()) for mark in ".," if mark in text}
    return ("comma" if "," in marks else "point") if len(marks) == 1 else None


def note_number(text: str) -> float:
    """Return the number that a text of the note reader's form NUMBER stands for: "12,300" is twelve thousand, "38,2" a decimal."""
    if _NOTE_THOUSANDS.fullmatch(text):
        return float(re.sub(r"[,' ]", "", text))
    return float(text.replace(",", "."))
