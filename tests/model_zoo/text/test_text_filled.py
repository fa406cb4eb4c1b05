"""The measuring of filled facts: what counts as right, wrong, missed, and against which kind; and the figures of the open notes."""

from __future__ import annotations

import pytest

from model_zoo.errors import DataNotFound
from model_zoo.text.extraction import extract_note
from model_zoo.text.scoring.filled import (
    DIFFICULTIES,
    KeyedNote,
    KeyLine,
    keyed_notes,
    measure_filled,
    measure_keyed,
)
from model_zoo.text.scoring.peers import Former


def keyed(text, fill=(), leave=(), either=()):
    return KeyedNote(text, "", tuple(fill), tuple(leave), tuple(either))


def test_right_wrong_missed_and_uncounted():
    text = "Na 131, K 4.0, Hb 98, wife's Hb 120"
    note = keyed(
        text,
        [
            KeyLine("Na 131", "sodium_mmol_l", 131.0),
            KeyLine("K 4.0", "potassium_mmol_l", 4.4, "time"),
            KeyLine("x", "crp_mg_l", 5.0),
        ],
        either=[KeyLine("Hb 98", "haemoglobin_g_l")],
    )
    found = measure_keyed([note])
    assert (found["right"], found["filled"], found["allowed"]) == (1, 2, 3)
    assert found["kinds"]["time"] == {"items": 1, "wrong": 1}


def test_a_wrong_fill_counts_against_the_kind_of_the_place_it_was_read_from():
    note = keyed(
        "Hb 98. The wife's Hb 120.",
        leave=[
            KeyLine("wife's Hb 120", "haemoglobin_g_l", None, "other-person"),
            KeyLine("Hb 98", "haemoglobin_g_l", None, "unit"),
        ],
    )
    found = measure_keyed([note])
    assert (found["kinds"]["other-person"]["wrong"], found["kinds"]["unit"]["wrong"]) == (0, 1)


def test_the_open_notes_are_complete_and_their_words_are_there():
    notes = keyed_notes("sixty_open")
    assert len(notes) == 30
    for note in notes:
        lines = (*note.fill, *note.leave, *note.either)
        assert all(line.quote in note.text for line in lines)
        assert {line.kind for line in lines} <= {*DIFFICULTIES, ""}


def test_an_unknown_set_is_said():
    with pytest.raises(DataNotFound):
        keyed_notes("nowhere")


def test_what_is_filled_from_the_open_notes_holds_what_it_was():
    found = measure_filled("sixty_open")
    assert found["filled"] >= 600
    assert found["precision"]["low"] >= 0.98
    assert found["recall"]["value"] >= 0.90
    assert sum(row["wrong"] for row in found["kinds"].values()) == 0


def test_another_assertion_can_be_measured_over_the_same_extraction():
    former = measure_filled("sixty_open", lambda text: extract_note(text, asserting=Former))
    assert former["precision"]["value"] < measure_filled("sixty_open")["precision"]["low"]
