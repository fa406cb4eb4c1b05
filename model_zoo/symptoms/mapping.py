"""From the words of a note to evidences of DDXPlus with their places: what the note says, in the codes the encoders learned from.

A wording is found where enough of its telling words stand close together in one clause, in any order, slips read as the nearest
known word. What a note denies is left out, unless the denial is part of the wording ("no appetite"); what it says of a relative
counts only for evidences about relatives, and plans ("return if fever") count for nothing. Of wordings that claim the same words
the one with more telling words stands: "coughed up blood" is haemoptysis; the cough that it implies is added by a table.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from model_zoo.symptoms.history import phrase, phrases
from model_zoo.symptoms.places import find_values
from model_zoo.symptoms.stems import StemmedWord, stems_of, word_list
from model_zoo.symptoms.vocabulary import Vocabulary
from model_zoo.symptoms.wordings import further_wordings, wording_tables
from model_zoo.text.extraction.assertion.context import find_contexts
from model_zoo.text.negation import Negation, find_negations
from model_zoo.text.words import words_of

# Of the weight of a wording's words that has to be there. On the development wordings of fold 3: recall 0.52 with precision 0.85;
# at 0.75 0.47 with 0.87, at 0.5 0.54 with 0.84. A wrong span costs the reader more than a missed one.
LEAST_COVERAGE = 0.6
MOST_BETWEEN = 3  # other telling words among those of one wording
_CLAUSE = re.compile(r"[,;:()\n!?]|[.](?!\d)|\b(?:but|then|now|although|because)\b", re.IGNORECASE)
# What never happened; the denials of text/negation.py know it only before "had".
_NEVER = re.compile(r"\bnever\b(?! stop)", re.IGNORECASE)
# Evidences about relatives and contacts; all others of a relative are not the patient's.
OF_OTHERS = frozenset({
    "E_25", "E_26", "E_28", "E_29", "E_40", "E_41", "E_73", "E_86", "E_87", "E_99", "E_165", "E_189", "E_222", "E_223", "E_224",
    "E_225",
})  # fmt: skip
# What a finding says besides itself.
IMPLIED = {
    "E_45": "E_201", "E_77": "E_201", "E_203": "E_201", "E_166": "E_201", "E_202": "E_201", "E_64": "E_66", "E_67": "E_66",
    "E_31": "E_123", "E_72": "E_123", "E_46": "E_124", "E_101": "E_124", "E_14": "E_53",
}  # fmt: skip


@dataclass(frozen=True)
class FoundEvidence:
    """start, end: half-open characters of the note. values: in words, empty for yes. said_as: what the encoder reads for it."""

    code: str
    values: tuple[str, ...]
    start: int
    end: int
    said_as: str


@dataclass(frozen=True)
class _Wording:
    code: str
    stems: frozenset[str]
    weight: float


@dataclass(frozen=True)
class _Match:
    code: str
    words: tuple[StemmedWord, ...]
    score: float

    @property
    def start(self) -> int:
        return min(word.word.start for word in self.words)

    @property
    def end(self) -> int:
        return max(word.word.end for word in self.words)


def find_evidences(
    text: str, held_apart: bool = False, least_coverage: float = LEAST_COVERAGE
) -> tuple[FoundEvidence, ...]:
    """Return what a text says, in order, each code without values once.

    Parameters
    ----------
    text
        What was written.
    held_apart
        Without the wordings that a measured one contains.
    least_coverage
        Share of the words of an evidence that has to be found.
    """
    negations, contexts = find_negations(text), find_contexts(text)
    found: dict[str, FoundEvidence] = {}
    for start, end in _clauses(text):
        for match in _in_clause(text, start, end, held_apart, least_coverage):
            whose = contexts.at(match.start, match.end)
            if _denied(negations, match.start, match.end) or _NEVER.search(text, start, match.start) or whose == "plan":
                continue
            if whose == "family" and match.code not in OF_OTHERS:
                continue
            for code in filter(None, (match.code, IMPLIED.get(match.code))):
                found.setdefault(code, FoundEvidence(code, (), match.start, match.end, phrase(code)))
    placed = [
        FoundEvidence(code, (value,) if value else (), start, end, phrase(code, (value,) if value else ()))
        for code, value, start, end in find_values(text, [*_clauses(text)])
        if not _denied(negations, start, end) and contexts.at(start, end) not in ("family", "plan")
    ]
    kept = [*found.values(), *(entry for entry in placed if entry.values or entry.code not in found)]
    unique = {(entry.code, entry.values): entry for entry in reversed(kept)}
    return tuple(sorted(unique.values(), key=lambda entry: (entry.start, entry.end, entry.code)))


def _clauses(text: str) -> Iterator[tuple[int, int]]:
    at = 0
    for match in _CLAUSE.finditer(text):
        if text[at : match.start()].strip():
            yield at, match.start()
        at = match.end()
    if text[at:].strip():
        yield at, len(text)


def _denied(negations: tuple[Negation, ...], start: int, end: int) -> bool:
    """Whether a span is denied by a word outside of it."""
    return any(n.covers(start, end) and not (start <= n.cue_start and n.cue_end <= end) for n in negations)


def _in_clause(text: str, start: int, end: int, held_apart: bool, least: float) -> list[_Match]:
    by_stem, weights, known = _index(held_apart)
    words = stems_of(text[start:end], known, start)
    candidates = {wording for word in words for wording in by_stem.get(word.stem, ())}
    matches = [match for wording in candidates if (match := _best(wording, words, weights, least)) is not None]
    taken: set[tuple[int, int]] = set()
    kept = []
    for match in sorted(matches, key=lambda m: (-m.score, m.end - m.start, m.code)):
        places = {(word.word.start, word.word.end) for word in match.words}
        if not places & taken:
            taken |= places
            kept.append(match)
    return kept


def _best(wording: _Wording, words: list[StemmedWord], weights: dict[str, float], least: float) -> _Match | None:
    """Return where most of a wording stands, within a window of its length and a few words more; None where too little does."""
    width, best = len(wording.stems) + MOST_BETWEEN, None
    places = [i for i, word in enumerate(words) if word.stem in wording.stems]
    for at, first in enumerate(places):
        inside: dict[str, StemmedWord] = {}
        for i in places[at : at + width]:
            if i < first + width:
                inside.setdefault(words[i].stem, words[i])
        weight = sum(weights[stem] for stem in inside)
        # Of two telling words both are needed: one alone is another wording or none.
        enough = weight >= least * wording.weight and (len(wording.stems) > 2 or len(inside) == len(wording.stems))
        if enough and (best is None or weight > best.score):
            best = _Match(wording.code, tuple(inside.values()), weight * weight / wording.weight)
    return best


@cache
def _index(held_apart: bool) -> tuple[dict[str, list[_Wording]], dict[str, float], Vocabulary]:
    """Return wordings by stem, the weight of each stem (rarer among evidences: more telling), and the words for slips."""
    rows: list[tuple[str, frozenset[str]]] = []
    words: Counter[str] = Counter()
    for section in ("symptoms", "history"):
        for code, known in phrases()[section].items():
            for row in (*known[:2], *further_wordings(held_apart).get(code, ())):
                stems = frozenset(word.stem for word in stems_of(row))
                if stems:
                    rows.append((code, stems))
                    words.update(word.key for word in words_of(row) if word.is_letters)
    # Places are words too: "right" is no slip of "night".
    for section in ("places", "pairs", "manners"):
        for row in (part for rows_ in wording_tables()[section].values() for part in rows_):
            words.update(word.key for word in words_of(row) if word.is_letters)
    words.update(("left", "right", "side", "sided"))
    codes: defaultdict[str, set[str]] = defaultdict(set)
    for code, stems in rows:
        for stem in stems:
            codes[stem].add(code)
    weights = {stem: math.log(1 + len(phrases()["symptoms"]) / len(held)) for stem, held in codes.items()}
    by_stem: defaultdict[str, list[_Wording]] = defaultdict(list)
    for code, stems in dict.fromkeys(rows):
        wording = _Wording(code, stems, sum(weights[stem] for stem in stems))
        for stem in stems:
            by_stem[stem].append(wording)
    return dict(by_stem), weights, word_list(dict(words))
