"""Notes: notations, units, doubts, whose and when, and the way into the patient form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_zoo.errors import InvalidPatientRecord
from model_zoo.patients.catalogue import CATALOGUE, feature
from model_zoo.patients.risk_models import all_specs
from model_zoo.text.extraction import KINDS, NoteUnreadable, extract_note, form_values, record_of_note
from model_zoo.text.extraction.lexicon import LEXICON_FILE, quantities
from model_zoo.text.scoring.measured import SETS, exact_interval, fits, measure_notes, written_notes


def read(text, name):
    return [item for item in extract_note(text) if item.name == name]


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("BP 120/80", "systolic_pressure_mmhg", 120), ("BP 120/80", "mean_arterial_pressure_mmhg", 93.333),
        ("T 38.2", "temperature_celsius", 38.2), ("Temp 101.3 F", "temperature_celsius", 38.5),
        ("38,2 °C", "temperature_celsius", 38.2),
        ("SpO2 92 % on 2 L", "spo2_percent", 92), ("SpO2 92 % on 2 L", "oxygen_l_per_min", 2),
        ("HR 110/min", "heart_rate_per_min", 110),
        ("Na 128", "sodium_mmol_l", 128), ("kreatinine 1.8 mg/dl", "creatinine_umol_l", 159.12),
        ("creatinine 90", "creatinine_umol_l", 90),
        ("creatinine 1.8", "creatinine_umol_l", 159.12), ("WBC 14,300/µL", "leucocytes_10e9_l", 14.3),
        ("BUN 28", "urea_mmol_l", 9.996),
        ("urea 60 mg/dl", "urea_mmol_l", 9.99), ("Hb 8.1 mmol/L", "haemoglobin_g_l", 130.52),
        ("D-dimer 1800 ng/mL", "d_dimer_mg_l", 1.8),
        ("CRP 15 mg/dL", "crp_mg_l", 150), ("direct bilirubin 1 mg/dl", "direct_bilirubin_umol_l", 17.104),
        ("urine output 1.2 L/day", "urine_ml_per_day", 1200), ("7-month-old boy", "age_years", 7 / 12), ("72M", "age_years", 72),
    ],
)  # fmt: skip
def test_notation_and_unit(text, name, value):
    (item,) = read(text, name)
    assert item.value == pytest.approx(value, rel=1e-3)
    assert item.usable
    assert text[item.start : item.end] == item.text


@pytest.mark.parametrize(
    ("text", "name", "reason"),
    [
        ("Hb 45 g/dL", "haemoglobin_g_l", "plausible"), ("sodium 110-120", "sodium_mmol_l", "range"),
        ("D-dimer <0.5 mg/L", "d_dimer_mg_l", "bound"),
        ("neutrophils 85 %", "neutrophils_10e9_l", "unit"), ("HR 400/min", "heart_rate_per_min", "plausible"),
        ("glucose 180", "glucose_mmol_l", ""), ("glucose 14", "glucose_mmol_l", "more than one"),
        ("ALT 5 mmol/L", "alt_u_l", "unit"),
    ],
)  # fmt: skip
def test_a_doubtful_value_is_flagged_and_not_filled(text, name, reason):
    (item,) = read(text, name)
    filled = form_values([item], CATALOGUE)
    if reason:
        assert reason in "; ".join(item.problems)
        assert filled.values == {}
        assert filled.left_out[0][0] is item
    else:
        assert filled.values == {name: item.value}


def test_a_value_outside_the_plausible_range_is_kept_as_it_is():
    (item,) = read("Hb 45 g/dL", "haemoglobin_g_l")
    assert item.value == pytest.approx(450)
    assert item.value > feature("haemoglobin_g_l").plausible[1]


def test_of_two_values_the_last_is_used_and_both_say_so():
    items = read("Potassium 3.1 this morning. Potassium 4.0 now.", "potassium_mmol_l")
    assert form_values(items, CATALOGUE).values == {"potassium_mmol_l": 4.0}
    assert "later value" in items[0].problems[0]
    assert "several values" in items[1].remarks[0]


@pytest.mark.parametrize(
    ("text", "context"),
    [
        ("Mother had diabetes.", "family"), ("Diabetes in his father.", "family"), ("Family history: diabetes, stroke.", "family"),
        ("History of diabetes.", "patient"), ("Known diabetes.", "patient"), ("His mother is well, he has diabetes.", "patient"),
    ],
)  # fmt: skip
def test_whose_diabetes(text, context):
    (item,) = read(text, "diabetes")
    assert item.context == context
    assert form_values([item], CATALOGUE).values == ({"diabetes": 1.0} if context == "patient" else {})


@pytest.mark.parametrize(
    ("text", "context"),
    [
        ("Creatinine was 1.1 mg/dl two weeks ago.", "history"),
        ("Creatinine 1.1 mg/dl.", "patient"),
        ("Target creatinine 1.1 mg/dl.", "plan"),
    ],
)
def test_when(text, context):
    assert [item.context for item in read(text, "creatinine_umol_l")] == [context]


def test_a_denial_of_a_feature_is_a_value_and_of_a_complaint_is_shown():
    items = extract_note("No diabetes. No fever. No chest pain. Denies smoking.")
    values = form_values(items, CATALOGUE).values
    assert values == {"diabetes": 0.0, "smoking": 0.0}
    assert [item.negated for item in items if item.name == "fever"] == [True]


def test_a_note_fills_the_form_of_the_patient_models():
    text = "64-year-old woman, GCS 14, Na 128, Hb 9.8 g/dL, BP 120/80, MAP 90. Metformin 500 mg bid."
    record = record_of_note(extract_note(text), CATALOGUE)
    assert (record.age_years, record.sex) == (64.0, "F")
    assert record.value("sodium_mmol_l") == 128
    assert record.value("mean_arterial_pressure_mmhg") == 90
    assert record.value("coma_score") == 9.0
    assert "note" in record.provenance
    assert record.notes  # the table behind the coma score


def test_a_gene_and_a_nuclear_measurement_are_found_by_their_names():
    specs = all_specs()
    gene = next(spec for spec in specs if spec.name.startswith("probe_"))
    accession = gene.title.rsplit("(", 1)[1].removesuffix(")")
    items = extract_note(f"{accession}: 1520. Worst perimeter 184.6, mean texture 10.38.", specs)
    assert {item.name: item.value for item in items} == {
        gene.name: 1520.0, "nuclear_perimeter_worst": 184.6, "nuclear_texture_mean": 10.38,
    }  # fmt: skip


def test_every_numeric_feature_of_the_installed_models_has_a_name_in_notes():
    specs = [spec for spec in all_specs() if spec.kind == "numeric"]
    named = {quantity.spec.name for quantity in quantities(specs)}
    # Age has rules of its own, the coma score is read as Glasgow points, a count of diseases is nowhere written as one.
    assert {spec.name for spec in specs} - named == {"age_years", "coma_score", "comorbidity_count"}
    assert LEXICON_FILE.is_file()


@pytest.mark.parametrize("text", ["", " \n ", "x" * 20_001, "Na 128\0"])
def test_no_note_is_an_error(text):
    with pytest.raises(NoteUnreadable):
        extract_note(text)


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "text", ["no " * 6_000, "HR" + " " * 19_000 + "80", "Hb (" + "a " * 9_000, "no a, " * 3_000, "1" * 19_000]
)
def test_a_hostile_note_takes_no_minutes(text):
    assert all(item.kind == "finding" for item in extract_note(text))


@given(st.text(max_size=200))
def test_any_text_gives_items_with_sound_places(text):
    if not text.strip() or "\0" in text:
        return
    for item in extract_note(text):
        assert 0 <= item.start < item.end <= len(text)
        assert text[item.start : item.end] == item.text
        assert item.kind in KINDS


def test_the_written_notes_are_many_and_their_words_are_there():
    for which in SETS:
        notes = written_notes(which)
        assert len(notes) >= 20
        assert all(expected.words in note.text for note in notes for expected in note.items)


def test_precision_and_recall_hold_what_they_were():
    """The rules may only get better on the notes that they were developed on."""
    found = measure_notes("development")
    assert found["all"]["precision"]["value"] >= 0.97
    assert found["all"]["recall"]["value"] >= 0.97
    assert found["all"]["expected"] == sum(row["expected"] for row in found["kinds"].values())


def test_an_item_counts_only_with_value_negation_and_context():
    (note,) = [n for n in written_notes("development") if n.text.startswith("Mother had diabetes")]
    expected = note.items[0]
    (item,) = [i for i in extract_note(note.text) if i.name == "diabetes"]
    assert fits(note.text, expected, item)
    (own,) = [i for i in extract_note("Known diabetes") if i.name == "diabetes"]
    assert not fits(note.text, expected, own)


def test_the_interval_is_the_exact_one():
    assert exact_interval(0, 10) == pytest.approx((0.0, 0.30850), abs=1e-4)
    assert exact_interval(9, 10) == pytest.approx((0.55498, 0.99747), abs=1e-4)


def test_the_record_is_checked_like_a_typed_one():
    (item,) = read("hospital day 2.5", "hospital_day")
    with pytest.raises(InvalidPatientRecord):
        record_of_note([item], CATALOGUE)
