"""Named numbers of a note ("Na 128", "kreatinine 1.8 mg/dl", "SpO2 92 % on 2 L") and blood pressure, in the models' units."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from model_zoo.patients.features import FeatureSpec
from model_zoo.quantities.doubts import DIASTOLIC, REVERSED, SYSTOLIC, contradictions
from model_zoo.quantities.numbers import note_number
from model_zoo.text.extraction.doubts import DATE, doubts
from model_zoo.text.extraction.items import ExtractedItem
from model_zoo.text.extraction.lexicon import Quantity
from model_zoo.text.extraction.numbers import NUMBER, UNIT, convert, plain_unit

# What may stand between a name and its number. Never another letter: "CRP and WBC 12" gives no CRP.
_BETWEEN = (
    r"(?:\s*\((?:[a-z ]{1,15})\))?(?:\s*(?::|=|~|-(?=\s)|≈))?(?:\s+(?:is|was|of|at|level|levels|value|now|currently|today|"
    r"about|approx\.?|"
    r"around|measured|up|down|to|elevated|raised|high|low|still|only|ca\.?|from|count|reading|between|fell|fallen|falling|rose|risen|"
    r"rising|dropped|increased|decreased|exceeds|above|below|over|under|on admission))*\s*(?:[=:~]\s*)?"
)
_VALUE = re.compile(
    rf"{_BETWEEN}(?:\(?(?P<date>{DATE})\)?\s*[:=]?\s+)?(?P<sign>[<>≤≥])?\s*(?P<number>{NUMBER})(?![\d/:.]*\d)"
    # "pulse 4 weeks ago 80": a number of days is no pulse.
    r"(?!\s*-?(?:days?|weeks?|months?|years?|yrs?|hours?|hrs?(?!\s*[:=]?\s*\d))\b)"
    rf"(?:\s*(?:-|–|to|and(?=\s+\d))\s*(?P<upper>{NUMBER})(?![\d/]))?(?:\s*(?P<unit>{UNIT}))?",
    re.IGNORECASE,
)
# What a second value of the same quantity follows: an arrow, "now", "baseline", or, of a saturation, "93 on 6 L".
_ARROW = re.compile(
    rf"\s*(?:->|→|=>|-->|to|,?\s*(?:and\s+)?(?:(?:is\s+)?now|then|currently|at discharge|baseline)|(?:\s+on (?:room "
    rf")?air)?,(?=\s*\d+\s*%?\s+on\b))\s*(?P<number>{NUMBER})(?:\s*(?P<unit>{UNIT}))?",
    re.IGNORECASE,
)
# The same with the time around it: "128 on admission, now 135", "38.5 yesterday, 36.9 today".
_WHEN = (
    r"(?:\s*(?:on (?:admission|arrival)|at presentation|initially|yesterday|this morning|last (?:night|week|month|year)|"
    r"(?:\d+|two|three|a few) (?:hours?|days?|weeks?|months?) ago))"
)
_LATER = re.compile(
    rf"(?:{_WHEN}\s*[,;]?\s*(?:and\s+)?(?:(?:is\s+)?now|today|currently)|{_WHEN}\s*[,;]\s*(?:and\s+)?"
    rf"(?={NUMBER}(?:\s*{UNIT})?\s*(?:today|now|currently|at present)\b))\s*"
    rf"(?P<number>{NUMBER})(?![\d/:.]*\d)(?:\s*(?P<unit>{UNIT}))?",
    re.IGNORECASE,
)
_TREND = re.compile(r"\bfrom\b|\bfell|\brose|\bdropped", re.IGNORECASE)
_NEXT_PRESSURE = re.compile(
    r"\s*(?:->|→|=>|-->|,?\s*(?:is\s+)?now|then)\s*(?P<high>\d{2,3})\s*/\s*(?P<low>\d{2,3})(?![\d/]|\.\d)",
    re.IGNORECASE,
)
_PRESSURE = re.compile(
    r"(?<![\w/])(?P<name>(?:arterial )?blood pressure|bp|rr(?=\s*:?\s*\d{2,3}\s*/)|"
    r"nibp)?(?P<between>\s*(?:\([a-z ]+\))?\s*[:=]?\s*(?:is |was |of |at )*)"
    r"(?P<high>\d{2,4})\s*(?:/|over(?=\s+\d))\s*(?P<low>\d{1,3})(?![\d/]|\.\d)(?P<unit>\s*mm\s?hg)?",
    re.IGNORECASE,
)
# "GCS 14/15" is 14 points of 15, "E4V5M6" their sum.
_COMA = re.compile(
    r"\b(?:gcs|glasgow coma (?:scale|score))\b\s*(?:of|is|was|:|=)?\s*(?:(?P<number>\d{1,2})\s*(?:/|out of|of)\s*15\b|"
    r"\(?e\s?(?P<eyes>[1-4])[\s,]*v\s?(?P<voice>[1-5])[\s,]*m\s?(?P<motor>[1-6])\b\)?)",
    re.IGNORECASE,
)
# A number in front of what it measures: "92 % on room air", "afebrile" aside; "38.2 °C" alone can only be a temperature.
_DEGREES = re.compile(
    rf"(?<![\w.,/])(?P<number>{NUMBER})\s*(?P<unit>°\s?[cf]|deg(?:rees?)? ?(?:celsius|centigrade|fahrenheit|[cf]))\b",
    re.IGNORECASE,
)
_SATURATION = re.compile(
    rf"(?<![\w.,/])(?P<number>{NUMBER})\s*%\s*(?=(?:on|in|at|with) (?:(?:room )?air|ra\b|\d+(?:[.,]\d)?\s*l\b|oxygen|o2))",
    re.IGNORECASE,
)
_OXYGEN = re.compile(
    rf"(?:\b(?:on|with|at|needs|requir(?:es|ing))\s+|\bo2:?\s*)(?P<number>{NUMBER})\s*(?P<unit>l(?:/min)?|lpm|litres?|liters?)\b"
    r"(?:\s*/\s*min)?(?=\s*(?:of )?(?:o2|oxygen|nc|nasal|via|by|mask|[.,;)\n]|$))",
    re.IGNORECASE,
)
LEAST_PRESSURE = 30.0  # below it two numbers the wrong way round are no pressures
LATER_DOUBTFUL = "the note gives a later pressure that cannot be read"
RANGE = "a range is given; enter one value"
BOUND = "only a bound is given"


def find_pressures(text: str, specs: Iterable[FeatureSpec]) -> Iterator[ExtractedItem]:
    """Yield systolic, diastolic and mean pressure of each "120/80"; the mean is derived: low + (high - low) / 3."""
    by_name = {spec.name: spec for spec in specs}
    for match in _PRESSURE.finditer(text):
        high, low = float(match["high"]), float(match["low"])
        if not (match["name"] or match["unit"]):
            continue
        start = match.start("name") if match["name"] else match.start("high")
        named = bool(match["name"]) and match["name"].lower() != "rr"
        if contradictions({SYSTOLIC: high, DIASTOLIC: low}) and not (named and high >= LEAST_PRESSURE):
            continue  # "RR 16/18", "IOP 14/16 mmHg" and the like are no blood pressure
        later = _NEXT_PRESSURE.match(text, match.end())
        for item in _pressures(text, by_name, start, match):
            overtaken = later is not None and float(later["high"]) <= float(later["low"]) and not item.problems
            yield replace(item, problems=(LATER_DOUBTFUL,)) if overtaken else item
        if later:
            yield from _pressures(text, by_name, later.start("high"), later)


def _reversed_pressures(
    text: str, by_name: Mapping[str, FeatureSpec], start: int, match: re.Match[str]
) -> Iterator[ExtractedItem]:
    for name, given in ((SYSTOLIC, match["high"]), (DIASTOLIC, match["low"])):
        if (spec := by_name.get(name)) is not None:
            yield ExtractedItem(
                "vital", name, spec.title, start, match.end(), text[start : match.end()], given,
                "mmHg" if "mm" in match.group() else "", None, spec.si_unit, problems=(REVERSED,),
            )  # fmt: skip


def _pressures(
    text: str, by_name: Mapping[str, FeatureSpec], start: int, match: re.Match[str]
) -> Iterator[ExtractedItem]:
    high, low = float(match["high"]), float(match["low"])
    if contradictions({SYSTOLIC: high, DIASTOLIC: low}):
        yield from _reversed_pressures(text, by_name, start, match)
        return
    values = {
        SYSTOLIC: (high, match["high"], False),
        DIASTOLIC: (low, match["low"], False),
        "mean_arterial_pressure_mmhg": (low + (high - low) / 3, "", True),
    }
    doubted = ""  # a mean of a doubtful pressure is no better than it
    for name, (value, given, derived) in values.items():
        if (spec := by_name.get(name)) is None:
            continue
        found = convert(spec, value, "", {"": ("SI", 1.0)})
        problem = found.problem or (doubted if derived else "")
        doubted = doubted or problem
        remarks = (f"computed from {match['high']}/{match['low']}",) if derived else ()
        yield ExtractedItem(
            "vital", name, spec.title, start, match.end(), text[start : match.end()], given,
            "mmHg" if "mm" in match.group() else "", found.value, spec.si_unit, derived=derived,
            problems=(problem,) if problem else (), remarks=remarks,
        )  # fmt: skip


def find_measurements(text: str, table: Iterable[Quantity]) -> Iterator[ExtractedItem]:
    """Yield named numbers; several quantities may claim a place, ``note`` keeps the longest name."""
    for quantity in table:
        for name in quantity.pattern.finditer(text):
            match = _VALUE.match(text, name.end())
            if match is None:
                continue
            if match["upper"] and _TREND.search(text, name.end(), match.start("number")):
                # "fell from 12.1 to 9.4": two values in time, no range. The unit stands behind the second.
                yield from _trend(text, quantity, name.start(), match)
                continue
            yield _item(text, quantity, name.start(), match)
            arrow = _ARROW.match(text, match.end()) or _LATER.match(text, match.end())
            if arrow and not match["upper"] and not match["sign"]:
                yield _item(text, quantity, arrow.start("number"), arrow)
    by_name = {quantity.spec.name: quantity for quantity in table}
    if "gcs" in by_name:
        yield from _coma(text, by_name["gcs"])
    for pattern, spec_name in (
        (_DEGREES, "temperature_celsius"),
        (_SATURATION, "spo2_percent"),
        (_OXYGEN, "oxygen_l_per_min"),
    ):
        if spec_name in by_name:
            for match in pattern.finditer(text):
                yield _item(text, by_name[spec_name], match.start("number"), match)


def _coma(text: str, quantity: Quantity) -> Iterator[ExtractedItem]:
    for match in _COMA.finditer(text):
        points = (
            int(match["number"]) if match["number"] else sum(int(match[part]) for part in ("eyes", "voice", "motor"))
        )
        found = convert(quantity.spec, points, "", quantity.table)
        yield ExtractedItem(
            quantity.kind, quantity.spec.name, quantity.spec.title, match.start(), match.end(), match.group(), str(points), "",
            found.value, quantity.spec.si_unit, problems=(found.problem,) if found.problem else (),
        )  # fmt: skip


def _trend(text: str, quantity: Quantity, start: int, match: re.Match[str]) -> Iterator[ExtractedItem]:
    unit = plain_unit(match["unit"] or "")
    for part, begin, end in (("number", start, match.end("number")), ("upper", match.start("upper"), match.end())):
        found = convert(quantity.spec, note_number(match[part]), unit, quantity.table)
        yield ExtractedItem(
            quantity.kind, quantity.spec.name, quantity.spec.title, begin, end, text[begin:end], match[part], match["unit"] or "",
            found.value, quantity.spec.si_unit, unit_assumed=found.assumed, problems=(found.problem,) if found.problem else (),
        )  # fmt: skip


def _item(text: str, quantity: Quantity, start: int, match: re.Match[str]) -> ExtractedItem:
    parts = match.groupdict()
    spec, unit = quantity.spec, plain_unit(parts.get("unit") or "")
    if unit.startswith(("litre", "liter")):
        unit = "l"
    end = match.end()
    # "K 4.1 l" and "T 38 c" are units; a unit letter that belongs to no entry is the next word and no unit.
    if unit and unit not in quantity.table and unit.isalpha() and len(unit) <= 3:
        unit, end = "", match.end("upper") if parts.get("upper") else match.end("number")
    number = note_number(match["number"])
    found = convert(spec, number, unit, quantity.table)
    item = ExtractedItem(
        quantity.kind, spec.name, spec.title, start, end, text[start:end], match["number"],
        text[match.start("unit") : match.end("unit")] if unit else "", found.value, spec.si_unit,
        unit_assumed=found.assumed, problems=(found.problem,) if found.problem else (),
    )  # fmt: skip
    doubtful = doubts(text, spec.name, match.end("number"), end, bool(parts.get("date")), found.value)
    item = replace(item, problems=(*item.problems, *doubtful))
    if parts.get("upper") and note_number(parts["upper"]) > number:
        return replace(item, value=None, given=f"{match['number']}-{parts['upper']}", problems=(*item.problems, RANGE))
    if parts.get("sign"):
        return replace(item, given=f"{parts['sign']}{match['number']}", problems=(*item.problems, BOUND))
    return item
