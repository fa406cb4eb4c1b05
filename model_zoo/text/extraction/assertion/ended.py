"""Drugs that are named and not taken, and complaints that are over: "stop warfarin", "allergic to penicillin", "pain resolved".

The cue stands directly before or behind the words; of names joined by "and" or "or" it holds for each. Over commas it holds
where the list is plain to see: behind a colon ("stop: ramipril, aspirin"), or up to a closing "and" ("stop ramipril 5 mg,
furosemide and aspirin"). "Stop simvastatin, atorvastatin 80 mg" is a replacement as often as a list: the second is taken.
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
_FILLER = r"(?:[ \t]*:\s*|[ \t]+)(?:(?:the|his|her|their|all|any|home|oral|regular|taking|giving|her own)[ \t]+)*$"
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
    rf"(?<!not )(?<!never )\b(?:stopped|discontinued|ceased|withheld|paused|suspended|(?:came|is|was|been|now|currently|taken) off|"
    rf"no longer (?:on|takes|taking|uses|using)|(?:previously|formerly) on|used to take){_FILLER}",
    re.IGNORECASE,
)
# "Off warfarin since May", but neither "wants to come off", "weaning off", "on and off" nor "signed off: aspirin".
_OFF_BEFORE = re.compile(r"(?:^|[.,;(\n])[ \t]*off[ \t]+(?:(?:the|his|her|their|all)[ \t]+)*$", re.IGNORECASE)
_OFF_BEHIND = re.compile(r"[ \t]*(?::|\(|-|is|was|now)[ \t]*off\b(?! (?:work|sick|food|legs))", re.IGNORECASE)
_DONE = r"(?:stopped|discontinued|ceased|withheld|held|on hold|paused|suspended)\b(?! (?:by|if|when|for)\b)"
_STOP_BEHIND = re.compile(rf"[ \t]*:?\s*(?:(?:is |are )?to be|will be|should be|must be)\s+{_DONE}", re.IGNORECASE)
_STOPPED_BEHIND = re.compile(
    rf"[ \t]*[:(,]?[ \t]*(?:(?:is|was|are|were|has been|have been|had been|now|already|recently|since)\s+)*{_DONE}",
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
_JOINED = re.compile(r"\s*(?:and|or|&|/)\s*", re.IGNORECASE)
_DOSE = (
    r"(?:[ \t]*\d[\d.,]*[ \t]*(?:mg|g|mcg|micrograms?|\u00b5g|\u03bcg|ug|units?|iu|ml)\b)?"
    r"(?:[ \t]+(?:od|bd|tds|qds|mane|nocte|daily|(?:once|twice) daily|(?:once|twice|three times) a day|at night))?"
)
_KEPT_BEHIND = re.compile(
    rf"{_DOSE}[ \t]+(?:instead|to continue|unchanged|remains|stays|lifelong|"
    rf"(?:now |is |was |has been )?(?:re)?(?:started|continued|added|increased|kept))\b",
    re.IGNORECASE,
)
_LISTED = re.compile(rf"{_DOSE}[ \t]*(?:,[ \t]*(?P<close>and|or|&)?|(?P<join>and|or|&|/))[ \t]*", re.IGNORECASE)
_COLON = re.compile(r":\s*$")


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
            # A cue before the first name of a list holds for the next, one behind the last for the one before it.
            previous: tuple[int, int] | None = None
            for place in order:
                context = found.get(place) or (_of_drug if kind == "medication" else _of_finding)(text, *place)
                if context is None and previous in found and _joined(text, previous, place):
                    context = None if _KEPT_BEHIND.match(text, place[1]) else found[previous]
                if context is not None:
                    found[place] = context
                previous = place
        if kind == "medication":
            _spread_over_commas(text, places, found)
    return found


def _spread_over_commas(text: str, places: Sequence[tuple[int, int]], found: dict[tuple[int, int], Context]) -> None:
    """Give the context of a drug behind a cue to the rest of its list, as far as the list is plain to see."""
    for index, place in enumerate(places):
        context = _before_drug(text, place[0])
        if context is None:
            continue
        chain, closed = [place], 1
        for following in places[index + 1 :]:
            link = _LISTED.fullmatch(text, chain[-1][1], following[0])
            if link is None or _KEPT_BEHIND.match(text, following[1]):
                break
            chain.append(following)
            if link["close"] or link["join"]:
                closed = len(chain)
        if _COLON.search(text, 0, place[0]):
            closed = len(chain)
        for member in chain[1:closed]:
            found.setdefault(member, context)


def _joined(text: str, one: tuple[int, int], other: tuple[int, int]) -> bool:
    first, second = sorted((one, other))
    return _JOINED.fullmatch(text, first[1], second[0]) is not None


def _of_drug(text: str, start: int, end: int) -> Context | None:
    before = _before_drug(text, start)
    if before == "plan" or _STOP_BEHIND.match(text, end):
        return "plan"
    if before == "history" or _STOPPED_BEHIND.match(text, end) or _OFF_BEHIND.match(text, end):
        return "history"
    return None


def _before_drug(text: str, start: int) -> Context | None:
    near = max(0, start - _NEAR)
    if _STOP_BEFORE.search(text, near, start):
        return "plan"
    return "history" if _STOPPED_BEFORE.search(text, near, start) or _OFF_BEFORE.search(text, near, start) else None


def _of_finding(text: str, start: int, end: int) -> Context | None:
    if _RESOLVED_BEHIND.match(text, end) or _RESOLVED_BEFORE.search(text, max(0, start - _NEAR), start):
        return "history"
    return None
