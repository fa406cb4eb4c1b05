"""What a text denies: the scope of "no", "denies", "without", and of the answer "No" to a question.

A departure from NegEx: the scope is not a fixed window of six tokens but ends at the sentence, at a terminating word, or,
after "no" and "without", at the comma that opens a new statement ("no fever, cough for 3 days"); a list that is closed by
"or" or "nor" is denied as a whole ("no fever, chills or cough"). Phrases that hold a negation and state a finding ("cannot
breathe", "no appetite") are left alone.

References: Chapman et al. 2001, J Biomed Inform 34:301-310 (NegEx), doi:10.1006/jbin.2001.1029; the trigger lists were
written anew after its idea. Harkema et al. 2009, J Biomed Inform 42:839-851 (ConText), for what lies in ``context``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from model_zoo.text.words import sentences, without_long_blanks

# A finding in spite of its negation word. Taken out before any cue is looked for.
_PSEUDO = re.compile(
    r"\b(?:no (?:appetite|energy|strength|sense of|increase|change|improvement|relief|longer able)|not only|not certain|"
    r"(?:can ?not|can't|cant|could not|couldn't|unable to|not able to|will not|won't|does not refresh|do(?:es)? not help)|"
    r"(?:no|without) (?:further )?doubt|not sure|never stops?|without wanting|gram negative|no idea why)\b",
    re.IGNORECASE,
)
# Lists after these run on through commas: "denies fever, chills, cough".
_LIST_CUES = (
    r"den(?:ies|ied|y|ys|ying)", r"neg(?:ative)? for", r"absence of", r"free of", r"neither", r"never (?:had|has had|have had)",
    r"(?:was|is|has|have) never(?: been| had)?",
    r"ruled out for", r"no (?:evidence|sign|signs|history|complaints?|symptoms?) of", r"not? complain(?:ing|s)? of",
    r"(?:do|does|did) ?n[o'’]?t (?:have|has|had|feel|report|complain of|describe|experience|notice|show)",
    r"(?:do|does|did) not (?:have|feel|report|complain of|describe|experience|notice|show)",
    r"(?:has|have|had|is|are|was|were) not(?: had| having| been)?", r"(?:has|have|had|is|was|are|were)n['’]?t(?: had| having)?",
    r"i['’]?m not", r"not (?:having|been|any)",
)  # fmt: skip
# After these a comma usually opens a new statement, unless an "or" follows.
_SHORT_CUES = (r"no", r"without", r"w/o", r"nor", r"not", r"nil")
_CUE = re.compile(rf"\b(?:(?P<list>{'|'.join(_LIST_CUES)})|(?P<short>{'|'.join(_SHORT_CUES)}))\b", re.IGNORECASE)
# What stands behind what it denies: "chest pain: no", "fever denied", "cough absent".
_AFTER = re.compile(
    r"(?:\s*[:=-]\s*|\s+)(?:(?:is|are|was|were|has been|have been)\s+)?"
    r"(?:(?:denied|absent|negative|excluded|ruled out|not present|not reported)\b(?! for)|(?<=[:=-] )(?:no|none|nil)\b|"
    r"(?<=:)(?:no|none)\b)",
    re.IGNORECASE,
)
_STOP = re.compile(
    r"\b(?:but|however|although|though|except|apart from|aside from|besides|yet|still|presents?(?: with)?|complains? of|reports?|"
    r"now|because|which|who|since|due to|i have|i've|i feel|i am|i was|has (?:a|had|been)|there (?:is|are)|and (?:has|have|is|a)|"
    r"with|only|then|instead|mother|father|brother|sister)\b|[:(]",
    re.IGNORECASE,
)
_COMMA = re.compile(r",")
_OR = re.compile(r"\b(?:or|nor)\b", re.IGNORECASE)
_ANSWER = re.compile(r"\s*(?:no|n|none|never|nowhere|not at all)\b\s*(?:[.,;\n]|$)", re.IGNORECASE)
# The longest list after one cue; beyond it a missing full stop is likelier than a longer list. NegEx takes 6 tokens.
MAX_WORDS = 14
_MAX_CHARACTERS = 300  # of the same list; keeps a hostile text from being searched to its end at every cue


@dataclass(frozen=True)
class Negation:
    """One denied stretch. cue_start, cue_end: the word that denies. start, end: what it denies. All half-open."""

    cue_start: int
    cue_end: int
    start: int
    end: int

    def covers(self, start: int, end: int) -> bool:
        """Whether a span lies in the cue or in what it denies, at least by half."""
        inside = sum(
            max(0, min(end, b) - max(start, a)) for a, b in ((self.cue_start, self.cue_end), (self.start, self.end))
        )
        return 2 * inside >= end - start


def find_negations(text: str) -> tuple[Negation, ...]:
    """Return what the text denies, in order; scopes do not overlap."""
    text = without_long_blanks(text)
    hidden = _PSEUDO.sub(lambda m: "\0" * len(m.group()), text)
    found = [*_answered(text, hidden), *(n for span in sentences(text) for n in _in_sentence(hidden, *span))]
    kept: list[Negation] = []
    for negation in sorted(found, key=lambda n: (min(n.cue_start, n.start), -n.end)):
        if not kept or min(negation.cue_start, negation.start) >= max(kept[-1].end, kept[-1].cue_end):
            kept.append(negation)
    return tuple(kept)


def denied(negations: tuple[Negation, ...], start: int, end: int) -> bool:
    """Whether a span is denied by one of them.

    Parameters
    ----------
    negations
        Of the text.
    start
        First character of the span.
    end
        The one after its last.
    """
    return any(negation.covers(start, end) for negation in negations)


def _answered(text: str, hidden: str) -> Iterator[Negation]:
    """Yield questions that are answered with no."""
    for start, end in sentences(text):
        if text[start:end].rstrip().endswith("?") and (answer := _ANSWER.match(hidden, end)):
            first = start + len(text[start:end]) - len(text[start:end].lstrip())
            yield Negation(answer.start(), answer.end(), first, end)


def _in_sentence(text: str, start: int, end: int) -> Iterator[Negation]:
    if text[start:end].rstrip().endswith("?"):
        return  # a question denies nothing by itself
    at = start
    while cue := _CUE.search(text, at, end):
        stop = _scope_end(text, cue.end(), end, short=cue.group("short") is not None)
        at = max(stop, cue.end())
        if text[cue.end() : stop].strip(" ,.;:!\n"):
            first = cue.end() + _blanks(text, cue.end(), stop)
            yield Negation(cue.start(), cue.end(), first, first + len(text[first:stop].rstrip(" ,.;!\n")))
    for clause_start, clause_end in _clauses(text, start, end):
        if after := _AFTER.search(text, clause_start, clause_end):
            first = clause_start + _blanks(text, clause_start, clause_end)
            if after.start() > first:
                yield Negation(after.start(), after.end(), first, after.start())


def _scope_end(text: str, start: int, end: int, short: bool) -> int:
    stop = end = min(end, start + _MAX_CHARACTERS)
    if found := _STOP.search(text, start, stop):
        stop = found.start()
    if cue := _CUE.search(text, start, stop):
        stop = cue.start()
    if short and (comma := _COMMA.search(text, start, stop)):
        # "no fever, chills or cough": the "or" belongs to the list only while no more than two words stand between commas.
        last = None
        for match in _OR.finditer(text, comma.end(), stop):
            items = text[start : match.start()].split(",")
            if all(len(item.split()) <= 3 for item in items):
                last = match
        rest = _COMMA.search(text, last.end(), stop) if last else None
        stop = (rest.start() if rest else stop) if last else comma.start()
    words = list(re.finditer(r"\S+", text[start:stop]))
    return start + words[MAX_WORDS - 1].end() if len(words) > MAX_WORDS else stop


def _clauses(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    at = start
    for match in _COMMA.finditer(text, start, end):
        yield at, match.start()
        at = match.end()
    yield at, end


def _blanks(text: str, start: int, end: int) -> int:
    return len(text[start:end]) - len(text[start:end].lstrip())
