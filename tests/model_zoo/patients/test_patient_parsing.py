"""Fields of a form or file become one checked record in SI units, or one error that names every problem."""

import copy
import json
import pickle

import pytest

from model_zoo.errors import InvalidPatientRecord
from model_zoo.patients import CATALOGUE, PatientRecord, check_record, feature, parse_patient
from model_zoo.patients.coma import COMA_SCORES, GCS_NOTE, SCORE_OF_GCS, coma_score_from_gcs
from tests.model_zoo.patients.patient_cases import GIVEN


@pytest.mark.parametrize("spec", [spec for spec in CATALOGUE if spec.kind == "numeric"], ids=lambda spec: spec.name)
def test_units_convert_both_ways_and_ranges_are_ordered(spec):
    for value in spec.plausible:
        assert spec.from_units(spec.to_units(value, "US"), "US") == pytest.approx(value, abs=1e-9)
        assert spec.to_units(value, "SI") == value
    if spec.normal:
        assert spec.plausible[0] <= spec.normal[0] <= spec.normal[1] <= spec.plausible[1]


@pytest.mark.parametrize(
    ("name", "si", "us"),
    [
        ("creatinine_umol_l", 88.4, 1.0),
        ("temperature_celsius", 37.0, 98.6),
        ("glucose_mmol_l", 5.551, 100.0),
        ("bilirubin_umol_l", 17.104, 1.0),
        ("pao2_fio2_kpa", 40.0, 300.0),
        ("urea_mmol_l", 7.14, 20.0),
        ("albumin_g_l", 35.0, 3.5),
        ("sodium_mmol_l", 140.0, 140.0),
    ],
)
def test_known_conversions(name, si, us):
    assert feature(name).to_units(si, "US") == pytest.approx(us, rel=1e-3)
    assert feature(name).from_units(us, "US") == pytest.approx(si, rel=1e-3)


def test_a_name_with_a_unit_wins_over_the_stated_system():
    for units in ("SI", "US"):
        record = parse_patient({"creatinine_mg_dl": 2, "albumin_g_l": 30}, CATALOGUE, units)
        assert record.values["creatinine_umol_l"] == pytest.approx(176.8)
        assert record.values["albumin_g_l"] == 30
    assert parse_patient({"creatinine": 2}, CATALOGUE, "US").values["creatinine_umol_l"] == pytest.approx(176.8)


def test_a_whole_patient_is_read_and_gcs_is_marked_as_approximate():
    record = parse_patient(GIVEN | {"identifier": " X-1 "}, CATALOGUE)
    assert (record.age_years, record.sex, record.identifier) == (67.0, "F", "X-1")
    assert record.values["coma_score"] == 9.0
    assert record.values["diabetes"] == 1.0
    assert record.notes == (GCS_NOTE,)
    assert "X-1" not in repr(record)


@pytest.mark.parametrize("empty", [None, "", "  ", "NA", "nan", "not measured"])
def test_not_measured_is_none_and_never_zero(empty):
    assert parse_patient({"sodium": empty}, CATALOGUE).value("sodium_mmol_l") is None


def test_all_problems_are_reported_at_once_without_the_values():
    bad = {
        "sodum": 1,
        "heart_rate": "fast",
        "creatinine": 5000,
        "gcs": 2,
        "sex": "Q",
        "diabetes": "perhaps",
        "comorbidities": 1.5,
        "albumin": 30,
        "albumin_g_dl": 3,
        "temperature": "inf",
        "urea": "7,2",
    }
    with pytest.raises(InvalidPatientRecord) as caught:
        parse_patient(bad, CATALOGUE)
    text = " ".join(caught.value.problems)
    assert len(caught.value.problems) == 10
    assert "did you mean 'sodium'" in text
    assert "given twice" in text
    assert "whole number" in text
    assert "comma" in text
    assert "5000" not in text
    assert "fast" not in text


@pytest.mark.parametrize(
    ("field", "value", "units", "hint"),
    [("creatinine", 1.2, "SI", "mg/dL"), ("temperature", 99, "SI", "°F"), ("albumin", 38, "US", "g/L")],
)
def test_the_unit_that_would_fit_is_named(field, value, units, hint):
    with pytest.raises(InvalidPatientRecord, match=f"looks like {hint}"):
        parse_patient({field: value}, CATALOGUE, units)


def test_glasgow_points_map_to_the_eleven_scores_of_the_study():
    assert COMA_SCORES == (0, 9, 26, 37, 41, 44, 55, 61, 89, 94, 100)
    assert [SCORE_OF_GCS[points] for points in range(15, 2, -1)] == sorted(SCORE_OF_GCS.values())
    assert (coma_score_from_gcs(15), coma_score_from_gcs(9), coma_score_from_gcs(3)) == (0, 44, 100)
    with pytest.raises(ValueError, match="3 to 15"):
        coma_score_from_gcs(16)


def test_json_round_trip_keeps_the_record_and_leaves_the_identifier_out():
    record = parse_patient(GIVEN | {"identifier": "X-1", "bilirubin": None}, CATALOGUE)
    back = check_record(PatientRecord.from_json(record.to_json()), CATALOGUE)
    assert (back.values, back.age_years, back.sex, back.notes) == (record.values, 67.0, "F", record.notes)
    assert back.identifier is None
    assert PatientRecord.from_json(record.to_json(include_identifier=True)) == record


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"schema_version": 99}', '{"schema_version": 1, "values": [1]}', '{"schema_version": 1, "x": 1}',
     '{"schema_version": 1, "values": {"sodium_mmol_l": [1]}}', '{"schema_version": 1, "age_years": true}', "[" * 5000],
)  # fmt: skip
def test_a_damaged_or_newer_stored_record_is_refused(text):
    with pytest.raises(InvalidPatientRecord):
        PatientRecord.from_json(text)


def test_stored_values_are_checked_again():
    text = json.dumps({"schema_version": 1, "values": {"sodium_mmol_l": 1400}})
    with pytest.raises(InvalidPatientRecord, match="plausible"):
        check_record(PatientRecord.from_json(text), CATALOGUE)


def test_a_record_is_read_only_and_can_be_copied():
    record = parse_patient(GIVEN, CATALOGUE)
    with pytest.raises(TypeError):
        record.values["sodium_mmol_l"] = 1.0
    assert copy.deepcopy(record) == pickle.loads(pickle.dumps(record)) == record
    assert hash(copy.deepcopy(record)) == hash(record)
