"""The review as a whole: what stands in it, that nobody is named in it, and that its file gives the same review back."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from model_zoo.card import WEIGHTS_ROOT, ModelCard, read_card
from model_zoo.errors import CardInvalid
from model_zoo.evaluation.drift_report import DRIFTED, STABLE, TOO_FEW
from model_zoo.evaluation.metrics import auroc
from model_zoo.evaluation.model_review import ModelReview, merged, with_drift, with_other_model
from model_zoo.evaluation.review_json import read_review, recorded_review, review_to_json, write_review
from tests.review_runs import OUTPUT, REPORT, SECRET, made_drift, made_predictions, made_review
from tests.tiny_zoo import write_tiny_zoo


@pytest.fixture(scope="module")
def card(tmp_path_factory: pytest.TempPathFactory) -> ModelCard:
    return read_card(write_tiny_zoo(tmp_path_factory.mktemp("zoo")) / "tiny")


@pytest.fixture(scope="module")
def review(card: ModelCard) -> ModelReview:
    return made_review(card)


def test_the_numbers_are_those_of_the_predictions(review: ModelReview) -> None:
    predictions = made_predictions()
    y, logit = predictions.labels.labels(OUTPUT), predictions.scores[OUTPUT].logit
    output = review.output(OUTPUT)
    assert output.numbers["auroc"][0] == pytest.approx(auroc(y, logit))
    found = output.curve.confusion(output.threshold)
    # The curve is thinned, so that no film's own score is kept: between two of its points it is a film or two off.
    assert found.sensitivity == pytest.approx(output.numbers["sensitivity"][0], abs=2 / 120)
    assert found.specificity == pytest.approx(output.numbers["specificity"][0], abs=2 / 120)
    assert (output.n_films, output.n_positive_films) == (240, 120)
    assert output.on_probability
    assert sum(b.n_films for b in output.calibration) == 240


def test_the_second_model_and_the_baseline_are_tested_in_pairs(review: ModelReview) -> None:
    by_name = {c.name: c for c in review.output(OUTPUT).comparisons}
    assert by_name["other"].title == "Sister"
    for found in by_name.values():
        assert found.delong is not None
        # Two ways to the same difference, and to nearly the same interval.
        assert found.delong.difference == pytest.approx(found.bootstrap[0])
        assert found.bootstrap[1] is not None
        assert found.delong.low == pytest.approx(found.bootstrap[1], abs=0.05)
    assert by_name["thumbnail"].delong is not None
    assert by_name["thumbnail"].delong.p_value < 0.001


def test_the_worst_subgroup_is_the_one_that_was_made_worse(review: ModelReview) -> None:
    first = review.output(OUTPUT).subgroups[0]
    assert (first.kind, first.group) == ("sex", "male")


def test_a_report_label_has_logits_and_nothing_that_needs_probabilities(review: ModelReview) -> None:
    output = review.output(REPORT)
    assert not output.on_probability
    assert output.calibration == ()
    assert output.few_positive_patients
    assert all(row.too_few for row in output.subgroups)


def test_nobody_is_named_and_the_file_gives_the_review_back(
    review: ModelReview, card: ModelCard, tmp_path: Path
) -> None:
    whole = with_drift(review, made_drift(card, 4.0))
    write_review(whole, tmp_path / "review.json")
    text = (tmp_path / "review.json").read_text()
    assert SECRET not in text
    again = read_review(tmp_path / "review.json")
    assert again.output(OUTPUT).curve.true_positive == whole.output(OUTPUT).curve.true_positive
    assert again.drift is not None
    assert again.drift.verdict == DRIFTED
    write_review(again, tmp_path / "again.json")
    assert (tmp_path / "again.json").read_text() == text
    assert json.loads(json.dumps(review_to_json(again), allow_nan=False))["model"] == "tiny"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema_version": 1}', '{"schema_version": 9}'])
def test_a_damaged_review_is_refused_in_words(text: str, tmp_path: Path) -> None:
    (tmp_path / "review.json").write_text(text)
    with pytest.raises(CardInvalid, match="review"):
        read_review(tmp_path / "review.json")


def test_a_review_of_other_weights_is_not_shown(review: ModelReview, tmp_path: Path) -> None:
    assert recorded_review(tmp_path, "0" * 64) is None
    write_review(review, tmp_path / "review.json")
    assert recorded_review(tmp_path, "0" * 64) is None
    found = recorded_review(tmp_path, review.weights_sha256)
    assert found is not None
    assert found.n_films == 240


def test_sets_of_several_populations_are_merged_and_an_output_is_replaced(review: ModelReview, card: ModelCard) -> None:
    only_report = replace(review, outputs=(review.output(REPORT),))
    only_opacity = replace(review, outputs=(review.output(OUTPUT),))
    assert [o.name for o in merged(only_report, only_opacity).outputs] == [REPORT, OUTPUT]
    assert merged(only_report, only_opacity).n_films == 480
    assert merged(review, only_opacity).output(OUTPUT) is only_opacity.outputs[0]
    assert merged(replace(review, weights_sha256="0" * 64), only_opacity) is only_opacity
    assert merged(None, only_opacity) is only_opacity


def test_other_films_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="same films"):
        with_other_model(made_predictions(10), made_predictions(12))
    joined = with_other_model(made_predictions(10), made_predictions(10, seed=1))
    np.testing.assert_array_equal(
        joined.scores[REPORT].comparisons["other"], made_predictions(10, 1).scores[REPORT].logit
    )


def test_drift_is_called_where_something_moved_and_only_there(card: ModelCard) -> None:
    still, moved, few = made_drift(card), made_drift(card, 4.0), made_drift(card, 4.0, n=12)
    assert still.verdict == STABLE
    assert not any(shift.drifted for shift in still.shifts)
    assert moved.verdict == DRIFTED
    assert {shift.name for shift in moved.shifts if shift.drifted} == {"distance", OUTPUT, REPORT}
    assert [tag.tag for tag in moved.tags if tag.drifted] == ["Manufacturer"]
    assert moved.refused is not None
    assert moved.refused.drifted
    assert "Manufacturer" in moved.sentence
    assert few.verdict == TOO_FEW


def test_the_recorded_review_of_the_shipped_model_agrees_with_its_card() -> None:
    """Two programs, one figure: the recipe wrote the card, ``review --record`` the review."""
    folder = WEIGHTS_ROOT / "chest-xray"
    card = read_card(folder)
    review = recorded_review(folder, card.weights_sha256)
    assert review is not None
    assert {o.name for o in review.outputs} == set(card.labels)
    for output in review.outputs:
        stated = card.raw["metrics"][card.output(output.name).population]["outputs"]
        entry = next(o for o in stated if o["name"] == output.name)
        assert output.numbers["auroc"][0] == pytest.approx(entry["auroc"]["value"], abs=1e-3)
        assert output.n_positive_patients == entry["n_positive_patients"]
