"""What is left where a note does not decide: unordered values, unanswered forms, disowned results, markers, words of doubt."""

from __future__ import annotations

import pytest

from model_zoo.text.extraction import extract_note, form_values
from model_zoo.text.scoring.filled import SPECS


def filled(text):
    used = form_values(extract_note(text, SPECS), SPECS).used
    return {item.name: item.value for item in used if not item.derived}


@pytest.mark.parametrize(
    "text",
    ["Sodium 128. Na 134.", "BP 180/100. BP 150/90.", "Potassium 3.1 this morning. Potassium 4.0.", "ED: HR 130\nWard: HR 88",
     "HR 110 (ambulance), 88 on the ward", "GCS 14, 13 in resus", "sodium one four two, Na 128", "Hb 98 no wait"],
)  # fmt: skip
def test_of_values_in_no_certain_order_none_is_filled(text):
    assert filled(text) == {}
    assert all(item.problems for item in extract_note(text, SPECS))


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("HR 118 at the door, 78 now", "heart_rate_per_min", 78),
        ("CK 410 in ED, 355 on recheck", "creatine_kinase_u_l", 355),
        ("Sodium 152 mEq/L at the peak and 141 mEq/L today", "sodium_mmol_l", 141),
        ("Hb 98 at 28/40; Hb this morning 112", "haemoglobin_g_l", 112),
        ("K 6.2, sorry 5.2", "potassium_mmol_l", 5.2),
        ("Hb 7.1, transfused, now 9.0", "haemoglobin_g_l", 90),
        ("K 5.9 -> insulin/dextrose -> 4.8", "potassium_mmol_l", 4.8),
    ],
)
def test_a_later_or_corrected_value_is_linked(text, name, value):
    assert filled(text) == {name: pytest.approx(value)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("HTN: 0 / DM: 0", {"hypertension": 0.0, "diabetes": 0.0}),
        ("DM 0 HTN 0", {"hypertension": 0.0, "diabetes": 0.0}),
        ("Diabetes          no", {"diabetes": 0.0}),
        ("Dementia  N", {"dementia": 0.0}),
        ("DM ........ 0   HTN ....... yes", {"diabetes": 0.0, "hypertension": 1.0}),
        ("Hypertension\tY\nDiabetes\tN", {"hypertension": 1.0, "diabetes": 0.0}),
        (
            "              YES    NO\nDiabetes      [ ]    [x]\nDementia / memory [x]    [ ]",
            {"diabetes": 0.0, "dementia": 1.0},
        ),
        ("            Y   N\nDiabetes    x\nHypertension    x", {"diabetes": 1.0, "hypertension": 0.0}),
        ("Diabetes: no\nHypertension on ramipril", {"diabetes": 0.0, "hypertension": 1.0}),
        ("Diabetes (Y/N): N", {"diabetes": 0.0}),
        ("Sodium              141       mmol/L      133-146", {"sodium_mmol_l": 141.0}),
    ],
)
def test_the_column_of_a_form_answers(text, expected):
    assert filled(text) == expected


@pytest.mark.parametrize(
    "text",
    ["Diabetes Y/N", "Diabetes: Yes / No", "Dementia  [ ]", "DM: ?", "Diabetes: __", "Diabetes ___", "HTN .... 1",
     "Diabetes in family      yes", "Diabetes, mother      yes", "Hypertension      borderline"],
)  # fmt: skip
def test_an_unanswered_form_fills_nothing(text):
    assert filled(text) == {}


@pytest.mark.parametrize(
    "text",
    ["TP53 mutated", "ALT53 negative", "BM 2.4 - not this pt", "Na 151 belongs to bed 4", "Station 12 (next chair): BM 2.4",
     "ven pH 7.35", "NG asp: pH 3.0", "Dip leuc 3+, blood 2+, glucose 5.5", "K over 6.0", "GCS 12 before the tube",
     "alb 2.5 neb q4h", "alb 5 (units n/a)", "K one point nine nine"],
)  # fmt: skip
def test_a_number_of_something_else_is_left(text):
    assert filled(text) == {}


@pytest.mark.parametrize(
    "text",
    ["the drug can bring on hypertension", "lung cancer is thought improbable", "has yet to be diagnosed with dementia",
     "Dementia - not formally diagnosed", "no change in dementia", "not on tablets for diabetes", "asked about dementia",
     "gest. diabetes", "diabetes in that pregnancy only"],
)  # fmt: skip
def test_words_that_do_not_state_a_finding_are_left(text):
    assert filled(text) == {}


def test_values_on_admission_that_a_later_line_does_not_repeat_are_left():
    assert filled("Admission: Na 127, K 5.5\nDischarge: Na 134") == {"sodium_mmol_l": 134.0}


def test_a_long_line_is_no_form():
    assert filled("Diabetes" + " " * 300 + "no") != {"diabetes": 0.0}
