"""What stands where a later value, another column or a denial would stand and is not read: the value beside it is left."""

from __future__ import annotations

import pytest

from model_zoo.text.extraction import extract_note, form_values
from model_zoo.text.extraction.unexplained import ANSWERED, EARLIER_HEADING, OTHER_COLUMN, OTHER_PRESSURE, OTHER_VALUE
from model_zoo.text.scoring.filled import SPECS

FAR_BELOW = "Seen on the ward this evening, comfortable. " * 12


def filled(text):
    used = form_values(extract_note(text, SPECS), SPECS).used
    return {item.name: item.value for item in used if not item.derived}


def reasons(text):
    return {problem for item in extract_note(text, SPECS) for problem in item.problems}


@pytest.mark.parametrize(
    "text",
    [
        "BP 88/50, HR 110. Reassessed following fluids with 104/61.", "BP 90/55 (after 500 mL Hartmann's 112/70)",
        "BP 162/94; second reading 140/82", "NIBP 95/60 | 118/72", "BP 150/90. Seated 138/84, standing 110/70",
        "BP 96/48, on noradrenaline 118/62", "BP 84/46\nSlept well\nafter 1.5 L crystalloid, 102/55",
    ],
)  # fmt: skip
def test_a_pressure_is_left_beside_another_that_is_not_explained(text):
    assert not {"systolic_pressure_mmhg", "diastolic_pressure_mmhg"} & filled(text).keys()
    assert OTHER_PRESSURE in reasons(text)


@pytest.mark.parametrize(
    "text",
    [
        "BP 141/80 (target 130/80)", "BP 141/80 (last yr 159/91)", "BP 141/80, was 170/100 in clinic",
        "BP 141/80 sats 98 vision 6/9", "BP 141/80 on 12/10, GCS 15/15", "BP 141/80. Co-amoxiclav 500/125 mg",
        "BP 141/80. Husband 150/95", "BP 141/80, IOP 18/16", "BP 141/80, ABG 7.33/49/71", "BP 141/80 today. 160/90 at booking",
    ],
)  # fmt: skip
def test_a_pressure_stands_beside_pairs_that_are_explained(text):
    assert filled(text)["systolic_pressure_mmhg"] == 141


@pytest.mark.parametrize(
    "text", ["WBC    14.1    9.8", "HB\t98\t104", "Hb 98 | 104 |", "Na   131   138  mmol/L", "CRP   210   140   88"]
)
def test_a_row_of_several_numbers_is_left(text):
    assert filled(text) == {}
    assert OTHER_COLUMN in reasons(text)


@pytest.mark.parametrize(
    "text",
    ["HR 88   RR 16   SpO2 98%", "Na 138  K 4.1  Cl 102", "Na 138 (135-145)  K 4.0", "Hb 137 g/L      WBC 5.8 x10^9/L"],
)
def test_values_with_names_side_by_side_are_read(text):
    assert len(filled(text)) >= 2


@pytest.mark.parametrize(
    "text",
    [
        "K 6.4 given insulin, subsequent gas 5.1", "K 6.2 (repeat on VBG 5.4)", "HR 140, after metoprolol it was 96",
        "K 5.9. Potassium post resonium 4.8", "SpO2 88% on air; after nebs 95", "Na 118; recheck six hours later 124",
        "Hb 74. Repeat 91.", "Temp 38.2. Later 37.1.",
    ],
)  # fmt: skip
def test_a_value_is_left_before_a_later_one_that_is_not_read(text):
    assert filled(text) == {}
    assert OTHER_VALUE in reasons(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("HR 90. Repeat ECG in 30 min", 90), ("HR 88, after 3 puffs better", 88), ("HR 91, repeat obs on day 80", 91),
        ("HR 92. After 60 mg codeine home", 92), ("HR 93. Repeat CRP 80", 93),
    ],
)  # fmt: skip
def test_a_number_of_something_else_behind_a_word_of_order_changes_nothing(text, value):
    assert filled(text)["heart_rate_per_min"] == value


@pytest.mark.parametrize("text", ["WCC 14, repeat FBC on day 3", "Hb 98, recheck on day 92", "CRP 60 then home day 40"])
def test_a_day_behind_a_word_of_order_is_no_later_value(text):
    assert [round(value) for value in filled(text).values()] == [int(text.split()[1].strip(","))]


@pytest.mark.parametrize(
    "text",
    [
        "Obs 0500: T 36.9 P 88 R 16 (2230: T 38.7 P 112 R 24)",
        "0400 HR 70\n2100 HR 118",
        "T 37.1 at 06:00. Also T 38.9 at 21:00",
    ],
)
def test_clock_times_more_than_twelve_hours_apart_do_not_say_which_is_the_later(text):
    assert filled(text) == {}


@pytest.mark.parametrize("text", ["Cholesterol 0 240 mg/dL", "Hb 012 300 g/l", "platelets 0'240"])
def test_a_number_does_not_begin_with_nought_before_its_thousands(text):
    assert filled(text) == {}


@pytest.mark.parametrize(("text", "value"), [("HR 088", 88), ("K 04.1 mmol/l", 4.1), ("Hb 012 g/dl", 120)])
def test_a_number_with_noughts_before_it_is_read(text, value):
    assert list(filled(text).values()) == [pytest.approx(value)]


@pytest.mark.parametrize(
    "text",
    [
        "Previous stress test (2019): max HR 148", "Prior bloods: Hb 140", "Old letter: creatinine 90 umol/L",
        "Results of 2021: Na 139", "Echo from 2020: EF 55%",
    ],
)  # fmt: skip
def test_what_stands_under_a_heading_of_an_earlier_time_is_left(text):
    assert filled(text) == {}
    assert EARLIER_HEADING in reasons(text) or not any(item.usable for item in extract_note(text, SPECS))


@pytest.mark.parametrize(
    "text",
    [
        "Diabetes register - no", "angina on exertion during test: No", "Hypertension on treatment: nil",
        "Dementia screen done - none",
        "Anaemia on last visit: none", "Dementia noted by family = no",
    ],
)  # fmt: skip
def test_a_finding_with_a_denial_as_its_answer_is_not_filled_as_present(text):
    assert not [value for value in filled(text).values() if value not in (0.0, "no")]


def test_the_reason_of_an_answer_is_named():
    assert ANSWERED in reasons("Diabetes register - no")


@pytest.mark.parametrize("text", ["Diabetes - no insulin", "Diabetes type 2 - no complications"])
def test_a_denial_of_something_else_leaves_the_finding(text):
    assert filled(text)["diabetes"] == 1


@pytest.mark.parametrize(
    "text", ["BM 24", "glucose 31", "alb 5", "albumin 8", "BM 33 at 22:00, not repeated", "alb 25 ?typo"]
)
def test_a_number_without_a_unit_that_fits_two_is_left(text):
    assert filled(text) == {}


@pytest.mark.parametrize(
    ("text", "value"), [("BM 6.1", 6.1), ("BM 24 mmol/L", 24), ("glucose 110", 6.106), ("alb 41", 41), ("alb 3.9", 39)]
)
def test_a_number_without_a_unit_that_fits_one_is_read(text, value):
    assert list(filled(text).values()) == [pytest.approx(value, rel=1e-3)]


@pytest.mark.parametrize(
    "text",
    [
        "Consultant: Ms Grey\nHb 100", "Surgeon: Mr Blake\nAge 60", "GP: Mrs Orr", "Dietitian: Ms Poe. Hb 90",
        "Seen by: Mr Quill, aged care", "Key: Ms Lane",
    ],
)  # fmt: skip
def test_the_title_of_who_treats_is_no_sex_of_the_patient(text):
    assert "sex" not in filled(text)


@pytest.mark.parametrize(
    ("text", "sex"), [("Name: Ms Grey\n", "F"), ("HPI: Mr Blake, 61, was seen", "M"), ("S: Mrs Orr", "F")]
)
def test_the_title_of_the_patient_is_read(text, sex):
    assert filled(text)["sex"] == sex


@pytest.mark.parametrize(
    "words",
    [
        "The cat Tibbles (F, 9 years) misses her.",
        "Seen with Ann (aged 50), nurse.",
        "The scribe (M, 22 years) wrote it.",
    ],
)
def test_an_age_in_brackets_far_below_the_head_is_not_the_patients(words):
    assert "age_years" not in filled(FAR_BELOW + words)


@pytest.mark.parametrize("words", ["Bay-mate is loud, he is the man with lung cancer", "Her ward mate has diabetes"])
def test_who_shares_the_room_is_not_the_patient(words):
    assert filled(words).keys() <= {"sex"}


@pytest.mark.parametrize("title", ["PRE-ADMISSION FORM", "PRE-OP ADMISSION SHEET", "Post-discharge form"])
def test_a_title_with_words_of_time_is_no_head_of_a_table(title):
    read = filled(f"{title}\nNa 138 mmol/L      K 5.1 mmol/L")
    assert read == {"sodium_mmol_l": 138, "potassium_mmol_l": 5.1}
