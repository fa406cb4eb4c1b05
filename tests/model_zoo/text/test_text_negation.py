"""Scopes of denial: what is in them, what is not, and findings that hold a negation word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_zoo.text.negation import denied, find_negations

CASES = {
    "no chest pain": ["chest pain"],
    "Denies fever, chills, cough. Has headache": ["fever, chills, cough"],
    "no fever, cough for 3 days": ["fever"],
    "No fever, chills or cough, but has rash": ["fever, chills or cough"],
    "I do not have chest pain but I have fever": ["chest pain"],
    "I dont have any chest pain": ["any chest pain"],
    "patient is not short of breath": ["short of breath"],
    "Chest pain: no. Fever: yes": ["Chest pain"],
    "fever denied, cough present": ["fever"],
    "without fever and with cough": ["fever and"],
    "Do you have a fever? No. Do you have a cough? Yes.": ["Do you have a fever?"],
    "Do you have a cough?": [],
    "I can't stop coughing, no appetite": [],
    "I cannot breathe": [],
    "never had a heart attack": ["a heart attack"],
    "I have a cough and no fever": ["fever"],
    "denys chest pain": ["chest pain"],
    "neither fever nor cough": ["fever", "cough"],
    "No.": [],
}


@pytest.mark.parametrize("text", CASES)
def test_scope(text):
    assert [text[n.start : n.end] for n in find_negations(text)] == CASES[text]


def test_a_word_is_denied_by_half_of_it():
    (negation,) = find_negations("no chest pain")
    assert denied((negation,), 3, 8)
    assert denied((negation,), 0, 2)
    assert not denied((), 3, 8)
    assert not negation.covers(20, 25)


@given(st.text(alphabet="no fever,.?;:\nwithout cough denies or but", max_size=120))
def test_scopes_lie_in_the_text_and_do_not_overlap(text):
    last = 0
    for n in find_negations(text):
        assert last <= min(n.start, n.cue_start) <= max(n.end, n.cue_end) <= len(text)
        assert n.start < n.end
        last = max(n.end, n.cue_end)
