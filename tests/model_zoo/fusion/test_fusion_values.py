"""Values that form, note and stay state too far apart: which are named, which are not, and what does not count."""

from __future__ import annotations

import pytest

from model_zoo.case.note_and_stay import NO_NOTE, NO_STAY, HourRead, NoteRead, read_hour
from model_zoo.case.values import differing_values
from model_zoo.patients.catalogue import CATALOGUE
from model_zoo.patients.parsing import parse_patient
from model_zoo.patients.record import PatientRecord
from model_zoo.phantoms.companions import companion_of
from model_zoo.phantoms.samples import SAMPLE_CASES
from model_zoo.text.extraction import extract_note
from model_zoo.vital_signs import read_rows
from model_zoo.vital_signs.example_stays import example_stay


def form(**values: float) -> PatientRecord:
    return PatientRecord(values=values)


def note(text: str) -> NoteRead:
    return NoteRead(tuple(extract_note(text)), None, None)


def stay(rows: str, hour: float | None = None) -> HourRead:
    return read_hour(read_rows(rows), 1, hour, (60,))


@pytest.mark.parametrize(
    ("value", "written", "apart"),
    [
        ({"sodium_mmol_l": 130.0}, "Na 135 mmol/l.", False),  # half of the normal range: 5
        ({"sodium_mmol_l": 130.0}, "Na 136 mmol/l.", True),
        ({"temperature_celsius": 37.0}, "T 37.7.", False),
        ({"temperature_celsius": 37.0}, "T 38.6.", True),
        ({"potassium_mmol_l": 3.9}, "K 4.7 mmol/l.", False),  # exactly half of the range
        ({"potassium_mmol_l": 4.0}, "K 4.8 mmol/l.", False),
        ({"temperature_celsius": 39.1}, "T 39.1 on admission, 37.4 now.", False),
        ({"crp_mg_l": 180.0}, "CRP 220 mg/l.", False),  # far beyond the range, where measurements spread
        ({"crp_mg_l": 120.0}, "CRP 220 mg/l.", True),
        ({"creatinine_umol_l": 88.4}, "Creatinine 1.0 mg/dl.", False),  # one value in two units
        ({"creatinine_umol_l": 88.4}, "Father's creatinine 400 umol/l.", False),
        ({"creatinine_umol_l": 88.4}, "Fever.", False),
    ],
)
def test_form_and_note(value: dict[str, float], written: str, apart: bool) -> None:
    found = differing_values(form(**value), note(written), NO_STAY)
    assert [difference.name for difference in found] == (list(value) if apart else [])


def test_of_a_stay_every_measurement_up_to_the_hour_counts() -> None:
    rows = "time (h);HR;K\n0;80;4\n2;126;\n4;82;6,5\n"
    record = form(heart_rate_per_min=120.0, potassium_mmol_l=6.4)
    before = differing_values(record, NO_NOTE, stay(rows, 0))
    assert [found.sentence for found in before] == [
        "Heart rate: 120 /min in the form, 80 /min in the vital signs up to hour 0.",
        "Potassium: 6.4 mmol/L in the form, 4.0 mmol/L in the vital signs up to hour 0.",
    ]
    assert [found.name for found in differing_values(record, NO_NOTE, stay(rows, 2))] == ["potassium_mmol_l"]
    assert differing_values(record, NO_NOTE, stay(rows)) == ()


def test_three_parts_are_named_only_where_they_are_apart() -> None:
    (found,) = differing_values(form(heart_rate_per_min=76.0), note("HR 118/min."), stay("time (h);HR\n0;115\n1;125\n"))
    assert found.sentence == (
        "Heart rate: 76 /min in the form, 118 /min in the note, "
        "115 /min to 125 /min (nearest 115 /min) in the vital signs up to hour 1."
    )
    (found,) = differing_values(form(heart_rate_per_min=118.0), note("HR 70/min."), NO_STAY)
    assert "vital signs" not in found.sentence


def test_of_a_range_around_a_value_the_nearest_measurement_is_said() -> None:
    (found,) = differing_values(form(heart_rate_per_min=85.0), NO_NOTE, stay("time (h);HR\n0;50\n1;125\n"))
    assert found.sentence == (
        "Heart rate: 85 /min in the form, 50 /min to 125 /min (nearest 50 /min) in the vital signs up to hour 1."
    )


def test_one_pressure_is_one_sentence() -> None:
    found = differing_values(None, note("BP 90/50."), stay("time (h);SBP;DBP\n0;150;92\n"))
    assert [difference.name for difference in found] == ["systolic_pressure_mmhg", "diastolic_pressure_mmhg"]


def test_what_does_not_count_for_the_case_is_not_compared() -> None:
    record = form(heart_rate_per_min=60.0)
    away = NoteRead(note("HR 140/min.").items, None, "The age differs.")
    assert (
        differing_values(
            record, away, HourRead(absent="Of another patient.", measured={"heart_rate_per_min": (140.0,)})
        )
        == ()
    )
    assert differing_values(None, NO_NOTE, NO_STAY) == ()


def test_the_written_cases_do_not_contradict_themselves() -> None:
    seen = 0
    for case in SAMPLE_CASES:
        beside = companion_of(case.name)
        if beside is None:
            continue
        record = parse_patient(case.patient["values"], CATALOGUE)
        hour = NO_STAY if beside.stay is None else read_hour(example_stay(beside.stay).read(), 1, beside.hour, ())
        assert differing_values(record, note(beside.note), hour) == (), case.name
        seen += bool(record.values) and bool(hour.measured)
    assert seen >= 2
