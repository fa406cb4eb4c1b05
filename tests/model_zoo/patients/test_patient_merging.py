"""One record for several patient models: a form replaces what it asks for and nothing else. Ages beyond the data are said."""

from __future__ import annotations

import pytest

from model_zoo.case.patient_file import read_patient_file, template_csv
from model_zoo.patients import PatientRecord, feature
from model_zoo.patients.coma import GCS_NOTE
from model_zoo.patients.merging import merge_form
from model_zoo.patients.risk import estimate_risk
from model_zoo.patients.risk_models import definitions, risk_model

SODIUM, EJECTION = feature("sodium_mmol_l"), feature("ejection_fraction_percent")
HEART = {"ejection_fraction_percent": 25.0, "creatinine_umol_l": 110.0, "sodium_mmol_l": 136.0, "anaemia": 0.0,
         "diabetes": 1.0, "platelets_10e9_l": 250.0}  # fmt: skip


def test_values_of_other_models_are_kept_and_emptied_ones_stay_empty() -> None:
    earlier = PatientRecord("ID", 60.0, "F", {"sodium_mmol_l": 140.0, "ejection_fraction_percent": 30.0}, "CSV")
    entered = PatientRecord("ID", None, None, {"sodium_mmol_l": None}, "entered in the form")
    merged = merge_form(earlier, entered, (SODIUM,))
    assert merged.value("sodium_mmol_l") is None
    assert merged.value("ejection_fraction_percent") == 30.0
    # The form asked for neither age nor sex.
    assert (merged.age_years, merged.sex) == (60.0, "F")
    emptied = merge_form(earlier, entered, (SODIUM, feature("age_years"), feature("sex")))
    assert (emptied.age_years, emptied.sex) == (None, None)
    assert merge_form(None, entered, (SODIUM,)) is entered


def test_the_remark_on_an_approximate_coma_score_lives_as_long_as_the_score() -> None:
    earlier = PatientRecord(values={"coma_score": 26.0}, notes=(GCS_NOTE,))
    assert merge_form(earlier, PatientRecord(values={"sodium_mmol_l": 140.0}), (SODIUM,)).notes == (GCS_NOTE,)
    other = PatientRecord(values={"coma_score": 0.0})
    assert merge_form(earlier, other, (feature("coma_score"),)).notes == ()


@pytest.mark.parametrize("name", sorted(definitions()))
def test_a_template_is_read_back_empty(name: str) -> None:
    specs = definitions()[name].specs
    assert {spec.name for spec in specs} == {line.split(",")[0] for line in template_csv(specs).decode().split()[1:]}
    record = read_patient_file(template_csv(specs), f"{name}.csv")
    assert [value for value in record.values.values() if value is not None] == []


@pytest.mark.parametrize(
    ("age", "words"),
    [(97.0, "older than every patient of the training data (40 to 95 years)"), (95.9, None), (40.0, None)],
)
def test_an_age_beyond_the_data_is_said_beside_the_risk(age: float, words: str | None) -> None:
    estimate = estimate_risk(risk_model("heart-failure"), PatientRecord(None, age, "F", HEART))
    assert (estimate.age_remark is None) == (words is None)
    assert words is None or words in estimate.age_remark
    assert not any("Age" in flag for flag in estimate.flags)


def test_an_age_below_the_data_is_read_as_the_lowest() -> None:
    model = risk_model("heart-disease")
    values = {"chest_pain": "typical", "systolic_pressure_mmhg": 130.0, "cholesterol_mmol_l": 5.0, "resting_ecg": "normal",
              "exercise_angina": 0.0, "st_depression_mm": 1.0}  # fmt: skip
    remark = estimate_risk(model, PatientRecord(None, 29.0, "M", values)).age_remark
    assert "younger than every patient" in remark
    assert "reads the age as 34" in remark
