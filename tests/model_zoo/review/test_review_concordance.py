"""Two legs of a triple assessment: agreement, contradiction, and one leg alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from model_zoo.engine.results import Finding
from model_zoo.patients.risk import OutcomeRisk, RiskEstimate
from model_zoo.review import CaseReview, concordance
from model_zoo.review.concordance import CONCORDANT, DISCORDANT, INCOMPLETE, assess_concordance
from tests.dashboard.viewmodels.test_comparison_view import a_review


def review_of(image_above: bool, risk_above: bool | None) -> CaseReview:
    review = a_review()
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
    return replace(review, prediction=prediction, risk=risk)


@pytest.mark.parametrize(
    ("image", "risk", "state", "words"),
    [
        (True, True, CONCORDANT, "above their thresholds for malignant"),
        (False, False, CONCORDANT, "rules nothing out"),
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
