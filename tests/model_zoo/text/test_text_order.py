"""Values in time: the latest is filled and the others stay; tables with times as columns; units that are missing where two fit."""

from __future__ import annotations

import pytest

from model_zoo.text.extraction import extract_note, form_values
from model_zoo.text.extraction.columns import find_rows
from model_zoo.text.extraction.conflicts import SUPERSEDED
from model_zoo.text.extraction.rewriting import Edit, rewrite
from model_zoo.text.extraction.spoken import spoken_edits
from model_zoo.text.scoring.filled import SPECS


def filled(text):
    used = form_values(extract_note(text, SPECS), SPECS).used
    return {item.name: item.value for item in used if not item.derived}


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("T 36.6 at 8:00, 38.9 at 14:00", "temperature_celsius", 38.9), ("Hb 7.2 pre-transfusion, 9.1 post", "haemoglobin_g_l", 91),
        ("Na 120 corrected to 135", "sodium_mmol_l", 135), ("HR 120 at 14:00. HR 90 at 08:00.", "heart_rate_per_min", 120),
        ("12:00 HR 90\n08:00 HR 110", "heart_rate_per_min", 90), ("Na 128 -> 131 -> 135", "sodium_mmol_l", 135),
        ("BP 180/100 on arrival, 150/90 after labetalol", "systolic_pressure_mmhg", 150), ("BUN 88 -> 41 mg/dL",
        "urea_mmol_l", 14.64),
        ("On discharge: Hb 101. On admission: Hb 70.", "haemoglobin_g_l", 101), ("Hb 94 post transfusion (78 Mon)",
        "haemoglobin_g_l", 94),
        ("K 5.8, Na 128\n2330 recheck: K 4.9", "potassium_mmol_l", 4.9), ("RR 30 initially, settled to 18",
        "respiratory_rate_per_min", 18),
        ("GCS 6 (E1V1M4) at scene, 8 in ED, now 10", "gcs", 10), ("K 5.6 hemolyzed. Redraw K 4.9", "potassium_mmol_l", 4.9),
        ("Temp 37.9 @ 10:00, 38.6 @ 12:30, 37.4 @ 16:00", "temperature_celsius", 37.4), ("T 38.4 (Tmax 39.1)",
        "temperature_celsius", 38.4),
        ("Cr 310 peak, 121 today", "creatinine_umol_l", 121),
    ],
)  # fmt: skip
def test_the_latest_value_is_filled(text, name, value):
    assert filled(text)[name] == pytest.approx(value, rel=1e-3)


def test_both_values_are_kept():
    items = [item for item in extract_note("T 36.6 at 8:00, 38.9 at 14:00") if item.name == "temperature_celsius"]
    assert [(item.value, item.problems) for item in items] == [(36.6, (SUPERSEDED,)), (38.9, ())]


@pytest.mark.parametrize(
    "text",
    [
        "last week Hb was 90", "Hb 120 in 2019", "Hb 101 Jan", "Peak CRP 410 mg/L", "nadir SpO2 84%", "sats 92% on exertion",
        "GCS 15 at home", "K 6.9 haemolysed",
        "EF was 50% on the 2021 echo", "Tmax 38.6", "if K >5.5", "Postpone if BP 180/110", "target SpO2 94",
    ],
)  # fmt: skip
def test_what_is_not_of_now_is_left(text):
    assert filled(text) == {}


@pytest.mark.parametrize(
    "text",
    [
        "D-dimer 500",
        "D-dimer 1.2",
        "D-dimer 800 FEU",
        "urea 45",
        "urea 12.1",
        "bili 6",
        "direct bilirubin 2",
        "CRP 12",
        "PT 14",
        "neutrophils 70",
        "glucose 14",
    ],
)
def test_a_number_that_fits_two_units_is_left_with_the_reason(text):
    assert filled(text) == {}
    assert any("unit" in problem for item in extract_note(text, SPECS) for problem in item.problems)


def test_the_newest_column_is_read_wherever_it_stands():
    newest_last = "        12/03   13/03   14/03\nNa      128     131     135\nK       3.1     3.5     --\n"
    newest_first = "        14/03   13/03\nNa      135     131     mmol/L\n"
    assert filled(newest_last) == {"sodium_mmol_l": 135, "potassium_mmol_l": 3.5}
    assert filled(newest_first) == {"sodium_mmol_l": 135}
    olders = [item.value for item in extract_note(newest_last) if item.problems == (SUPERSEDED,)]
    assert sorted(olders) == [3.1, 128, 131]


@pytest.mark.parametrize("head", ["        03/04   05/02\n", "        31/12   02/01\n"])
def test_columns_whose_order_can_be_read_in_two_ways(head):
    rows = find_rows(head + "Na      128     131\n")
    assert rows[0].values == ([] if "03/04" in head else ["131", "128"])


def test_a_row_that_does_not_lie_under_its_columns_is_not_read():
    assert "sodium_mmol_l" not in filled("        12/03   13/03   14/03\nNa    128 131\n")


def test_a_dictated_note_is_read_and_places_point_into_what_was_dictated():
    text = (
        "eighty eight year old lady knee gative for diabetes. temp thirty six four pulse ninety six b p one fifty four on "
        "seventy haemoglobin one hundred "
        "and four platelets two oh four creatinine point nine total billy rubin one point nine milligrams per deciliter"
    )
    values = filled(text)
    assert values == {
        "age_years": 88, "sex": "F", "diabetes": 0, "temperature_celsius": 36.4, "heart_rate_per_min": 96,
        "systolic_pressure_mmhg": 154,
        "diastolic_pressure_mmhg": 70, "haemoglobin_g_l": 104, "platelets_10e9_l": 204,
        "creatinine_umol_l": pytest.approx(79.56, rel=1e-3),
        "bilirubin_umol_l": pytest.approx(32.5, rel=1e-3),
    }  # fmt: skip
    items = {item.name: item for item in extract_note(text, SPECS)}
    assert items["platelets_10e9_l"].text == "platelets two oh four"
    assert all(text[item.start : item.end] == item.text for item in items.values())


def test_a_typed_note_is_not_taken_for_a_dictated_one():
    assert spoken_edits("Two weeks of cough, one child, four days off work. Hb 104") == []


def test_a_rewritten_text_leads_back():
    read = rewrite("abc def ghi", [Edit(4, 7, "X"), Edit(5, 9, "overlaps")])
    assert read.text == "abc X ghi"
    assert [read.original(a, b) for a, b in ((0, 3), (4, 5), (6, 9), (0, 9))] == [(0, 3), (4, 7), (8, 11), (0, 11)]
