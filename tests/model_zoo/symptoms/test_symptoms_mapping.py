"""A note is mapped to evidences: what is found, where, what is denied or of another person, and that nothing leaks or gets lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_zoo.symptoms import explain_condition, symptom_model
from model_zoo.symptoms.complaints import consider_note
from model_zoo.symptoms.history import COLLOQUIAL, phrases
from model_zoo.symptoms.mapped_reading import read_mapped
from model_zoo.symptoms.mapping import IMPLIED, OF_OTHERS, find_evidences
from model_zoo.symptoms.wordings import SECTIONS, development_wordings, further_wordings, plain, wording_tables
from model_zoo.text.extraction import extract_note

NOTE = (
    "58 year old man, smoker. Tightness across the chest going into the left arm since this morning, sweaty and sick. No fever. "
    "Mother has asthma. Denies cough. BP 150/90. The gardener waved."
)


def said(text):
    return {entry.said_as for entry in find_evidences(text)}


def test_what_a_note_says_in_its_own_words_is_found_with_its_place():
    found = {entry.said_as: NOTE[entry.start : entry.end] for entry in find_evidences(NOTE)}
    assert found["radiating to the left biceps"] == "left arm"
    assert found["pain in the upper chest"] == "chest"
    assert found["heavy pain"] == "Tightness"
    assert {found["sweating"], found["nausea"], found["smoker"]} == {"sweaty", "sick", "smoker"}


@pytest.mark.parametrize(
    ("text", "absent"),
    [
        ("No fever.", "fever"), ("Denies chest pain.", "pain"), ("Mother has asthma.", "asthma"),
        ("Return if short of breath.", "shortness of breath"), ("Never coughed up blood.", "haemoptysis"),
        ("Pain behind the right eye.", "worse at night"),
    ],
)  # fmt: skip
def test_what_is_denied_or_planned_or_of_a_relative_is_not_the_patients(text, absent):
    assert absent not in said(text)


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("No appetite.", "loss of appetite"), ("Father died of a heart attack.", "family heart disease"),
        ("coughed up a streak of blood", "haemoptysis"), ("coughed up a streak of blood", "cough"),
        ("Wheezy since last night", "wheezing"),
        ("Ankels swollen", "swelling"), ("dyspnea", "shortness of breath"), ("Back from Nigeria", "travel to West Africa"),
        ("headache 8/10", "pain intensity 8 of 10"), ("cannot smell anything", "anosmia"),
    ],
)  # fmt: skip
def test_wordings_slips_and_spellings(text, there):
    assert there in said(text)


def test_the_measured_wordings_are_not_among_those_of_training_and_of_the_measured_mapping():
    for section in SECTIONS:
        for code, rows in phrases()[section].items():
            if len(rows) > COLLOQUIAL:
                measured = f" {plain(rows[COLLOQUIAL])} "
                assert not [row for row in further_wordings().get(code, ()) if f" {plain(row)} " in measured]


def test_development_wordings_are_for_development_alone():
    for code, row in development_wordings().items():
        assert row not in further_wordings(held_apart=False)[code]


def test_every_wording_and_rule_is_of_an_evidence_that_exists():
    for section in SECTIONS:
        assert set(wording_tables()[section]) <= set(phrases()[section])
    known = {code for section in phrases().values() for code in section}
    assert {*OF_OTHERS, *IMPLIED, *IMPLIED.values()} <= known


def test_a_mapped_note_has_places_in_the_note_and_says_what_was_not_mapped():
    model = symptom_model()
    read, mapped = read_mapped(NOTE, model.vocabulary, [i for i in extract_note(NOTE) if i.kind == "person"])
    assert [word.word.text for word in read.words[:4]] == ["58", "year", "old", "male"]
    assert all(NOTE[word.word.start : word.word.end].strip() for word in read.words)
    assert {"gardener", "waved"} <= {word.text for word in mapped.unmapped}
    assert "asthma" not in {word.word.text for word in read.words}


def test_additivity_holds_over_mapped_stretches():
    model = symptom_model()
    found = consider_note(model, NOTE, extract_note(NOTE))
    assert found.cannot_tell is None
    assert found.mapped is not None
    told = explain_condition(model, found, found.ranked[0].name)
    total = told.baseline_logit + sum(word.contribution for word in told.words) + told.delta
    assert total == pytest.approx(told.logit, abs=1e-4)
    assert told.converged
    mapped = [word for word in told.words if word.read_as == "radiating to the left biceps"]
    assert [word.text for word in mapped] == ["left arm"]
    places = [(word.start, word.end) for word in told.words if word.read_as]
    assert len(places) == len(set(places))


def test_a_note_without_evidences_is_read_as_it_stands():
    model = symptom_model()
    read, mapped = read_mapped("The committee approved the budget.", model.vocabulary)
    assert mapped.evidences == ()
    assert [word.word.text for word in read.words] == ["The", "committee", "approved", "the", "budget", "."]


@pytest.mark.timeout(20)
@pytest.mark.parametrize("text", ["pain in the chest " * 1_000, "no " * 6_000, "swollen, " * 2_000, "x" * 20_000])
def test_a_long_note_takes_no_minutes(text):
    assert all(0 <= e.start < e.end <= len(text) for e in find_evidences(text))


@given(st.text(max_size=200))
def test_any_text_gives_sound_places(text):
    for entry in find_evidences(text):
        assert 0 <= entry.start < entry.end <= len(text)
