"""What a report is made of: frozen words and pictures, the same for the PDF and the page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from model_zoo.plain import visible
from model_zoo.trust.state import State

MarkKind = Literal["box", "point", "ruler", "angle"]
# Longer than any sentence of ours; a text beyond it would take the two pages for itself.
MOST_CHARACTERS = 420
# Rows of one table and lines under it; what is left out is counted in words, and stands in the case itself.
MOST_ROWS, MOST_LINES = 12, 6


@dataclass(frozen=True)
class FindingLine:
    """One finding. state_word: of the one vocabulary, by ``state``. number_words: probability with interval, or score.

    note: under which condition the number means anything, "" where there is none. leading: the one that the pictures explain.
    """

    title: str
    state: State
    state_word: str
    number_words: str
    threshold_words: str
    note: str = ""
    leading: bool = False


@dataclass(frozen=True)
class MapLine:
    """One map of the leading finding. place: in the reader's words, "" where unknown. evidence: one sentence on the judgement.

    range_words: the map's numbers, with their unit. usable: its colours may be shown.
    """

    method: str
    title: str
    judgement: str
    evidence: str
    place: str = ""
    range_words: str = ""
    usable: bool = True


@dataclass(frozen=True)
class Mark:
    """What the reader left on the scan. points: (row, col) in scan pixels, where pixel i covers [i, i + 1).

    A box has two opposite corners, a point one, a ruler two, an angle three with its vertex in the middle. word: the reader's
    own. value_words: what was measured, with its unit.
    """

    kind: MarkKind
    points: tuple[tuple[float, float], ...]
    word: str = ""
    value_words: str = ""


@dataclass(frozen=True)
class Picture:
    """One picture. png: square pixels in millimetres of the patient, so that it is drawn as it is. legend: a strip of colours.

    legend_ends: what both ends of the strip stand for. captions: one fact each. alt: for who does not see it.
    """

    key: str
    title: str
    png: bytes
    width: int
    height: int
    captions: tuple[str, ...]
    alt: str
    legend: bytes | None = None
    legend_ends: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Row:
    """One row of a table. state: of a finding; its word, the second cell, is set apart. leading: printed stronger."""

    cells: tuple[str, ...]
    state: State | None = None
    leading: bool = False


@dataclass(frozen=True)
class Section:
    """One part of the report. columns: headings, empty for a list. shares: widths of the columns in per cent."""

    key: str
    title: str
    columns: tuple[str, ...] = ()
    shares: tuple[int, ...] = ()
    rows: tuple[Row, ...] = ()
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """Everything that is set. facts: label and value. warnings: what must be read first. absent: why a picture is missing."""

    case_id: str
    title: str
    subtitle: str
    notice: str
    facts: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]
    pictures: tuple[Picture, ...]
    absent: str
    sections: tuple[Section, ...]


def said(text: object) -> str:
    """Return text that is not ours in one visible line of a length that leaves room for the rest."""
    line = visible(text).strip()
    return line if len(line) <= MOST_CHARACTERS else f"{line[: MOST_CHARACTERS - 1].rstrip()}…"


def row(*cells: object, state: State | None = None, leading: bool = False) -> Row:
    """Return a row of visible text."""
    return Row(tuple(said(cell) for cell in cells), state, leading)


def lines(texts: Iterable[object]) -> tuple[str, ...]:
    """Return each visible text once, without the empty ones."""
    return tuple(dict.fromkeys(filter(None, (said(text) for text in texts))))


def capped(items: Sequence[Row], most: int = MOST_ROWS) -> tuple[tuple[Row, ...], int]:
    """Return the rows that have room, and how many do not."""
    return tuple(items[:most]), max(0, len(items) - most)
