"""Traps of units and times: what looks like a value of now and is an hour's, a dose, a date, a relative's or a past one."""

from __future__ import annotations

import pytest

from model_zoo.patients.catalogue import CATALOGUE
from model_zoo.quantities.doubts import REVERSED
from model_zoo.text.extraction import extract_note, form_values
from model_zoo.text.extraction.assertion.doubts import DATED, DOSE, NOT_A_DAY, PER_WEIGHT


def read(text, name):
    return [item for item in extract_note(text) if item.name == name]


def filled(text):
    return form_values(extract_note(text), CATALOGUE).values


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Urine output 20 ml in the last hour.", NOT_A_DAY), ("urine output 30 ml/h", NOT_A_DAY), ("UOP 35 mls/hr", NOT_A_DAY),
        ("urine 150 ml over 6 h", NOT_A_DAY), ("urine output 20 ml hourly", NOT_A_DAY), ("urine 1 l overnight", NOT_A_DAY),
        ("urine 400 ml in the last two hours", NOT_A_DAY), ("UOP 0.4 ml/kg/h", PER_WEIGHT),
    ],
)  # fmt: skip
def test_urine_of_an_hour_is_no_urine_of_a_day(text, reason):
    (item,) = read(text, "urine_ml_per_day")
    assert item.problems[0] == reason
    assert filled(text) == {}


@pytest.mark.parametrize(
    ("text", "value"),
    [("urine output 400 ml in 24 hours", 400), ("urine 1.5 l per day", 1500), ("urine output 1200 ml/24h", 1200)],
)
def test_urine_of_a_day_is_filled(text, value):
    assert filled(text) == {"urine_ml_per_day": value}


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("temperature 100.4 degrees Fahrenheit", "temperature_celsius", 38.0), ("T: 98.6", "temperature_celsius", 37.0),
        ("albumin 3.1 g/dl", "albumin_g_l", 31), ("CRP 15 mg/dl", "crp_mg_l", 150), ("glucose 110 mg/dl", "glucose_mmol_l", 6.106),
        ("creatinine 0.09 mmol/l", "creatinine_umol_l", 90), ("BP 120 over 80", "systolic_pressure_mmhg", 120),
        ("blood pressure of 118 over 76 mmHg", "diastolic_pressure_mmhg", 76), ("GCS 14/15", "gcs", 14), ("GCS E3V4M6", "gcs", 13),
        ("sats 93% on 2 l", "oxygen_l_per_min", 2), ("sats 93% on 2 l", "spo2_percent", 93),
    ],
)  # fmt: skip
def test_units_and_notations(text, name, value):
    (item,) = read(text, name)
    assert item.value == pytest.approx(value, rel=1e-3)
    assert item.usable


@pytest.mark.parametrize(
    "text", ["T 3 days", "pulse 4 weeks ago regular", "CRP 5 days ago high", "QTc 440 ms, severe MR"]
)
def test_a_number_of_days_or_milliseconds_is_no_value(text):
    assert filled(text) == {}


@pytest.mark.parametrize(
    "text", ["glucose 50 ml of 20%", "potassium 40 mmol in 500 ml", "glucose 12 units", "albumin 20 g iv"]
)
def test_a_dose_is_no_concentration(text):
    items = [item for item in extract_note(text) if item.kind == "laboratory"]
    assert all(DOSE in item.problems for item in items)
    assert filled(text) == {}


@pytest.mark.parametrize(
    "text",
    ["Na 12/03/2024: 131", "K 12.3.24 4.1", "Hb 03/12 9.8 g/dl", "WBC 14.2 on 3 March", "Hb 7.8 (2019)", "CRP 40 from 12.03.2024"],
)  # fmt: skip
def test_a_dated_value_is_read_and_not_filled(text):
    (item,) = [item for item in extract_note(text) if item.kind == "laboratory"]
    assert item.value is not None
    assert DATED in item.problems
    assert filled(text) == {}


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("Temp 38.5 yesterday, 36.9 today", "temperature_celsius", 36.9), ("Na 128 on admission, now 135", "sodium_mmol_l", 135),
        ("platelets 90 last week, 60 today", "platelets_10e9_l", 60),
        ("temperature was 38.5 yesterday", "temperature_celsius", None),
        ("target SpO2 88-92 %", "spo2_percent", None), ("previous WBC 14.2", "leucocytes_10e9_l", None),
        ("HR 80-90", "heart_rate_per_min", None), ("seen on 12.03.2024, Na 131", "sodium_mmol_l", 131),
    ],
)  # fmt: skip
def test_of_past_and_present_the_present_is_used(text, name, value):
    usable = [item.value for item in read(text, name) if item.usable]
    assert usable == ([] if value is None else [pytest.approx(value)])


@pytest.mark.parametrize(
    "text",
    [
        "His wife (aged 60) reports a fall.",
        "husband (age 70) has COPD",
        "father died aged 52",
        "his 4-year-old son has a cold",
    ],
)
def test_the_age_of_a_relative_is_not_the_patients(text):
    assert [item.context for item in read(text, "age_years")] == ["family"]
    assert "age_years" not in filled(text)


@pytest.mark.parametrize("text", ["BP 60/120", "BP 80/80, on ramipril", "blood pressure 95/160 mmHg"])
def test_a_pressure_whose_numbers_stand_the_wrong_way_round_is_named_and_not_filled_in(text):
    pressures = [item for item in extract_note(text) if item.kind == "vital"]
    assert {item.name for item in pressures} == {"systolic_pressure_mmhg", "diastolic_pressure_mmhg"}
    assert all(item.problems == (REVERSED,) and item.value is None and not item.usable for item in pressures)
    assert not form_values(pressures, CATALOGUE).values


def test_each_pressure_of_a_course_is_looked_at():
    later = [item for item in extract_note("BP 150/90 -> 80/120") if item.text == "80/120"]
    assert later
    assert all(item.problems == (REVERSED,) for item in later)
    assert filled("BP 80/120 now 120/80")["systolic_pressure_mmhg"] == 120


@pytest.mark.parametrize("text", ["IOP 14/16 mmHg", "RR 16/18", "pulse 60/80 mmHg", "BP 09/12"])
def test_two_numbers_that_rise_are_not_called_a_blood_pressure(text):
    assert "systolic_pressure_mmhg" not in {item.name for item in extract_note(text)}
