"""The sampling rate that the remarks of an ECG file state: only where they speak of sampling.

A heart rate, a filter, a bit rate or a paper speed is no sampling rate, and a number without its word is none either.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from model_zoo.errors import InvalidPatientRecord

_NUMBER = r"([0-9]{1,2},[0-9]{3}|[0-9]+(?:[.,][0-9]+)?)"
_UNIT = r"(k?hz|hertz|s/s|sps|samples?\s*(?:/|per)\s*s(?:ec(?:ond)?)?|/s|1/s)\b"
# What follows a number that is something else: an hour, a date, a resolution, a speed, a heart rate, a filter.
_OTHERS = (
    r"(?!\s*(?:k?hz\s*)?(?:or|to|and|oder|bis)\s*[0-9]|[\d:/]|[.,-]\d|\s*(?:bits?|mm|cm|%|m?v|[uµμ]v|db|bpm|/?\s*min|per\s+min|k?bit|leads?|channels?|samples?\b(?!\s*(?:/|per))"
    r"|notch|filter|low|high|mains|line|band|cut)\b)"
)
_KEY = (
    r"(?:(?:re|down|up)?-?sampl(?:(?:ing|e|ed|es)?[\s_-]*(?:rate|freq(?:uency)?)|ing|ed)|abtast(?:rate|frequenz)"
    r"|digiti[sz]ed|fs|f_s|sfreq|srate)"
)
_FILTER = r"(?<!pass)(?<!notch)(?<!filter)(?<!mains)(?<!band)(?<!cut)(?<!off)"
_AFTER = re.compile(
    rf"(?<![a-z])({_KEY})(?:[\s_]*\(?\s*(k?hz)\s*\)?)?[\s:=~]*(?:\b(?:at|of|is|to)\b)?[\s:=~]*{_NUMBER}(?:\s*{_UNIT})?{_OTHERS}",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    rf"{_FILTER}(?:^|[\s:=~(])\s*{_NUMBER}\s*(?:{_UNIT}\s*(?:sampl(?:ing|e|ed)\b|abtast)|(sps|samples?\s*(?:/|per)\s*s(?:ec(?:ond)?)?)\b)",
    re.IGNORECASE,
)
_INTERVAL = re.compile(
    rf"(?<![a-z])sampl(?:ing|e)[\s_-]*(?:interval|period|time)[\s:=~]*(?:\b(?:of|is)\b)?[\s:=~]*{_NUMBER}\s*(ms|[uµμ]s|s)\b",
    re.IGNORECASE,
)
_OF_ANOTHER = re.compile(
    r"(?:original|native|source|raw|max(?:imum|\.)?|min(?:imum|\.)?|resp\w*|pleth\w*|ppg|spo2|abp|audio)[\s:,_-]*$",
    re.IGNORECASE,
)
_STRONG = re.compile(r"rate|freq|^fs$|^f_s$|sfreq|srate", re.IGNORECASE)
_SECONDS = {"s": 1.0, "ms": 1e-3}


def stated_rates(text: str) -> list[float]:
    """Return every sampling rate (Hz) that a remark states, in order, each once."""
    found = []
    for match in _AFTER.finditer(text):
        key, scale, number, unit = match.groups()
        joined = text[match.end(1) : match.start(3)]
        # "sampled 12" may be a day or a count; a rate has its word, its unit or its mark of equality.
        if not (_STRONG.search(key) or unit or scale or ":" in joined or "=" in joined):
            continue
        if not _OF_ANOTHER.search(text[: match.start()]):
            found.append((match.start(), _number(number) * _factor(unit or scale)))
    for match in _BEFORE.finditer(text):
        number, unit, _ = match.groups()
        if not _OF_ANOTHER.search(text[: match.start(1)]):
            found.append((match.start(), _number(number) * _factor(unit)))
    for match in _INTERVAL.finditer(text):
        step = _number(match[1]) * _SECONDS.get(match[2].casefold(), 1e-6)
        if step > 0:
            found.append((match.start(), 1 / step))
    return list(dict.fromkeys(rate for _, rate in sorted(found)))


def rate_of_remarks(remarks: Iterable[str]) -> float | None:
    """Return the sampling rate that the remarks of a file state, ``None`` where none does.

    Raises InvalidPatientRecord where two of them differ.
    """
    rates = list(dict.fromkeys(rate for line in remarks for rate in stated_rates(line)))
    if len(rates) > 1:
        raise InvalidPatientRecord(
            ["the file states two different sampling rates"], "Take the wrong statement out of the file's first lines."
        )
    return rates[0] if rates else None


def _number(text: str) -> float:
    if re.fullmatch(r"\d{1,2},\d{3}", text):
        return float(text.replace(",", ""))  # thousands: nothing is sampled once a second
    return float(text.replace(",", "."))


def _factor(unit: str | None) -> float:
    return 1000.0 if unit is not None and unit.casefold().startswith("k") else 1.0
