"""A second value of one quantity in the same sentence, told by a word of time or of correction: "118 at the door, 78 now"."""

from __future__ import annotations

import re

from model_zoo.quantities.numbers import note_number
from model_zoo.text.extraction.lexicon import named_at
from model_zoo.text.extraction.numbers import NUMBER, UNIT

_CORRECTING = (
    r"sorry|correction|i mean|make that|make it|scratch that|scrap that|strike that|apologies|rather|"
    r"(?:now |since )?corrected(?: to)?|amended(?: to)?|should (?:be|read|say|have been)|no wait"
)
_NOW = (
    r"(?:\(|at|on|by|this|after|in|as of|the|-|\s)*(?:now|today|tonight|currently|current|later|re-?check(?:ed)?|repeat(?:ed)?|rpt"
    r"|re-?test(?:ed)?|redraw|latest|(?<=this )(?:morning|afternoon|evening|am|pm)|discharge|at present|transfer|handover)\b"
)
_NEXT = re.compile(
    rf"(?P<gap>(?:(?!\d)[^.;\n:]|\b\d{{1,2}}(?::\d\d|/\d{{1,2}})\b){{0,40}}?)(?:\b(?:and|but|then|to|now|is"
    rf"|was)\b|[,;/(–-]|->|→)[\s,]*"
    rf"(?:(?:back |then |is |was |it |down |up |to )*)"
    rf"(?<![\w.])(?P<number>{NUMBER})(?![\d/:.]*\d)(?:\s*(?P<unit>{UNIT}))?\s*{_NOW}",
    re.IGNORECASE,
)
_CORRECTED = re.compile(
    rf"[\s,(–-]*(?:(?:{_CORRECTING})\b[\s,:–-]*)+(?:(?:that|it|to|is|be|a|the)\s+)*(?P<number>{NUMBER})(?![\d/:.]*\d)"
    rf"(?:\s*(?P<unit>{UNIT}))?",
    re.IGNORECASE,
)
# A number without a name behind a word of order or an arrow, whatever was done in between: "7.1, transfused, now 9.0".
_ORDERED = re.compile(
    rf"(?P<gap>[^.;\n:\d]{{0,40}}?)(?:\b(?:now|then|later|afterwards|currently|today)\b|->|→|=>)\s*(?:is |at |up to |down to |to )?"
    rf"(?P<number>{NUMBER})(?![\d/:.]*\d)(?!\s*(?:l/|l\b|min|hours?|days?|weeks?|months?|y(?:ea)?rs?|mg\b|mcg|units?|/7|/12|/52))"
    rf"(?:\s*(?P<unit>{UNIT}))?",
    re.IGNORECASE,
)
# A number without a name that only a comma parts from the value before: of another time or place, and which is not said.
_UNLINKED = re.compile(
    rf"(?P<gap>[^.;\n:\d,]{{0,30}})[,;]\s*(?P<number>{NUMBER})(?![\d/:.,]*\d)\s*(?:{UNIT})?\s*"
    r"(?:(?:on|in|at|after|post|by|when|pre|before|once|following|with|off|since|initially|earlier|overnight"
    r"|yesterday)\b|\)|$|[,.;\n])",
    re.IGNORECASE,
)
_ALIKE = 3.0  # how many times one value of a quantity may be another of the same patient to be taken for it
# What takes a value back without giving another that can be read.
TAKEN_BACK = re.compile(rf"[\s,(?–-]*(?:{_CORRECTING}|disregard|ignore|delete|wrong|in error|typo)\b", re.IGNORECASE)


def later_value(text: str, at: int) -> re.Match[str] | None:
    """Return the next value behind one that ends at a place (groups number, unit), or None.

    Between the two no other quantity is named.
    """
    if match := _CORRECTED.match(text, at):
        return match
    match = _NEXT.match(text, at) or _ORDERED.match(text, at)
    return match if match is not None and _unnamed(text, at, match.start("number")) else None


def is_unlinked(text: str, at: int, value: float) -> bool:
    """Return whether a second number of the same size stands behind a value as written, and nothing says when it was measured."""
    match = _UNLINKED.match(text, at)
    if match is None or later_value(text, at) or value <= 0 or not _unnamed(text, at, match.start("number")):
        return False
    other = note_number(match["number"])
    return other != value and 1 / _ALIKE < other / value < _ALIKE


def _unnamed(text: str, start: int, end: int) -> bool:
    words = re.finditer(r"(?<!\w)[A-Za-z]", text[start:end])
    return not any(named_at(text, start + word.start()) for word in words)
