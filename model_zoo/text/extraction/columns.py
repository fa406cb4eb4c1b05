"""Tables with times as columns: of each row the newest value is read, older ones are shown as such.

A table begins with a line of two or more dates, clock times or days. A row that cannot be laid under its columns is not read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from model_zoo.text.extraction.rewriting import Edit

_STAMP = re.compile(
    r"(?<![\w/.:-])(?:(?P<d>\d{1,2})(?:/(?P<m>\d{1,2})(?:/(?P<y>\d{2,4}))?|\.(?P<m2>\d{1,2})\.(?P<y2>\d{2,4})?)(?![\d/])"
    r"|(?P<h>[01]?\d|2[0-3]):(?P<min>[0-5]\d)|(?P<iso>\d{4}-\d\d-\d\d)|"
    r"(?P<dd>[0-3]?\d) ?(?P<mon>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*|(?:day|d) ?(?P<n>\d{1,2})\b|"
    r"(?P<word>(?:on )?adm(?:ission)?|admit|arrival|baseline|pre(?:-?op)?|post(?:-?op)?|yesterday|today|now|current"
    r"|discharge|previous|prev|latest)\b)",
    re.IGNORECASE,
)
_ORDER = (
    "baseline",
    "previous",
    "prev",
    "pre",
    "preop",
    "adm",
    "admission",
    "admit",
    "arrival",
    "post",
    "postop",
    "yesterday",
    "discharge",
    "current",
    "latest",
    "today",
    "now",
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CELL = re.compile(
    r"(?:(?P<value>[<>≤≥]?\s?\d+(?:[.,]\d+)?(?:/\d{1,3})?)\s?(?P<unit>%|l/min|lpm|[a-zµμ]+/[a-z]+"
    r"|°?[cf]\b)?(?P<flag>\s?[*!↑↓]|\s?\([HL]\)|\s[HL](?=\s|$))?|-{1,3}|–|—|n/?[adt]|nil|pend(?:ing)?|\.{1,3}|\?)(?=\s|\||$)",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"[ \t|*>-]*(?P<name>[A-Za-z][A-Za-z0-9₂+,./& -]*?[A-Za-z0-9+.]?)[ \t]*(?:[(\[](?P<unit>[^)\]\n]{1,12})[)\]])?(?:[ \t"
    r"|:.]+)(?=[<>≤≥]?\d|-|–|n/|\?)",
    re.IGNORECASE,
)
_BLANK = re.compile(r"[ \t|]*")


@dataclass(frozen=True)
class Row:
    """start, end: of the line. name, unit: as written. cells: written values by column, None where there is none.

    order: the columns from the newest to the oldest; None where that cannot be told.
    """

    start: int
    end: int
    name: str
    unit: str
    cells: tuple[str | None, ...]
    order: tuple[int, ...] | None

    def edits(self, age: int = 0) -> Edit:
        """Return the row with its value of one age only (0: the newest there is), or without any where it cannot be told."""
        value = self.values[age] if age < len(self.values) else ""
        return Edit(self.start, self.end, f"{self.name} {value} {self.unit}".rstrip() if value else self.name)

    @property
    def values(self) -> list[str]:
        """The written values, the newest first."""
        return [cell for i in self.order or () if (cell := self.cells[i])]


def find_rows(text: str) -> list[Row]:
    """Return the rows of every table with times as columns."""
    lines = [(m.start(), m.end(), m.group()) for m in re.finditer(r"[^\n]+|(?<=\n)(?=\n)", text)]
    rows: list[Row] = []
    columns: list[re.Match[str]] = []
    order: tuple[int, ...] | None = None
    for start, end, line in lines:
        stamps = list(_STAMP.finditer(line))
        if len(stamps) >= 2 and not re.search(r"\d", _STAMP.sub("", line)) and len(_STAMP.sub("", line).split()) <= 5:
            columns, order = stamps, newest_first(stamps)
            continue
        if columns and (row := _row(start, end, line, len(columns), order, [c.start() for c in columns])):
            rows.append(row)
        elif columns and not line.strip():
            columns = []
    return rows


def newest_first(stamps: Sequence[re.Match[str]]) -> tuple[int, ...] | None:
    """Return the columns from the newest to the oldest, or None where the times can be ordered in two ways."""
    readings = {
        tuple(i for _, i in sorted(zip(keys, range(len(keys)), strict=True), reverse=True)) for keys in _keys(stamps)
    }
    return readings.pop() if len(readings) == 1 else None


def _keys(stamps: Sequence[re.Match[str]]) -> list[list[tuple[int, ...]]]:
    if all(s["h"] for s in stamps):
        return [[(int(s["h"]) * 60 + int(s["min"]),) for s in stamps]]
    if all(s["iso"] for s in stamps):
        return [[tuple(map(int, s["iso"].split("-"))) for s in stamps]]
    if all(s["n"] for s in stamps):
        return [[(int(s["n"]),) for s in stamps]]
    if all(s["mon"] for s in stamps):
        return [_wrapped([(_MONTHS.index(s["mon"].lower()) + 1, int(s["dd"])) for s in stamps])]
    if all(s["word"] for s in stamps):
        words = [re.sub(r"^on |-", "", s["word"].lower()) for s in stamps]
        return [[(_ORDER.index(w) if w in _ORDER else -1,) for w in words]]
    if not all(s["d"] for s in stamps):
        return []
    found: list[list[tuple[int, ...]]] = []
    for day, month in (("d", "m"), ("m", "d")):
        pairs = [(int(s[month] or s["m2"]), int(s[day] or s["m2"])) for s in stamps]
        if all(1 <= m <= 12 and 1 <= d <= 31 for m, d in pairs):
            years = [int(s["y"] or s["y2"] or 0) % 100 for s in stamps]
            dated: list[tuple[int, ...]] = [(year, *pair) for year, pair in zip(years, pairs, strict=True)]
            found.append(dated if any(years) else _wrapped(pairs))
    return found


def _wrapped(pairs: list[tuple[int, int]]) -> list[tuple[int, ...]]:
    """Return (year, month, day) where days of December and January stand side by side."""
    months = [m for m, _ in pairs]
    turn = max(months) - min(months) > 6
    return [(1 if turn and m <= 6 else 0, m, d) for m, d in pairs]


def _row(start: int, end: int, line: str, count: int, order: tuple[int, ...] | None, places: list[int]) -> Row | None:
    name = _NAME.match(line)
    if name is None:
        return None
    cells: list[str | None] = []
    at, unit = name.end(), (name["unit"] or "").strip()
    begins = []
    while len(cells) < count and (cell := _CELL.match(line, at)):
        cells.append(cell["value"] and cell["value"].replace(" ", "") + (f" {cell['unit']}" if cell["unit"] else ""))
        begins.append(cell.start())
        at = _BLANK.match(line, cell.end()).end()  # type: ignore[union-attr]
    if not cells:
        return None
    if len(cells) < count:
        if len(cells) == 1 and min(abs(places[i] - begins[0]) for i in range(count)) > 2:
            return None
        cells, placed = [None] * count, cells
        for cell_text, begin in zip(placed, begins, strict=True):
            column = min(range(count), key=lambda i: abs(places[i] - begin))
            if abs(places[column] - begin) > 3 or cells[column] is not None:
                return Row(start, end, name["name"], "", (), None)
            cells[column] = cell_text
    if not unit and (rest := re.match(r"\s*(?P<unit>(?:10[*^]?\d+/)?[A-Za-zµμ%°][\w/%*^]*)", line[at:])):
        unit = rest["unit"].replace("10*9", "10^9")
    if not unit and (remark := line[at:].strip()).startswith("("):
        unit = remark  # "(units not printed)" belongs to the value
    return Row(start, end, name["name"].strip(), unit, tuple(cells), order)
