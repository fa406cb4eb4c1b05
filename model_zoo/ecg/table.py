"""An ECG strip from a table: a CSV file or pasted rows, one row per sample, one column per lead, with time or without.

Read are headers such as "time (s), II (mV)", the two header rows that PhysioNet's tools write, and bare numbers. Without a
time column the sampling rate has to be stated. Rows are counted as a spreadsheet does; values are never repeated in a message.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from model_zoo.ecg.columns import SECONDS, Column, guessed_columns, named_columns
from model_zoo.ecg.rate import rate_of_remarks, stated_rates
from model_zoo.errors import InvalidPatientRecord
from model_zoo.quantities.numbers import Unreadable, decimal_mark, written_number
from model_zoo.vital_signs.whose import several

MAX_BYTES = 8 * 2**20  # five minutes at 1000 Hz with time and two leads take 7 MB
MAX_SECONDS = 300.0  # one threshold for the whole strip finds the beats: that does not follow a line over hours
MAX_LEADS = 12
LEAST_RATE_HZ, MOST_RATE_HZ = 80.0, 10_000.0  # below the first the model's band of 0.5 to 40 Hz is not in the strip
# What the model was made from is a modified lead II; the others see the same beat from elsewhere.
LIKE_TRAINING = ("MLII", "II")
UNNAMED = "column"  # how a lead without a name is called, with its number
HINT = "Expected one row per sample: time (s) and one or two leads (mV); or leads alone, with the sampling rate stated."
_MICROVOLTS = {"mv": 1000.0, "uv": 1.0, "µv": 1.0, "μv": 1.0, "v": 1e6, "millivolt": 1000.0, "microvolt": 1.0}
_RAW = ("adu", "adc", "raw", "counts", "digits")
_ALL_PLAIN = re.compile(r"(?:[+-]?(?:[0-9]++(?:\.[0-9]++)?|\.[0-9]++)(?:[eE][+-]?[0-9]{1,2})?\n)*+")
_MOST_NAMED = 5  # rows named in a message
# No voltage and no time comes near it, not even microseconds since 1970; what does would overflow in what is computed from it.
_MOST_NUMBER = 1e18
_LEAST_STEP = 1e-9  # of a time column, in its own unit: closer together no recorder writes its samples


@dataclass(frozen=True, eq=False)
class EcgRecording:
    """leads: microvolts (n,) by name, in the order of the file, read-only. notes: what the reader has to know of the reading."""

    leads: Mapping[str, np.ndarray]
    rate_hz: float
    provenance: str
    notes: tuple[str, ...] = ()
    synthetic: bool = False

    @property
    def seconds(self) -> float:
        return len(next(iter(self.leads.values()))) / self.rate_hz

    @property
    def best_lead(self) -> str:
        """The lead that comes nearest to the one the model was made from, else the first that is named, else the first."""
        named = [name for name in self.leads if not name.startswith(UNNAMED)]
        return next((name for name in LIKE_TRAINING if name in self.leads), [*named, *self.leads][0])


def read_ecg_table(data: bytes, rate_hz: float | None = None, provenance: str = "imported from CSV") -> EcgRecording:
    """Return the strip of a CSV file, UTF-8, at most 8 MB and five minutes.

    Parameters
    ----------
    data
        The bytes of the file.
    rate_hz
        Where there is no time column.
    provenance
        Where it comes from, in words.

    Raises
    ------
    InvalidPatientRecord
        What is wrong, in which rows, and what to do.
    """
    if len(data) > MAX_BYTES:
        raise InvalidPatientRecord(
            [f"the file is larger than {MAX_BYTES // 2**20} MB"], "Cut out the minutes that matter, at most five."
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidPatientRecord(["the file is not UTF-8 text"], f"Save it as CSV. {HINT}") from error
    return read_ecg_rows(text, rate_hz, provenance)


def read_ecg_rows(text: str, rate_hz: float | None = None, provenance: str = "pasted rows") -> EcgRecording:
    """Return the strip of pasted rows; see ``read_ecg_table``.

    Parameters
    ----------
    text
        The rows as pasted.
    rate_hz
        Samples a second, where there is no time column.
    provenance
        Where it comes from, in words.
    """
    if len(text) > MAX_BYTES:
        raise InvalidPatientRecord([f"the text is longer than {MAX_BYTES // 2**20} MB"], "Paste a shorter strip.")
    if "\x00" in text:
        raise InvalidPatientRecord(["this is not text"], HINT)
    numbered = [(n, line.strip()) for n, line in enumerate(text.splitlines(), start=1) if line.strip()]
    # Lines above the table, marked as remarks or not, that say how it was sampled.
    top = next((i for i, (_, line) in enumerate(numbered) if line[:1].isdigit() or line[:1] in "+-."), len(numbered))
    said = {n for n, line in numbered[:top] if line.startswith("#") or stated_rates(line)}
    said |= {n for n, line in numbered if line.startswith("#")}
    stated = rate_of_remarks(line for n, line in numbered if n in said)
    numbered = [(n, line) for n, line in numbered if n not in said]
    if not numbered:
        raise InvalidPatientRecord(["there is nothing to read"], HINT)
    notes: list[str] = []
    if stated is not None:
        if rate_hz is not None and abs(rate_hz - stated) > 0.01 * stated:
            raise InvalidPatientRecord(
                [f"the sampling rate given, {rate_hz:g} Hz, contradicts the one that the file states, {stated:g} Hz"],
                "Clear the rate that was given, or correct the file's first lines.",
            )
        rate_hz = stated
        notes.append("The sampling rate is the one that the file states.")
    elif rate_hz is not None:
        notes.append("The sampling rate is the one that was given with the file.")
    rows, point = _cells(numbered)
    heads = 0
    while heads < len(rows) and not any(map(_numeric, rows[heads])):
        heads += 1
        if heads > 2:
            raise InvalidPatientRecord(["more than two rows at the top hold no numbers"], HINT)
    body, where = rows[heads:], [n for n, _ in numbered[heads:]]
    if not body:
        raise InvalidPatientRecord(["there are no numbers below the header"], HINT)
    _check_width(body, where, len(rows[0]))
    columns = named_columns(rows[:heads]) if heads else guessed_columns(body)
    notes += [] if heads else ["No header: what each column holds was told from its numbers."]
    if heads:
        notes += _check_whose(rows[0], columns, body)
        unnamed = [str(n) for n, column in enumerate(columns, 1) if column.kind == "lead" and not column.name]
        if unnamed:
            notes.append(f"No lead is named in the header of column {', '.join(unnamed)}; check that it is an ECG.")
    return _recording(columns, body, where, point, rate_hz, provenance, notes)


def _cells(numbered: list[tuple[int, str]]) -> tuple[list[list[str]], bool]:
    """Return the cells of every row, and whether a comma inside a cell is a decimal point."""
    sample = numbered[min(len(numbered) - 1, 2)][1]
    delimiter = next((mark for mark in ("\t", ";", ",") if mark in sample), None)
    if delimiter is None and len(sample.split()) == 1:
        return [[line.strip(" \"'")] for _, line in numbered], True
    rows = [[cell.strip(" \"'") for cell in line.split(delimiter)] for _, line in numbered]
    return rows, delimiter != ","


def _numeric(cell: str) -> bool:
    return bool(re.fullmatch(r"[+-]?[\d.,:]+(?:e[+-]?\d+)?|nan", cell, re.IGNORECASE))


def _check_width(body: list[list[str]], where: list[int], width: int) -> None:
    ragged = [n for n, cells in zip(where, body, strict=True) if len(cells) != width]
    if ragged:
        raise InvalidPatientRecord(
            [f"{_rows(ragged)} not as many cells as the first row, {width}"], "Give every row the same columns."
        )


def _recording(
    columns: list[Column], body: list[list[str]], where: list[int], point: bool, rate_hz: float | None,
    provenance: str, notes: list[str],
) -> EcgRecording:  # fmt: skip
    problems: list[str] = []
    leads: dict[str, np.ndarray] = {}
    bare = False
    for place, column in enumerate(columns):
        if column.kind != "lead":
            continue
        name = column.name or f"{UNNAMED} {place + 1}"
        unit = column.unit.rstrip(".")
        if name in leads:
            problems.append(f"two columns hold lead {name}")
        elif unit in _RAW or (unit and unit.rstrip("s") not in _MICROVOLTS):
            problems.append(f"the unit of column {place + 1} is not known: expected mV or µV")
        else:
            values = _numbers([cells[place] for cells in body], where, place, point, problems)
            bare |= not unit
            leads[name] = values * _MICROVOLTS.get(unit.rstrip("s"), _MICROVOLTS["mv"])
    others = list(dict.fromkeys(column.name for column in columns if column.kind == "other"))
    if not leads and not problems:
        only = f"; what there is, is no ECG ({', '.join(others)})" if others else ""
        problems.append(f"there is no column of a lead{only}")
    if len(leads) > MAX_LEADS:
        problems.append(f"there are more than {MAX_LEADS} leads")
    times = [(place, column) for place, column in enumerate(columns) if column.kind == "time"]
    if len(times) > 1:
        problems.append("there are two columns of time")
    if problems:
        raise InvalidPatientRecord(problems, f"Correct these places and read it again. {HINT}")
    if times:
        notes[:] = [note for note in notes if not note.startswith("The sampling rate")]
        rate_hz = _rate(times[0][1], [cells[times[0][0]] for cells in body], where, times[0][0], point, rate_hz, notes)
    if rate_hz is None:
        raise InvalidPatientRecord(
            ["there is no time column, and no sampling rate is stated"],
            "State the sampling rate in Hz (on the page beside the file, on the command line with --rate), or add a time column.",
        )
    _check_rate(rate_hz)
    if len(body) / rate_hz > MAX_SECONDS:
        raise InvalidPatientRecord(
            [f"the strip is longer than {MAX_SECONDS / 60:g} minutes"],
            "Cut out the part that matters; the beats are found with one threshold for the whole strip.",
        )
    if bare:
        notes.append("No unit named, so read as millivolts.")
    if others:
        notes.append(f"Not read, because it is no ECG lead: {', '.join(others)}.")
    personal = sum(column.kind == "personal" for column in columns)
    if personal:
        notes.append(f"{personal} column(s) that may say who the patient is were not read.")
    for values in leads.values():
        values.setflags(write=False)
    return EcgRecording(leads, float(rate_hz), provenance, tuple(notes))


def _check_whose(titles: list[str], columns: list[Column], body: list[list[str]]) -> list[str]:
    """Return the remarks on whose the strip is. Raises InvalidPatientRecord where it is more than one patient's or stay's."""
    problems, remarks = several(titles, body, [n for n, column in enumerate(columns) if column.kind != "personal"])
    if problems:
        raise InvalidPatientRecord(problems, "Give one strip of one patient at a time.")
    return remarks


def _check_rate(rate_hz: float) -> None:
    if not LEAST_RATE_HZ < rate_hz <= MOST_RATE_HZ:
        raise InvalidPatientRecord(
            [f"the sampling rate comes to {rate_hz:.3g} Hz; expected above {LEAST_RATE_HZ:g} and at most {MOST_RATE_HZ:g} Hz"],
            "Check the sampling rate, or the unit of the time column (s or ms). Averaged trends cannot be read.",
        )  # fmt: skip


def _rate(
    column: Column, cells: list[str], where: list[int], place: int, point: bool, stated: float | None, notes: list[str]
) -> float:
    """Return the sampling rate of a time column. Raises InvalidPatientRecord where the samples are not evenly spaced."""
    problems: list[str] = []
    if any(":" in cell for cell in cells):
        seconds, scale = _clock(cells, where, problems), 1.0
    else:
        seconds = _numbers(cells, where, place, point, problems)
        if column.unit and column.unit not in SECONDS:
            problems.append("the unit of the time column is not known: expected s or ms")
        scale = SECONDS.get(column.unit, 1.0)
    if problems:
        raise InvalidPatientRecord(problems, f"Correct the time column. {HINT}")
    if len(seconds) < 2 or seconds[-1] - seconds[0] < _LEAST_STEP * len(seconds):
        raise InvalidPatientRecord(["the times do not rise"], f"Put the rows in order of time. {HINT}")
    rate = (len(seconds) - 1) / (seconds[-1] - seconds[0])
    if not column.unit and rate < LEAST_RATE_HZ / 8 and LEAST_RATE_HZ < 1000 * rate <= MOST_RATE_HZ:
        scale = 0.001
        notes.append("No unit of time named; read as milliseconds, since as seconds it would be no ECG.")
    # Written times are rounded, so a step may differ; missing samples put all after them out of step. One is let go: it moves
    # what follows by some milliseconds.
    drift = np.abs(seconds - (seconds[0] + np.arange(len(seconds)) / rate)).max() * rate
    rounding = 0.5 * rate * 0.001 / scale
    rate /= scale
    if drift > 0.75 + rounding:
        raise InvalidPatientRecord(
            ["the samples are not evenly spaced in time, or some are missing"], "Give a stretch without gaps."
        )
    if stated is not None and abs(rate - stated) > 0.01 * stated:
        raise InvalidPatientRecord(
            [f"the sampling rate stated, {stated:g} Hz, contradicts the time column, {rate:.4g} Hz"],
            "Clear the stated rate, or correct the time column or the file's first lines.",
        )
    # Rounded times miss the rate of the recorder by a little, which is a whole number.
    return float(round(rate)) if abs(rate - round(rate)) < 5e-4 * rate else float(rate)


def _clock(cells: list[str], where: list[int], problems: list[str]) -> np.ndarray:
    """Return seconds of times such as 1:02.345 or 00:01:02.345."""
    found = np.zeros(len(cells))
    wrong = []
    for i, cell in enumerate(cells):
        try:
            parts = [written_number(part).value for part in cell.replace(",", ".").split(":")]
        except Unreadable:
            parts = []
        if not 2 <= len(parts) <= 3 or max(map(abs, parts)) > _MOST_NUMBER:
            wrong.append(where[i])
            continue
        found[i] = sum(part * 60.0**power for power, part in enumerate(reversed(parts)))
    if wrong:
        problems.append(f"{_rows(wrong)} no time such as 0:01.250 or 1.25; dates are not read")
    return found


def _numbers(cells: list[str], where: list[int], place: int, point: bool, problems: list[str]) -> np.ndarray:
    if point and any("," in cell for cell in cells):
        if not decimal_mark(cells):
            problems.append(f"column {place + 1}: a comma may divide thousands or decimals; write points")
        cells = [cell.replace(",", ".") for cell in cells]
    if _ALL_PLAIN.fullmatch("\n".join([*cells, ""])):  # half a million cells one by one take seconds
        return _bounded(np.array(cells).astype(np.float64), where, place, problems)
    values = np.full(len(cells), np.nan)
    for i, cell in enumerate(cells):
        try:
            values[i] = written_number(cell).value
        except Unreadable:
            continue
    wrong = [where[i] for i in np.flatnonzero(np.isnan(values))]
    if wrong:
        problems.append(f"column {place + 1}: {_rows(wrong)} no number")
    return _bounded(values, where, place, problems)


def _bounded(values: np.ndarray, where: list[int], place: int, problems: list[str]) -> np.ndarray:
    """Return the values with zeros for those that no measurement reaches, which are named as a problem."""
    beyond = np.abs(values) > _MOST_NUMBER
    if beyond.any():
        rows = _rows([where[i] for i in np.flatnonzero(beyond)])
        problems.append(f"column {place + 1}: {rows} a number larger than any measurement")
    return np.where(beyond, 0.0, values)


def _rows(numbers: list[int]) -> str:
    named = ", ".join(map(str, numbers[:_MOST_NAMED]))
    more = len(numbers) - _MOST_NAMED
    verb = "has" if len(numbers) == 1 else "have"
    return f"row{'s' if len(numbers) > 1 else ''} {named}{f' and {more} more' if more > 0 else ''} {verb}"
