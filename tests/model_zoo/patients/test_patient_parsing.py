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


@pytest.mark.parametrize(
    "written", ["1_33", "1 200", "1.234.5", "\u0663", "\uff11\uff12", "12.", "<140", "0x8C", "1/2", "inf"]
)
def test_doubtful_numbers_are_refused_in_every_record(written):
    for comma in (True, False):
        with pytest.raises(InvalidPatientRecord, match="Sodium") as caught:
            parse_patient({"sodium": written}, CATALOGUE, comma=comma)
        assert written not in str(caught.value)


def test_a_decimal_comma_is_read_where_it_divides_no_cells():
    assert parse_patient({"urea": "7,2"}, CATALOGUE, comma=True).value("urea_mmol_l") == 7.2
    for field, written in (("platelets", "1,200"), ("platelets", "1.200"), ("creatinine", "1.200")):
        with pytest.raises(InvalidPatientRecord, match="thousands"):
            parse_patient({field: written}, CATALOGUE, comma=True)
    assert parse_patient({"ph": "7.385"}, CATALOGUE, comma=True).value("arterial_ph") == 7.385


def test_a_unit_behind_the_number_counts_and_must_not_contradict_the_field():
    assert parse_patient({"creatinine": "2 mg/dL"}, CATALOGUE).value("creatinine_umol_l") == pytest.approx(176.8)
    assert parse_patient({"temperature": "98.6°F"}, CATALOGUE).value("temperature_celsius") == pytest.approx(37)
    with pytest.raises(InvalidPatientRecord, match="unit behind the number"):
        parse_patient({"creatinine_umol_l": "2 mg/dL"}, CATALOGUE)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"bilirubin": 10, "direct_bilirubin": 40}, "direct bilirubin is above the total"),
        ({"total_protein": 30, "albumin": 45}, "albumin is above the total protein"),
    ],
)
def test_values_that_contradict_each_other_are_refused(values, words):
    with pytest.raises(InvalidPatientRecord, match=words):
        parse_patient(values, CATALOGUE)


def test_a_stored_record_with_a_doubtful_text_is_refused():
    text = json.dumps({"schema_version": 1, "values": {"platelets_10e9_l": "1.200"}})
    with pytest.raises(InvalidPatientRecord, match="thousands"):
        check_record(PatientRecord.from_json(text), CATALOGUE)


@pytest.mark.parametrize("units", ["SI", "US"])
@pytest.mark.parametrize("spec", [spec for spec in CATALOGUE if spec.kind == "numeric"], ids=lambda spec: spec.name)
def test_what_the_form_writes_it_reads_again(spec, units):
    """A field of the form shows a value with one decimal more than elsewhere: that must never be a doubtful number."""
    digits = spec.decimals[1 if units == "US" else 0] + 1
    low, high = spec.plausible
    for share in (0.0013, 0.0371, 0.2357, 0.6113, 0.8761):
        value = round(low + share * (high - low)) if spec.whole else low + share * (high - low)
        shown = f"{spec.to_units(value, units):.{digits}f}".rstrip("0").rstrip(".")
        read = parse_patient({spec.key: shown}, CATALOGUE, units, comma=True).value(spec.name)
        assert spec.to_units(read, units) == pytest.approx(float(shown), rel=1e-9)
