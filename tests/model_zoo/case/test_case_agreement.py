"""The maps of a case compared: which ones, in which order, and what the command line says of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from model_zoo.case import CaseReview, agreement_of
from model_zoo.case.map_agreement import maps_of
from model_zoo.cli.read import read_answer
from model_zoo.cli.read_text import print_reading
from model_zoo.engine import InferenceEngine
from model_zoo.trust.verdict import NOT_TO_BE_USED, MapVerdict
from tests.tiny_zoo import example_review, tiny_engine

METHODS = ("grad-cam", "integrated-gradients")


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> InferenceEngine:
    return tiny_engine(tmp_path_factory.mktemp("zoo"))


@pytest.fixture(scope="module")
def review(engine: InferenceEngine) -> CaseReview:
    return example_review(engine, with_patient=False)


def judged(review: CaseReview, verdicts: dict[str, str]) -> CaseReview:
    maps = tuple(
        replace(m, verdict=MapVerdict(verdicts.get(m.attribution.method, "believed"), (), False, ""))
        for m in review.maps
    )
    return replace(review, maps=maps)


def test_maps_come_in_the_order_asked_for(review: CaseReview) -> None:
    target = review.maps[0].attribution.target
    asked = (METHODS[1], "occlusion", METHODS[0])
    assert [m.attribution.method for m in maps_of(review, target, asked)] == [METHODS[1], METHODS[0]]
    agreement = agreement_of(review, target, asked)
    assert agreement is not None
    assert agreement.maps == ("Integrated Gradients", "Grad-CAM")


def test_fewer_than_two_maps_of_a_finding_are_no_comparison(review: CaseReview) -> None:
    assert agreement_of(replace(review, maps=())) is None
    assert agreement_of(replace(review, maps=review.maps[:1])) is None
    assert agreement_of(review, "another finding") is None
    assert agreement_of(review, methods=METHODS[:1]) is None


def test_maps_not_to_be_used_are_kept_out_of_the_consensus(review: CaseReview) -> None:
    usable = agreement_of(judged(review, {}))
    assert usable is not None
    assert usable.consensus is not None
    assert usable.consensus.shape == review.geometry.model_shape
    left = agreement_of(judged(review, {"grad-cam": NOT_TO_BE_USED}))
    assert left is not None
    assert left.consensus is None
    assert "Grad-CAM, not to be used" in left.consensus_words


def test_json_and_text_say_how_far_the_maps_agree(
    engine: InferenceEngine, review: CaseReview, capsys: pytest.CaptureFixture[str]
) -> None:
    agreement = agreement_of(review)
    assert agreement is not None
    assert read_answer(engine, review, ())["agreement"] == agreement.to_json()
    print_reading(engine.card, review, (), confirmed=False)
    said = " ".join(capsys.readouterr().out.split())
    assert agreement.sentence in said
    assert agreement.pairs[0].sentence in said
    one = replace(review, maps=review.maps[:1])
    assert read_answer(engine, one, ())["agreement"] is None
    print_reading(engine.card, one, (), confirmed=False)
    assert "agree" not in capsys.readouterr().out
