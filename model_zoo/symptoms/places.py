"""Where it hurts, swells or breaks out, how the pain is, how fast it came, and where someone travelled: values of a note."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from model_zoo.symptoms.wordings import wording_tables

PAIN, RADIATION, MANNER, INTENSITY, ONSET = "E_55", "E_57", "E_54", "E_56", "E_59"
IN_PAIN, SWELLING, SWOLLEN, RASH, RASH_PLACE, TRAVEL = "E_53", "E_151", "E_152", "E_129", "E_133", "E_204"
SIDES = ("left", "right")
_PAINS = re.compile(
    r"\b(?:pain(?:s|ful)?|hurts?|hurting|ach(?:e|es|ing)|sore|tender|discomfort|burning|pressure|tight\w*|cramps?|cp|angina|"
    r"crushing|stabbing|pleuritic|pulling at|\w+ache)\b",
    re.IGNORECASE,
)
_RADIATES = re.compile(
    r"\b(?:radiat\w+|spread\w*|going (?:in)?to|goes (?:in)?to|through to|shoot\w* (?:in)?to|into|and jaw|moves to)\b",
    re.IGNORECASE,
)
_SWELLS = re.compile(r"\b(?:swollen|swell\w*|puff\w*|o?edema|oedematous)\b", re.IGNORECASE)
_BREAKS_OUT = re.compile(r"\b(?:rash|spots|hives|urticaria|wheals|lesions?|blotches)\b", re.IGNORECASE)
_TRAVELS = re.compile(
    r"\b(?:travel\w*|trip|holiday|return\w*|back from|came from|visit\w*|been (?:to|in)|lived in|from)\b", re.IGNORECASE
)
_SUDDEN = re.compile(r"\b(?:sudden(?:ly)?|abrupt(?:ly)?|out of nowhere|all at once|acute onset)\b", re.IGNORECASE)
_GRADUAL = re.compile(r"\b(?:gradual(?:ly)?|slowly|insidious(?:ly)?|over (?:months|weeks))\b", re.IGNORECASE)
_SCORE = re.compile(r"\b(?P<score>\d|10)\s*(?:/|out of)\s*10\b")
# The middle of what patients with a sudden and with a slow beginning say in the data set's scale of 0 to 10.
_FAST, _SLOW = "9", "2"
Value = tuple[str, str, int, int]


def find_values(text: str, clauses: Sequence[tuple[int, int]]) -> Iterator[Value]:
    """Yield code, value ("" for none), start, end; without regard to denial. clauses: half-open."""
    for start, end in clauses:
        clause = text[start:end]
        pain, swells, rash = _PAINS.search(clause), _SWELLS.search(clause), _BREAKS_OUT.search(clause)
        radiates = _RADIATES.search(clause)
        for value, a, b in _places(clause):
            # A place behind "radiating to" is where the pain goes, any other is where it is.
            if radiates and radiates.start() < a and not clause[a:b].lower().endswith("ache"):
                yield RADIATION, value, start + a, start + b
            elif pain:
                yield PAIN, value, start + a, start + b
                yield IN_PAIN, "", start + pain.start(), start + pain.end()
            if swells:
                yield SWOLLEN, value, start + a, start + b
                yield SWELLING, "", start + swells.start(), start + swells.end()
            if rash:
                yield RASH_PLACE, value, start + a, start + b
                yield RASH, "", start + rash.start(), start + rash.end()
        if pain:
            for value, pattern in _compiled("manners"):
                if manner := pattern.search(clause):
                    yield MANNER, value, start + manner.start(), start + manner.end()
            if score := _SCORE.search(clause):
                yield INTENSITY, score["score"], start + score.start(), start + score.end()
        for pattern, value in ((_SUDDEN, _FAST), (_GRADUAL, _SLOW)):
            if onset := pattern.search(clause):
                yield ONSET, value, start + onset.start(), start + onset.end()
        if _TRAVELS.search(clause):
            for value, pattern in _compiled("regions"):
                if region := pattern.search(clause):
                    yield TRAVEL, value, start + region.start(), start + region.end()


def _places(clause: str) -> Iterator[tuple[str, int, int]]:
    """Yield place and span; where two places share words the longer one stands."""
    found = [(value, m.start(), m.end()) for value, pattern in _place_patterns() for m in pattern.finditer(clause)]
    taken: list[tuple[int, int]] = []
    for value, start, end in sorted(found, key=lambda entry: (-(entry[2] - entry[1]), entry[1], entry[0])):
        if not any(start < b and a < end and (start, end) != (a, b) for a, b in taken):
            taken.append((start, end))
            yield value, start, end


@cache
def _place_patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    found = []
    for value, rows in wording_tables()["places"].items():
        # Every place can be written out as it is, too.
        rows = (*rows, re.escape(value).replace(r"\{side\}", "{side}"))
        if "{side}" in value:
            for side in SIDES:
                words = f"(?:{side}|\\b{side[0]}\\b)"
                found.append((value.format(side=side), _words([row.replace("{side}", words) for row in rows])))
        else:
            found.append((value, _words(rows)))
    for value, rows in wording_tables()["pairs"].items():
        found += [(f"{side} {value}", _words(rows)) for side in SIDES]
    return tuple(found)


@cache
def _compiled(table: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((value, _words(rows)) for value, rows in wording_tables()[table].items())


def _words(rows: Sequence[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{'|'.join(rows)})(?![\w-])", re.IGNORECASE)
