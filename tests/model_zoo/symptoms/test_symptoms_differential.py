"""Conditions to consider: red flags first, nothing where nothing can be told, denials and slips, and words that add up."""

from __future__ import annotations

import json

import numpy as np
import pytest

from model_zoo.errors import UnknownName, WeightsMismatch
from model_zoo.symptoms import TextUnreadable, consider, explain_condition, symptom_model, text_of_history
from model_zoo.symptoms.differential import RED_FLAG_PROBABILITY, rank
from tests.model_zoo.symptoms.tiny_symptoms import tiny_symptom_model


@pytest.fixture(scope="module", params=["transformer", "lstm"])
def model(request, tmp_path_factory):
    return tiny_symptom_model(tmp_path_factory.mktemp(request.param), request.param)


def test_the_words_of_a_condition_rank_it_first(model):
    found = consider(model, "itching and rash")
    assert found.cannot_tell is None
    assert found.ranked[0].name == "Skin rash"
    assert [c.rank for c in found.ranked] == [1, 2, 3, 4]
    assert sum(c.probability for c in found.ranked) == pytest.approx(1)


def test_a_severe_condition_stands_before_a_likelier_one(model):
    conditions = rank(model, np.array([0.06, 0.5, 0.4, 0.04]))
    flags = [c for c in conditions if c.red_flag]
    assert [c.name for c in flags] == ["Heart attack"]
    assert not [c for c in rank(model, np.array([RED_FLAG_PROBABILITY - 0.001, 0.5, 0.4, 0.051])) if c.red_flag]
    found = consider(model, "chest pain, fever and cough")
    displayed = [c.red_flag for c in found.displayed]
    assert displayed == sorted(displayed, reverse=True)


@pytest.mark.parametrize("text", ["fever", "ok", "no fever, no cough", "Der Zug nach Hamburg hat heute Verspätung"])
def test_too_little_or_unknown_text_gives_no_ranking(model, text):
    found = consider(model, text)
    assert found.cannot_tell.startswith("Cannot tell")
    assert found.ranked == found.red_flags == found.displayed == ()


def test_the_answer_never_says_diagnosis(model):
    found = consider(model, "chest pain")
    assert "diagnos" not in found.caution.lower()
    assert "synthetic" in found.caution


@pytest.mark.parametrize("denial", ["No chest pain.", "Denies chest pain.", "Without chest pain.", "chest pain: no."])
def test_a_denied_complaint_does_not_raise_its_condition(model, denial):
    base = consider(model, "fever and cough.")
    stated = consider(model, "fever and cough. Chest pain.")
    denied = consider(model, f"fever and cough. {denial}")
    p = {name: next(c.probability for c in f.ranked if c.name == "Heart attack") for name, f in
         (("base", base), ("stated", stated), ("denied", denied))}  # fmt: skip
    assert p["stated"] > 20 * p["base"]
    # The full stop that is left is a piece too, so that the number is not quite the same.
    assert p["denied"] < p["stated"] / 10
    assert p["denied"] - p["base"] < 0.01
    assert denied.read.negations


def test_a_misspelled_word_is_read_as_the_nearest_known_one(model):
    right, slipped = consider(model, "itching and rash, headache"), consider(model, "ithcing and rash, headahce")
    assert [w.read_as for w in slipped.read.words if w.read_as] == ["itching", "headache"]
    assert slipped.ranked == right.ranked


@pytest.mark.parametrize("text", ["", "   ", "x" * 20_001])
def test_no_text_or_too_much_is_an_error_without_its_words(model, text):
    with pytest.raises(TextUnreadable) as error:
        consider(model, text)
    assert "xxx" not in error.value.message


def test_contributions_of_the_words_add_up_to_the_logit(model):
    text = "Chest pain, with feverr and cough; no rash."
    found = consider(model, text)
    for name in ("Heart attack", "Influenza"):
        a = explain_condition(model, found, name)
        assert a.logit == pytest.approx(a.baseline_logit + sum(w.contribution for w in a.words) + a.delta, abs=1e-9)
        assert a.converged == (abs(a.delta) <= 0.01 * max(abs(a.logit - a.baseline_logit), 1))
        assert all(text[w.start : w.end] == w.text for w in a.words)
        assert "rash" not in [w.text for w in a.words]
    words = {w.text: w.contribution for w in explain_condition(model, found, "Heart attack").words}
    assert words["Chest"] + words["pain"] > words["cough"]
    with pytest.raises(ValueError, match="none of the 4"):
        explain_condition(model, found, "Gout")


def test_weights_of_another_card_are_refused(tmp_path):
    tiny_symptom_model(tmp_path)
    card = json.loads((tmp_path / "card.json").read_text())
    (tmp_path / "card.json").write_text(json.dumps(card | {"weights_sha256": "0" * 64}))
    symptom_model.cache_clear()
    with pytest.raises(WeightsMismatch):
        symptom_model("tiny", tmp_path)
    with pytest.raises(UnknownName, match="symptoms-lstm"):
        symptom_model("symptoms-lstn")


def test_a_structured_history_becomes_text():
    text = text_of_history(61, "F", {"E_91": (), "E_55": ("left cheek", "chin")})
    assert text == "61 year old female. fever. pain in the left cheek and chin."
    with pytest.raises(UnknownName):
        text_of_history(None, None, {"E_9999": ()})
