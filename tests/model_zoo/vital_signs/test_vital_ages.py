"""An age that the file of a stay states counts: NEWS2 was not made for children, wherever it says that this is one."""

from __future__ import annotations

import json

import pytest

from model_zoo.alerts import load_rules
from model_zoo.case.note_and_stay import assess_stay
from model_zoo.vital_signs import VitalSeries, read_rows, read_series
from model_zoo.vital_signs.news2_hours import score_hours

SICK = "35;85;80;140"


def stay(header: str, cell: str, time: str = "2026-06-01 08:00") -> VitalSeries:
    return read_rows(f"time;RR;SpO2;SBP;HR;{header}\n{time};{SICK};{cell}\n")


def bundle(*people: dict[str, str]) -> bytes:
    observation = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]},
        "subject": {"reference": "Patient/1"},
        "effectiveDateTime": "2026-06-01T08:00:00Z",
        "valueQuantity": {"value": 140, "unit": "/min"},
    }
    resources = [*({"resourceType": "Patient", **one} for one in people), observation]
    return json.dumps({"resourceType": "Bundle", "entry": [{"resource": one} for one in resources]}).encode()


@pytest.mark.parametrize(
    ("header", "cell", "years"),
    [
        ("age", "12", 12), ("Age (years)", "12", 12), ("age_yrs", "12", 12), ("AGE", "12 y", 12), ("age (months)", "144", 12),
        ("age", "144 months", 12), ("patient age", "12", 12), ("Age at admission", "12", 12), ("anchor_age", "12", 12),
        ("age", "12.0", 12), ("age", "12 years old", 12), ("Alter", "12", 12), ("age in days", "4383", 12),
        ("date of birth", "2014-06-01", 12), ("DOB", "01.06.2014", 12), ("BirthDate", "2014/06/01", 12),
        ("dob", "2014-06-01 00:00", 12), ("d.o.b.", "2014-06-01", 12), ("Geb.-Datum", "01.06.2014", 12), ("ageyears", "12", 12),
        ("YOB", "2014", 11.42), ("year of birth", "2014", 11.42),
    ],
)  # fmt: skip
def test_a_stated_age_of_twelve_gives_no_adult_score_and_no_alert(header, cell, years):
    series = stay(header, cell)
    assert series.ages_years == pytest.approx((years,), abs=0.02)
    assessed = assess_stay(series, score_hours(series), (), (), load_rules())
    assert assessed.refused is not None
    assert assessed.alerts == ()
    assert series.up_to(0).ages_years == series.ages_years


@pytest.mark.parametrize(
    ("header", "cell"),
    [
        ("age", "sixty"),
        ("age", "999"),
        ("age", "12 moons"),
        ("dob", "06/01/2014"),
        ("dob", "unknown"),
        ("age", "<16"),
        ("age", "10-15"),
        ("age", "1_2"),
    ],
)
def test_an_age_that_cannot_be_read_is_said_so(header, cell):
    series = stay(header, cell)
    assert series.ages_years == ()
    assert any("states an age or birth that was not read" in note for note in series.notes)


@pytest.mark.parametrize("header", ["stage", "dosage", "age group", "image", "birth weight", "lineage"])
def test_no_other_column_is_an_age(header):
    assert stay(header, "12").ages_years == ()


def test_a_date_of_birth_beside_times_without_a_date_states_no_age():
    series = read_rows("time (h);HR;dob\n0;140;2014-06-01\n")
    assert series.ages_years == ()


@pytest.mark.parametrize("born", ["2014-05-30", "2014-05", "2014"])
def test_the_birth_date_of_the_patient_of_a_bundle_is_its_age(born):
    series = read_series(bundle({"id": "1", "birthDate": born}, {"id": "2", "birthDate": "1950-01-01"}))
    assert len(series.ages_years) == 1
    assert 11 < series.ages_years[0] < 12.1
    assert born not in repr(series)


def test_a_patient_whom_no_observation_names_gives_no_age():
    assert read_series(bundle({"id": "2", "birthDate": "2014-01-01"})).ages_years == ()
