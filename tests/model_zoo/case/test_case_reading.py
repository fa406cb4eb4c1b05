"""The reading: what is not covered is refused with every reason, and insisting costs the probability."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import numpy as np
import pytest

from model_zoo.case import (
    ReadRequest,
    attach_patient,
    begin_review,
    case_from_json,
    case_to_json,
    check_map,
    explain_finding,
    library_versions,
    pending_checks,
    read_case,
    reading,
)
from model_zoo.case.beginning import NO_GATE, _refusal_hint
from model_zoo.case.reading import MISPLACED, strongest_finding
from model_zoo.engine import InferenceEngine
from model_zoo.errors import ScanNotCovered, UnknownName
from model_zoo.patients import PatientRecord
from model_zoo.trust.check import ordered_checks
from model_zoo.trust.in_distribution import GateResult
from model_zoo.trust.verdict import BELIEVED, DOUBTFUL, NOT_TO_BE_USED
from tests.tiny_zoo import IDENTIFIER, made_scan

FAST = {"integrated-gradients": {"steps": 8}}


def test_a_covered_scan_is_read_with_probabilities(engine: InferenceEngine) -> None:
    review, item = begin_review(engine, made_scan(), ReadRequest())
    assert review.violations == ()
    assert review.prediction == engine.predict(item)
    assert review.prediction.findings[0].probability is not None
    assert review.geometry == item.geometry
    assert review.versions == library_versions()
    assert (review.scan.rows, review.scan.cols, review.scan.frame) == (60, 52, 0)
    assert review.risk_absent == "No patient record was given."


def test_every_violation_is_named_at_once(engine: InferenceEngine) -> None:
    scan = replace(made_scan(modality="MR", view="LATERAL"), is_colour=True)
    with pytest.raises(ScanNotCovered) as caught:
        begin_review(engine, scan, ReadRequest())
    assert len(caught.value.violations) == 3
    for words in ("modality MR", "view is LATERAL", "in colour"):
        assert any(words in violation for violation in caught.value.violations)
        assert words in caught.value.message
    assert "insist" in caught.value.hint


def test_insisting_gives_scores_without_any_probability(engine: InferenceEngine) -> None:
    scan = made_scan(modality="MR")
    review = read_case(engine, scan, ReadRequest(insist=True, parameters=FAST))
    assert len(review.violations) == 1
    assert not review.prediction.covered
    for finding in review.prediction.findings:
        assert finding.probability is None
        assert finding.probability_interval is None
        assert finding.threshold_probability is None
        assert 0 <= finding.score <= 100
    assert [explained.effect.unit for explained in review.maps] == ["score", "score"]


@pytest.mark.parametrize("age", [None, 0.5, 10.0])
def test_without_a_population_insisting_needs_a_choice(engine: InferenceEngine, age: float | None) -> None:
    scan = made_scan(age_years=None)
    with pytest.raises(ScanNotCovered, match="Adults, Children aged 1 to 5"):
        begin_review(engine, scan, ReadRequest(age_years=age, insist=True))
    review, _ = begin_review(engine, scan, ReadRequest(age_years=age, insist=True, population="child"))
    assert review.prediction.population == "child"
    assert not review.prediction.covered


def test_the_age_decides_and_no_wish_overrules_it(engine: InferenceEngine) -> None:
    scan = made_scan(modality="MR")
    review, _ = begin_review(engine, scan, ReadRequest(insist=True, population="child"))
    assert review.prediction.population == "adult"


def test_an_unknown_population_is_refused(engine: InferenceEngine) -> None:
    with pytest.raises(UnknownName, match="Did you mean 'child'"):
        begin_review(engine, made_scan(age_years=None), ReadRequest(insist=True, population="chld"))


def test_the_whole_reading_step_by_step(engine: InferenceEngine) -> None:
    steps: list[str] = []
    review = read_case(engine, made_scan(), ReadRequest(parameters=FAST), on_step=steps.append)
    checks = [step for step in steps if step.startswith("Checking")]
    assert len(checks) == 2 * len(ordered_checks())
    assert [step for step in steps if step not in checks] == [
        "Reading the scan",
        "Explaining with grad-cam",
        "Explaining with integrated-gradients",
        "Estimating the patient's risks",
    ]
    target = strongest_finding(review)
    assert [(m.attribution.method, m.attribution.target) for m in review.maps] == [
        ("grad-cam", target),
        ("integrated-gradients", target),
    ]
    assert review.map_of("grad-cam", target).effect.output == target
    with pytest.raises(UnknownName):
        review.map_of("grad-cam", "pneumonia")


def test_a_map_of_the_same_method_and_target_is_replaced(engine: InferenceEngine) -> None:
    review, item = begin_review(engine, made_scan(), ReadRequest())
    once = explain_finding(engine, review, item, "grad-cam", "lung_opacity")
    twice = explain_finding(engine, once, item, "grad-cam", "lung_opacity", {"signed": True})
    other = explain_finding(engine, twice, item, "grad-cam", "report_effusion")
    assert review.maps == ()
    assert len(once.maps) == len(twice.maps) == 1
    assert twice.map_of("grad-cam", "lung_opacity").attribution.signed
    assert len(other.maps) == 2


def test_an_output_of_another_population_is_not_explained(engine: InferenceEngine) -> None:
    with pytest.raises(UnknownName, match="pneumonia"):
        read_case(engine, made_scan(), ReadRequest(target="pneumonia", parameters=FAST))


def test_two_readings_of_one_scan_differ_in_name_and_time_alone(engine: InferenceEngine) -> None:
    first, second = (read_case(engine, made_scan(), ReadRequest(parameters=FAST)) for _ in range(2))
    assert first.case_id != second.case_id
    assert first.prediction == second.prediction
    for mine, theirs in zip(first.maps, second.maps, strict=True):
        assert mine.attribution.values.tobytes() == theirs.attribution.values.tobytes()
        assert mine.effect == theirs.effect


def test_a_clear_reading_comes_before_a_report_label_and_a_condition_never_leads(engine: InferenceEngine) -> None:
    review, _ = begin_review(engine, made_scan(), ReadRequest())
    opacity, report = review.prediction.findings

    def strongest(*findings: object) -> str:
        return strongest_finding(replace(review, prediction=replace(review.prediction, findings=findings)))

    above = {"above_threshold": True, "threshold_score": 50.0}
    below = {"above_threshold": False, "threshold_score": 50.0}
    clear = {**above, "probability_interval": (0.5, 0.9), "threshold_probability": 0.3}
    unclear = {**above, "probability_interval": (0.2, 0.9), "threshold_probability": 0.3}
    assert strongest(replace(opacity, **clear, score=51.0), replace(report, **above, score=99.0)) == opacity.output
    assert strongest(replace(opacity, **unclear, score=51.0), replace(report, **above, score=99.0)) == report.output
    assert strongest(replace(opacity, **below, score=49.0), replace(report, **above, score=51.0)) == report.output
    assert strongest(replace(opacity, **below, score=1.0), replace(report, **below, score=49.0)) == opacity.output
    conditional = replace(opacity, **above, score=99.0, condition="if so")
    assert strongest(conditional, replace(report, **below, score=1.0)) == report.output


def test_of_exclusive_outputs_the_most_likely_is_explained(engine: InferenceEngine) -> None:
    review, _ = begin_review(engine, made_scan(), ReadRequest())
    first, second = review.prediction.findings[:2]
    likely = replace(first, logit=3.0, above_threshold=False, condition=None)
    raised = replace(second, logit=-3.0, above_threshold=True, condition=None)
    prediction = replace(review.prediction, findings=(likely, raised))
    assert strongest_finding(replace(review, prediction=prediction)) == raised.output
    assert strongest_finding(replace(review, prediction=replace(prediction, exclusive=True))) == likely.output


def test_without_a_record_there_is_a_reason_instead_of_a_risk(engine: InferenceEngine) -> None:
    review, _ = begin_review(engine, made_scan(), ReadRequest())
    assert attach_patient(review, None).risk_absent == "No patient record was given."
    child = attach_patient(review, PatientRecord(IDENTIFIER, 3.0, "M"))
    assert child.risk is None
    assert child.risk_attributions == ()
    assert child.risk_absent


def test_checks_fill_one_by_one_and_the_verdict_comes_last(engine: InferenceEngine) -> None:
    review, item = begin_review(engine, made_scan(), ReadRequest())
    target = strongest_finding(review)
    review = explain_finding(engine, review, item, "integrated-gradients", target, {"steps": 8})
    names = pending_checks(review, "integrated-gradients", target)
    assert names == tuple(check.name for check in ordered_checks())
    for done, name in enumerate(names, start=1):
        review = check_map(engine, review, item, "integrated-gradients", target, name)
        explained = review.map_of("integrated-gradients", target)
        assert [r.name for r in explained.checks] == list(names[:done])
        assert explained.verdict is not None
    assert pending_checks(review, "integrated-gradients", target) == ()
    assert explained.verdict.verdict in (BELIEVED, DOUBTFUL, NOT_TO_BE_USED)
    # No held-out films with outlines exist for the tiny model.
    assert not explained.verdict.validated
    again = case_from_json(json.loads(json.dumps(case_to_json(review)))).map_of("integrated-gradients", target)
    assert again.verdict == explained.verdict
    assert again.checks == explained.checks


def test_checks_leave_the_network_and_the_map_as_they_were(engine: InferenceEngine) -> None:
    review, item = begin_review(engine, made_scan(), ReadRequest())
    target = strongest_finding(review)
    review = explain_finding(engine, review, item, "grad-cam", target)
    before, logits = review.map_of("grad-cam", target), engine.logits(item.tensor)
    for name in pending_checks(review, "grad-cam", target):
        review = check_map(engine, review, item, "grad-cam", target, name)
    assert np.array_equal(engine.logits(item.tensor), logits)
    after = engine.explain(item, "grad-cam", target)
    assert np.array_equal(after.values, before.attribution.values)


def test_the_order_of_maps_does_not_depend_on_which_was_checked_last(engine: InferenceEngine) -> None:
    review = read_case(engine, made_scan(), ReadRequest(parameters=FAST))
    assert [m.attribution.method for m in review.maps] == ["grad-cam", "integrated-gradients"]
    assert all(m.verdict is not None for m in review.maps)


def test_without_checks_maps_have_no_verdict(engine: InferenceEngine) -> None:
    review = read_case(engine, made_scan(), ReadRequest(parameters=FAST, checks=False))
    assert all(m.verdict is None and m.checks == () for m in review.maps)


def test_a_model_without_a_trust_card_is_read_all_the_same(engine: InferenceEngine) -> None:
    review, _ = begin_review(engine, made_scan(), ReadRequest())
    assert engine.trust is None
    assert review.gate is None
    assert NO_GATE in review.remarks
    assert review.numbers == ()
    assert {report.output for report in review.shortcuts} == {f.output for f in review.prediction.findings}


def test_a_refusing_gate_is_a_violation_that_can_be_insisted_on(
    engine: InferenceEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusal = GateResult("adult", False, 9.0, 1.0, 1.0, "PA films", "The picture is unlike the films", None)
    monkeypatch.setattr(engine, "judge_distribution", lambda item: refusal)
    with pytest.raises(ScanNotCovered, match="unlike the films") as caught:
        begin_review(engine, made_scan(), ReadRequest())
    assert "upright" in caught.value.hint
    review = read_case(engine, made_scan(), ReadRequest(insist=True, parameters=FAST))
    assert not review.prediction.covered
    assert review.gate == refusal
    # Nothing of a case that was insisted on lets a calibrated probability through, the sentences of the probes included.
    calibrated = next(o for o in engine.card.outputs_of("adult") if o.calibration is not None)
    logit = review.prediction.finding(calibrated.name).logit
    said = json.dumps(case_to_json(review, with_maps=False))
    assert f"{calibrated.calibration.probability(logit):.2f}" not in " ".join(
        sentence for report in review.shortcuts for sentence in (*report.sentences, *report.alarms)
    )
    assert '"probability": null' in said
    assert re.search(r"score \d+", said)
    assert all(m.verdict is not None and m.verdict.verdict != BELIEVED for m in review.maps)
    # A scan that the card refuses already is looked at by the gate too, so that insisting is knowing.
    with pytest.raises(ScanNotCovered, match="unlike the films"):
        begin_review(engine, made_scan(), ReadRequest(view="LATERAL"))


def test_insisting_without_a_gate_is_a_doubt_about_every_map(engine: InferenceEngine) -> None:
    review = read_case(engine, made_scan(), ReadRequest(view="LATERAL", insist=True, parameters=FAST))
    assert not review.prediction.covered
    assert all(m.verdict is not None and m.verdict.verdict != BELIEVED for m in review.maps)


def test_a_map_that_lies_elsewhere_is_doubted(engine: InferenceEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "map_alarms", lambda *_: ("Reading for the wrong reason?",))
    review = read_case(engine, made_scan(), ReadRequest(parameters=FAST))
    assert all(m.verdict.verdict != BELIEVED and MISPLACED in m.verdict.reasons for m in review.maps)


def test_a_refusal_says_how_often_genuine_films_of_elsewhere_are_refused() -> None:
    trust = {"gate": {"measured": {"adult": {"films of another hospital": {"refused": 0.302}}}}}
    assert "30 % were refused too" in _refusal_hint(trust, "adult")
    assert "another hospital" not in _refusal_hint(trust, "child")
    assert "another hospital" not in _refusal_hint(None, "adult")
