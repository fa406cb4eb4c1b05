"""Which of several values of one quantity is the latest: by the times that stand beside them, else by their order in the note."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cmp_to_key

from model_zoo.text.extraction.items import ExtractedItem

_CLOCK = re.compile(
    r"(?<![\d/.,:-])(?:(?P<h>[01]?\d|2[0-3]):(?P<m>[0-5]\d)(?!\d)(?:\s*(?:h|hrs|hours)\b)?|(?P<h4>[01]\d"
    r"|2[0-3])(?P<m4>[0-5]\d)(?:\s*(?:h|hrs|hours))?(?![\d/.,%])|"
    r"(?P<h12>1[0-2]|0?[1-9])\s*(?P<half>am|pm)\b)(?!\s*(?:mg|ml|mmol|g/|u/l|/))",
    re.IGNORECASE,
)
# "2/7" behind a word is two days and "3/12" three months; a date stands at a beginning, in brackets, or behind "on".
_DATE = re.compile(
    r"(?:^|\n|[(:;,|]|\b(?:on|from|dated|of|labs?|bloods?|results?|today"
    r"|and))[ \t]*(?<![\d/.])(?P<d>[0-3]?\d)(?:/(?P<m>1[0-2]|0?[1-9])(?:/(?P<y>\d{4}|\d\d))?|\.(?P<m2>1[0-2]"
    r"|0?[1-9])\.(?P<y2>\d{4}|\d\d))(?![\d/.])"
)
_FIRST = re.compile(
    r"\b(?:on arrival|at arrival|arrival|on admission|on adm|at triage|triage|initial(?:ly)?|on scene|ems|crew"
    r"|at presentation|pre\b|pre-?\w*|before|booking|first|"
    r"was|at home|baseline|in the ed|in resus|handover|recovery|yesterday|yest|last (?:night|week|month|year)|ago)\b",
    re.IGNORECASE,
)
_LATER = re.compile(
    r"\b(?:now|today|tonight|currently|current|later|then|post\b|post-?\w*|after(?:wards)?|repeat(?:ed)?|rpt|re-?check(?:ed)?"
    r"|redraw\w*|at discharge|on discharge|discharge|"
    r"latest|most recent|at present|follow[- ]up|settled|improved to|down to|up to)\b",
    re.IGNORECASE,
)
_FRESH = re.compile(r"\bthis (?:morning|am|pm|afternoon|evening)\b", re.IGNORECASE)  # of today, and no more than that
_LINE = r"[ \t*#>-]*(?:on |at |labs? |bloods? |obs |vitals )?"
_EARLY_LINE = re.compile(
    rf"{_LINE}(?:adm(?:ission|itted|it)?|arrival|presentation|initial(?:ly)?|triage|baseline|pre-?op\w*|before"
    rf"|day [01]|d[01])\b[^\n:]{{0,20}}:",
    re.IGNORECASE,
)
_LATE_LINE = re.compile(
    rf"^{_LINE}(?:(?:at |on )?discharge|now|today|current(?:ly)?|latest|this (?:morning|am"
    rf"|evening)|post-?op\w*|after)\b[^\n:]{{0,20}}:[^\n]*\d",
    re.IGNORECASE | re.MULTILINE,
)
_Keyed = tuple[ExtractedItem, tuple[int, int] | None, int]
_BEHIND = 28  # characters behind a value in which its time stands
_BEFORE = 60


def in_time(text: str, group: Sequence[ExtractedItem]) -> list[ExtractedItem]:
    """Return the values of one quantity, the earliest first.

    Where both of two have a clock time, that decides; words of order ("on arrival", "repeat"), then the order of the note.
    """
    places = sorted((i.start, i.end) for i in group)
    keyed = [(item, _clock(text, item, places), _rank(text, item, places)) for item in group]

    def compare(one: _Keyed, two: _Keyed) -> int:
        first, second = one[1], two[1]
        if first and second and 0 in (first[0], second[0]):
            # Only one of them has a date: the clock alone can compare them, and only where both have one.
            first, second = ((0, first[1]), (0, second[1])) if first[1] and second[1] else (None, None)
        if first and second and first != second:
            if first[0] == second[0] == 0 and abs(first[1] - second[1]) > 12 * 60:
                return one[0].start - two[0].start  # past midnight
            return -1 if first < second else 1
        if one[2] != two[2]:
            return one[2] - two[2]
        return one[0].start - two[0].start

    return [item for item, _, _ in sorted(keyed, key=cmp_to_key(compare))]


def is_last(text: str, group: Sequence[ExtractedItem]) -> bool:
    """Return whether it is certain that the last of some values in time is later than all that differ from it.

    The order of the note alone says nothing: it needs times or words of order, or a number that follows another directly.
    """
    places = sorted((i.start, i.end) for i in group)
    last = group[-1]
    clock, rank = _clock(text, last, places), _rank(text, last, places)
    for item in group[:-1]:
        if item.value == last.value:
            continue
        follows = text[last.start].isdigit() and item.start < last.start and "\n" not in text[item.end : last.start]
        other = _clock(text, item, places)
        timed = clock and other and clock != other and (clock[0] == other[0] or 0 not in (clock[0], other[0]))
        if timed and clock and other and clock[0] == 0 and clock[1] - other[1] > 12 * 60:
            timed = False  # "0600: T 37 (2200: T 38)" of a night shift: which day is not said
        fresh = item.start < last.start and _said_fresh(text, last, places) and not _said_fresh(text, item, places)
        if not (follows or timed or fresh or rank > _rank(text, item, places)):
            return False
    return True


def is_outdated(text: str, item: ExtractedItem) -> bool:
    """Return whether a value stands in a line of an earlier time while another line of the note gives those of now."""
    line = text.rfind("\n", 0, item.start) + 1
    return _EARLY_LINE.match(text, line) is not None and _LATE_LINE.search(text, item.end) is not None


def _said_fresh(text: str, item: ExtractedItem, places: Sequence[tuple[int, int]]) -> bool:
    return any(_FRESH.search(part) for part in (item.text, _window(text, item, places)[1]))


def _window(text: str, item: ExtractedItem, places: Sequence[tuple[int, int]]) -> tuple[str, str]:
    """Return the words before and behind a value that can hold its time."""
    line = text.rfind("\n", 0, item.start) + 1
    earlier = [end for _, end in places if end <= item.start]
    before = text[max(line, item.start - _BEFORE, *(earlier or [0])) : item.start]
    stop = re.compile(r"[\n;]|,\s|\.\s|\)\s*,?")
    cut = stop.search(text, item.end)
    following = [start for start, _ in places if start >= item.end]
    behind = text[item.end : min([cut.start() if cut else len(text), item.end + _BEHIND, *following])]
    if number := re.search(r"\(|[A-Za-z]{1,8}\d?:?\s*\d{2,3}\b(?!:)|\s{2,}", behind):
        behind = behind[: number.start()]  # another quantity begins
    return before, behind


def _clock(text: str, item: ExtractedItem, places: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    """Return the day (0: not given) and the minute of a value."""
    before, behind = _window(text, item, places)
    found = _CLOCK.search(behind) if re.match(r"\s*(?:\(|@|at|on)?", behind) else None
    line = text.rfind("\n", 0, item.start) + 1
    if found is None:
        times = list(_CLOCK.finditer(text[line : item.start]))
        found = times[-1] if times and len(text[line : item.start]) < 160 else None
    date = _DATE.search(behind) or _DATE.search(before)
    day = _day(date) if date else 0
    if found is None:
        return (day, 0) if day else None
    if found["h12"]:
        minute = (int(found["h12"]) % 12 + (12 if found["half"].lower() == "pm" else 0)) * 60
    else:
        minute = int(found["h"] or found["h4"]) * 60 + int(found["m"] or found["m4"])
    return day, minute


def _day(date: re.Match[str]) -> int:
    year = int(date["y"] or date["y2"] or 0) % 100
    return year * 400 + int(date["m"] or date["m2"]) * 32 + int(date["d"])


def _rank(text: str, item: ExtractedItem, places: Sequence[tuple[int, int]]) -> int:
    before, behind = _window(text, item, places)
    lead = re.match(
        r"[ \t\d:/.]*[^\n:,;=]{0,24}?(?=:|\s[A-Z][A-Za-z]{0,5} \d)",
        text[text.rfind("\n", 0, item.start) + 1 : item.start],
    )
    start = max(m.end() for m in re.finditer(r"\n|(?<=[\w)%])[.;]\s+|^", text[: item.start]))
    opening = re.match(r"[^\d:,;=]{0,24}", text[start : item.start])
    inside = f"{lead.group() if lead else ''} {opening.group() if opening else ''} {item.text}"
    clause = re.split(r"[,;.(]\s", before)[-1]
    later = _LATER.search(behind) or _LATER.search(clause) or _LATER.search(inside)
    first = _FIRST.search(behind) or _FIRST.search(clause) or _FIRST.search(inside)
    return (1 if later else 0) - (1 if first else 0)
