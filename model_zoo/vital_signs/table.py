"""A series from a table: the bytes of a CSV file, or rows pasted from a chart. One header row, one row per time.

Cells are divided by tabs, semicolons or commas, whichever the header holds; with tabs and semicolons a decimal comma is
read. Rows are counted as a spreadsheet does: the header is row 1. Values are never repeated in a message.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace

from model_zoo.errors import SAY_DECIMAL
from model_zoo.patients.features import FeatureSpec
from model_zoo.quantities.doubts import DIASTOLIC, SYSTOLIC
from model_zoo.quantities.numbers import Ambiguous, Decimal, TwoReadings, Unreadable, is_absent, written_number
from model_zoo.quantities.reading import NO_UNIT, decimal_of, names_unit
from model_zoo.quantities.units import fits_several
from model_zoo.vital_signs.assembly import Measurement, assemble, read_value
from model_zoo.vital_signs.headers import DATE, PRESSURE, TIME, Header, read_header
from model_zoo.vital_signs.series import MAX_BYTES, InvalidSeries, VitalSeries
from model_zoo.vital_signs.times import Times, read_times
from model_zoo.vital_signs.variables import variable
from model_zoo.vital_signs.whose import ONE_STAY, ages_of_table, several

MAX_ROWS, MAX_COLUMNS, _MAX_CELL = 20_000, 200, 200
_SHOWN = 40  # characters of a header that are repeated in a message
HINT = "Expected one header row (time, then quantities with their units) and one row per time."


@dataclass(frozen=True)
class _Column:
    index: int
    title: str
    header: Header


def read_table(data: bytes, provenance: str = "imported from CSV", decimal: Decimal | None = None) -> VitalSeries:
    """Return the series of a CSV file, UTF-8 and at most 16 MB. decimal: see ``read_rows``.

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
    return read_rows(text, provenance, decimal)


def read_rows(text: str, provenance: str = "pasted rows", decimal: Decimal | None = None) -> VitalSeries:
    """Return the series of pasted rows; see ``read_table``.

    decimal: the mark before decimals, as the reader stated it; by default as other numbers of the table show it. What it would
    settle is in ``asked`` of InvalidSeries.
    """
    if len(text) > MAX_BYTES:
        raise InvalidSeries([f"the text is longer than {MAX_BYTES // 2**20} MB"], "Paste one stay of one patient.")
    rows, delimiter = _cells(text)
    titles, body = rows[0][1], rows[1:]
    columns, notes = _columns(titles)
    _check_width(titles, body)
    below, where = [cells for _, cells in body], [f"row {n}" for n, _ in body]
    read = {column.index for column in columns}
    whose, remarks = several(titles, below, read)
    if whose:
        raise InvalidSeries(whose, ONE_STAY)
    comma = delimiter != ","
    if decimal is None and comma:
        decimal = decimal_of(row[column.index] for row in below for column in columns if _is_number(column))
    times = _times(columns, below, where, comma, decimal)
    ages, unread = ages_of_table(titles, below, times.start, read)
    found: list[Measurement] = []
    problems: list[str] = []
    asked: list[TwoReadings] = []
    for cells, hour, row in zip(below, times.hours, where, strict=True):
        for column in columns:
            if column.header.name in (TIME, DATE) or is_absent(cells[column.index]):
                continue
            try:
                found += _measured(column, cells[column.index], hour, row, comma, decimal)
            except Unreadable as error:
                about = f"{row}, {column.title}"
                problems.append(f"{about}: {error}")
                asked += [replace(error.readings, about=about)] if isinstance(error, Ambiguous) else []
    if len(asked) == len(problems) > 0:
        raise InvalidSeries(problems, SAY_DECIMAL, asked[0])
    if problems:
        raise InvalidSeries(problems, asked=next(iter(asked), None))
    notes += [*_without_unit(columns, below), *remarks, *unread, *([times.note] if times.note else [])]
    if list(times.hours) != sorted(times.hours):
        notes.append("The rows were put in order of time.")
    return replace(assemble(found, provenance, tuple(notes), times.start), ages_years=ages)


def _check_width(titles: list[str], body: list[tuple[int, list[str]]]) -> None:
    width = len(titles)
    ragged = [f"row {n} has {len(cells)} cells, the header has {width}" for n, cells in body if len(cells) != width]
    if ragged:
        raise InvalidSeries(
            ragged, "Give every row as many cells as the header; leave a cell empty where nothing was measured."
        )


def _is_number(column: _Column) -> bool:
    name = column.header.name
    return name not in (None, TIME, DATE, PRESSURE) and variable(str(name)).kind == "numeric"


def _times(
    columns: list[_Column], rows: list[list[str]], where: list[str], decimal_comma: bool, decimal: Decimal | None
) -> Times:
    by_name = {column.header.name: column for column in columns}
    time = by_name[TIME]
    cells = [row[time.index].strip() for row in rows]
    if DATE in by_name:
        cells = [f"{row[by_name[DATE].index].strip()} {cell}" for row, cell in zip(rows, cells, strict=True)]
    return read_times(cells, where, time.header.unit, decimal_comma, decimal)


def _measured(
    column: _Column, cell: str, hour: float, row: str, comma: bool, decimal: Decimal | None
) -> list[Measurement]:
    name, unit = column.header.name, column.header.unit
    if name != PRESSURE:
        return [Measurement(hour, str(name), read_value(variable(str(name)), cell, unit, comma, decimal), row)]
    parts = cell.split("/")
    if len(parts) != 2:
        raise Unreadable("expected systolic/diastolic, such as 120/80")
    pair = zip((SYSTOLIC, DIASTOLIC), parts, strict=True)
    return [Measurement(hour, n, read_value(variable(n), part, unit, comma, decimal), row) for n, part in pair]


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
    if TIME not in names and DATE in names:  # the only column of times, whatever it is called
        columns = [replace(c, header=replace(c.header, name=TIME)) if c.header.name == DATE else c for c in columns]
        names = names - {DATE} | {TIME}
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
    return columns, notes


def _fits_several(spec: FeatureSpec, cell: str) -> bool:
    try:
        return fits_several(spec, written_number(cell, comma=True).value)
    except Unreadable:
        return False  # a word of a flag or choice


def _without_unit(columns: list[_Column], rows: list[list[str]]) -> list[str]:
    """Return the remark on quantities whose number depends on a unit that neither the header nor every cell names."""
    bare = []
    for column in columns:
        name = column.header.name
        if name in (None, TIME, DATE, PRESSURE) or column.header.unit is not None:
            continue
        spec = variable(str(name))
        cells = [row[column.index] for row in rows if not is_absent(row[column.index])]
        alone = [cell for cell in cells if not names_unit(cell)]
        if any(_fits_several(spec, cell) for cell in alone):
            bare.append(f"{column.title} ({spec.si_unit})")
    return [f"{NO_UNIT}{', '.join(bare)}."] if bare else []
