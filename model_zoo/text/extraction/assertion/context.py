"""Whose and when: a statement about a relative, about earlier, or about what is planned is no value of this patient now.

After ConText (Harkema et al. 2009, J Biomed Inform 42:839-851), with word lists of our own: a cue holds from its place to the
end of its clause; a few ("two years ago") hold backwards.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from model_zoo.text.extraction.items import Context
from model_zoo.text.extraction.lexicon import named_at
from model_zoo.text.words import sentences

_FAMILY = re.compile(
    r"(?<!per )(?<!by )\b(?:mother|father|mum|mom|dad|brother|sister|sibling|son|daughter|aunt|uncle|cousin|"
    r"grand(?:mother|father|parents?)|"
    r"parents|wife|husband|partner|family (?:history|hx)|fhx?|fam hx|relatives?)(?:['’]s)?\b"
    # A relative who speaks is not the one who is ill.
    r"(?!\s+(?:reports?|reported|says|said|states|stated|brought|brings|noticed|notes|denies|called|found|describes|worries))",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r"\b(?:mother|father|mum|mom|dad|brother|sister|son|daughter|aunt|uncle|cousin|wife|husband|partner|grand(?:mother|father))"
    r"\s*\([^()]{1,40}\)",
    re.IGNORECASE,
)
_EARLIER = re.compile(
    r"\b(?:previous(?:ly)?|formerly|prior|baseline|earlier|in the past|last (?:week|month|year|visit|admission|summer|"
    r"winter|spring|"
    r"autumn)|\d+ (?:days?|weeks?|months?|years?) (?:ago|before|earlier)|(?:two|three|four|five|six|ten|a few|several) "
    r"(?:days?|weeks?|months?|years?) (?:ago|before|earlier)|(?:a|one) (?:week|month|year) (?:ago|before|earlier)|in (?:19|20)\d\d|"
    r"since (?:19|20)\d\d|childhood|as a child|history of|h/o|(?<!since )yesterday|used to|(?:as )?usual(?:ly)?|pre-?admission)\b",
    re.IGNORECASE,
)
_PLAN = re.compile(
    r"\b(?:target|goal|aim(?:ing)?(?: for)?|keep|maintain|if|unless|in case of|return (?:if|for)|hold (?:if|for)|call (?:if|for)|"
    r"until|titrate|normal range|reference|ref|rule out|r/o|watch for|should|to check|(?<!on )(?<!at )recheck(?!\s*:|ed))\b",
    re.IGNORECASE,
)
# What a cue of time behind the statement looks like: "creatinine 1.1 two weeks ago".
_BACKWARDS = re.compile(
    r"\b(?:ago|before|earlier|last (?:week|month|year|visit|admission)|in (?:19|20)\d\d|yesterday)\b", re.IGNORECASE
)
_CLAUSE = re.compile(
    r"[;(]|,\s+(?=(?:now|today|currently|he|she|the patient|patient|this|but|and (?:he|she|now))\b)|,?\s+\b(?:but|now|"
    r"today|currently|"
    r"at present|while (?:he|she|the patient))\b|(?<=\w)\)|,\s+(?:and )?(?=(?:he|she|the patient|patient)\b)|\s+(?:to|->|"
    r"→|=>)\s+(?=\d)|->|→",
    re.IGNORECASE,
)
# "more breathless than usual" compares the present; the past value of "higher than baseline 1.1" is past all the same.
_COMPARED = re.compile(r"\bthan (?:(?:in|the|his|her|their|my|as) ){0,2}$", re.IGNORECASE)
_NUMBER_NEXT = re.compile(r"\s*(?:\w+\s+)?(?:of |was |at )?\(?\d")
# "target SpO2 88-92 %, SpO2 85 %": behind the comma stands what was measured, unless a bound or a range follows the name.
_TARGET = re.compile(r"target|goal", re.IGNORECASE)
_NEXT_NAME = re.compile(r",\s+(?:(?:and|but|with)\s+)?")
_MEASURED = re.compile(
    r"(?:\s+(?:is|was|of|at))*\s*[:=]?\s*\d+(?:[.,]\d+)?(?:\s*/\s*\d+)?(?![\d.,]*\d)(?!\s*(?:-|–|to)\s*\d)",
    re.IGNORECASE,
)
# Long-standing illness stays with the patient: "history of diabetes" is a diabetes now.
LASTING = ("diabetes", "dementia", "hypertension", "cancer", "smoking")


@dataclass(frozen=True)
class Contexts:
    """Stretches of a note that are not about this patient now, half-open."""

    stretches: tuple[tuple[int, int, Context], ...]

    def at(self, start: int, end: int) -> Context:
        """Return the context of a span; the first that covers its start."""
        return next((kind for a, b, kind in self.stretches if a <= start < b or start <= a < end), "patient")


def find_contexts(text: str) -> Contexts:
    """Return the stretches about relatives, earlier times and plans."""
    found: list[tuple[int, int, Context]] = []
    for start, end in sentences(text):
        edges = [start, *(m.start() for m in _CLAUSE.finditer(text, start, end)), end]
        family = _FAMILY.search(text, start, end)
        # "wife (aged 60) reports": the age in the brackets behind a relative is the relative's, whoever speaks.
        found += [(aside.start(), aside.end(), "family") for aside in _ASIDE.finditer(text, start, end)]
        for a, b in pairwise(edges):
            if cue := _FAMILY.search(text, a, b):
                found.append((_family_start(text, a, cue), b, "family"))
            if cue := _PLAN.search(text, a, b):
                found.append((cue.start(), _plan_end(text, cue, b), "plan"))
            for cue in _EARLIER.finditer(text, a, b):
                if _COMPARED.search(text, a, cue.start()) and not _NUMBER_NEXT.match(text, cue.end(), b):
                    continue
                # "24.1, yesterday 17.3": the number behind the cue is the past one.
                backwards = (
                    text[a : cue.start()].strip()
                    and _BACKWARDS.search(cue.group())
                    and not re.match(r"\s*:?\s*\d", text[cue.end() : b])
                )
                found.append(
                    (
                        _item_start(text, a, cue.start()) if backwards else cue.start(),
                        cue.end() if backwards else b,
                        "history",
                    )
                )
        if family and text[start : family.end()].lower().lstrip().startswith(("family", "fh", "fam")):
            found.append((start, end, "family"))
    return Contexts(tuple(found))


def _plan_end(text: str, cue: re.Match[str], end: int) -> int:
    """Return where a plan ends: a target at the comma behind which a measured value is named, any other at its clause.

    "Keep MAP 65, SpO2 94" and "Target: MAP 65, SpO2 94" are lists of targets; there a name has to come a second time.
    """
    is_list = _TARGET.fullmatch(cue.group()) is None or text[cue.end() : cue.end() + 1] == ":"
    if is_list and not re.match(r"aim|keep|maintain|target|goal", cue.group(), re.IGNORECASE):
        return end
    for comma in _NEXT_NAME.finditer(text, cue.end(), end):
        name = named_at(text, comma.end())
        if name is None or not _MEASURED.match(text, name[1], end):
            continue
        before = text[max(0, cue.start() - 30) : comma.start()].lower()
        if not is_list or text[comma.end() : name[1]].lower() in before:
            return comma.start()
    return end


def _family_start(text: str, start: int, cue: re.Match[str]) -> int:
    """Return where the words about a relative begin: the clause in "diabetes in his mother", the age in "79-year-old wife"."""
    before = text[start : cue.start()]
    if re.search(r"\b(?:in|of|by) (?:the |his |her |their |a )?$", before, re.IGNORECASE):
        return start
    age = re.search(r"\d{1,3}[- ](?:years?|yrs?)?[- ]?(?:old|yo)\s+$", before, re.IGNORECASE)
    return start + age.start() if age else cue.start()


def _item_start(text: str, start: int, end: int) -> int:
    """Return where the statement before a backward cue begins: after the last comma that no digits stand around."""
    commas = [m.end() for m in re.finditer(r",(?=\s)", text[start:end]) if text[start + m.end() : end].strip()]
    return start + commas[-1] if commas else start
