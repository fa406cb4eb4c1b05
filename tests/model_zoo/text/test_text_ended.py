"""What is named and is not so now: allergies, stopped drugs, complaints that are over, targets, comparisons, denials, slips."""

from __future__ import annotations

import pytest

from model_zoo.patients.catalogue import CATALOGUE
from model_zoo.text.extraction import extract_note, form_values
from model_zoo.text.extraction.assertion.doubts import TOO_LOW
from model_zoo.text.extraction.assertion.ended import ALLERGY


def contexts(text):
    return {item.name: item.context for item in extract_note(text)}


def medications(text):
    return {item.name: item.context for item in extract_note(text) if item.kind == "medication"}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("cough with more sputum than usual, shortness of breath", {"cough", "dyspnoea"}),
        (
            "more breathless than usual, chest pain, HR 130/min, SpO2 84%",
            {"dyspnoea", "chest pain", "heart_rate_per_min", "spo2_percent"},
        ),
        ("less confused than usual, HR 90", {"confusion", "heart_rate_per_min"}),
        ("more breathless than yesterday, SpO2 84%", {"dyspnoea", "spo2_percent"}),
        ("worse cough than at his baseline, HR 90", {"cough"}),
    ],
)
def test_a_comparison_is_of_now(text, names):
    found = contexts(text)
    assert all(found[name] == "patient" for name in names)


@pytest.mark.parametrize(
    ("text", "name"),
    [("usual SpO2 88%", "spo2_percent"), ("creatinine higher than baseline creatinine 80", "creatinine_umol_l")],
)
def test_what_is_usual_is_of_an_earlier_time(text, name):
    assert contexts(text) == {name: "history"}


@pytest.mark.parametrize(
    "text",
    [
        "Allergic to penicillin.", "penicillin allergy", "allergies: penicillin", "penicillin-allergic",
        "Allergies: aspirin, penicillin and codeine.", "Intolerant to ramipril", "allergic to aspirin or ibuprofen",
        "Penicillin: allergic", "penicillin and codeine allergy", "anaphylaxis to penicillin",
    ],
)  # fmt: skip
def test_an_allergy_is_no_medication(text):
    items = extract_note(text)
    assert items
    assert {(item.kind, item.problems) for item in items} == {("other", (ALLERGY,))}
    assert [reason for _, reason in form_values(items, CATALOGUE).left_out] == [ALLERGY] * len(items)


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("No known drug allergies. Takes warfarin.", {"warfarin"}), ("Allergic to penicillin, on warfarin", {"warfarin"}),
        ("Allergies: none. Metformin 500 mg", {"metformin"}), ("Allergies: none, metformin", {"metformin"}),
        ("Allergies: penicillin, metformin 500 mg bd", {"metformin"}), ("metformin, allergies: penicillin", {"metformin"}),
    ],
)  # fmt: skip
def test_a_drug_beside_an_allergy_is_taken(text, taken):
    assert medications(text) == dict.fromkeys(taken, "patient")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Stop warfarin", {"warfarin": "plan"}), ("discontinue warfarin", {"warfarin": "plan"}),
        ("Hold metformin", {"metformin": "plan"}),
        ("warfarin stopped", {"warfarin": "history"}), ("warfarin 5 mg od was discontinued", {"warfarin": "history"}),
        ("Stopped taking her warfarin", {"warfarin": "history"}), ("no longer on warfarin", {"warfarin": "history"}),
        ("Warfarin on hold", {"warfarin": "history"}),
        ("warfarin to be stopped", {"warfarin": "plan"}), ("Stop warfarin and aspirin", {"warfarin": "plan", "aspirin": "plan"}),
        ("off warfarin since May", {"warfarin": "history"}), ("Day off work. On warfarin.", {"warfarin": "patient"}),
        ("not off warfarin", {"warfarin": "patient"}),
        ("Stop: ramipril, aspirin. Start bisoprolol.", {"ramipril": "plan", "aspirin": "plan", "bisoprolol": "patient"}),
        (
            "Stop ramipril 5 mg od, furosemide and spironolactone. Metformin.",
            {"ramipril": "plan", "furosemide": "plan", "spironolactone": "plan", "metformin": "patient"},
        ),
        ("Stopped: metformin, ramipril", {"metformin": "history", "ramipril": "history"}),
        ("Stop metformin; ramipril, aspirin", {"metformin": "plan", "ramipril": "patient", "aspirin": "patient"}),
        ("Stop ramipril and furosemide now.", {"ramipril": "plan", "furosemide": "plan"}),
        ("refuses to come off diazepam", {"diazepam": "patient"}), ("tapering off prednisolone", {"prednisolone": "patient"}),
        ("takes on and off ibuprofen", {"ibuprofen": "patient"}), ("She isn't off warfarin", {"warfarin": "patient"}),
        ("Hand-off: metformin 500 mg bd, aspirin", {"metformin": "patient", "aspirin": "patient"}),
        ("Stop simvastatin, atorvastatin 80 mg nocte", {"simvastatin": "plan", "atorvastatin": "patient"}),
        ("Withhold metformin, insulin sliding scale", {"metformin": "plan", "insulin": "patient"}),
        ("Stop warfarin and aspirin to continue", {"warfarin": "plan", "aspirin": "patient"}),
        (
            "Warfarin: off\nAspirin 75 mg od, ramipril 5 mg",
            {"warfarin": "history", "aspirin": "patient", "ramipril": "patient"},
        ),
        ("Warfarin stopped\nAspirin 75 mg, ramipril", {"warfarin": "history", "aspirin": "patient", "ramipril": "patient"}),
        ("Stop:\nramipril, furosemide", {"ramipril": "plan", "furosemide": "plan"}),
        ("No longer on warfarin, apixaban 5 mg started", {"warfarin": "history", "apixaban": "patient"}),
        ("aspirin, warfarin stopped, metformin", {"aspirin": "patient", "warfarin": "history", "metformin": "patient"}),
        ("Stop smoking, ramipril 5 mg", {"ramipril": "patient"}),
        ("Stop warfarin and start apixaban", {"warfarin": "plan", "apixaban": "patient"}),
        ("Stop ceftriaxone, continue apixaban 5 mg bd", {"ceftriaxone": "plan", "apixaban": "patient"}),
        ("do not stop warfarin", {"warfarin": "patient"}), ("warfarin continued", {"warfarin": "patient"}),
        ("Stopped smoking, on warfarin", {"warfarin": "patient"}),
    ],
)  # fmt: skip
def test_a_stopped_drug_is_not_taken(text, expected):
    assert medications(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Chest pain resolved", {"chest pain": "history"}), ("chest pain for two hours, now resolved", {"chest pain": "history"}),
        ("fever has not resolved", {"fever": "patient"}), ("cough, fever resolved", {"cough": "patient", "fever": "history"}),
        ("cough for 3 days, fever has resolved", {"cough": "patient", "fever": "history"}),
        ("unresolved cough", {"cough": "patient"}),
        ("sepsis resolved, HR 80", {"diagnosis": "history", "heart_rate_per_min": "patient"}),
    ],
)  # fmt: skip
def test_what_is_resolved_is_of_an_earlier_time(text, expected):
    assert contexts(text) == expected


@pytest.mark.parametrize(
    ("text", "name", "usable"),
    [
        ("SpO2 target 88-92%, SpO2 85%", "spo2_percent", [85]), ("Target BP <140/90, BP 152/88", "systolic_pressure_mmhg", [152]),
        ("target SpO2 88-92%, HR 110", "heart_rate_per_min", [110]), ("keep MAP > 65, MAP 58", "mean_arterial_pressure_mmhg", [58]),
        ("target MAP > 65, SpO2 > 92%", "spo2_percent", []), ("keep MAP 65, SpO2 94%", "spo2_percent", []),
        ("target SpO2 94%, HR 60-100", "heart_rate_per_min", []), ("return if T > 38.5, HR 120", "heart_rate_per_min", []),
        ("Target: MAP 65, SpO2 94%", "spo2_percent", []),
    ],
)  # fmt: skip
def test_a_target_ends_where_a_measurement_begins(text, name, usable):
    assert [item.value for item in extract_note(text) if item.name == name and item.usable] == usable


@pytest.mark.parametrize(
    "text", ["denies coughing up blood", "no coughing up blood", "He denies that he coughed up fresh blood."]
)
def test_the_longest_complaint_has_the_place(text):
    assert [(item.name, item.negated) for item in extract_note(text) if item.kind == "finding"] == [
        ("haemoptysis", True)
    ]


@pytest.mark.parametrize("text", ["Denies chest pain", "no chest pain", "Chest pain: no."])
def test_denied_chest_pain_is_shown_and_fills_no_type(text):
    items = extract_note(text)
    assert {(item.name, item.negated, item.value) for item in items} == {
        ("chest pain", True, None),
        ("chest_pain", True, None),
    }
    filled = form_values(items, CATALOGUE)
    assert filled.values == {}
    assert [reason for _, reason in filled.left_out] == [
        "that chest pain is denied does not say which type the model means"
    ]


@pytest.mark.parametrize("text", ["not allergic to penicillin", "He has no allergy to penicillin"])
def test_a_denied_allergy_is_denied(text):
    assert [(item.name, item.negated) for item in extract_note(text)][-1] == ("allergy", True)


@pytest.mark.parametrize("text", ["do not stop warfarin", "Please don't discontinue her warfarin"])
def test_a_drug_that_must_not_be_stopped_is_taken(text):
    (item,) = [item for item in extract_note(text) if item.kind == "medication"]
    assert (item.context, item.negated) == ("patient", False)


def test_a_stated_type_of_chest_pain_is_filled():
    assert form_values(extract_note("atypical chest pain"), CATALOGUE).values == {"chest_pain": "atypical"}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("HR 7", {"heart_rate_per_min"}),
        ("RR 2/min", {"respiratory_rate_per_min"}),
        ("BP 1200/80", {"systolic_pressure_mmhg", "mean_arterial_pressure_mmhg"}),
        ("BP 120/8", {"diastolic_pressure_mmhg", "mean_arterial_pressure_mmhg"}),
    ],
)
def test_a_slip_of_the_pen_is_shown_and_not_filled(text, names):
    items = extract_note(text)
    assert {item.name for item in items if item.problems} == names
    assert names.isdisjoint(form_values(items, CATALOGUE).values)


def test_the_doubt_of_a_low_rate_is_said():
    (item,) = extract_note("HR 7/min")
    assert (item.value, item.problems) == (7.0, (TOO_LOW,))
    assert extract_note("HR 38/min")[0].usable


def test_what_the_chosen_model_does_not_read_is_said_of_that_model():
    filled = form_values(extract_note("SpO2 92 %"), CATALOGUE)
    assert [reason for _, reason in filled.left_out] == ["not used by the chosen patient model"]
