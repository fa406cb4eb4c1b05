"""A series is immutable, tells missing from zero, and tables are read without guessing."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model_zoo.card import WEIGHTS_ROOT
from model_zoo.errors import SAY_DECIMAL, UnknownName
from model_zoo.patients.catalogue import feature
from model_zoo.quantities.numbers import TwoReadings
from model_zoo.quantities.units import UnknownUnit, to_stored
from model_zoo.vital_signs import MONITORED, InvalidSeries, VitalSeries, read_rows, read_series, read_table
from model_zoo.vital_signs.headers import read_header
from model_zoo.vital_signs.variables import variable

PASTED = (
    "Time\tHR\tBP\tTemp (°F)\tSpO2 %\tOxygen\tAVPU\tPatient name\tShoe size\n"
    "2026-01-01 10:00\t80\t120/80\t100,4\t97\tair\tA\tMüller\t42\n"
    "2026-01-01 11:30\t95\t\t\t93\tO2\tC\tMüller\t\n"
)


def problems(text):
    with pytest.raises(InvalidSeries) as caught:
        read_rows(text)
    assert caught.value.hint
    return " | ".join(caught.value.problems)


def test_pasted_rows():
    series = read_rows(PASTED)
    assert series.hours.tolist() == [0.0, 1.5]
    assert series.column("temperature_celsius")[0] == pytest.approx(38.0)
    assert np.isnan(series.column("temperature_celsius")[1])
    assert series.column("systolic_pressure_mmhg")[0] == 120
    assert series.column("diastolic_pressure_mmhg")[0] == 80
    assert series.column("supplemental_oxygen").tolist() == [0.0, 1.0]
    assert series.column("consciousness").tolist() == [0.0, 1.0]
    assert any("Shoe size" in note for note in series.notes)
    assert series.start is not None
    assert "2026" not in repr(series)
    assert "Müller" not in repr(series)


def test_a_series_cannot_be_changed_and_has_one_row_per_time():
    series = read_rows(PASTED)
    with pytest.raises(ValueError, match="read-only"):
        series.values[0, 0] = 1.0
    with pytest.raises(InvalidSeries):
        VitalSeries(np.array([0.0, 0.0]), ("spo2_percent",), np.zeros((2, 1)))
    with pytest.raises(InvalidSeries):
        VitalSeries(np.array([0.0]), ("spo2_percent",), np.array([[np.inf]]))
    with pytest.raises(UnknownName):
        VitalSeries(np.array([0.0]), ("shoe_size",), np.zeros((1, 1)))
    with pytest.raises(UnknownName):
        series.column("shoe_size")


def test_values_are_carried_forward_but_never_backwards():
    series = read_rows("time (h),HR\n1,70\n2,80\n")
    values, ages = series.carried("heart_rate_per_min", np.array([0.5, 1, 1.9, 2, 5, 9]), carry_hours=4)
    np.testing.assert_array_equal(values, [np.nan, 70, 70, 80, 80, np.nan])
    np.testing.assert_allclose(ages, [np.nan, 0, 0.9, 0, 3, np.nan])
    assert series.latest("heart_rate_per_min") == 80
    assert series.latest("heart_rate_per_min", hour=1.5) == 70
    assert series.latest("spo2_percent") is None


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("time,HR\n2026-01-01T10:00:00Z,70\n2026-01-01T12:30:00+01:00,80\n", [0, 1.5]),
        ("time;HR\n31.01.2026 23:30;70\n01.02.2026 00:30;80\n", [0, 1]),
        ("date,time,HR\n2026-01-01,23:00,70\n2026-01-02,01:00,80\n", [0, 2]),
        ("Time,HR\n00:07,70\n26:37,80\n", [0, 26.5]),
        ("hours,HR\n3,70\n4.5,80\n", [3, 4.5]),
        ("time (min),HR\n30,70\n90,80\n", [0.5, 1.5]),
        ("time (h),HR\n2,80\n1,70\n", [1, 2]),
    ],
)
def test_times(text, hours):
    series = read_rows(text)
    np.testing.assert_allclose(series.hours, hours)
    assert series.column("heart_rate_per_min").tolist() == [70, 80]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "nothing to read"),
        ("time,HR\n", "no row below"),
        ("HR,RR\n1,2\n", "no column 'time'"),
        ("time,hart_rate\n1,2\n", "did you mean 'heart_rate'"),
        ("time,shoe\n1,2\n", "no column holds"),
        ("time,HR,pulse\n1,2,3\n", "the same quantity"),
        ("time,BP,SBP\n1,120/80,120\n", "in two ways"),
        ("time,HR\n1/2/2026 10:00,70\n", "row 2: a date with slashes"),
        ("time,HR\n2026-01-01,70\n", "no time of day"),
        ("time,HR\n23:00,70\n01:00,80\n", "row 3: the clock runs backwards"),
        ("time,HR\n2026-01-01 10:00,70\n3,80\n", "different ways"),
        ("time,HR\n2026-01-01 10:00,70\n2026-01-01 10:00Z,80\n", "time zone"),
        ("time,HR\n1,70\n,80\n", "row 3: the time is missing"),
        ("time,HR\n-1,70\n", "before the start"),
        ("time,HR\n1,seventy\n", "row 2, HR: expected a number"),
        ("time,HR\n1,inf\n", "finite"),
        ("time,HR\n1,700\n", "outside the plausible range of 0 to 300 /min"),
        ("time,temp\n1,101\n", "looks like °F"),
        ("time,FiO2\n1,40\n", "looks like %"),
        ("time,SpO2\n1,0.97\n", "looks like a fraction"),
        ("time,creatinine (furlong)\n1,97\n", "expected µmol/L or mg/dL"),
        ("time,urea (mg/dL)\n1,40\n", "nitrogen"),
        ("time,GCS\n1,14.5\n", "whole number"),
        ("time,GCS\n1,16\n", "3 to 15"),
        ("time,AVPU\n1,X\n", "A, C, V, P or U"),
        ("time,O2\n1,4\n", "expected yes or no"),
        ("time,BP\n1,120\n", "systolic/diastolic"),
        ("time (h);platelets\n0;1.200\n", "thousands"),
        ("time (h)\turine (mL/day)\n0\t1.200\n", "thousands"),
        ("time (h);D-dimer\n0;1.200\n", "thousands"),
        ("time (h);platelets\n0;1 200\n", "blanks"),
        ("time (h);HR\n0;1_33\n", "digits from 0 to 9"),
        ("time (h);HR\n0;\u0667\u0660\n", "digits from 0 to 9"),
        ("time (h);HR\n0;12.\n", "expected a number"),
        ("time (h);HR\n0;<50\n", "bound"),
        ('time (h),temp\n0,"36,8"\n', "comma"),
        ("time (h),creatinine (mg/dL)\n0,97 µmol/L\n", "unit behind the number"),
        ("time (h),BP\n0,80/120\n", "row 2: the systolic pressure is not above"),
        ("time (h),BP\n0,80/80\n", "row 2: the systolic pressure is not above"),
        ("time (h),SBP,DBP\n0,120,80\n1,80,120\n", "row 3: the systolic pressure is not above"),
        ("time (h),SBP,DBP\n0,80,\n0,,120\n", "row 2: the systolic pressure is not above"),
        ("time (h),BP (kPa)\n0,10/16\n", "row 2: the systolic pressure is not above"),
        ("time,HR\n1,70\n1,80\n", "row 2 and row 3 give different values"),
        ("time,HR\n1,70,3\n", "row 2 has 3 cells"),
        ("time,HR\n1,\n", "no value was found"),
        ("time (h),HR\n0,70\n99999,70\n", "400 days"),
        ('time,HR\n1,"70\n', "readable table"),
        ("time,HR\n1,7\x000\n", "not text"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_row(text, words):
    assert words in problems(text)


def test_all_problems_are_named_at_once_and_values_never():
    found = problems("time,HR,temp\n1,12345,37\n2,abc,99\n")
    assert "row 2, HR" in found
    assert "row 3, HR" in found
    assert "row 3, temp" in found
    assert "12345" not in found
    assert "abc" not in found


def test_many_problems_are_counted():
    with pytest.raises(InvalidSeries) as caught:
        read_rows("time (h),HR\n" + "".join(f"{i},x\n" for i in range(50)))
    assert len(caught.value.problems) == 50
    assert "and 38 more" in caught.value.message


def test_equal_doubles_are_one_and_split_rows_are_joined():
    series = read_rows("time (h),HR,RR\n1,70,\n1,,16\n1,70,\n")
    assert series.values.shape == (1, 2)


@pytest.mark.parametrize(
    ("title", "name", "unit"),
    [
        ("HR (bpm)", "heart_rate_per_min", "bpm"),
        ("Pulse", "heart_rate_per_min", None),
        ("Temp °F", "temperature_celsius", "°F"),
        ("temperature_celsius", "temperature_celsius", "°C"),
        ("creatinine_mg_dl", "creatinine_umol_l", "mg/dL"),
        ("BUN [mg/dL]", "urea_mmol_l", "mg/dL (BUN)"),
        ("FiO2 (%)", "fio2_fraction", "%"),
        ("Oxygen saturation (SpO2)", "spo2_percent", None),
        ("NISysABP", "systolic_pressure_mmhg", None),
    ],
)
def test_headers(title, name, unit):
    header = read_header(title)
    assert (header.name, header.unit) == (name, unit)


@pytest.mark.parametrize("spec", MONITORED, ids=lambda spec: spec.name)
def test_every_quantity_is_read_under_its_names_and_units(spec):
    if spec.kind != "numeric":
        assert read_header(spec.key).name == spec.name
        return
    for title in (spec.name, spec.us_name, spec.key, spec.title):
        assert read_header(title).name == spec.name, title
    assert to_stored(spec, 1.5, spec.si_unit) == 1.5
    assert to_stored(spec, spec.to_units(1.5, "US"), spec.us_unit) == pytest.approx(1.5)


@pytest.mark.parametrize(
    ("name", "value", "unit", "expected"),
    [
        ("temperature_celsius", 98.6, "[degF]", 37.0),
        ("creatinine_umol_l", 1.0, "mg/dL", 88.4),
        ("creatinine_umol_l", 100, "umol/L", 100),
        ("glucose_mmol_l", 180.16, "mg/dL", 10.0),
        ("fio2_fraction", 40, "%", 0.4),
        ("spo2_percent", 0.97, "1", 97),
        ("systolic_pressure_mmhg", 16, "kPa", 120.0),
        ("leucocytes_10e9_l", 7, "10*3/uL", 7),
        ("heart_rate_per_min", 80, "{beats}/min", 80),
        ("gcs_points", 14, "{score}", 14),
        ("arterial_ph", 7.4, "[pH]", 7.4),
        ("d_dimer_mg_l", 500, "ng/mL", 0.5),
    ],
)
def test_units(name, value, unit, expected):
    assert to_stored(variable(name), value, unit) == pytest.approx(expected, rel=1e-4)


def test_a_unit_of_another_kind_is_refused():
    with pytest.raises(UnknownUnit):
        to_stored(variable("heart_rate_per_min"), 80, "mm[Hg]")


def test_every_measured_input_of_the_support_model_can_stand_in_a_series():
    names = {spec.name for spec in MONITORED}
    card = json.loads((WEIGHTS_ROOT / "support-respiratory" / "card.json").read_text(encoding="utf-8"))
    features = [entry["name"] for entry in card["features"]]
    assert len(features) > 20
    measured = {n for n in features if feature(n).group in ("Circulation and breathing", "Laboratory")}
    assert measured <= names


def test_bytes_of_a_file():
    assert read_table(b"\xef\xbb\xbftime (h),HR\r\n0,70\r\n").values.tolist() == [[70.0]]
    assert read_series(b"time (h),HR\n0,70\n", "stay.csv").provenance == "imported from CSV"
    for data in (b"time,HR\n0,\xff\n", b"x" * (3 * 2**20)):
        with pytest.raises(InvalidSeries):
            read_table(data)


_WORDS = st.sampled_from(
    ["time", "HR", "temp", "BP", "AVPU", "O2", "K", "name", "1", "2026-01-01 10:00", "80", "120/80", "36,8", "A", "air", "-5",
     "1e999", "nan", "99:99", "0001-01-01T00:00+14:00", "9999-12-31T23:59", "(", "%", "²", "٣", '"', " "]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(_WORDS, min_size=1, max_size=4), min_size=1, max_size=4), st.sampled_from(",;\t"))
def test_any_table_is_read_or_refused_in_words(rows, delimiter):
    try:
        series = read_rows("\n".join(delimiter.join(row) for row in rows))
    except InvalidSeries:
        return
    for spec, column in zip(series.specs, series.values.T, strict=True):
        seen = column[~np.isnan(column)]
        assert len(seen)
        if spec.plausible is not None:
            assert spec.plausible[0] <= seen.min() <= seen.max() <= spec.plausible[1]


def test_a_column_that_may_name_the_patient_is_neither_read_nor_repeated():
    series = read_rows("time (h),HR,Name: Jane Roe,patient no 17\n0,80,x,y\n")
    assert "Jane" not in " ".join(series.notes)
    assert "2 column(s)" in " ".join(series.notes)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("time (h);temp\n0;36,8\n", 36.8),
        ("time (h);ph\n0;7.385\n", 7.385),  # no pH of 7385: the point is a decimal one
        ("time (h)\tlactate\n0\t1.234\n", 1.234),
        ("time (h),platelets\n0,1.200\n", 1.2),
        ("time (h),temp\n0,98.6 °F\n", 37.0),
        ("time (h),creatinine\n0,1.0 mg/dL\n", 88.4),
        ("time (h),lactate (mg/dL)\n0,18\n", 2.0),
        ("time (h),WBC (/µL)\n0,7200\n", 7.2),
        ("time (h),WBC\n0,7.2 x10^9/L\n", 7.2),
    ],
)
def test_numbers_that_can_be_read_in_one_way(text, value):
    assert read_rows(text).values[0, 0] == pytest.approx(value, rel=1e-3)


@pytest.mark.parametrize(
    "title",
    ["lactate", "glucose", "urea", "creatinine", "bilirubin", "Hb", "calcium", "magnesium", "phosphate", "D-dimer", "CRP", "PaO2",
     "PaCO2", "temp", "albumin", "urine output", "WBC", "pao2_fio2"],
)  # fmt: skip
def test_a_number_that_depends_on_its_unit_is_not_read_in_silence(title):
    spec = variable(read_header(title).name)
    series = read_rows(f"time (h),{title}\n0,{spec.normal[1]}\n")
    assert f"No unit named, so read as stored: {title} ({spec.si_unit})." in series.notes
    named = read_rows(f"time (h),{title} ({spec.si_unit})\n0,{spec.normal[1]}\n")
    behind = read_rows(f"time (h),{title}\n0,{spec.normal[1]} {spec.si_unit}\n")
    assert named.values.tolist() == behind.values.tolist() == series.values.tolist()
    assert not any("No unit" in note for note in (*named.notes, *behind.notes))


def test_a_unit_that_everyday_charts_do_not_change_needs_no_remark():
    assert not read_rows("time (h),HR,RR,SpO2,BP,sodium,pH arterial\n0,80,16,97,120/80,140,7.4\n").notes


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ("MAP\n0;9", True),
        ("DBP\n0;10", True),
        ("MAP\n0;75", False),
        ("HR\n0;80", False),
        ("HR;DBP\n0;80;10 mmHg", False),
    ],
)
def test_a_number_that_would_fit_another_unit_too_is_remarked_on(cells, said):
    notes = read_rows(f"time (h);{cells}\n").notes
    assert any("No unit named" in note for note in notes) == said


@pytest.mark.parametrize(
    ("text", "decimal", "value"),
    [
        ("time;K\n1;1,234\n", None, 1.234),  # no potassium is a thousand
        ("time (h);platelets;temp\n0;1.200;36,8\n", None, 1200),  # another number of the file tells the mark
        ("time (h);arterial pH;temp\n0;7.385;36,8\n", None, 7.385),  # marks are mixed, and the range tells
        ("time (h);platelets\n0;1.200\n", "point", 1.2),
        ("time (h);platelets\n0;1,200\n", "point", 1200),
    ],
)
def test_a_mark_before_three_digits_is_settled_by_range_file_or_reader(text, decimal, value):
    series = read_rows(text, decimal=decimal)
    assert series.values[0, [name != "temperature_celsius" for name in series.variables]].tolist() == [value]


def test_the_first_number_with_two_readings_is_asked_about():
    with pytest.raises(InvalidSeries) as caught:
        read_series(b"time (h);platelets;D-dimer\n0;;1,100\n1;1,200;\n", "stay.csv")
    assert caught.value.asked == TwoReadings("1,100", 1.1, 1100.0)
    assert caught.value.hint == SAY_DECIMAL
    assert "1,100" not in caught.value.message
