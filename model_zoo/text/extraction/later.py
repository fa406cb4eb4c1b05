"""A second value of one quantity in the same sentence, told by a word of time or of correction: "118 at the door, 78 now"."""

from __future__ import annotations

import re

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
    rf"(?P<gap>(?:(?!\d)[^.;\n:]|\b\d{{1,2}}(?::\d\d|/\d{{1,2}})\b){{0,40}}?)(?:\b(?:and|but|then|to|now|is|was)\b|[,;/(–-]|->|→)[\s,]*"
    rf"(?:(?:back |then |is |was |it |down |up |to )*)(?<![\w.])(?P<number>{NUMBER})(?![\d/:.]*\d)(?:\s*(?P<unit>{UNIT}))?\s*{_NOW}",
    re.IGNORECASE,
)
_CORRECTED = re.compile(
    rf"[\s,(–-]*(?:(?:{_CORRECTING})\b[\s,:–-]*)+(?:(?:that|it|to|is|be|a|the)\s+)*(?P<number>{NUMBER})(?![\d/:.]*\d)"
    rf"(?:\s*(?P<unit>{UNIT}))?",
    re.IGNORECASE,
)
# What takes a value back without giving another that can be read.
TAKEN_BACK = re.compile(rf"[\s,(–-]*(?:{_CORRECTING}|disregard|ignore|delete|wrong|in error|typo)\b", re.IGNORECASE)


def later_value(text: str, at: int) -> re.Match[str] | None:
    """Return the next value behind one that ends at a place (groups number, unit), or None.

    Between the two no other quantity is named.
    """
    if match := _CORRECTED.match(text, at):
        return match
    match = _NEXT.match(text, at)
    if match is None:
        return None
    words = re.finditer(r"(?<!\w)[A-Za-z]", text[at : match.start("number")])
    return None if any(named_at(text, at + word.start()) for word in words) else match
