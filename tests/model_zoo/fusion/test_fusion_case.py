"""Readings, risks, texts and vital signs become parts of a case by one table; what is not there says why."""

from __future__ import annotations

from dataclasses import replace

import pytest

from model_zoo.case import CaseReview
from model_zoo.case.parts import monitoring_parts, risk_parts, scan_parts, symptom_parts
from model_zoo.engine.inference import CLASSIFIERS
from model_zoo.fusion import NotPooled, agreement_of_parts, pool
from model_zoo.fusion.agreement import AGREE, CONFLICT, UNDECIDED
from model_zoo.fusion.questions import CONDITION_GROUPS, LUNG_INFECTION, RISK_OUTCOMES, SCAN_OUTPUTS, SEVERITY
from model_zoo.patients.risk import OutcomeRisk, RiskEstimate
from model_zoo.patients.risk_models import definitions
from model_zoo.results import Finding, Prediction
from model_zoo.trust.conformal import WITH, WITHOUT
from model_zoo.trust.number_block import NumberBlock
from model_zoo.trust.verdict import DOUBTFUL, PENDING, MapVerdict
from model_zoo.vital_signs.news2 import score_news2
from tests.tiny_zoo import example_review

FINDING = Finding("malignant", "Malignant-looking lesion", "probability", 1.0, 80.0, 40.0, True, 0.8, (0.6, 0.9), 0.2)
JUDGED = MapVerdict(DOUBTFUL, (), False, "")
TRUST = {"number": {"outputs": {"malignant": {"prevalence": 0.3}}}}


@pytest.fixture
def breast(engine) -> CaseReview:
    review = example_review(engine)
    prediction = Prediction("breast-ultrasound", "1", "0", review.scan.sha256, 0, "adult", (FINDING,), True, True)
    maps = tuple(
        replace(m, attribution=replace(m.attribution, target="malignant"), verdict=JUDGED) for m in review.maps
    )
    return replace(review, prediction=prediction, maps=maps)


def cytology(probability: float) -> RiskEstimate:
    outcome = OutcomeRisk("malignant", "Malignant", probability, 0.5, 0.9, None, 0.4, probability >= 0.4, 0.37)
    return RiskEstimate("breast-cytology", "Cytology", "0", (outcome,), "", "", (), ())


def test_picture_and_cytology_of_a_lump_pool(breast: CaseReview) -> None:
    parts = [*scan_parts(breast, TRUST), *risk_parts(cytology(0.7), None, ["radius"])]
    assert [a.state for a in agreement_of_parts(parts)] == [AGREE]
    assert 0.5 < pool(parts, 0.3).probability < 1


@pytest.mark.parametrize("verdict", [None, replace(JUDGED, verdict=PENDING)])
def test_they_do_not_agree_before_the_map_is_judged(breast: CaseReview, verdict: MapVerdict | None) -> None:
    waiting = replace(breast, maps=tuple(replace(m, verdict=verdict) for m in breast.maps))
    for case in (waiting, replace(breast, maps=())):
        parts = [*scan_parts(case, TRUST), *risk_parts(cytology(0.7), None)]
        assert [a.state for a in agreement_of_parts(parts)] == [UNDECIDED]


def test_an_undecided_finding_is_on_neither_side(breast: CaseReview) -> None:
    low = replace(breast.prediction, findings=(replace(FINDING, above_threshold=False),))
    for answers, raised in (((WITH, WITHOUT), None), ((WITHOUT,), False)):
        block = NumberBlock("malignant", "Malignant", 0.9, answers, "", "")
        (part,) = scan_parts(replace(breast, prediction=low, numbers=(block,)), TRUST)
        assert part.raised is raised


def test_they_conflict_on_different_sides(breast: CaseReview) -> None:
    parts = [*scan_parts(breast, TRUST), *risk_parts(cytology(0.1), None)]
    assert [a.state for a in agreement_of_parts(parts)] == [CONFLICT]


def test_a_scan_outside_its_intended_use_takes_no_part(breast: CaseReview) -> None:
    outside = replace(breast, prediction=replace(breast.prediction, covered=False))
    parts = [*scan_parts(outside, TRUST), *risk_parts(cytology(0.7), None)]
    with pytest.raises(NotPooled, match="One part alone"):
        pool(parts, 0.3)


def test_a_death_risk_is_never_pooled_with_a_finding(breast: CaseReview) -> None:
    death = OutcomeRisk("death_in_hospital", "Death in hospital", 0.3, 0.2, 0.4, None, 0.2, True, 0.25)
    risk = RiskEstimate("support-respiratory", "SUPPORT", "0", (death,), "", "", (), ())
    with pytest.raises(NotPooled, match="not estimate the same outcome"):
        pool([*scan_parts(breast, TRUST), *risk_parts(risk, None)], 0.2)


def test_a_history_is_raised_lowered_or_undecided() -> None:
    pneumonia = next(iter(CONDITION_GROUPS[LUNG_INFECTION]))
    assert [symptom_parts({pneumonia: p})[0].raised for p in (0.7, 0.1, 0.3)] == [True, False, None]
    assert symptom_parts(None)[0].absent == "No note was given."


def test_vital_signs_speak_to_severity() -> None:
    full = {"respiratory_rate": 26, "spo2": 90, "supplemental_oxygen": True, "systolic_pressure": 95, "heart_rate": 118,
            "consciousness": "A", "temperature": 38.6}  # fmt: skip
    ill = monitoring_parts(score_news2(**full))[0]
    assert (ill.question, ill.raised) == (SEVERITY, True)
    assert monitoring_parts(score_news2(**dict.fromkeys(full) | {"heart_rate": 80}))[0].raised is None
    assert monitoring_parts(None)[0].absent == "No vital signs were given."


def test_the_table_names_outputs_that_are_there() -> None:
    for model, output in SCAN_OUTPUTS:
        assert output in CLASSIFIERS.get(model).card.labels
    for model, outcome in RISK_OUTCOMES:
        assert outcome in [o.name for o in definitions()[model].outcomes]
