"""Times of a table: the unit that a header names is honoured, and numbers that are no hours of a stay are refused."""

from __future__ import annotations

import numpy as np
import pytest

from model_zoo.vital_signs import InvalidSeries, read_rows
from model_zoo.vital_signs.headers import TIME, read_header
from model_zoo.vital_signs.times import BARE, HINT


def table(header: str, *times: str, delimiter: str = ";"):
    rows = [delimiter.join((header, "HR")), *(delimiter.join((time, str(70 + i))) for i, time in enumerate(times))]
    return read_rows("\n".join(rows) + "\n")


def refused(header: str, *times: str, delimiter: str = ";") -> str:
    with pytest.raises(InvalidSeries) as caught:
        table(header, *times, delimiter=delimiter)
    assert caught.value.hint == HINT
    return " | ".join(caught.value.problems)


@pytest.mark.parametrize(
    ("header", "last"),
    [
        ("time (s)", 0.025), ("time s", 0.025), ("t [s]", 0.025), ("time_s", 0.025), ("seconds", 0.025),
        ("elapsed time (sec)", 0.025),
        ("elapsed (ms)", 9e1 / 3.6e6), ("t_ms", 9e1 / 3.6e6), ("time in milliseconds", 9e1 / 3.6e6),
        ("offset_minutes", 1.5), ("time_in_minutes", 1.5), ("Time [min]", 1.5), ("time/min", 1.5), ("minutes from start", 1.5),
        ("time_in_hours", 90), ("hours_since_admission", 90), ("time since admission (h)", 90), ("time (Std.)", 90), ("iculos", 90),
        ("day", 2160), ("days", 2160), ("time (days)", 2160), ("time(d)", 2160), ("days_since_admission", 2160),
    ],
)  # fmt: skip
def test_the_unit_of_a_header_is_honoured(header, last):
    series = table(header, "0", "90")
    np.testing.assert_allclose(series.hours, [0, last])
    assert BARE not in series.notes


@pytest.mark.parametrize(
    "header", ["time (weeks)", "time (samples)", "time (UTC)", "time [hh:mm:ss]", "time_hours (min)"]
)
def test_numbers_under_an_unknown_unit_are_no_hours(header):
    assert "unit of the column of times" in refused(header, "0", "1")


@pytest.mark.parametrize("header", ["admission_time", "time_to_death", "prothrombin time (s)", "min", "death_time"])
def test_the_time_of_an_event_is_no_time_of_measurement(header):
    assert read_header(header).name != TIME


def test_bare_hours_stay_hours_with_a_remark():
    for times in (("0", "1", "2"), ("0", "4", "8"), ("3", "2"), ("0", "0.5", "1.0"), ("0", "0.0166667")):
        assert BARE in table("time", *times).notes


@pytest.mark.parametrize(
    ("header", "times", "words"),
    [
        ("time", ("45658.5", "45658.54"), "spreadsheet"),
        ("time (h)", ("45658.5", "45658.54"), "spreadsheet"),
        ("time", ("202601311430", "202601311530"), "dates written without marks"),
        ("time", ("20260131143000", "20260131153000"), "dates written without marks"),
        ("time", ("20260131", "20260201"), "dates written without marks"),
        ("time", ("1767225600", "1767229200"), "since 1970"),
        ("time (s)", ("1767225600", "1767229200"), "since 1970"),
        ("timestamp_ms", ("1767225600000", "1767229200000"), "since 1970"),
        ("time", ("0", "99999"), "400 days"),
        ("time", ("0", "3600", "7200"), "minutes or seconds"),
        ("time", ("0", "60"), "minutes or seconds"),
        ("time", ("0", "15", "30", "45"), "minutes or seconds"),
        ("time", ("0", "5", "10"), "minutes or seconds"),
        ("offset", ("0", "90"), "minutes or seconds"),
        ("time", ("0", "0.0416667", "0.083333"), "parts of a day"),
        ("time", ("0", "1_0"), "not understood"),
        ("time", ("\u0660", "\u0661"), "not understood"),
        ("time", ("2026-01-31", "2026-02-01"), "no time of day"),
        ("time", ("31.01.26 14:30", "31.01.26 15:30"), "not understood"),
        ("time", ("8:00 PM", "8:00 AM"), "clock runs backwards"),
        ("time", ("11:00", "12:00", "1:00"), "clock runs backwards"),
        ("time", ("13:00 PM", "14:00 PM"), "not understood"),
        ("time", ("2026-03-29 01:30 CET", "2026-03-29 03:30 CEST"), "not understood"),
        ("time (mm:ss)", ("00:10", "01:00"), "another unit"),
        ("time (min)", ("00:10", "01:00"), "another unit"),
    ],
)
def test_what_is_no_hour_of_a_stay_is_refused(header, times, words):
    assert words in refused(header, *times)


@pytest.mark.parametrize(
    ("header", "times", "decimal", "hours"),
    [
        ("time (s)", ("0", "900", "1.800", "2.700"), "comma", [0, 0.25, 0.5, 0.75]),
        ("time (h)", ("1,250", "2,500"), "comma", [1.25, 2.5]),
    ],
)
def test_times_in_thousands_or_decimals_are_asked_about(header, times, decimal, hours):
    with pytest.raises(InvalidSeries, match="thousands") as caught:
        table(header, *times)
    assert caught.value.asked is not None
    assert caught.value.asked.written in times
    rows = "\n".join([f"{header};HR", *(f"{time};{70 + i}" for i, time in enumerate(times))])
    np.testing.assert_allclose(read_rows(rows, decimal=decimal).hours, hours)


@pytest.mark.parametrize(
    ("header", "times", "hours"),
    [
        ("time", ("8:00 AM", "8:00 PM"), [0, 12]),
        ("time", ("12:00 am", "12:30 a.m."), [0, 0.5]),
        ("time", ("2026-01-31 8:00 PM", "2026-01-31 9:30 PM"), [0, 1.5]),
        ("time", ("2026/01/31 14:30", "2026/1/31 15:30"), [0, 1]),
        ("time (UTC)", ("14:30", "15:30"), [0, 1]),
        ("time", ("2026-03-29T01:30+01:00", "2026-03-29T03:30+02:00"), [0, 1]),
        ("date", ("2026-01-01 10:00", "2026-01-01 12:00"), [0, 2]),
        ("time (s)", ("0,000", "0,250", "1,250"), [0, 0.25 / 3600, 1.25 / 3600]),
        ("time (h)", ("0.5", "1.250"), [0.5, 1.25]),
    ],
)
def test_times_that_can_be_read_in_one_way_are_read(header, times, hours):
    np.testing.assert_allclose(table(header, *times).hours, hours)


def test_a_day_and_a_clock_are_one_time():
    assert read_rows("day,time,HR\n1,08:00,70\n2,07:00,80\n").hours.tolist() == [0, 23]


def test_no_refusal_repeats_a_time():
    assert "45658" not in refused("time", "45658.5", "45658.54")
