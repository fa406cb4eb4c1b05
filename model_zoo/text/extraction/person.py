"""Age and sex of the patient as notes state them; a relative's age is left to the context."""

from __future__ import annotations

import re
from collections.abc import Iterator

from model_zoo.text.extraction.items import ExtractedItem

_AGE = re.compile(
    r"(?<![\w.,/])(?P<age>\d{1,3})[\s-]*(?:jährige[rn]?|(?P<unit>years?|yrs?|months?|mo|weeks?|days?)[\s-]*(?:old|of "
    r"age)\b|(?:y/o|y\.o\.|yo|yr old)(?![a-z])(?P<letter>\s*[mf]\b)?"
    r"|(?P<short>[mf]|w)\b(?![/-])(?=[\s,.;]|$))|\b(?:aged?|age:)\s*:?\s*(?P<named>\d{1,3})\b(?!\s*(?:months?|weeks?|days?|mg|%))",
    re.IGNORECASE,
)
# Titles as they are written: "QTc 440 ms" is no woman, "severe MR" no man.
_SEX = (
    (
        "F",
        re.compile(
            r"\b(?:woman|women|female|girl|lady|patientin|frau|mrs\.?|(?-i:Ms\.?)|(?-i:Miss))(?!\w)", re.IGNORECASE
        ),
    ),
    ("M", re.compile(r"\b(?:man|male|boy|gentleman|herr|(?-i:Mr\.?))(?!\w)", re.IGNORECASE)),
)
_STATED_SEX = re.compile(r"\bsex\s*[:=]?\s*(?P<sex>m|f|male|female|w)\b", re.IGNORECASE)
_PRONOUN = (
    ("F", re.compile(r"\b(?:she|her|herself)\b", re.IGNORECASE)),
    ("M", re.compile(r"\b(?:he|his|him|himself)\b", re.IGNORECASE)),
)
_LETTER = {"m": "M", "f": "F", "w": "F"}
_PER_YEAR = {"month": 12.0, "mo": 12.0, "week": 52.18, "day": 365.25}


def find_person(text: str) -> Iterator[ExtractedItem]:
    """Yield statements of age (years) and sex, without context."""
    stated = False
    for match in _AGE.finditer(text):
        digits = match["age"] or match["named"]
        unit = (match["unit"] or "years").lower()
        years = float(digits) / next((per for word, per in _PER_YEAR.items() if unit.startswith(word)), 1.0)
        problems = () if years <= 125 else ("outside the plausible range of 0 to 125 years",)
        yield ExtractedItem(
            "person", "age_years", "Age", match.start(), match.end(), match.group(), digits, match["unit"] or "", years, "years",
            problems=problems,
        )  # fmt: skip
        letter = (match["short"] or match["letter"] or "").strip().lower()
        if letter:
            stated = True
            yield _sex(text, match.end() - 1, match.end(), _LETTER[letter])
    for match in _STATED_SEX.finditer(text):
        stated = True
        yield _sex(text, match.start(), match.end(), _LETTER[match["sex"][0].lower()])
    for sex, pattern in _SEX:
        for match in pattern.finditer(text):
            stated = True
            yield _sex(text, match.start(), match.end(), sex)
    if not stated:
        # Only pronouns, and only of one kind: else they may be a relative's.
        searched = ((sex, pattern.search(text)) for sex, pattern in _PRONOUN)
        found = [(sex, pronoun) for sex, pronoun in searched if pronoun is not None]
        if len(found) == 1:
            sex, pronoun = found[0]
            yield _sex(text, pronoun.start(), pronoun.end(), sex)


def _sex(text: str, start: int, end: int, sex: str) -> ExtractedItem:
    return ExtractedItem("person", "sex", "Sex", start, end, text[start:end], text[start:end], "", sex)
