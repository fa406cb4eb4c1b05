"""Named numbers of a note ("Na 128", "kreatinine 1.8 mg/dl", "SpO2 92 % on 2 L") and blood pressure, in the models' units."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from model_zoo.patients.features import FeatureSpec
from model_zoo.quantities.doubts import DIASTOLIC, REVERSED, SYSTOLIC, contradictions
from model_zoo.quantities.numbers import note_number
from model_zoo.text.extraction.assertion.doubts import DATE, DATED, doubts
from model_zoo.text.extraction.items import ExtractedItem
from model_zoo.text.extraction.later import is_unlinked, later_value
from model_zoo.text.extraction.lexicon import Quantity
from model_zoo.text.extraction.numbers import NUMBER, UNIT, convert, plain_unit
from model_zoo.text.extraction.spoken import RUN

# What may stand between a name and its number. Never another letter: "CRP and WBC 12" gives no CRP.
_BETWEEN = (
    r"(?:\s*\((?:[a-z ]{1,15})\))?(?:\s+after [^:;,.\n]{1,20}(?=:))?(?:\s*(?::|=|~|-(?=\s)|≈))?(?:\s+(?:is|was|of|at|level"
    r"|levels|value|now|currently|today|"
    r"this (?:morning|am|pm|afternoon|evening)|tonight|overnight|again|latest|here|back|sample"
    r"|re-?check(?:ed)?|repeat(?:ed)?|rpt|came back(?: as| at)?|remains?|stable|improved|corrected|"
    r"about|approx\.?|"
    r"around|measured|up|down|to|elevated|raised|high|low|still|only|ca\.?|from|count|reading|between|fell|fallen|falling"
    r"|rose|risen|"
    r"rising|dropped|increased|decreased|(?P<bound>exceed(?:s|ed|ing)|above|below|over|under|more than|less than"
    r"|at (?:least|most))|on admission))*\s*(?:[=:~]\s*)?"
)
_VALUE = re.compile(
    rf"{_BETWEEN}(?:\(?(?P<date>{DATE})\)?\s*[:=]?\s+)?(?P<sign>[<>≤≥])?\s*(?P<number>{NUMBER})(?![\d/:.]*\d|\+|\s?x\b"
    rf"|\s?[+-](?=\s*[,;.)\n]|$))"
    # "pulse 4 weeks ago 80": a number of days is no pulse.
    r"(?!\s*-?(?:days?|weeks?|months?|years?|yrs?|hours?|hrs?(?!\s*[:=]?\s*\d))\b)"
    rf"(?:\s*(?:-|–|to|and(?=\s+\d))\s*(?P<upper>{NUMBER})(?![\d/]))?(?:\s*(?P<unit>{UNIT}))?",
    re.IGNORECASE,
)
# The time of a value, behind it: "at 8:00", "(14:00)", "pre-transfusion", "on 17 June".
_WHEN = (
    r"(?:\s*(?:on|in) (?:room )?air|\s+(?:ra|oa|air))?\s*\(?\s*(?:(?:at|@|by|on)?\s*(?:\d{1,2}:\d\d"
    r"|[0-2]\d[0-5]\d(?:\s?h(?:rs)?)?\b(?!\s*(?:m|u|g|/))|\d{1,2}\s?[ap]m\b)|"
    r"(?:pre|post|before|after|on (?:admission|adm|arrival|discharge|presentation|\d{1,2} [a-z]+|\d{1,2}/\d{1,2}"
    r"|(?:the )?[a-z]+ day|[a-z]+day)|"
    r"(?:at|on) (?:the )?scene|in (?:the )?(?:ed|resus|a&e|theatre|recovery|triage)|at (?:admission|arrival|discharge|triage"
    r"|presentation|booking)|initially|now|today|yesterday|tonight|this (?:morning|am|pm|evening)|last \w+|later|currently|"
    r"(?:\d+|two|three|a few) (?:hours?|days?|weeks?|months?) ago|at present|peak|nadir)\b[^,;.:()\d\n>/]{0,24})\)?"
)
_STEP = (
    r"(?:(?:and|then|(?:is )?now|later|today|currently|rpt|repeat(?:ed)?(?: at)?|recheck(?:ed)?|post\b|after(?:wards)?|up to"
    r"|down to|rising to|falling to|at discharge|baseline|(?:corrected|improved|settled|fell|rose|dropped|came (?:down|up)"
    r"|increased|decreased|reduced|weaned)(?: to)?)\b"
    r"(?:[^,;.:(\n/\d]{0,14}(?:\d{1,2} (?:min\w*|hours?|h|days?)\b[^,;.:(\n/\d]{0,14})?)?)"
)
_ARROWS = r"(?:(?:\s*\(?(?:on|in)? ?(?:room )?(?:air|ra|oa)\)?)?\s*(?:->|→|=>|-->|to(?=\s)))"
# What a second value of the same quantity follows: an arrow, a word of order, or a time behind both.
_ARROW = re.compile(
    rf"(?:\s*\(e\d ?v(?:\d|t) ?m\d\))?(?:{_ARROWS}\s*|(?:{_WHEN})?\s*[,;]?\s*{_STEP}\s*"
    rf"|(?:\s+on (?:room )?air)?,\s*(?=\d+\s*%?\s+on\b)|{_WHEN}\s*[,;/]\s*(?:and\s+)?(?={NUMBER}(?:\s*{UNIT})?\s*{_WHEN}))"
    rf"(?<!day )(?P<number>{NUMBER})(?![\d/:.]*\d)(?!\s*(?:min|hours?|days?|weeks?|months?|times"
    rf"|sessions?|units?|doses?|cycles?|%\s*of)\b)(?:\s*(?P<unit>{UNIT}))?",
    re.IGNORECASE,
)
_TREND = re.compile(r"\bfrom\b|\bfell|\brose|\bdropped", re.IGNORECASE)
_NEXT_PRESSURE = re.compile(
    rf"(?:\s*(?:->|→|=>|-->)\s*|(?:{_WHEN})?\s*[,;]?\s*{_STEP}\s*|{_WHEN}\s*[,;/]\s*(?:and\s+)?(?=\d{{2,3}}/\d{{2,3}}\s*{_WHEN}))"
    r"(?P<high>\d{2,3})\s*/\s*(?P<low>\d{2,3})(?![\d/]|\.\d)",
    re.IGNORECASE,
)
_PRESSURE = re.compile(
    r"\s*(?:->|→|=>|-->|,?\s*(?:is\s+)?now|then)\s*(?P<high>\d{2,3})\s*/\s*(?P<low>\d{2,3})(?![\d/]|\.\d)",
    re.IGNORECASE,
)
_PRESSURE = re.compile(
    r"(?<![\w/])(?P<name>(?:arterial )?blood pressure|bp|rr(?=\s*:?\s*\d{2,3}\s*/)|"
    r"nibp)?(?P<between>\s*(?:\([a-z ]+\))?\s*[:=]?\s*(?:is |was |of |at |here |today |now |lying |sitting |standing "
    r"|currently |on arrival )*)"
    r"(?P<high>\d{2,4})\s*(?:/|(?:over|on)(?=\s+\d))\s*(?P<low>\d{1,3})(?![\d/]|\.\d)(?P<unit>\s*mm\s?hg)?",
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
_DEVICE = r"(?:o2\b|oxygen|nc\b|nasal|n/c|via\b|by\b|mask|face ?mask|nrb|venturi|hudson|cannula\w*|prongs)"
_OXYGEN = re.compile(
    rf"(?:(?:\b(?:on|with|at|needs|requir(?:es|ing))\s+|\bo2:?\s*)(?P<number>{NUMBER})\s*(?P<unit>l(?:/min)?|lpm|litres?"
    rf"|liters?)\b(?:\s*/\s*min)?"
    rf"(?=\s*(?:of )?(?:{_DEVICE}|[.,;)(\n/-]|$))(?!\s*/\s*(?:d|h|24))"
    rf"|(?<![\w.,/])(?P<number2>{NUMBER})\s*(?P<unit2>l(?:/min)?|lpm|litres?)\b\s*(?:of )?(?={_DEVICE}))",
    re.IGNORECASE,
)
_DAY = re.compile(
    r"\bday (?P<number>\d{1,3}) (?:of (?:the |his |her |this )?(?:admission|stay|hospitali[sz]ation|hospital stay)"
    r"|in (?:the )?hospital)\b",
    re.IGNORECASE,
)
# "0.5 mm ST depression".
_DEPRESSION = re.compile(
    r"(?<![\w.,/-])(?P<number>\d(?:[.,]\d)?)\s*(?P<unit>mm)\s+(?:of )?(?:horizontal |downsloping )?st[- ]?(?:segment )?depression",
    re.IGNORECASE,
)
# A blood count drawn as a cross: white cells > haemoglobin / haematocrit < platelets.
_CROSS = re.compile(
    r"(?<![\w.])(\d{1,3}(?:\.\d+)?)\s*>\s*(\d{1,2}(?:\.\d+)?)\s*/\s*(\d{2}(?:\.\d+)?)\s*<\s*(\d{1,4})(?![\w.])"
)
# Another name that runs into its number: then the note writes all of them so.
_RUN_IN = re.compile(r"(?<![\w/+-])(?:Na|NA|Hb|HB|Cr|CR|HR|RR|CRP|WCC|WBC|PLT|Plt|ALT|AST|ALB|SATS|Sats|BP|K|GCS)\d")
_WORDED = re.compile(rf"{_BETWEEN}(?P<words>{RUN})", re.IGNORECASE)
LEAST_PRESSURE = 30.0  # below it two numbers the wrong way round are no pressures
LATER_DOUBTFUL = "the note gives a later pressure that cannot be read"
UNIT_MISSING = "the unit is missing and more than one fits"
OTHER_UNIT = "the unit is not one of this quantity"
WORDED = "a number in words that cannot be read; enter it"
UNLINKED = "a second number stands behind it; enter the one that holds"
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
        while later:
            yield from _pressures(text, by_name, later.start("high"), later)
            later = _NEXT_PRESSURE.match(text, later.end())


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
            if match is None and (worded := _WORDED.match(text, name.end())):
                yield _unread(text, quantity, name.start(), worded)
            if match is None or _is_marker(text, name, match):
                continue
            if match["upper"] and _TREND.search(text, name.end(), match.start("number")):
                # "fell from 12.1 to 9.4": two values in time, no range. The unit stands behind the second.
                yield from _trend(text, quantity, name.start(), match)
                continue
            if match["upper"] or match["sign"] or match["bound"]:
                yield _item(text, quantity, name.start(), match)
            else:
                yield from _course(text, quantity, name.start(), match)
    by_name = {quantity.spec.name: quantity for quantity in table}
    if "gcs" in by_name:
        yield from _coma(text, by_name["gcs"])
    if "hospital_day" in by_name:
        yield from _hospital_day(text, by_name["hospital_day"])
    for pattern, spec_name in (
        (_DEGREES, "temperature_celsius"),
        (_SATURATION, "spo2_percent"),
        (_DEPRESSION, "st_depression_mm"),
    ):
        if spec_name in by_name:
            for match in pattern.finditer(text):
                yield from _course(text, by_name[spec_name], match.start("number"), match)
    if "oxygen_l_per_min" in by_name:
        for match in _OXYGEN.finditer(text):
            yield _item(
                text, by_name["oxygen_l_per_min"], match.start("number" if match["number"] else "number2"), match
            )
    yield from _cross(text, by_name)


def _unread(text: str, quantity: Quantity, start: int, match: re.Match[str]) -> ExtractedItem:
    spec, end = quantity.spec, match.end()
    return ExtractedItem(
        quantity.kind, spec.name, spec.title, start, end, text[start:end], match["words"], "", None, spec.si_unit,
        problems=(WORDED,),
    )  # fmt: skip


def _is_marker(text: str, name: re.Match[str], value: re.Match[str]) -> bool:
    """Return whether capitals that run into digits name a gene or a marker ("TP53") and no value ("Hb98")."""
    runs = value.start("number") == name.end() and name.group().isupper() and not value["unit"]
    return runs and _RUN_IN.search(text[: name.start()] + text[value.end() :]) is None


def find_short(text: str, table: Iterable[Quantity], beside: Sequence[ExtractedItem]) -> Iterator[ExtractedItem]:
    """Yield numbers behind one or two letters ("P 88", "W 14.0") on a line that holds other values of their kind.

    beside: what was read with full names.
    """
    found = []
    for quantity in table:
        for name in quantity.short.finditer(text) if quantity.short else ():
            match = _VALUE.match(text, name.end())
            if match is not None and not match["upper"] and not match["sign"]:
                found += [
                    i for i in _course(text, quantity, name.start(), match) if not i.problems or i.kind == "other"
                ]

    def line(item: ExtractedItem) -> tuple[int, str]:
        return text.count("\n", 0, item.start), item.kind

    known = Counter(line(item) for item in beside if item.value is not None)
    short = {(line(item), item.name) for item in found}
    dialysed = re.search(r"dialys|\besr[df]\b|\beskd\b|\bhd (?:tts|mwf|run|session)", text, re.IGNORECASE)
    for item in found:
        others = known[line(item)] + sum(place == line(item) and name != item.name for place, name in short)
        alone = text[text.rfind("\n", 0, item.start) + 1 : item.start].strip(" *-#")
        if item.name == "hospital_day":
            if (
                not dialysed
                and not re.match(r"\s*(?:x|times|per|/)", text[item.end :])
                and not re.search(r"[a-z,]$", alone)
            ):
                yield item
        elif others >= 2 or known[line(item)]:
            yield item


def _course(text: str, quantity: Quantity, start: int, match: re.Match[str]) -> Iterator[ExtractedItem]:
    """Yield a value and those that follow it in time: "36.6 at 8:00, 38.9 at 14:00", "6.4 -> 4.8", "128 on admission, now 135"."""
    values = [(start, match)]
    at = match.end()
    while step := _ARROW.match(text, at) or later_value(text, at):
        values.append((step.start("number"), step))
        at = step.end()
    unit = next((m.groupdict().get("unit") for _, m in reversed(values) if m.groupdict().get("unit")), "")
    for begin, found in values:
        # "88 -> 41 mg/dL": the unit is written once.
        yield _item(text, quantity, begin, found, given=unit or "", dated=len(values) > 1 and found is values[-1][1])


def _cross(text: str, by_name: Mapping[str, Quantity]) -> Iterator[ExtractedItem]:
    for match in _CROSS.finditer(text):
        for group, name, unit in (
            (1, "leucocytes_10e9_l", "k/ul"),
            (2, "haemoglobin_g_l", "g/dl"),
            (4, "platelets_10e9_l", "k/ul"),
        ):
            if (quantity := by_name.get(name)) is None:
                continue
            found = convert(quantity.spec, float(match[group]), unit, quantity.table)
            yield ExtractedItem(
                quantity.kind, name, quantity.spec.title, match.start(group), match.end(group), match[group], match[group], "",
                found.value, quantity.spec.si_unit, unit_assumed=True, problems=(found.problem,) if found.problem else (),
            )  # fmt: skip


def _hospital_day(text: str, quantity: Quantity) -> Iterator[ExtractedItem]:
    for match in _DAY.finditer(text):
        found = convert(quantity.spec, float(match["number"]), "", quantity.table)
        yield ExtractedItem(
            quantity.kind, quantity.spec.name, quantity.spec.title, match.start(), match.end(), match.group(), match["number"], "",
            found.value, quantity.spec.si_unit, problems=(found.problem,) if found.problem else (),
        )  # fmt: skip


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


def _item(
    text: str, quantity: Quantity, start: int, match: re.Match[str], given: str = "", dated: bool = False
) -> ExtractedItem:
    """Return one written value. given: the unit of another value of the same course. dated: a date behind it is its own."""
    parts = match.groupdict()
    which = "number2" if parts.get("number2") else "number"
    written = parts.get(which.replace("number", "unit")) or ""
    spec, unit = quantity.spec, plain_unit(written)
    if unit.startswith(("litre", "liter")):
        unit = "l"
    end = match.end()
    # "K 4.1 l" and "T 38 c" are units; a unit letter that belongs to no entry is the next word and no unit.
    if unit and unit not in quantity.table and unit.isalpha() and len(unit) == 1 and unit != "s":
        unit, end = "", match.end("upper") if parts.get("upper") else match.end(which)
    own = bool(unit)
    if not unit and plain_unit(given) in quantity.table:
        unit = plain_unit(given)
    number = note_number(match[which])
    found = convert(spec, number, unit, quantity.table)
    problem = found.problem or _unit_problem(text, quantity, number, unit, end)
    item = ExtractedItem(
        quantity.kind, spec.name, spec.title, start, end, text[start:end], match[which],
        written if own else "", found.value, spec.si_unit,
        unit_assumed=found.assumed, problems=(problem,) if problem else (),
    )  # fmt: skip
    doubtful = list(doubts(text, spec.name, match.end(which), end, bool(parts.get("date")), found.value, start))
    if is_unlinked(text, end, number):
        doubtful.append(UNLINKED)
    reasons = [doubt for doubt in doubtful if not (dated and doubt == DATED)]
    item = replace(
        item, problems=tuple(reasons) if reasons and item.problems == (UNIT_MISSING,) else (*item.problems, *reasons)
    )
    if parts.get("upper") and note_number(parts["upper"]) > number:
        return replace(item, value=None, given=f"{match['number']}-{parts['upper']}", problems=(*item.problems, RANGE))
    if sign := parts.get("sign") or parts.get("bound"):
        return replace(item, given=f"{sign}{match['number']}", problems=(*item.problems, BOUND))
    return item


def _unit_problem(text: str, quantity: Quantity, number: float, unit: str, end: int) -> str:
    """Return why a number without its unit, or with one that is not read, cannot be told."""
    if unit:
        return ""
    if re.match(r"/[a-z]|\s?(?:feu|iu|u)\b", text[end : end + 12], re.IGNORECASE) and quantity.kind == "laboratory":
        return OTHER_UNIT
    low, high = quantity.doubtful_bare or (0.0, 0.0)
    return UNIT_MISSING if quantity.needs_unit or low <= number < high else ""
