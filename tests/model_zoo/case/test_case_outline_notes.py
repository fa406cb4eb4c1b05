"""An outline says how often such ones were false, and where the reading contradicts it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from model_zoo.card import MaskCard, ModelCard
from model_zoo.case.outlines.notes import box_note, contradiction, mask_note
from model_zoo.engine import InferenceEngine
from model_zoo.results import Finding, Prediction

MASK = MaskCard("lesion", "Lesion", "lesion", 0.5, expects=("benign", "malignant"))
RATE = {"value": 0.2, "low": 0.1, "high": 0.4}


def read_as(exclusive: bool = True, **logits: float) -> Prediction:
    findings = tuple(
        Finding(name, name.replace("_", " ").capitalize(), "probability", logit, 50.0, 40.0, logit > 0)
        for name, logit in logits.items()
    )
    return Prediction("toy", "1", "0", "0", 0, "adult", findings, True, exclusive)


def card_with(engine: InferenceEngine, **raw: object) -> ModelCard:
    return replace(engine.card, raw={**engine.card.raw, **raw})


def test_an_outline_against_the_likeliest_answer_is_a_contradiction() -> None:
    empty = read_as(no_lesion=2.0, benign=-1.0, malignant=-2.0)
    assert contradiction(MASK, empty, True, True) == "Contradicts the reading: no lesion is its likeliest answer."
    assert contradiction(MASK, empty, False, False) == ""


def test_a_lesion_that_is_named_but_not_outlined_is_a_contradiction() -> None:
    named = read_as(no_lesion=-2.0, benign=-1.0, malignant=2.0)
    words = "Contradicts the reading: nothing is outlined, yet it names malignant."
    assert contradiction(MASK, named, False, False) == words
    assert contradiction(MASK, named, True, True) == ""
    assert contradiction(MASK, named, False, True) == ""  # another lesion is outlined


def test_an_output_that_stands_alone_contradicts_by_its_threshold() -> None:
    mask = replace(MASK, expects=("referable",))
    assert "names referable" in contradiction(mask, read_as(False, referable=1.0), False, False)
    assert contradiction(mask, read_as(False, referable=-1.0), False, False) == ""
    # Lesions below the referable grade are common: an outline contradicts nothing there.
    assert contradiction(mask, read_as(False, referable=-1.0), True, True) == ""


def test_a_mask_tied_to_no_output_contradicts_nothing() -> None:
    assert contradiction(replace(MASK, expects=()), read_as(no_lesion=2.0), True, True) == ""


@pytest.mark.parametrize(
    ("drawn", "words"),
    [
        (True, "Held out, 20 % [10, 40] of 30 pictures without it got an outline."),
        (False, "Held out, 20 % [10, 40] of 70 pictures with it got no outline."),
    ],
)
def test_the_measured_rate_stands_beside_what_is_drawn(engine: InferenceEngine, drawn: bool, words: str) -> None:
    row = {"name": "lesion", "share_false_outline": RATE, "n_without_lesion": 30}
    row |= {"share_without_outline": RATE, "n_with_lesion": 70}
    named = read_as(no_lesion=-2.0, benign=1.0, malignant=-2.0)
    assert mask_note(card_with(engine, mask_metrics=[row]), MASK, named, drawn, True) == words


def test_a_box_says_what_it_is_worth_where_there_is_nothing(engine: InferenceEngine) -> None:
    painted = {"n_pictures": 80, "threshold": 0.5, "share_with_box": RATE}
    assert "20 % [10, 40] of 80 slices" in box_note(card_with(engine, box_metrics={"tumour_painted_over": painted}))
    assert box_note(card_with(engine, box_metrics={})) == ""
