"""Of a note the encoders read the complaints; measurements and medication are blank to them, and nothing moves."""

from __future__ import annotations

import pytest

from model_zoo.symptoms import TextUnreadable, symptom_model
from model_zoo.symptoms.complaints import complaints_of, consider_note
from model_zoo.text.extraction import extract_note

NOTE = "Woman, 71 years. Short of breath when lying flat, swollen ankles. On furosemide. HR 96/min, Na 136 mmol/l, BP 148/88."


def test_measurements_and_medication_are_blank_and_nothing_moves() -> None:
    kept = complaints_of(NOTE, extract_note(NOTE))
    assert len(kept) == len(NOTE)
    assert "Short of breath when lying flat, swollen ankles." in kept
    assert kept.index("swollen") == NOTE.index("swollen")
    for word in ("furosemide", "136", "148/88", "96/min"):
        assert word not in kept


def test_places_refer_to_the_whole_note() -> None:
    found = consider_note(symptom_model(), NOTE, extract_note(NOTE))
    assert found.read.text == NOTE
    for word in found.read.words:
        assert NOTE[word.word.start : word.word.end].strip()


def test_a_note_of_numbers_alone_is_refused() -> None:
    numbers = "HR 96/min, Na 136 mmol/l"
    with pytest.raises(TextUnreadable):
        consider_note(symptom_model(), numbers[:9], extract_note(numbers[:9]))
