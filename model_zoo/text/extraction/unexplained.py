"""Numbers and answers that stand where a later value would stand and that nothing has read: the value before them is left.

A value is filled only where the note holds no other number of the same form that may be newer. What is read, of whomever or
whenever, is explained; so are targets and earlier values.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from model_zoo.quantities.doubts import DIASTOLIC, SYSTOLIC
from model_zoo.quantities.numbers import note_number
from model_zoo.text.extraction.items import ExtractedItem
from model_zoo.text.extraction.lexicon import Quantity, named_at
from model_zoo.text.extraction.numbers import NUMBER, UNIT

PRESSURES = (SYSTOLIC, DIASTOLIC, "mean_arterial_pressure_mmhg")
OTHER_PRESSURE = "the note gives another pressure that may be later; enter the one that holds"
OTHER_COLUMN = "the row gives several values; enter the one that holds"
OTHER_VALUE = "the note gives another value that may be later; enter the one that holds"
EARLIER_HEADING = "under a heading of an earlier time"
ANSWERED = "followed by an answer that denies it; enter the correct value"
_MEASURED = ("vital", "laboratory", "heart")
_PAIR = re.compile(r"(?<![\w/.,-])(?P<high>\d{2,3})\s?/\s?(?P<low>\d{2,3})(?![\d/%]|[.,]\d|\s?(?:mg|mcg|ml|h\b|hr))")
_HIGH, _LOW, _LEAST_PULSE = (60.0, 280.0), (25.0, 160.0), 8.0  # mmHg
# In front of a pair that is no newer pressure of the patient: a bound, another time, another pressure, another person.
_OTHER_PAIR = re.compile(
    r"(?:\b(?:target|tgt|goal|aim\w*|keep|maintain|if|when|unless|until|was|were|previous(?:ly)?|prev|prior|last|usual(?:ly)?"
    r"|baseline|booking|home|clinic|yesterday|initial(?:ly)?|ems|crew|scene|admission|arrival|triage|ago|pre-?\w*|before|iop|pap?"
    r"|rvsp|donor|fetal|husband|wife|partner|mother|father|mum|dad|sister|brother|from)\b|[<>≤≥])[^;\n.]*$",
    re.IGNORECASE,
)
_BEHIND_PAIR = re.compile(
    r"\s*(?:mm\s?hg)?[\s,(]*(?:on (?:arrival|admission|scene)|at (?:home|booking|triage|baseline|scene)|last \w+|yesterday"
    r"|initially|previously|before|pre\b|(?:\w+ ){1,2}ago|in clinic|(?:in )?(?:19|20)\d\d\b)",
    re.IGNORECASE,
)
_COLUMN = re.compile(
    rf"[ \t]*(?:[*!↑↓]|\(?[HL]\)?(?=\s))?(?:[ \t]{{2,}}|[ \t]*\t[ \t]*|[ \t]*\|[ \t]*)(?P<number>{NUMBER})"
    r"(?=[ \t]*(?:[*!↑↓]|\(?[HL]\)?(?=\s|$))?(?:$|\n|[ \t]{2,}|\t|[ \t]*\|))"
)
_ORDER_WORDS = (
    r"\b(?:repeat(?:ed)?|rpt|re-?check(?:ed)?|redraw\w*|after|post|later|following|subsequent(?:ly)?|then|now)\b"
)
_LATER = re.compile(
    rf"(?:[^.;\n\d]{{0,40}}?|[^.;\n\d]{{0,20}}[.;]\s+){_ORDER_WORDS}"
    rf"(?:[^;\n\d.(]|\d+(?:\.\d+)?\s*(?:l|ml|units?|u|min\w*|h|hrs?|hours?|g|mg|mmol)\b"
    rf"|\d\d:?\d\d\b(?=\s*\S)){{0,30}}?(?<![\w.,/:])(?<!day )(?P<number>{NUMBER})(?![\d/:.,]*\d)"
    rf"(?!\s*(?:l|ml|min\w*|h|hrs?|hours?|days?|weeks?|months?|y(?:ea)?rs?"
    rf"|mg|mcg|g|mmol|units?|u|doses?|cycles?|x|/7|/12|/52)\b(?!/))(?:\s*(?:{UNIT}))?",
    re.IGNORECASE,
)
_ALIKE = 3.0  # how many times one value of a quantity may be another of the same patient to be taken for it
_EARLIER_HEADING = re.compile(
    r"(?:^|\n|[.;]\s)[ \t*#-]*(?:(?:prior|previous|prev|old|past|earlier|historic(?:al)?|last)\b[^.;:\n]{0,40}"
    r"|[A-Z][a-z]{2,10}[a-z ]{0,20}(?:of |from |in |\()(?:[A-Za-z]{3,9} )?(?:19|20)\d\d\)?):(?P<held>[^\n.]*(?:\.\d[^\n.]*)*)",
    re.IGNORECASE,
)
_DENIED_BEHIND = re.compile(
    r"(?:[ \t]+[A-Za-z-]+){0,4}[ \t]*(?::|=|[ \t][-–—])[ \t]*(?:no|n|nil|none|neg\w*|absent|never|nope)"
    r"(?=[ \t]*(?:$|[.,;)\n|]|[ \t]{2}))",
    re.IGNORECASE,
)


def without_unexplained(text: str, items: Sequence[ExtractedItem], table: Sequence[Quantity]) -> list[ExtractedItem]:
    """Return the items; those that something unread behind or beside them puts in doubt have the reason among their problems."""
    covered = [(item.start, item.end) for item in items]
    patterns = {quantity.spec.name: quantity.pattern for quantity in table}
    pressure = any(_is_other_pressure(text, match, covered) for match in _PAIR.finditer(text))
    old = [match.span("held") for match in _EARLIER_HEADING.finditer(text)]

    def reason(item: ExtractedItem) -> str:
        if not item.usable:
            return ""
        if item.kind == "finding":
            denied = not item.negated and item.value not in (0.0, "no") and _DENIED_BEHIND.match(text, item.end)
            return ANSWERED if denied else ""
        if item.kind not in _MEASURED:
            return ""
        if any(start <= item.start < end for start, end in old):
            return EARLIER_HEADING
        if item.name in PRESSURES:
            return OTHER_PRESSURE if pressure else ""
        if _has_column(text, item, covered):
            return OTHER_COLUMN
        return OTHER_VALUE if _has_later(text, item, covered, patterns.get(item.name)) else ""

    return [replace(item, problems=(*item.problems, why)) if (why := reason(item)) else item for item in items]


def _is_free(span: tuple[int, int], covered: Sequence[tuple[int, int]]) -> bool:
    return not any(start < span[1] and span[0] < end for start, end in covered)


def _is_other_pressure(text: str, pair: re.Match[str], covered: Sequence[tuple[int, int]]) -> bool:
    high, low = float(pair["high"]), float(pair["low"])
    fits = _HIGH[0] <= high <= _HIGH[1] and _LOW[0] <= low <= _LOW[1] and high - low >= _LEAST_PULSE
    before = text[max(text.rfind("\n", 0, pair.start()) + 1, pair.start() - 30) : pair.start()]
    explained = _OTHER_PAIR.search(re.split(r"[,(]\s*", before)[-1]) or _BEHIND_PAIR.match(text, pair.end())
    return fits and not explained and _is_free(pair.span(), covered)


def _has_column(text: str, item: ExtractedItem, covered: Sequence[tuple[int, int]]) -> bool:
    match = _COLUMN.match(text, item.end)
    return match is not None and _is_free(match.span("number"), covered)


def _has_later(
    text: str, item: ExtractedItem, covered: Sequence[tuple[int, int]], name: re.Pattern[str] | None
) -> bool:
    """Return whether a word of order and an unread number of alike size stand behind the value, or behind its name elsewhere."""
    ends = [item.end]
    if name is not None:
        ends += [found.end() for found in name.finditer(text, item.end) if _is_free(found.span(), covered)]
    digits = re.search(NUMBER, item.given)
    if digits is None:
        return False
    written = note_number(digits.group())
    for end in ends:
        match = _LATER.match(text, end)
        if (
            match is None
            or not _is_free(match.span("number"), covered)
            or _names_other(text, end, match.start("number"))
        ):
            continue
        other = note_number(match["number"])
        if other != written and written > 0 and 1 / _ALIKE < other / written < _ALIKE:
            return True
    return False


def _names_other(text: str, start: int, end: int) -> bool:
    return any(named_at(text, start + word.start()) for word in re.finditer(r"(?<!\w)[A-Za-z]", text[start:end]))
