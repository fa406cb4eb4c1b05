"""Red flags in the words of a note: rules from one readable file, beside and before any ranking.

A ranking over 49 conditions cannot name what is not among them, and misses urgent ones in wordings it was not trained on.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from model_zoo.text.extraction.assertion.context import find_contexts
from model_zoo.text.negation import denied, find_negations

RULES_FILE = Path(__file__).with_name("red_flags.toml")
BASIS = (
    "Wording that calls for urgent thought, found by the makers' own rules after common teaching, not by a published rule. "
    "That no flag is raised means nothing."
)
OUTSIDE = "No list is given: the note has red flags of conditions that are not among the 49 that can be ranked."


@dataclass(frozen=True)
class WordFlag:
    """One rule that spoke. spans: where in the note, half-open. outside: none of the ranked conditions."""

    name: str
    outside: bool
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class _Rule:
    name: str
    outside: bool
    patterns: tuple[re.Pattern[str], ...]


def word_flags(text: str) -> tuple[WordFlag, ...]:
    """Return the red flags of a note, in the order of the file; what is denied, past, planned or of a relative does not count."""
    negations, contexts = find_negations(text), find_contexts(text)

    def stated(pattern: re.Pattern[str]) -> tuple[int, int] | None:
        for match in pattern.finditer(text):
            if not denied(negations, *match.span()) and contexts.at(*match.span()) == "patient":
                return match.span()
        return None

    found = []
    for rule in _rules():
        spans = [stated(pattern) for pattern in rule.patterns]
        known = tuple(span for span in spans if span is not None)
        if len(known) == len(spans):
            found.append(WordFlag(rule.name, rule.outside, known))
    return tuple(found)


@cache
def _rules() -> tuple[_Rule, ...]:
    content = tomllib.loads(RULES_FILE.read_text(encoding="utf-8"))
    return tuple(
        _Rule(entry["name"], entry["outside"], tuple(re.compile(rf"\b(?:{p})", re.IGNORECASE) for p in entry["all"]))
        for entry in content["flag"]
    )
