"""A series from a table: the bytes of a CSV file, or rows pasted from a chart. One header row, one row per time.

Cells are divided by tabs, semicolons or commas, whichever the header holds; with tabs and semicolons a decimal comma is
read. Rows are counted as a spreadsheet does: the header is row 1. Values are never repeated in a message.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from model_zoo.monitoring.assembly import Measurement, Unreadable, assemble, is_absent, read_value
from model_zoo.monitoring.headers import DATE, PRESSURE, TIME, Header, read_header
from model_zoo.monitoring.series import MAX_BYTES, InvalidSeries, VitalSeries
from model_zoo.monitoring.times import read_times
from model_zoo.monitoring.variables import variable

MAX_ROWS, MAX_COLUMNS, _MAX_CELL = 20_000, 200, 200
_SHOWN = 40  # characters of a header that are repeated in a message
HINT = "Expected one header row (time, then quantities with their units) and one row per time."
SYSTOLIC, DIASTOLIC = "systolic_pressure_mmhg", "diastolic_pressure_mmhg"


@dataclass(frozen=True)
class _Column:
    index: int
    title: str
    header: Header


def read_table(data: bytes, provenance: str = "imported from CSV") -> VitalSeries:
    """Return the series of a CSV file, UTF-8 and at most 16 MB.

    Raises InvalidSeries: what is wrong, in which row, what to do. Columns of unknown quantities and personal ones are
    left out and said so in ``notes``; one that looks like a misspelled quantity is an error.
    """
    if len(data) > MAX_BYTES:
        raise InvalidSeries(
            [f"the file is larger than {MAX_BYTES // 2**20} MB"], "Give one stay of one patient at a time."
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidSeries(["the file is not UTF-8 text"], f"Save it as UTF-8. {HINT}") from error
    return read_rows(text, provenance)


def read_rows(text: str, provenance: str = "pasted rows") -> VitalSeries:
    """Return the series of pasted rows; see ``read_table``."""
    if len(text) > MAX_BYTES:
        raise InvalidSeries([f"the text is longer than {MAX_BYTES // 2**20} MB"], "Paste one stay of one patient.")
    rows, delimiter = _cells(text)
    columns, notes = _columns(rows[0][1])
    body = rows[1:]
    width = len(rows[0][1])
    ragged = [f"row {n} has {len(cells)} cells, the header has {width}" for n, cells in body if len(cells) != width]
    if ragged:
        raise InvalidSeries(
            ragged, "Give every row as many cells as the header; leave a cell empty where nothing was measured."
        )
    where = [f"row {n}" for n, _ in body]
    by_name = {column.header.name: column for column in columns}
    time = by_name[TIME]
    cells_of_time = [cells[time.index].strip() for _, cells in body]
    if DATE in by_name:
        cells_of_time = [
            f"{cells[by_name[DATE].index].strip()} {t}" for (_, cells), t in zip(body, cells_of_time, strict=True)
        ]
    times = read_times(cells_of_time, where, time.header.unit, delimiter != ",")
    found: list[Measurement] = []
    problems: list[str] = []
    for (_, cells), hour, row in zip(body, times.hours, where, strict=True):
        for column in columns:
            if column.header.name in (TIME, DATE) or is_absent(cells[column.index]):
                continue
            try:
                found += _measured(column, cells[column.index], hour, row, delimiter != ",")
            except Unreadable as error:
                problems.append(f"{row}, {column.title}: {error}")
    if problems:
        raise InvalidSeries(problems)
    notes += [times.note] if times.note else []
    if list(times.hours) != sorted(times.hours):
        notes.append("The rows were put in order of time.")
    return assemble(found, provenance, tuple(notes), times.start)


def _measured(column: _Column, cell: str, hour: float, row: str, decimal_comma: bool) -> list[Measurement]:
    name, unit = column.header.name, column.header.unit
    if name != PRESSURE:
        return [Measurement(hour, str(name), read_value(variable(str(name)), cell, unit, decimal_comma), row)]
    parts = cell.split("/")
    if len(parts) != 2:
        raise Unreadable("expected systolic/diastolic, such as 120/80")
    pair = zip((SYSTOLIC, DIASTOLIC), parts, strict=True)
    return [Measurement(hour, n, read_value(variable(n), part, unit, decimal_comma), row) for n, part in pair]


def _cells(text: str) -> tuple[list[tuple[int, list[str]]], str]:
    """Return the rows that hold anything with their number, and what divides the cells."""
    if not text.strip():
        raise InvalidSeries(["there is nothing to read"], HINT)
    if "\x00" in text:
        raise InvalidSeries(["this is not text"], HINT)
    head = next(line for line in text.splitlines() if line.strip())
    delimiter = "\t" if "\t" in head else ";" if head.count(";") > head.count(",") else ","
    rows = []
    try:
        # The number of a row is that of its last line, which is its only one: a line break inside a cell is refused.
        reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
        for cells in reader:
            if any(map(str.strip, cells)):
                rows.append((reader.line_num, cells))
    except csv.Error as error:
        raise InvalidSeries(["the rows are not a readable table"], HINT) from error
    if len(rows) < 2:
        raise InvalidSeries(["there is no row below the header"], HINT)
    if len(rows) > MAX_ROWS or len(rows[0][1]) > MAX_COLUMNS:
        raise InvalidSeries([f"the table has more than {MAX_ROWS} rows or {MAX_COLUMNS} columns"], HINT)
    if any(len(cell) > _MAX_CELL or "\n" in cell for _, cells in rows for cell in cells):
        raise InvalidSeries([f"a cell is longer than {_MAX_CELL} characters or one line"], HINT)
    return rows, delimiter


def _columns(titles: list[str]) -> tuple[list[_Column], list[str]]:
    """Return the columns that are read, and notes on those that are not. Raises InvalidSeries for headers that do not fit."""
    columns: list[_Column] = []
    problems: list[str] = []
    unknown: list[str] = []
    personal = 0
    for index, title in enumerate(titles):
        shown = "".join(c for c in title.strip() if c.isprintable())[:_SHOWN]
        header = read_header(title)
        if header.name is None:
            personal += header.personal
            if header.guess:
                problems.append(f"the column '{shown}' is not known; did you mean '{header.guess}'?")
            elif not header.personal:
                unknown.append(shown or f"number {index + 1}")
            continue
        twin = next((c for c in columns if c.header.name == header.name), None)
        if twin is not None:
            problems.append(f"the columns '{twin.title}' and '{shown}' hold the same quantity")
        columns.append(_Column(index, shown, header))
    names = {column.header.name for column in columns}
    if TIME not in names:
        problems.append("there is no column 'time'")
    if PRESSURE in names and names & {SYSTOLIC, DIASTOLIC}:
        problems.append("the blood pressure stands in two ways, as one column and as two")
    if problems:
        raise InvalidSeries(problems, f"Correct the header. {HINT}")
    if not names - {TIME, DATE}:
        raise InvalidSeries(["no column holds a quantity that is known"], HINT)
    notes = []
    if unknown:
        notes.append(f"Not read, because the quantity is not known: {', '.join(unknown)}.")
    if personal:
        notes.append(f"{personal} column(s) that may say who the patient is, or hold remarks, were not read.")
    bare = [c.title for c in columns if c.header.unit is None and _needs_unit(c.header.name)]
    if bare:
        notes.append(f"No unit named, so read as stored: {', '.join(bare)}.")
    return columns, notes


def _needs_unit(name: str | None) -> bool:
    """Tell whether the number of a quantity depends on its unit in everyday charts."""
    return name not in (TIME, DATE, PRESSURE) and name is not None and variable(name).differs_by_unit
