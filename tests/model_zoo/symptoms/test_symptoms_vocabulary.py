"""Pieces of words: every text has some, and one slip is put right while two are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_zoo.errors import CardInvalid
from model_zoo.symptoms.reading import batch, read_text
from model_zoo.symptoms.vocabulary import UNKNOWN, Vocabulary, one_slip
from tests.model_zoo.symptoms.tiny_symptoms import tiny_vocabulary

VOCABULARY = tiny_vocabulary()


def test_frequent_words_are_one_piece_and_others_fall_back_to_letters():
    assert len(VOCABULARY.ids("fever")) == 1
    pieces = [VOCABULARY.pieces[i] for i in VOCABULARY.ids("feverish")]
    assert "".join(pieces) == "_feverish"
    assert VOCABULARY.pieces[VOCABULARY.ids("日")[0]] == UNKNOWN


@given(st.text(max_size=80))
def test_every_text_can_be_read_and_places_hold(text):
    read = read_text(text, VOCABULARY)
    assert len(read.pieces) == len(read.word_of)
    assert all(text[w.word.start : w.word.end] == w.word.text for w in read.words)
    ids, mask = batch([read.pieces])
    assert mask.any(dim=1).all()
    assert ids.max() < len(VOCABULARY)


@pytest.mark.parametrize(
    ("word", "known"),
    [("itcing", "itching"), ("itchinng", "itching"), ("itchung", "itching"), ("ithcing", "itching"), ("icthin", None),
     ("rahs", None), ("itching", None), ("12345", None)],
)  # fmt: skip
def test_one_slip_in_a_long_word_is_put_right(word, known):
    assert VOCABULARY.nearest(word) == known


@pytest.mark.parametrize(
    ("a", "b", "near"),
    [("fever", "fevre", True), ("fever", "feever", True), ("fever", "ever", True), ("fever", "fexer", True),
    ("fever", "fvree", False),
     ("ab", "abcd", False)],
)  # fmt: skip
def test_a_slip_is_counted_both_ways(a, b, near):
    assert one_slip(a, b) is near
    assert one_slip(b, a) is near


def test_a_vocabulary_survives_its_file(tmp_path):
    VOCABULARY.write(tmp_path / "vocab.json")
    again = Vocabulary.read(tmp_path / "vocab.json")
    assert again.pieces == VOCABULARY.pieces
    assert again.counts == VOCABULARY.counts
    (tmp_path / "vocab.json").write_text("[]")
    with pytest.raises(CardInvalid):
        Vocabulary.read(tmp_path / "vocab.json")
