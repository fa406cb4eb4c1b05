"""Highlighted text is safe and whole; conditions come as rows with the red flags first."""

from __future__ import annotations

from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.catalogue import counted, text
from dashboard.viewmodels.note.spans import Mark, segments
from dashboard.viewmodels.note.symptoms import (
    AGAINST,
    CORRECTED,
    DENIED,
    DENYING,
    EVIDENCE,
    FOR,
    differential_view,
    percent,
)
from model_zoo.symptoms import consider, explain_condition, symptom_model
from model_zoo.symptoms.complaints import consider_note
from model_zoo.text.extraction import extract_note
from tests.model_zoo.symptoms.tiny_symptoms import tiny_symptom_model

MARKS = st.lists(st.tuples(st.integers(-3, 60), st.integers(-3, 60)), max_size=8)


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return tiny_symptom_model(tmp_path_factory.mktemp("tiny"))


@given(st.text(max_size=50), MARKS)
def test_segments_hold_the_whole_text_once_whatever_is_marked(written, places):
    found = segments(written, [Mark(a, b, "vital", "<b>") for a, b in places])
    assert unescape("".join(s.html for s in found)) == written
    assert all("<" not in s.html and "<" not in s.note for s in found)


def test_markup_in_a_text_is_escaped():
    (first, second) = segments('<script>"x"</script> pain', [Mark(0, 20, "denied", 'a "note"')])
    assert first.html == "&lt;script&gt;&quot;x&quot;&lt;/script&gt;"
    assert first.note == "a &quot;note&quot;"
    assert (second.html, second.kind) == (" pain", "")


def test_denied_corrected_and_decisive_words_are_marked(model):
    differential = consider(model, "Chest pain and headahce. No rash.")
    plain = differential_view(differential)
    assert {s.kind for s in plain.segments} == {"", CORRECTED, DENIED, DENYING}
    explained = explain_condition(model, differential, "Heart attack")
    view = differential_view(differential, explained)
    kinds = {s.html: s.kind for s in view.segments}
    assert kinds["pain"] == FOR
    assert kinds["rash"] == DENIED
    assert {s.kind for s in view.segments} <= {"", CORRECTED, DENIED, DENYING, FOR, AGAINST}
    assert max(abs(s.weight) for s in view.segments) == 1
    delta = f"{explained.delta:+.3f}"
    assert text("notes.read.coloured", condition="Heart attack", delta=delta) in view.notes
    assert counted("notes.read.denied", 1) in view.notes


def test_mapped_stretches_are_marked_and_the_unmapped_part_is_named():
    note = "Man, 58, smoker. Tightness across the chest into the left arm, sweaty. No cough. The gardener waved."
    differential = consider_note(symptom_model(), note, extract_note(note))
    view = differential_view(differential)
    marks = {s.html: s.note for s in view.segments if s.kind == EVIDENCE}
    assert marks["left arm"] == text("notes.mark.read_as", word="radiating to the left biceps")
    assert "cough" not in marks
    mapped = differential.mapped
    said = list(dict.fromkeys(one.said_as for one in mapped.evidences))
    assert any("sweating" in one for one in said)
    assert counted("notes.read.mapped", len(said), findings=", ".join(said)) in view.notes
    words = list(dict.fromkeys(word.text for word in mapped.unmapped))
    assert "gardener" in words
    assert text("notes.read.unmapped", words=", ".join(words)) in view.notes


def test_red_flags_stand_apart_and_nothing_is_called_a_diagnosis(model):
    view = differential_view(consider(model, "chest pain"))
    assert [row.name for row in view.red_flags] == ["Heart attack"]
    assert "Heart attack" not in [row.name for row in view.rows]
    assert view.heading == text("notes.conditions.ranked")
    assert view.red_flag_heading == text("notes.conditions.red_flags", least="5")
    words = " ".join((view.heading, view.red_flag_heading, view.caution, *view.notes)).lower()
    assert "diagnos" not in words


def test_without_a_ranking_stands_the_reason(model):
    view = differential_view(consider(model, "Bonjour tout le monde"))
    assert view.message.startswith("Cannot tell")
    assert view.rows == view.red_flags == ()


@pytest.mark.parametrize(
    ("p", "words"),
    [
        (0.0, text("probability.least")),
        (0.004, text("probability.least")),
        (0.42, "42 %"),
        (0.9999, text("probability.most")),
    ],
)
def test_a_probability_is_never_certain(p, words):
    assert percent(p) == words
