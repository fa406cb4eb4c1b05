"""Dictated notes: numbers in words, spelled letters, and the names that a typist or a program wrote as they sound.

Only a note that spells several numbers is taken for a dictated one; in all others nothing is changed. A run of number words that
can be read in two ways is left as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

from model_zoo.text.extraction.rewriting import Edit

LEAST_SPELLED = 5  # runs of number words that make a note a dictated one
_UNITS = {
    "zero": 0, "nought": 0, "naught": 0, "oh": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8,
    "nine": 9,
}  # fmt: skip
_TEENS = {
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18,
    "nineteen": 19,
}  # fmt: skip
_TENS = {
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fourty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
}
_WORD = "|".join((*_TEENS, *_TENS, *_UNITS, "hundred", "thousand"))
RUN = (
    rf"(?<![\w-])(?:(?:{_WORD})(?:[ -](?:and (?=(?:{_WORD})\b))?(?:{_WORD})\b)*(?: point(?: (?:{_WORD})\b)+)?"
    rf"|point(?: (?:{_WORD})\b)+)(?![\w])"
)
_RUN = re.compile(RUN, re.IGNORECASE)
_TELLING = re.compile(r"point|hundred| |-", re.IGNORECASE)
# "Negative four diabetes", "watching four sepsis": a word and no number.
_FOR = re.compile(
    r"(?<![\w-])four(?= [a-z]{3,})(?! (?:out|point|hours?|days?|weeks?|months?|years?|times|lit|leaders|mill|per|plus|over"
    r"|on|by|mg|of|and|oh|hundred|zero|limb|quad|west|east|"
    r"north|south))(?! (?:" + _WORD + r")\b)",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"(?<![\w'’])(?:[A-Z] ){1,4}[A-Z](?![\w'’])|(?<![\w'’])(?:[b-hj-z] ){1,3}[b-hj-z](?![\w'’])")
_SAID_UNITS = (
    (re.compile(r"\b(?:milligrams?|mgs?|migs) (?:per|a) (?:deci ?(?:liter|litre)|d l)s?\b", re.IGNORECASE), "mg/dL"),
    (re.compile(r"\b(?:milligrams?|mgs?) (?:per|a) (?:liter|litre)s?\b", re.IGNORECASE), "mg/L"),
    (re.compile(r"\bgrams? (?:per|a) (?:deci ?(?:liter|litre))s?\b", re.IGNORECASE), "g/dL"),
    (re.compile(r"\bgrams? (?:per|a) (?:liter|litre)s?\b", re.IGNORECASE), "g/L"),
    (re.compile(r"\bmicro ?moles?(?: (?:per|a) (?:liter|litre))?s?\b", re.IGNORECASE), "umol/L"),
    (re.compile(r"\bmilli ?moles?(?: (?:per|a) (?:liter|litre))?s?\b", re.IGNORECASE), "mmol/L"),
    (re.compile(r"\bper micro ?(?:liter|litre)s?\b", re.IGNORECASE), "/uL"),
    (re.compile(r"\b(?:leaders|liters|litres|leeters|lead us) (?:a|per) minute\b", re.IGNORECASE), "L/min"),
    (re.compile(r"\bpercent\b", re.IGNORECASE), "%"),
    (re.compile(r"(?<=old )mail\b|(?<=old )mayle\b", re.IGNORECASE), "male"),
)  # fmt: skip
# Names that are put together again from what was heard: "high per tension", "die a betic", "billy rubin".
_NAMES = (
    "hypertension", "hypertensive", "diabetes", "diabetic", "dementia", "anaemia", "anemia", "malignancy", "bilirubin",
    "platelets", "creatinine",
    "potassium", "haemoglobin", "hemoglobin", "neutrophils", "lymphocytes", "albumin", "cholesterol", "negative",
    "leucocytes", "saturation",
    "saturations", "temperature", "respirations", "glucose", "sodium",
)  # fmt: skip
_PHRASES = {
    "white cells": ("white sells", "wight cells", "white sels"),
    "ex smoker": ("x smoker", "axe smoker", "eggs smoker"),
    "non smoker": ("none smoker", "nun smoker"),
    "alk phos": ("alk foss", "alk fos", "out foss"),
    "neutrophils": ("new trophils", "newtrophils"),
}
_LONGEST_NAME = 4  # words that one name was torn into


def spoken_edits(text: str) -> list[Edit]:
    """Return what to replace in a dictated note, and nothing in any other."""
    runs = list(_RUN.finditer(text))
    if sum(_TELLING.search(m.group()) is not None for m in runs) < LEAST_SPELLED:
        return []
    edits = [
        Edit(m.start(), m.end(), value)
        for m in runs
        if (value := _number(m.group())) and not _FOR.match(text, m.start())
    ]
    edits += [Edit(m.start(), m.end(), "for") for m in _FOR.finditer(text)]
    edits += [Edit(m.start(), m.end(), m.group().replace(" ", "")) for m in _LETTERS.finditer(text)]
    edits += [Edit(m.start(), m.end(), new) for pattern, new in _SAID_UNITS for m in pattern.finditer(text)]
    edits += _heard(text)
    return edits


def _number(words: str) -> str:
    """Return the digits of a run of number words, or "" where it can be read in two ways."""
    parts = re.split(r"\bpoint\b", words.lower().replace("-", " "))
    whole = [w for w in parts[0].split() if w != "and"]
    digits = _whole(whole) if whole else "0"
    if len(parts) == 1 or not digits:
        return digits
    if "." in digits or len(parts) > 2:
        return ""
    decimals = _decimals(parts[1].split())
    return f"{digits}.{decimals}" if decimals else ""


def _decimals(words: list[str]) -> str:
    if all(word in _UNITS for word in words):
        return "".join(str(_UNITS[word]) for word in words)
    below = _below_hundred(words)
    return "" if below is None else str(below)


def _below_hundred(words: list[str]) -> int | None:
    if len(words) == 1:
        return {**_UNITS, **_TEENS, **_TENS}.get(words[0])
    if len(words) == 2 and words[0] in _TENS and _UNITS.get(words[1], 0) > 0:
        return _TENS[words[0]] + _UNITS[words[1]]
    return None


def _whole(words: list[str]) -> str:
    if (below := _below_hundred(words)) is not None:
        return str(below)
    if "thousand" in words:
        at = words.index("thousand")
        thousands, below_it = _whole(words[:at]), _whole(words[at + 1 :]) if words[at + 1 :] else "0"
        if not (thousands.isdigit() and below_it.isdigit() and int(below_it) < 1000):
            return ""
        return str(int(thousands) * 1000 + int(below_it))
    if "hundred" in words:
        at = words.index("hundred")
        hundreds = _below_hundred(words[:at])
        ones = _below_hundred(words[at + 1 :]) if words[at + 1 :] else 0
        return str(hundreds * 100 + ones) if hundreds is not None and ones is not None else ""
    first, rest = words[0], words[1:]
    if first in _UNITS and _UNITS[first] and rest:
        if rest[0] in ("oh", "zero", "nought") and len(rest) == 2 and rest[1] in _UNITS:
            return f"{_UNITS[first]}0{_UNITS[rest[1]]}"  # "two oh four"
        below = _below_hundred(rest)
        if below is not None and below >= 10:
            return f"{_UNITS[first]}{below}"  # "one thirty eight"
        if len(words) == 3 and all(word in _UNITS for word in words):
            return "".join(str(_UNITS[word]) for word in words)
    if (
        len(words) == 3
        and words[0] in _TENS
        and words[2] in _UNITS
        and (degrees := _below_hundred(words[:2]))
        and 34 <= degrees <= 42
    ):
        return f"{degrees}.{_UNITS[words[2]]}"  # "thirty six four"
    return ""


def _heard(text: str) -> Iterator[Edit]:
    for right, wrong in _PHRASES.items():
        for words in wrong:
            for match in re.finditer(rf"(?<!\w){words}(?!\w)", text, re.IGNORECASE):
                yield Edit(match.start(), match.end(), right)
    tokens = list(re.finditer(r"[A-Za-z]+", text))
    for i in range(len(tokens)):
        if tokens[i].group().lower() in _NAMES or _RUN.fullmatch(tokens[i].group()):
            continue
        for count in range(1, _LONGEST_NAME + 1):
            group = tokens[i : i + count]
            if len(group) < count or any(text[a.end() : b.start()] != " " for a, b in pairwise(group)):
                continue
            if count > 1 and (
                _RUN.fullmatch(group[-1].group()) and group[-1].group().lower() not in ("oh", "ten", "nine")
            ):
                break
            words = "".join(token.group() for token in group).lower()
            name = _by_sound().get(_sound(words))
            if (
                name
                and (words != name or count > 1)
                and abs(len(words) - len(name)) <= 4
                and (count > 1 or words[0] == name[0])
            ):
                if count == 1 and len(_sound(words)) < 5:
                    continue
                yield Edit(group[0].start(), group[-1].end(), name)
                break
    for match in re.finditer(r"(?<!\w)(an ?)(emi[ac])(?!\w)", text, re.IGNORECASE):
        yield Edit(match.start(), match.end(), "an" + match[2])


@cache
def _by_sound() -> dict[str, str]:
    return {_sound(name): name for name in reversed(_NAMES) if len(_sound(name)) >= 4}


def _sound(word: str) -> str:
    """Return the consonants of a word as they sound."""
    word = word.lower()
    for pattern, new in (
        (r"gh", ""), (r"^kn", "n"), (r"ph", "f"), (r"c(?=[eiy])", "s"), (r"ck|c|q", "k"), (r"tion|sion|shun", "sn"), (r"x",
        "ks"), (r"z", "s"),
        (r"th", "t"), (r"[aeiouyhw]", ""), (r"(.)\1+", r"\1"),
    ):  # fmt: skip
        word = re.sub(pattern, new, word)
    return word
