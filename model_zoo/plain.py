"""Text that is not ours (of a file, a card, a store, an error that repeats one), made safe for where it is shown.

In: any text. Out: text that shows exactly that, in a terminal (``visible``), on the page, which reads Markdown (``plain``), or in
a cell of a table that a spreadsheet opens (``cell``). None of it is a link, a picture, a colour, an escape sequence or a formula.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable
from typing import TextIO

# Longer than any text of ours; a text beyond it would only be in the way.
MOST_CHARACTERS = 5_000
# Without width, and no break: parts a pattern that the page looks for after Markdown has been read, where no backslash is left.
_JOINER = "\u2060"
# Cc: control characters; Cf: bidirectional marks and overrides, zero-width ones; Cs, Co, Cn: no characters; Zl, Zp: line breaks.
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
# What joins letters of a script, or parts of an emoji, and can hide nothing.
_JOINING = {"\u200c", "\u200d", _JOINER}
_BLANKS = re.compile(r"[\t\r\n\f\v\x85\u2028\u2029]+")
# An underscore between letters marks nothing; so the names of fields stay as they are.
_MARKED = re.compile(r"[\\`*~\[\]<>$|{}&#]|_(?![^\W_])|(?<![^\W_])_|:(?=[A-Za-z:])")
# At its start alone: a heading, a list, a line under a heading.
_STARTS = re.compile(r"^(?:[-+=](?=[\s=-]|$)|\d{1,9}(?=[.)](?:\s|$)))")
# Links without brackets, addresses of mail, pictures by name, arrows and other signs that the page would draw instead.
_SOUGHT = re.compile(
    r"(?<=:)(?=[\w+-])|(?<=:)(?=//)|(?<=www)(?=\.)|(?<=@)(?=[\w-])|(?<=(?<!\S)[<~>-])(?=[=>-]+(?!\S))", re.IGNORECASE
)


def visible(text: object) -> str:
    """Return text in one line, with every character that shows nothing, or turns others round, written out as ``\\x1b``.

    Line breaks and tabs become blanks, ``None`` nothing. At most ``MOST_CHARACTERS`` are kept.
    """
    line = _BLANKS.sub(" ", "" if text is None else str(text)[: MOST_CHARACTERS + 1])
    shown = "".join(_written(c) if unicodedata.category(c) in _UNSEEN and c not in _JOINING else c for c in line)
    return shown if len(shown) <= MOST_CHARACTERS else f"{shown[:MOST_CHARACTERS]}…"


def plain(text: object) -> str:
    """Return Markdown that shows a text as it is, in one line (``visible``)."""
    line = _SOUGHT.sub(_JOINER, visible(text).strip())
    marked = _MARKED.sub(r"\\\g<0>", line)
    return _STARTS.sub(lambda start: f"\\{start[0]}" if not start[0][0].isdigit() else f"{start[0]}\\", marked)


def cell(value: object) -> str:
    """Return a cell of a CSV that no spreadsheet takes for a formula: a quote before ``=``, ``+``, ``-``, ``@``, tab and the like.

    A number keeps its sign. Source: OWASP, CSV Injection. ``read_cell`` takes the quote away again.
    """
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip("'")[:1] in _FORMULA and not _is_number(text) else text


def read_cell(text: str) -> str:
    """Return what ``cell`` was given, of a cell of a file of ours."""
    return text[1:] if text[:1] == "'" and text.lstrip("'")[:1] in _FORMULA else text


def write_csv(stream: TextIO, rows: Iterable[Iterable[object]]) -> None:
    """Write a table of ours, every cell through ``cell``."""
    csv.writer(stream, lineterminator="\n").writerows([cell(value) for value in row] for row in rows)


_FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")  # the last four: their wide forms


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _written(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
