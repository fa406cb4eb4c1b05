"""What stands behind a number and makes it another quantity: an hour's urine, a dose, a day long past.

Each doubt is a reason not to fill the number into a form; the number itself stays as it was written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from model_zoo.text.extraction.later import TAKEN_BACK

URINE = "urine_ml_per_day"
# Given as infusions and tablets too: an amount of them without a volume is a dose as likely as a sloppy unit.
_GIVEN = frozenset({
    "glucose_mmol_l", "potassium_mmol_l", "sodium_mmol_l", "albumin_g_l", "creatinine_umol_l", "haemoglobin_g_l",
    "platelets_10e9_l",
    "total_protein_g_l", "lymphocytes_10e9_l", "neutrophils_10e9_l", "alt_u_l", "ast_u_l", "crp_mg_l",
})  # fmt: skip
_UNITED = _GIVEN | {"bilirubin_umol_l", "urea_mmol_l", "cholesterol_mmol_l", "d_dimer_mg_l", "leucocytes_10e9_l"}
_HOURS = r"(?:hours?|hrs?|h)\b"
_PER_WEIGHT = re.compile(r"\s*(?:ml)?\s*/\s*kg\b", re.IGNORECASE)
_PER_HOUR = re.compile(
    rf"\s*(?:mls?|ccs?)?\s*(?:/\s*{_HOURS}|per {_HOURS}|an hour\b|hourly\b|each hour\b)", re.IGNORECASE
)
_SPAN = re.compile(
    r"\s*(?:mls?|l|litres?)?\s*(?:of urine )?(?:in|over|for|during|within|since)?\s*(?:the |this |a )?(?:last|past|previous|first|"
    rf"shift)?\s*(?P<hours>\d+(?:[.,]\d+)?|an?|one|two|three|four|six|eight|twelve)?\s*(?:/\s*)?(?P<unit>{_HOURS}|shift\b|night\b)",
    re.IGNORECASE,
)
_IN_WORDS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "six": 6, "eight": 8, "twelve": 12,
}  # fmt: skip
_DAY_HOURS = 24
_DOSE = re.compile(
    r"\s*(?:(?:mg|g|mmol|meq|units?|iu|ie|ml|amp\w*|tab\w*|sachets?)\b(?!\s*/)|%\s*(?:\d+\s*ml|infusion|drip|solution))",
    re.IGNORECASE,
)
_MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sep|oct|nov|dec)[a-z]*"
DATE = (
    rf"(?:\d{{1,2}}[./]\d{{1,2}}[./](?:\d{{4}}|\d\d)|\d{{4}}-\d\d-\d\d|\d{{1,2}}/\d{{1,2}}(?![\d/])|"
    rf"\d{{1,2}}(?:st|nd|rd|th)? {_MONTH})"
)
_DATED = re.compile(
    rf"\s*[^\s,;.()]{{0,9}}\s*(?:\(|\b(?:on|from|dated|of|in)\s+)\s*(?:the )?(?P<date>{DATE}|{_MONTH}(?: \d{{4}})?|(?:19"
    rf"|20)\d\d)\b(?!\s*:?\s+\d)",
    re.IGNORECASE,
)
_NAMED_DAY = re.compile(
    rf"\s+(?:on )?(?:last )?(?:{_MONTH}(?![a-z])(?! ?\d)|(?:mon|tues?|weds?|thurs?|fri|sun|satur)(?:day|nesday)?\b)(?!\s*:?\s*\d)",
    re.IGNORECASE,
)
# The models' data hold a heart rate of 0 (an arrest); in a note, one digit of a rate is likelier a slip than a measurement.
_LEAST = {"heart_rate_per_min": 20.0, "respiratory_rate_per_min": 8.0, "mean_arterial_pressure_mmhg": 20.0}
# What was once reached, and is no value of now.
_EXTREME = re.compile(
    r"\b(?:lowest|nadir|highest|peak|worst|best|(?<!/)min(?:imum)?|max(?:imum)?|usual|normal|home|predicted|fo?etal|target)\s*$",
    re.IGNORECASE,
)
_EFFORT = re.compile(
    r"\s*(?:(?:on|in) (?:room )?air |ra )?(?:on|with|during|after|when|while) (?:(?:minimal|light|mild"
    r"|moderate) )?(?:exertion|walking|exercise|ambulat\w+|mobili[sz]\w+|stairs)\b",
    re.IGNORECASE,
)
_PEAK = re.compile(
    r"\s*\(?(?:at )?(?:(?:the|its|his|her) )?(?:peak|nadir|max(?:imum)?|lowest|highest|worst)\b(?! (?:flow|exp))",
    re.IGNORECASE,
)
_UNFIT = re.compile(
    r"\s*[(,-]?\s*(?:(?:slightly|grossly|mildly|moderately|was|sample|\?) ?)*(?:ha?emoly[sz]ed|clotted|lipa?emic"
    r"|contaminated|not valid|invalid|error|spurious|drip arm|mislabel\w+)",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"\s*\(?(?:just |shortly |immediately |right )?(?:before(?! (?:breakfast|lunch|dinner|tea|food|meals?|bed|eating"
    r"|insulin))|prior to|until|pre-?(?:intubation|tube|op\w*))\b",
    re.IGNORECASE,
)
# A tablet or a nebule of the same short name, and a unit that the writer says is not known.
_GIVEN_BY = re.compile(
    r"\s*(?:neb(?:s|ule\w*|uli[sz]\w+)?|q\d{1,2}h|prn|bd|tds|qds|tid|bid|qid|nocte|inhaler|puffs?)\b", re.IGNORECASE
)
_NO_UNIT = re.compile(
    r"[^.;\n\d]{0,30}?(?:\bunits? (?:\w+\.? )?(?:n/?a|blank|missing|illegible|not|un\w+|omitted|\?)|\b(?:no"
    r"|without|\?) ?units?\b|\bnot? (?:\w+ )?units?\b)",
    re.IGNORECASE,
)
_AT_HOME = re.compile(r"\s*\(?(?:at home|at baseline|normally|usually|per (?:the )?(?:old|crew) \w+)", re.IGNORECASE)
EXTREME = "an extreme and not the value of now"
UNFIT = "the note calls the sample unfit"
NOT_NOW = "of another time"
TOO_LOW = "too low to be believed without a check; enter it if it was measured"
PER_WEIGHT = "per kilogram and hour; enter the volume of 24 hours"
NOT_A_DAY = "the volume is not of a whole day; enter the volume of 24 hours"
DOSE = "an amount and no concentration; it may be a dose"
RETRACTED = "the note takes this value back"
NO_UNIT = "the note says that the unit is not known"
DATED = "the note dates this value; enter it if it is current"


def doubts(
    text: str,
    name: str,
    number_end: int,
    value_end: int,
    dated_before: bool = False,
    value: float | None = None,
    start: int = 0,
) -> Iterator[str]:
    """Yield why a number is not the quantity it stands beside.

    name: stored name of the quantity. number_end, value_end: half-open ends of the number and of its unit. dated_before: a date
    stands between the name and the number. value: in SI. start: of the name.
    """
    reached = _EXTREME.search(text, max(0, start - 12), start) or text[start : start + 4].lower() == "tmax"
    if reached and not name.startswith("max_"):
        yield EXTREME
    if _EFFORT.match(text, value_end) or _PEAK.match(text, value_end):
        yield EXTREME
    if _UNFIT.match(text, value_end):
        yield UNFIT
    if _AT_HOME.match(text, value_end):
        yield NOT_NOW
    if _BEFORE.match(text, value_end):
        yield NOT_NOW
    if TAKEN_BACK.match(text, value_end):
        yield RETRACTED
    if number_end == value_end and name in _UNITED and _NO_UNIT.match(text, value_end):
        yield NO_UNIT
    if name == URINE:
        yield from _of_urine(text, number_end)
    if name in _GIVEN and (_DOSE.match(text, number_end) or _GIVEN_BY.match(text, value_end)):
        yield DOSE
    if value is not None and value < _LEAST.get(name, value):
        yield TOO_LOW
    if dated_before or _DATED.match(text, value_end) or _NAMED_DAY.match(text, value_end):
        yield DATED


def _of_urine(text: str, at: int) -> Iterator[str]:
    if _PER_WEIGHT.match(text, at):
        yield PER_WEIGHT
    elif _PER_HOUR.match(text, at):
        yield NOT_A_DAY
    elif span := _SPAN.match(text, at):
        given = (span["hours"] or "1").replace(",", ".")
        hours = _IN_WORDS.get(given.lower()) or float(given)
        if hours != _DAY_HOURS or not span["unit"].lower().startswith("h"):
            yield NOT_A_DAY
