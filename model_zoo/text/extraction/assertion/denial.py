"""How far a word of denial reaches in its sentence: to the next word of a finding, or over a list that is plain to see."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from model_zoo.text.extraction.assertion import cues
from model_zoo.text.extraction.items import ExtractedItem

_ELEMENT = re.compile(r"[^,/]+")
_OR = re.compile(r"\b(?:or|nor)\b", re.IGNORECASE)
NOT_BARE = re.compile(
    r"\d|\b(?:for|on|since|with|has|have|had|is|was|are|takes|taking|treated|controlled|diagnosed|known|but|x|well|diet"
    r"|lives|smokes|drinks|"
    r"worse|better|today|now|started|seen|came|started|feels|felt|requires|under)\b",
    re.IGNORECASE,
)
_VERB_BEHIND = re.compile(r"\s+(?:is|was|has|remains|well|treated|controlled|on|diagnosed|since|for)\b", re.IGNORECASE)
_DISEASE = re.compile(
    r"\b(?:mi|stroke|tia|cva|asthma|copd|epilepsy|ihd|cad|chf|ccf|hf|af|ckd|dvt|pe|tb|heart|jaundice|angina|seizures?|kidney"
    r"|liver|thyroid|cholesterol|lipids?|gout)\b",
    re.IGNORECASE,
)
_MOST_WORDS = 5  # of one element of a list


def denial_of(
    text: str, spans: Sequence[tuple[int, int]], item: ExtractedItem, first: int, last: int
) -> Literal["denied", "unclear", ""]:
    """Return whether the sentence (first, last) around a finding denies it. spans: of all findings of the note."""
    cue_list = list(cues.DENIED_LIST.finditer(text, first, item.start))
    cue_short = list(cues.DENIED_SHORT.finditer(text, first, item.start))
    for is_list, cue in sorted(
        [*((True, m) for m in cue_list), *((False, m) for m in cue_short)], key=lambda p: -p[1].end()
    ):
        between = text[cue.end() : item.start]
        if cues.DENIAL_ENDS.search(between) or len(between) > 200:
            continue
        if re.search(r"\band\b", between) and _VERB_BEHIND.match(text, item.end):
            return ""  # "no diabetes and hypertension is well controlled"
        if "," not in between and not re.search(r"\s/\s", between):
            return "denied" if len(between.split()) <= 6 else ""
        if is_list:
            tail = re.split(r"[,.;]", text[item.end : last])[0]
            closing = re.match(r"\s*(?:,\s*)?(?:or|nor)\b", text[item.end :], re.IGNORECASE)
            if not NOT_BARE.search(tail) or _OR.search(between) or closing:
                return "denied"
            return "" if re.match(r"\s+since\b", tail) else "unclear"
        if cue.group().lower() == "not" and not _OR.search(text, cue.end(), last):
            return "unclear"  # "not diabetic, hypertensive"
        return _in_short_list(text, spans, cue.end(), item, last)
    behind = text[item.end : last]
    if re.match(
        r"\s*(?:\w+ )?(?:(?:is|was|are|were|has been|have been)\s+)?(?:denied|absent|negative|excluded|ruled out"
        r"|not (?:present|reported|felt|thought)|neg)\b(?! for)",
        behind, re.IGNORECASE,
    ):  # fmt: skip
        return "denied"
    return ""


def _in_short_list(
    text: str, spans: Sequence[tuple[int, int]], start: int, item: ExtractedItem, last: int
) -> Literal["denied", "unclear", ""]:
    """Return whether "no" reaches over commas to an item: over a list that "or" closes, or of bare names to its end."""
    stop = cues.DENIAL_ENDS.search(text, item.end, last)
    end = stop.start() if stop else last
    ended = stop is not None and not re.match(r"\.|\s[-–—]\s|\(|\s{3,}", stop.group())
    stretch = text[start:end].rstrip(" .;\n")
    if closing := _OR.search(stretch, max(item.start - start - 25, 0)):
        upto = stretch[: closing.start()]
        if all(len(e.split()) <= _MOST_WORDS for e in _ELEMENT.findall(upto)):
            after = stretch.find(",", closing.end())
            if after < 0 or start + after > item.start:
                return "denied"
    if _OR.search(text, start, item.start) and "," in text[start : item.start]:
        tail = text[start : item.start]
        if tail.rfind(",") < max(m.start() for m in _OR.finditer(tail)):
            return "denied"
    elements = _ELEMENT.findall(stretch)
    if not ended and all(len(e.split()) <= _MOST_WORDS and not NOT_BARE.search(e) for e in elements):
        named = any(start <= a < start + len(elements[0]) for a, _ in spans) or _DISEASE.search(elements[0])
        return "denied" if named else "unclear"
    own = text[item.end : end].split(",")[0]
    return "" if NOT_BARE.search(own) and len(elements) == 2 else "unclear"
