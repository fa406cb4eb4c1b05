"""A table of two patients, or of two stays, is no series: the columns that say so are compared before they are left out."""

from __future__ import annotations

import pytest

from model_zoo.vital_signs import InvalidSeries, read_rows
from model_zoo.vital_signs.whose import ONE_STAY, is_personal, several


def table(header: str, first: str, second: str) -> str:
    return f"{header};time (h);HR\n{first};0;70\n{second};1;80\n"


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        *((name, "patient") for name in (
            "patient_id", "PatientID", "patientid", "Patient name", "MRN", "name", "record_id", "id", "subject_id", "Pat.-Nr.",
            "PID", "date of birth", "DOB", "Geburtsdatum", "NHS number", "hospital number", "medical record number", "case_no",
            "surname", "first_name", "Fallnummer", "sex",
        )),
        *((name, "stay") for name in (
            "stay", "stay_id", "icustay_id", "HADM_ID", "encounter", "Encounter ID", "admission", "Admission no.",
            "visit_id", "episode",
        )),
    ],
)  # fmt: skip
def test_two_patients_or_stays_are_refused_without_saying_who(header, kind):
    with pytest.raises(InvalidSeries, match=f"more than one {kind}") as caught:
        read_rows(table(header, "QX17", "ZY48"))
    assert caught.value.hint == ONE_STAY
    assert not {"QX17", "ZY48"} & set(str(caught.value).split())


@pytest.mark.parametrize(
    "header",
    ["ward", "bed", "nurse", "nurse id", "comment", "device id", "row_id", "order id", "caregiver_id", "entered by"],
)
def test_what_may_change_from_row_to_row_is_no_second_patient(header):
    assert len(read_rows(table(header, "A1", "B2")).hours) == 2


@pytest.mark.parametrize(
    ("header", "first", "second"),
    [
        ("patient_id", "A", " a "), ("name", "M\u00fcller", "Mu\u0308ller"), ("name", "A  B", "A B"), ("sex", "F", "female"),
        ("age", "61", "62"), ("age", "61", "61.0"),
    ],
)  # fmt: skip
def test_one_patient_written_in_two_ways_is_one(header, first, second):
    assert len(read_rows(table(header, first, second)).hours) == 2


@pytest.mark.parametrize(
    ("header", "first", "second"),
    [
        ("patient_id", "1-23", "12-3"), ("patient_id", "00123", "123"), ("patient_id", "A-1", "A1"), ("sex", "M", "F"),
        ("age", "61", "71"), ("date of birth", "1950-01-02", "1950-02-01"),
    ],
)  # fmt: skip
def test_punctuation_and_zeros_tell_two_patients_apart(header, first, second):
    with pytest.raises(InvalidSeries, match="more than one patient"):
        read_rows(table(header, first, second))


def test_rows_that_name_nobody_are_read_with_a_remark():
    for first, second in (("A", ""), ("", "A"), ("A", "n/a")):
        assert any("name no patient" in note for note in read_rows(table("patient_id", first, second)).notes)
    assert not any("name no" in note for note in read_rows(table("patient_id", "", "")).notes)


def test_one_patient_with_two_stays_is_refused():
    with pytest.raises(InvalidSeries, match="column 2 tells of more than one stay"):
        read_rows("patient_id,stay_id,time (h),HR\nA,1,0,70\nA,2,1,80\n")


def test_columns_that_are_read_are_not_compared():
    assert several(["time since admission", "HR"], [["0", "1"], ["1", "2"]], {0, 1}) == ([], [])
    assert is_personal("encounter")
    assert not is_personal("heart rate")


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        *((name, "patient") for name in (
            "Pat-ID", "PatID", "Pt No", "Patientennr", "Patienten-ID", "Fall-Nr", "NHSNumber", "hosp_no", "Caseno", "CHI", "URN",
            "UR number", "account number", "acct_no", "USUBJID", "uniquepid", "identifier", "Unit No", "fullname", "Geschlecht",
            "pr\u00e9nom", "\uff30\uff41\uff54\uff49\uff45\uff4e\uff54 ID", "Pati\u00adent ID", "patient\u00a0id", 
            "\u60a3\u8005 ID no",
            "Age (years)",
        )),
        *((name, "stay") for name in (
            "csn", "PAT_ENC_CSN_ID", "visitoccurrenceid", "VisitNbr", "hadmID", "AdmissionNumber", "spell_id", "s\u00e9jour",
            "admittime",
            "admission time", "Aufnahmenummer",
        )),
    ],
)  # fmt: skip
def test_a_header_in_another_spelling_tells_two_apart_too(header, kind):
    with pytest.raises(InvalidSeries, match=f"more than one {kind}"):
        read_rows(table(header, "QX17", "ZY48"))


@pytest.mark.parametrize(
    "header", ["seq no", "entry id", "batch number", "monitor key", "channel no", "drug id", "falls risk"]
)
def test_a_number_of_something_else_is_no_second_patient(header):
    assert len(read_rows(table(header, "A1", "B2")).hours) == 2
