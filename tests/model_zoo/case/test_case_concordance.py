"""Two legs of a triple assessment: agreement, contradiction, and one leg alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from model_zoo.case import CaseReview, concordance
from model_zoo.case.concordance import CONCORDANT, DISCORDANT, INCOMPLETE, assess_concordance
from model_zoo.patients.risk import OutcomeRisk, RiskEstimate
from model_zoo.results import Finding
from model_zoo.trust.conformal import WITH, WITHOUT
from model_zoo.trust.number_block import NumberBlock
from model_zoo.trust.verdict import BELIEVED, PENDING, MapVerdict
from tests.dashboard.viewmodels.test_comparison_view import a_map, a_review


def review_of(
    image_above: bool, risk_above: bool | None, undecided: bool = False, verdict: str | None = BELIEVED
) -> CaseReview:
    review = a_review(a_map("grad-cam", 2, 10))
    finding = Finding(
        "malignant", "Malignant", "probability", 0.0, 60.0, 50.0, image_above, 0.62 if image_above else 0.03
    )
    prediction = replace(review.prediction, model="breast-ultrasound", findings=(finding,))
    risk = None
    if risk_above is not None:
        outcome = OutcomeRisk(
            "malignant", "Malignant", 0.9 if risk_above else 0.02, 0.0, 1.0, None, 0.4, risk_above, 0.37
        )
        risk = RiskEstimate("breast-cytology", "Cytology", "0", (outcome,), "", "", (), ())
    block = NumberBlock("malignant", "Malignant", 0.9, (WITH, WITHOUT) if undecided else (WITHOUT,), "", "")
    judged = None if verdict is None else MapVerdict(verdict, (), False, "")
    maps = tuple(
        replace(m, attribution=replace(m.attribution, target="malignant"), verdict=judged) for m in review.maps
    )
    return replace(review, prediction=prediction, risk=risk, numbers=(block,), maps=maps)


@pytest.mark.parametrize(
    ("image", "risk", "state", "words"),
    [
        (True, True, CONCORDANT, "flagged for malignant"),
        (False, False, CONCORDANT, "excludes nothing"),
        (True, False, DISCORDANT, "contradict"),
        (False, True, DISCORDANT, "tissue sampling"),
        (True, None, INCOMPLETE, "One leg alone"),
    ],
)
def test_legs_are_compared_in_words(image: bool, risk: bool | None, state: str, words: str) -> None:
    found = assess_concordance(review_of(image, risk))
    assert found is not None
    assert found.state == state
    assert words in found.sentence
    assert len(found.legs) == (1 if risk is None else 2)
    assert "%" not in found.sentence  # never one number from two legs


@pytest.mark.parametrize(
    ("image", "risk", "state"), [(True, True, CONCORDANT), (False, True, DISCORDANT), (False, False, INCOMPLETE)]
)
def test_an_undecided_scan_agrees_with_nothing_and_takes_no_warning_back(image: bool, risk: bool, state: str) -> None:
    assert assess_concordance(review_of(image, risk, undecided=True)).state == state


@pytest.mark.parametrize("verdict", [None, PENDING])
def test_legs_do_not_agree_before_the_map_is_judged(verdict: str | None) -> None:
    for both in (True, False):
        assert assess_concordance(review_of(both, both, verdict=verdict)).state == INCOMPLETE
    assert assess_concordance(review_of(True, False, verdict=verdict)).state == DISCORDANT


def test_models_that_answer_different_questions_are_not_compared() -> None:
    review = review_of(True, True)
    other = replace(review, prediction=replace(review.prediction, model="chest-xray"))
    assert assess_concordance(other) is None


def test_a_scan_outside_the_intended_use_is_no_leg() -> None:
    review = review_of(True, True)
    found = assess_concordance(replace(review, prediction=replace(review.prediction, covered=False)))
    assert found.state == INCOMPLETE
    assert found.legs == ()


def test_another_risk_model_is_no_leg() -> None:
    review = review_of(True, True)
    foreign = replace(review, risk=replace(review.risk, model="support-respiratory"))
    assert assess_concordance(foreign).state == INCOMPLETE
    assert {pair.image_model for pair in concordance.PAIRS} == {"breast-ultrasound"}
