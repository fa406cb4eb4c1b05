"""Red flags of common emergencies are raised from their words, not from denials, relatives or the past; beyond the 49 no list."""

from __future__ import annotations

import pytest

from model_zoo.symptoms import symptom_model
from model_zoo.symptoms.complaints import consider_note
from model_zoo.symptoms.red_flags import OUTSIDE, word_flags
from model_zoo.text.extraction import extract_note

PRESENTATIONS = {
    "70-year-old woman, crushing chest pain to left arm and jaw, sweating, nausea": "Heart attack (acute coronary syndrome)",
    "70M facial droop, arm weakness, slurred speech since this morning": "Stroke",
    "19F fever, neck stiffness, non-blanching rash, drowsy": "Meningitis or meningococcal sepsis",
    "65M worst headache of his life, neck stiffness, vomiting": "Subarachnoid haemorrhage",
    "35F on the pill, calf swelling, dyspnoea, haemoptysis": "Pulmonary embolism",
    "Hives and lip swelling after eating peanuts": "Anaphylaxis",
    "Tearing chest pain to the back, syncope": "Aortic dissection",
    "Headache, worse in the morning, one seizure yesterday": "Raised pressure in the head or a focal brain lesion",
    "Back pain, saddle numbness, urinary retention": "Cauda equina",
    "Black tarry stools for two days": "Bleeding from the gut",
}


@pytest.mark.parametrize("text", PRESENTATIONS)
def test_an_emergency_is_flagged_by_its_words(text: str) -> None:
    assert PRESENTATIONS[text] in {flag.name for flag in word_flags(text)}


@pytest.mark.parametrize(
    "text",
    [
        "Fever and cough. No neck stiffness, no rash.",
        "Mother had a stroke with slurred speech.",
        "Denies chest pain, no sweating.",
        "Cough and runny nose for three days, sore throat.",
        "Swollen ankles, worse lying flat, wakes up at night choking.",
    ],
)
def test_what_is_denied_or_harmless_raises_none(text: str) -> None:
    assert word_flags(text) == ()


def test_a_red_flag_outside_the_conditions_takes_the_list_away() -> None:
    text = "70-year-old man with facial droop, arm weakness and slurred speech."
    found = consider_note(symptom_model(), text, extract_note(text))
    assert found.cannot_tell == OUTSIDE
    assert found.ranked == ()
    assert [flag.name for flag in found.word_flags] == ["Stroke"]


def test_one_word_read_twice_is_one_complaint() -> None:
    found = consider_note(symptom_model(), "headache", extract_note("headache"))
    assert found.ranked == ()
    assert found.mapped is not None
    assert len({e.code for e in found.mapped.evidences}) >= 2
    assert len({e.start for e in found.mapped.evidences}) == 1
