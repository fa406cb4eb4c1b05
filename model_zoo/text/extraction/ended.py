"""Drugs that are named and not taken, and complaints that are over: "stop warfarin", "allergic to penicillin", "pain resolved".

The cue stands directly before or behind the words; of names joined by "and" or "or" it holds for each. Before a list with
commas a cue holds to its end: "stop ramipril 5 mg, furosemide and aspirin" stops all three.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from model_zoo.text.extraction.items import Context, ExtractedItem

ALLERGY = "an allergy, not a medication"
_NEAR = 120  # characters before a name in which a cue is looked for; a list of allergies is shorter
_ALLERGY_BEFORE = re.compile(
    r"\b(?:allerg(?:ic|y|ies)(?: reactions?)?|anaphyla\w+|hypersensitiv\w+|intoleran(?:t|ces?)|adverse reactions?|nkda except)"
    r"\s*(?:to\b|:|=|-|include\b|are\b|is\b)(?P<list>[^.;\n]*)$",
    re.IGNORECASE,
)
_LIST_ENDS = re.compile(
    r"\b(?:on|takes?|taking|took|but|meds?|medications?|currently|now|given|started|starts?|continues?|treated|with|none|nil|"
    r"nkda|no known)\b",
    re.IGNORECASE,
)
_ALLERGY_BEHIND = re.compile(
    r"(?:\s*(?:and|or|/|&)\s*[a-z]+)?\s*[-:]?\s*(?:drug )?(?:allerg(?:y|ic)\b|allergies\b(?!\s*:)|anaphyla|"
    r"hypersensitiv|intoleran)",
    re.IGNORECASE,
)
_FILLER = r"\s*:?(?:\s+(?:the|his|her|their|all|any|home|oral|regular|taking|giving|her own))*\s+$"
_STOP_BEFORE = re.compile(
    r"(?<!not )(?<!n't )(?<!n’t )(?<!never )"
    rf"\b(?:stop|stopping|discontinue|discontinuing|withhold|hold|pause|suspend|cease){_FILLER}",
    re.IGNORECASE,
)
_KEPT_BEFORE = re.compile(
    rf"(?:\bnot|n['’]t|\bnever) (?:stop|discontinue|withhold|hold|pause|suspend|cease)(?:ped|d)?{_FILLER}",
    re.IGNORECASE,
)
_STOPPED_BEFORE = re.compile(
    rf"(?<!not )(?<!never )\b(?:stopped|discontinued|ceased|withheld|paused|suspended|(?:came )?off|"
    rf"no longer (?:on|takes|taking|uses|using)|(?:previously|formerly) on|used to take){_FILLER}",
    re.IGNORECASE,
)
_DONE = r"(?:stopped|discontinued|ceased|withheld|held|on hold|paused|suspended)\b(?! (?:by|if|when|for)\b)"
_STOP_BEHIND = re.compile(rf"\s*:?\s*(?:(?:is |are )?to be|will be|should be|must be)\s+{_DONE}", re.IGNORECASE)
_STOPPED_BEHIND = re.compile(
    rf"\s*[:(,]?\s*(?:(?:is|was|are|were|has been|have been|had been|now|already|recently|since)\s+)*{_DONE}",
    re.IGNORECASE,
)
# "has not resolved", "partly resolved" and "unresolved" are still there.
_RESOLVED = r"(?:resolved|subsided|settled|disappeared|went away|gone)\b"
_RESOLVED_BEHIND = re.compile(
    r"(?:\s+(?:for|over|this|last|yesterday|on) [^,.;:\n]{1,25},)?\s*,?\s*(?:(?:which|that|but)\s+)?"
    rf"(?:(?:has|have|had|is|are|was|were|now|since|fully|completely|entirely|spontaneously|all|quickly)\s+)*{_RESOLVED}",
    re.IGNORECASE,
)
_RESOLVED_BEFORE = re.compile(r"(?<!not )(?<!partly )(?<!partially )\bresolved\s+$", re.IGNORECASE)
_DOSE = (
    r"(?:\s+\d[\d.,]*\s*(?:mg|g|mcg|micrograms?|[µμ]g|units?|iu|ml)\b)?"
    r"(?:\s+(?:od|bd|tds|qds|nocte|daily|once daily|twice daily|at night))?"
)
_JOINED = re.compile(r"\s*(?:and|or|&|/)\s*", re.IGNORECASE)
_KEPT_BEHIND = re.compile(
    rf"{_DOSE}\s*(?:now|instead|(?:is |was |has been )?(?:re)?(?:started|continued|added|increased|kept))\b",
    re.IGNORECASE,
)
_LISTED = re.compile(rf"{_DOSE}\s*(?:,\s*(?:and|or|&)?|and|or|&|/)\s*", re.IGNORECASE)


def is_allergy(text: str, start: int, end: int) -> bool:
    """Whether a drug is named as what the patient does not bear."""
    before = _ALLERGY_BEFORE.search(text, max(0, start - _NEAR), start)
    if before and not _LIST_ENDS.search(before["list"]):
        return True
    return _ALLERGY_BEHIND.match(text, end) is not None


def is_kept(text: str, start: int) -> bool:
    """Whether a drug is named as one that must not be stopped; the "not" denies the stopping and not the drug."""
    return _KEPT_BEFORE.search(text, max(0, start - _NEAR), start) is not None


def ended_contexts(text: str, items: Sequence[ExtractedItem]) -> Mapping[tuple[int, int], Context]:
    """Return, by place, the medication that is to be stopped (plan) or was (history), and the findings that are over."""
    found: dict[tuple[int, int], Context] = {}
    for kind in ("medication", "finding"):
        places = sorted({(item.start, item.end) for item in items if item.kind == kind})
        for order in (places, places[::-1]):
            # A cue before the first name of a list holds for the next, one behind the last for the one before it; a list
            # with commas may end in "warfarin stopped" without all of it being stopped.
            join = _LISTED if order is places and kind == "medication" else _JOINED
            previous: tuple[int, int] | None = None
            for place in order:
                context = found.get(place) or (_of_drug if kind == "medication" else _of_finding)(text, *place)
                if context is None and previous in found and _joined(text, previous, place, join):
                    context = None if _KEPT_BEHIND.match(text, place[1]) else found[previous]
                if context is not None:
                    found[place] = context
                previous = place
    return found


def _joined(text: str, one: tuple[int, int], other: tuple[int, int], join: re.Pattern[str]) -> bool:
    first, second = sorted((one, other))
    return join.fullmatch(text, first[1], second[0]) is not None


def _of_drug(text: str, start: int, end: int) -> Context | None:
    near = max(0, start - _NEAR)
    if _STOP_BEFORE.search(text, near, start) or _STOP_BEHIND.match(text, end):
        return "plan"
    if _STOPPED_BEFORE.search(text, near, start) or _STOPPED_BEHIND.match(text, end):
        return "history"
    return None


def _of_finding(text: str, start: int, end: int) -> Context | None:
    if _RESOLVED_BEHIND.match(text, end) or _RESOLVED_BEFORE.search(text, max(0, start - _NEAR), start):
        return "history"
    return None
