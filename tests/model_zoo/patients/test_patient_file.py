"""One patient from CSV or JSON bytes; anything else is refused with a reason."""

import json
from pathlib import Path

import pytest

import model_zoo.patients
from model_zoo.case.other_files import TO_MONITORING, VitalSignsGiven
from model_zoo.case.patient_file import MAX_BYTES, read_patient_file
from model_zoo.errors import SAY_DECIMAL, InvalidPatientRecord
from model_zoo.patients import CATALOGUE

EXAMPLES = Path(model_zoo.patients.__file__).parent / "examples"


def read(data, name="patient"):
    return read_patient_file(data if isinstance(data, bytes) else data.encode(), name, CATALOGUE)


@pytest.mark.parametrize(
    "text",
    [
        "age,sex,sodium\n61,F,133\n",
        "age;sex;sodium\r\n61;F;133\r\n",
        "\ufeffage,sex,sodium\n61,F,133",
        "field,value\nage,61\nsex,F\nsodium,133\n",
        "age,61\nsex,F\nsodium,133\n",
        '{"age": 61, "sex": "F", "sodium": 133}',
        '{"schema_version": 1, "age_years": 61, "sex": "F", "values": {"sodium_mmol_l": 133}}',
    ],
)
def test_every_form_gives_the_same_patient(text):
    record = read(text)
    assert (record.age_years, record.sex, dict(record.values)) == (61.0, "F", {"sodium_mmol_l": 133.0})


def test_two_columns_are_told_from_field_value_rows():
    assert (read("age,sex\n61,F\n").age_years, read("age,61\nsex,F\n").sex) == (61.0, "F")


def test_stated_units_are_used():
    for text in ("age,creatinine,units\n61,2,US\n", '{"age": 61, "creatinine": 2, "units": "us"}'):
        assert read(text).values["creatinine_umol_l"] == pytest.approx(176.8)
    with pytest.raises(InvalidPatientRecord, match="units"):
        read("age,units\n61,metric\n")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"   \n", "empty"),
        (b"age,sodium\n61," + b"1" * 70_000, "larger than 64 kB"),
        ("age,sodium\n61,133 \u00b5".encode("utf-16"), "not UTF-8"),
        (b"\xff\xfe\x00age", "not UTF-8"),
        (b"age\x00,61", "not text"),
        (b"age,age\n61,62\n", "stands twice"),
        (b"age,Age ,sex\n61,62,F\n", "stands twice"),
        (b"age,61\nage,62\nsex,F\n", "stands twice"),
        (b'{"age": 61, "age": 62}', "stands twice"),
        (b"age,sex,sodium\n61,F,133\n62,M,140\n", "not one patient"),
        (b"age,sex,sodium\n61,F\n", "not one patient"),
        (b"age\n", "not one patient"),
        (b'age,sex\n"61,F\n', "not a readable CSV"),
        (b",".join(b"a%d" % i for i in range(300)) + b"\n" + b",".join([b"1"] * 300), "more than 200"),
        (b"[" * 20_000, "not valid JSON"),
        (b"[1, 2]", "a list"),
        (b'{"age": {"years": 61}}', "more than one value"),
        (b"{broken", "not valid JSON"),
        (b"PK\x03\x04zip", "not one patient"),
    ],
)
def test_hostile_and_broken_files_are_refused_with_a_reason(data, reason):
    with pytest.raises(InvalidPatientRecord, match=reason) as caught:
        read(data)
    assert caught.value.hint


@pytest.mark.parametrize("formula", ["=HYPERLINK(1)", "@SUM(A1)", "+1+cmd|' /C calc'!A0", "-2+3", "<script>x</script>"])
def test_formulas_and_markup_are_neither_numbers_nor_repeated(formula):
    with pytest.raises(InvalidPatientRecord) as caught:
        read(f'age,sex,sodium\n61,F,"{formula}"\n')
    assert formula not in str(caught.value)


def test_the_ending_decides_only_where_the_content_does_not():
    assert read('{"age": 61}', "patient.csv").age_years == 61.0
    with pytest.raises(InvalidPatientRecord, match="not valid JSON"):
        read("age,sex\n61,F\n", "patient.json")


@pytest.mark.parametrize("path", sorted(EXAMPLES.iterdir()), ids=lambda path: path.name)
def test_the_examples_are_valid_and_marked_synthetic(path):
    record = read_patient_file(path.read_bytes(), path.name)
    assert record.synthetic
    assert "ynthetic" in path.read_text(encoding="utf-8")
    assert len(record.values) >= 15


def test_numbers_of_a_semicolon_file():
    assert read("age;urea\n61;7,2\n").value("urea_mmol_l") == 7.2
    for text in ("age;platelets\n61;1.200\n", "age;platelets\n61;1,200\n", '{"age": 61, "platelets": "1.200"}'):
        with pytest.raises(InvalidPatientRecord, match="thousands") as caught:
            read(text)
        assert set(caught.value.asked) == {"platelets_10e9_l"}
        assert caught.value.hint == SAY_DECIMAL
        asked = caught.value.asked["platelets_10e9_l"]
        for mark, value in asked.by_mark.items():
            record = read_patient_file(text.encode(), "", CATALOGUE, mark)
            assert record.value("platelets_10e9_l") == value
    assert read("age;platelets;urea\n61;1,200;7,2\n").value("platelets_10e9_l") == 1.2  # the file tells its mark
    assert read("age,platelets\n61,1.200\n").value("platelets_10e9_l") == 1.2
    assert read('{"age": 61, "platelets": 1.200}').value("platelets_10e9_l") == 1.2


@pytest.mark.parametrize(
    "field",
    [
        "creatinine",
        "glucose",
        "urea",
        "bilirubin",
        "haemoglobin",
        "albumin",
        "crp",
        "d_dimer",
        "temperature",
        "leucocytes",
    ],
)
def test_a_bare_quantity_without_stated_units_is_said_to_be_read_as_stored(field):
    spec = next(spec for spec in CATALOGUE if spec.key == field)
    value = spec.normal[1]
    for text in (f"age,{field}\n61,{value}\n", f'{{"age": 61, "{field}": {value}}}'):
        assert read(text).notes == (f"No unit named, so read as stored: {spec.title} ({spec.si_unit}).",)
    for text in (
        f"age,{spec.name}\n61,{value}\n", f"age,{field},units\n61,{value},SI\n", f"age,{field}\n61,{value} {spec.si_unit}\n",
        f"age,{field}\n61,\n",
    ):  # fmt: skip
        assert read(text).notes == ()


@pytest.mark.parametrize(
    "text",
    [
        '{"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Observation"}}]}',
        json.dumps({"entry": [{"resource": {"id": "x" * MAX_BYTES, "resourceType": "Observation"}}]}),
        "time,heart_rate,sbp\n08:00,80,120\n09:00,84,118\n",
        "time (h);HR\n0;80\n1;82\n",
        "time (h)\tHR\n0\t80\n",
        "date,HR,RR\n" + "2026-01-01 08:00,80,16\n" * 4000,
    ],
)
def test_vital_signs_of_a_stay_are_told_where_they_belong(text):
    with pytest.raises(VitalSignsGiven) as refused:
        read(text)
    assert refused.value.hint == TO_MONITORING


def test_a_fhir_file_without_observations_holds_no_values():
    for text in ('{"resourceType": "Bundle", "type": "collection", "entry": []}', '{"resourceType": "Patient"}'):
        with pytest.raises(InvalidPatientRecord, match="FHIR") as refused:
            read(text)
        assert not isinstance(refused.value, VitalSignsGiven)


def test_what_is_wrong_with_one_patients_values_is_still_said():
    for text in ("age,creatinine\nold,97\n", '{"agee": 61}', "a,b,c\n1,2,3\n4,5,6\n", "{"):
        with pytest.raises(InvalidPatientRecord) as refused:
            read(text)
        assert not isinstance(refused.value, VitalSignsGiven)
        assert "FHIR" not in refused.value.message
