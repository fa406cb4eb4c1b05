"""What a note says of each thing it names: of this patient, now, of blood, certain, denied; and if not, what else, in one function.

Whose, of which specimen and when hold for everything; certainty and denial for findings. Cues are in ``cues``; how far
one reaches is
decided here: to the end of its clause or sentence, to the next name, or over a list that is plain to see. What stays doubtful is
called uncertain, and is left.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from model_zoo.text.extraction.answers import answer_of
from model_zoo.text.extraction.assertion import cues
from model_zoo.text.extraction.assertion.context import find_contexts
from model_zoo.text.extraction.assertion.denial import NOT_BARE, denial_of
from model_zoo.text.extraction.assertion.ended import ended_contexts, is_kept
from model_zoo.text.extraction.assertion.sections import Sections, find_sections
from model_zoo.text.extraction.assertion.stretches import Stretches, stretches
from model_zoo.text.extraction.findings import is_complaint
from model_zoo.text.extraction.items import Context, ExtractedItem
from model_zoo.text.negation import denied, find_negations

UNREAD = "the answer beside it cannot be read"
UNTICKED = "its box is not ticked"
LISTED = "it is not clear whether the denial before it holds for it"
# Measured in blood only, whatever is said of a specimen beside.
_NEVER_SPECIMEN = frozenset({
    "prothrombin_time_s", "d_dimer_mg_l", "platelets_10e9_l", "alt_u_l", "ast_u_l", "alp_u_l", "ggt_u_l", "crp_mg_l",
    "cholinesterase_ku_l",
})  # fmt: skip
_LASTING = frozenset({"diabetes", "dementia", "hypertension", "cancer", "smoking"})
_NOUN_BEHIND = re.compile(
    r"\s+(?:ketoacidosis|foot|feet|retinopathy|nephropathy|neuropathy|eye|diet|complications?|control|medication|meds|drugs"
    r"|therapy|treatment|"
    r"retinal|crisis|emergency|heart disease|urgency|encephalopathy|education|history|symptoms|family|mother|father|changes"
    r"|ulcer|kidney|coma)\b",
    re.IGNORECASE,
)
# "Diabetes has never been diagnosed"; and what is said behind the words without saying yes or no.
_DENIED_LATER = re.compile(
    r"\s+(?:has |have |had |was |is )?never (?:been )?(?:diagnosed|found|present|confirmed|an issue)", re.IGNORECASE
)
_OPEN_BEHIND = re.compile(
    r"\s*(?:[:=]\s*(?:none|not|no|nil|never|n/?[ak]|unknown|unclear|\?|(?:in )?remission|resolved|possible|query|screen"
    r"|at risk|family|mother|father)\b|"
    r"\s+(?:not|never)\b(?! (?:well |adequately |optimally |fully |yet )?(?:controlled|treated|on |taking|requiring|needing"
    r"|medicated)))",
    re.IGNORECASE,
)
# A word of denial in the same clause that no rule gives a reach.
_NEGATIVE = re.compile(
    r"(?<![\w-])(?:no(?! (?:longer|other|further|change)\b)|not(?! only\b)|never|nothing|none|neither|nor|without|nil"
    r"|hardly|cannot|"
    r"\w+n['’]t|lacks?|absence|negative|instead of|rather than)(?!\w)",
    re.IGNORECASE,
)
_UNREAD_ANSWER = re.compile(
    r"[ \t]*[:=][ \t]*(?:[\d?x_./*-]{1,6}|\w|(?=\s*(?:$|[\n,;/|])))[ \t]*(?=$|[\n,;/|)]|[ \t]{2,})"
    r"|[ \t]*[_.…]{3,}[ \t]*(?=\n|$)|(?:[ ]{3,}|[ ]*\t\s*)(?=\S)(?!\d|(?:on|diet|type|since|well|controlled|treated"
    r"|insulin|tablets?|metformin|stable|known|mild|severe)\b"
    r"|[A-Z][A-Za-z ]{2,}(?:[ ]{3,}|\t|:))",
    re.IGNORECASE,
)
_UNPROVEN = re.compile(
    r"\s*(?:[-–(]|,(?= ?(?:not|never)(?: been)? (?:formally|officially|yet|confirmed|diagnosed|proven|tested|certain|sure|clear)))"
    r"\s*(?:not|never)\b(?! (?:on|taking|requiring|needing|insulin|complicated|compliant|well|fully|yet controlled|controlled"
    r"|treated|seen|adequately|optimally|medicated|recently))",
    re.IGNORECASE,
)
# "No change in dementia", "no treatment for hypertension": denied is something about the illness, and not the illness.
_OF_ELSE = re.compile(
    r"(?<![\w-])(?:no|not|without|nil|nor|denie[sd])\b[^,;.]*\b(?:chang|complicat|treat|medic|tablet|insulin|control"
    r"|sequel|problem|issue"
    r"|follow|progress|worsen|deteriorat|improv|flare|decompensat|because|effect|review|due|link|relat)\w*\b[^,;.]*$",
    re.IGNORECASE,
)
_NOT_YET = re.compile(r"\s+(?:as )?(?:yet|so far)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Asserted:
    """context: as in items. negated: denied. reason: in words, where context does not say it."""

    context: Context = "patient"
    negated: bool = False
    reason: str = ""


class Asserter(Protocol):
    """What gives each item of one note its assertion."""

    def of(self, item: ExtractedItem) -> Asserted: ...


Asserting = Callable[[str, Sequence[ExtractedItem]], Asserter]


class Assertions:
    """The assertions of one note. items: what is named in it, with places."""

    def __init__(self, text: str, items: Sequence[ExtractedItem]) -> None:
        self.text = text
        self._negations, self._contexts = find_negations(text), find_contexts(text)
        self._ended = ended_contexts(text, items)
        self.parts: Stretches = stretches(text)
        self.sections: Sections = find_sections(text)
        self._others = tuple(self._other_people())
        self._myositis = re.search(r"dermatomyositis|\bD ?M rash", text, re.IGNORECASE) is not None
        self._spans = sorted({(i.start, i.end) for i in items if i.kind == "finding"})

    def of(self, item: ExtractedItem) -> Asserted:
        """Return what the note says of an item."""
        if item.kind == "medication" or item.name == "allergy" or is_complaint(item.name):
            said = self._of_words(item)
        else:
            said = self._of_value(item)
        if said.context == "patient":
            said = replace(said, context=self._ended.get((item.start, item.end), said.context))
        return said

    def _of_words(self, item: ExtractedItem) -> Asserted:
        """Return the assertion of a drug, an allergy or a complaint: shown beside the form, and read by the symptom models."""
        context = self._contexts.at(item.start, item.end)
        is_denied = denied(self._negations, item.start, item.end)
        if item.kind == "medication":
            context = "patient" if context == "history" else context
            is_denied = is_denied and not is_kept(self.text, item.start)
        return Asserted(context, is_denied)

    def _of_value(self, item: ExtractedItem) -> Asserted:
        if (whose := self._whose(item)) is not None:
            return whose
        if (item.kind == "laboratory" or item.name == "arterial_ph") and self._other_specimen(item):
            return Asserted("specimen")
        if item.kind == "finding":
            return self._of_finding(item)
        return Asserted() if item.kind == "person" else Asserted(self._contexts.at(item.start, item.end))

    def _whose(self, item: ExtractedItem) -> Asserted | None:
        section = self.sections.at(item.start)
        if section == "family":
            return Asserted("family")
        words = item.kind in ("finding", "person")
        if any(a <= item.start < b and (words or not soft) for a, b, soft in self._others):
            return Asserted("family")
        if section == "plan" and item.kind not in ("medication",):
            return Asserted("plan")
        return None

    def _other_people(self) -> list[tuple[int, int, bool]]:
        """Return stretches about others, half-open; the last says whether measurements in it are the patient's all the same."""
        found = []
        text = self.text
        found += [(*self.parts.sentence(cue.start()), False) for cue in cues.DISOWNED.finditer(text)]
        for cue in cues.RELATIVE.finditer(text):
            first, last = self.parts.sentence(cue.start())
            kind = next(k for k in ("female", "male", "neutral", "beside") if cue[k])
            if re.match(r"\s*\(", text[cue.end() :]) and (close := text.find(")", cue.end(), cue.end() + 60)) > 0:
                found.append((cue.start(), close + 1, False))
            elif age := re.match(r",?\s*(?:aged? )?\d{1,3}\b(?![:./%]\d)", text[cue.end() :]):
                found.append((cue.start(), cue.end() + age.end(), False))
            aged = re.search(
                r"\d{1,3}[- ]?(?:years?|yrs?|y)?[- /]?(?:old|yo|o)?,? +$", text[first : cue.start()], re.IGNORECASE
            )
            if aged:
                found.append((first + aged.start(), cue.end(), False))
            if cues.SPEAKS.match(text, cue.end(), last) and kind != "beside":
                rest = text[cue.end() : last]
                itself = re.search(r"\b(?:him|her|them)sel(?:f|ves)\b|\b(?:he|she) is\b(?= \d| in )", rest)
                if itself:
                    found.append((cue.end() + itself.start(), last, False))
                continue
            end = last
            if back := cues.RETURN[kind].search(text, cue.end(), last):
                end = back.start()
            companion = cues.COMPANION.search(text, first, cue.start()) is not None and kind != "beside"
            begin = cue.start()
            if cues.BACKWARDS_PERSON.search(text, first, cue.start()) or cue.group().lower().startswith("runs"):
                begin = self.parts.clause(cue.start(), cue.end())[0]
            if kind == "beside":
                begin = max(first, self._clause_start(cue.start(), first))
            found.append((begin, end, companion))
        return found

    def _clause_start(self, at: int, first: int) -> int:
        marks = [m.end() for m in re.finditer(r"[;:]\s|\s[-–]\s|\band\b|,", self.text[first:at])]
        return first + marks[-1] if marks else first

    def _other_specimen(self, item: ExtractedItem) -> bool:
        if item.name in _NEVER_SPECIMEN:
            return False
        if self.sections.at(item.start) == "specimen":
            return True
        first, last = self.parts.sentence(item.start)
        cue = _last(cues.SPECIMEN, self.text, first, item.start, skip_volumes=True, ahead=item.end)
        if item.name == "arterial_ph" and (vein := _last(cues.VENOUS, self.text, first, item.start)):
            cue = vein if cue is None or vein.start() > cue.start() else cue
        within = cues.SPECIMEN.search(self.text, item.start, item.end)
        if within is None and item.name == "arterial_ph":
            within = cues.VENOUS.search(self.text, item.start, item.end)
        if within is not None:
            return True
        blood = _last(cues.BLOOD, self.text, first, item.start)
        if cue is not None and (blood is None or blood.start() < cue.start()):
            return True
        behind = self.text[item.end : min(last, item.end + 40)]
        words = rf"{cues.SPECIMEN.pattern}|ascites|fluid|tap|sample of"
        pattern = rf"\s*(?:\(|in |on |from |of |- )?\s*(?:the |his |her |random |spot |a )*(?:{words})"
        if re.match(pattern, behind, re.IGNORECASE):
            return True
        return item.name == "arterial_ph" and re.match(r"\s*\(?(?:venous|vbg|cap)", behind, re.IGNORECASE) is not None

    # findings

    def _of_finding(self, item: ExtractedItem) -> Asserted:
        text, (first, last) = self.text, self.parts.sentence(item.start)
        if self._other_disease(item, first, last):
            return Asserted("disease")
        if (answer := answer_of(self.text, self.parts, item)) == "open":
            return Asserted("uncertain", reason=UNTICKED)
        if answer is not None:
            return self._timed(item, Asserted(negated=answer == "no"))
        own = item.name == "smoking" and item.value == 0.0  # "never smoker" holds its own denial
        denial = "" if own else denial_of(self.text, self._spans, item, first, last)
        if denial == "unclear":
            return Asserted("uncertain", reason=LISTED)
        if _DENIED_LATER.match(text, item.end):
            return Asserted(negated=True)
        if _OPEN_BEHIND.match(text, item.end) or _UNPROVEN.match(text, item.end):
            return Asserted("uncertain")
        start, end = self.parts.clause(item.start, item.end)
        if self._uncertain(item, start, end, first, last):
            return Asserted("uncertain")
        if denial == "denied":
            if (
                _OF_ELSE.search(text, start, item.start)
                or _NOT_YET.match(text, item.end)
                or re.search(r"\bformal\b", text[start : item.start], re.IGNORECASE)
            ):
                return Asserted("uncertain")
            if _NOUN_BEHIND.match(text, item.end) and item.name in ("diabetes", "hypertension"):
                return Asserted("uncertain", negated=True)
            return Asserted(negated=True)
        if not own and _NEGATIVE.search(text, start, item.start):
            return Asserted("uncertain", reason=LISTED)
        if _UNREAD_ANSWER.match(text, item.end) and not text[text.rfind("\n", 0, item.start) + 1 : item.start].strip(
            " -*•\t"
        ):
            return Asserted("uncertain", reason=UNREAD)
        return self._timed(item, Asserted())

    def _timed(self, item: ExtractedItem, found: Asserted) -> Asserted:
        start, end = self.parts.clause(item.start, item.end)
        if self.text[item.end : item.end + 1] == ":":
            end = self.parts.sentence(item.start)[1]
        words = self.text[start : item.start], self.text[item.end : end]
        if item.name == "smoking":
            return found
        before, behind = (cues.EARLIER.search(part) for part in words)
        if item.name not in _LASTING:
            behind = behind or re.search(
                r"\b(?<!not )(?:resolved|recovered|cured)\b",
                self.text[item.end : self.parts.sentence(item.start)[1]],
                re.IGNORECASE,
            )
        if item.name in _LASTING and re.search(r"\b(?:former(?:ly)?|ex|no longer)[- ]$", words[0], re.IGNORECASE):
            return Asserted("history") if not found.negated else found
        if item.name in _LASTING and not found.negated:
            lasting = re.compile(
                r"as a |in (?:childhood|infancy|that|week)|neonat|pregnancy|resolved|cured|remission", re.IGNORECASE
            )
            before, behind = (m if m and lasting.search(m.group()) else None for m in (before, behind))
        if (before or behind) and not found.negated:
            return Asserted("history")
        return found

    def _other_disease(self, item: ExtractedItem, first: int, last: int) -> bool:
        before = cues.OTHER_BEFORE.get(item.name)
        if before and re.search(
            rf"(?<![a-z])(?:{before})[-\s]*(?:\([^)]*\)\s*)?$", self.text[max(first - 8, 0) : item.start], re.IGNORECASE
        ):
            return True
        if before and re.match(rf"(?:{before})\b", item.text, re.IGNORECASE) and item.name == "hypertension":
            return True
        behind = cues.OTHER_BEHIND.get(item.name)
        if behind and re.match(behind, self.text[item.end : last], re.IGNORECASE):
            return True
        # In a note about dermatomyositis "DM" is that.
        return (
            item.name == "diabetes" and self._myositis and re.fullmatch(r"d ?m", item.text, re.IGNORECASE) is not None
        )

    def _uncertain(self, item: ExtractedItem, start: int, end: int, first: int, last: int) -> bool:
        text = self.text
        if any(_reaches(text, cue, item.start) for cue in cues.UNCERTAIN_BEFORE.finditer(text, start, item.start)):
            return True
        # Over the items of one list: "possible pneumonia, sepsis", "screening for diabetes, hypertension".
        for cue in cues.UNCERTAIN_BEFORE.finditer(text, first, item.start):
            if re.fullmatch(r"[^.;:()]*", text[cue.end() : item.start]) and _is_list(text[cue.end() : item.start]):
                return True
        if cues.UNCERTAIN_BEHIND.match(text, item.end, last):
            return True
        if re.search(r"\?\s*$", text[item.end : last]) or text[last - 1 : last] == "?":
            return True
        if re.match(r"[^,;.?]{0,40}\?", text[item.end : last]):
            return True
        tail = text[item.end : end]
        return re.search(
            r"\b(?:vs\.?|versus|not (?:felt|thought) to be|not (?:excluded|ruled out)|can['’]?t be|cannot be|looked for"
            r"|to exclude|risk|unlikely|"
            r"improbable|implausible|disproven|refuted|unproven|misdiagnos\w+|considered|screening|not certain"
            r"|in the differential)\b",
            tail, re.IGNORECASE,
        ) is not None  # fmt: skip


def _last(
    pattern: re.Pattern[str], text: str, start: int, end: int, skip_volumes: bool = False, ahead: int = 0
) -> re.Match[str] | None:
    """Return the last cue that begins before ``end``. ahead: how far a cue may look."""
    found = None
    for match in pattern.finditer(text, start, max(end, ahead)):
        if match.start() >= end:
            break
        volume = re.match(
            r"\s*(?:output|out ?put|volume)?\s*[:=~]?\s*\d+(?:\.\d+)?\s*(?:ml|l|cc)\b",
            text[match.end() : match.end() + 30],
            re.IGNORECASE,
        )
        if skip_volumes and (
            volume
            or re.match(
                r"\s*(?:output|out ?put|volume|culture|infection|tract|frequency|source)",
                text[match.end() :],
                re.IGNORECASE,
            )
        ):
            continue
        found = match
    return found


def _reaches(text: str, cue: re.Match[str], start: int) -> bool:
    return len(text[cue.end() : start].split()) <= 8


def _is_list(words: str) -> bool:
    return "," in words and all(len(part.split()) <= 3 and not NOT_BARE.search(part) for part in words.split(","))
