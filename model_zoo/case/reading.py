"""The reading, step by step: what a person sees first is computed first, and each step adds to the review."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from model_zoo.case.beginning import begin_review
from model_zoo.case.case_review import CaseReview, ExplainedMap
from model_zoo.case.request import NO_PATIENT_MODEL, NO_RECORD, ReadRequest
from model_zoo.engine.inference import InferenceEngine
from model_zoo.patients.attribution import attribute_risk
from model_zoo.patients.record import PatientRecord
from model_zoo.patients.risk import RiskModel, estimate_risk
from model_zoo.patients.risk_models import risk_model
from model_zoo.protocols.protocol import DEFAULT_RISK_MODEL, checks_for, risk_model_for
from model_zoo.results import Finding, ModelInput
from model_zoo.scans.scan import Scan
from model_zoo.trust.alarm import map_alarms
from model_zoo.trust.trust_card import section_of
from model_zoo.trust.verdict import judge, limits_of, rates_of

MISPLACED = "The map lies where no lung finding can lie; see the alarm."


def strongest_finding(review: CaseReview) -> str | None:
    """Return the output that stands out most against its threshold; ``None`` where the model names no finding.

    A reading whose whole interval lies above its threshold comes first; then, of what is above, the highest among
    held-out films; where nothing is above, the reading. Of exclusive outputs the most likely one.
    """
    findings = [f for f in review.prediction.findings if f.condition is None] or list(review.prediction.findings)
    if not findings:
        return None
    if review.prediction.exclusive:
        return max(findings, key=lambda f: f.logit).output

    def rank(f: Finding) -> tuple[bool, bool, bool, float]:
        interval, threshold = f.probability_interval, f.threshold_probability
        if review.prediction.covered:
            clear = interval is not None and threshold is not None and interval[0] > threshold
        else:
            clear = (
                f.kind == "probability"
            )  # no probability to be clear by: a reading still comes before a report label
        quiet_reading = not f.above_threshold and f.kind == "probability"
        return clear, f.above_threshold, quiet_reading, f.score

    return max(findings, key=rank).output


def explain_finding(
    engine: InferenceEngine,
    review: CaseReview,
    model_input: ModelInput,
    method: str,
    target: str,
    parameters: Mapping[str, Any] | None = None,
) -> CaseReview:
    """Return the review with one more map and the measured effect of covering what it marks."""
    attribution = engine.explain(model_input, method, target, parameters)
    effect = engine.cover_region(model_input, attribution, covered=review.prediction.covered)
    return review.with_map(ExplainedMap(attribution, effect))


def check_map(
    engine: InferenceEngine,
    review: CaseReview,
    model_input: ModelInput,
    method: str,
    target: str,
    check: str,
    shared: dict[str, Any] | None = None,
) -> CaseReview:
    """Return the review with one more check of one map, and the verdict as far as it stands.

    shared: an empty dict kept for all maps of one target, so that what they have in common is computed once.
    """
    explained = review.map_of(method, target)
    result = engine.check_map(model_input, explained.attribution, check, explained.effect, shared)
    by_name = {known.name: known for known in explained.checks} | {check: result}
    planned = [c.name for c in checks_for(review.prediction.model)]
    results = tuple(by_name[name] for name in dict.fromkeys((*planned, *by_name)) if name in by_name)
    section = section_of(engine.trust, "maps")
    alarms = map_alarms(results, limits_of(section, method), explained.effect)
    verdict = judge(
        results,
        complete=all(name in by_name for name in planned),
        rates=rates_of(section, method, target),
        doubts=(*doubts_of(review, target), *((MISPLACED,) if alarms else ())),
    )
    return review.with_map(replace(explained, checks=results, verdict=verdict, alarms=alarms))


def doubts_of(review: CaseReview, target: str) -> tuple[str, ...]:
    """Return the reasons to doubt any map of a finding that lie outside the map."""
    doubts = []
    if not review.prediction.covered:
        doubts.append("The scan lies outside the intended use: none of these checks was measured on such scans.")
    if review.gate is not None and not review.gate.accepted:
        doubts.append("The picture is unlike the films that the network and these checks were measured on.")
    report = review.shortcut_of(target)
    if report is not None and report.alarms:
        doubts.append("The finding itself may be read for the wrong reason; see the alarm.")
    return tuple(doubts)


def pending_checks(review: CaseReview, method: str, target: str) -> tuple[str, ...]:
    """Return the names of the checks that a map still lacks, in the order of its protocol."""
    done = {result.name for result in review.map_of(method, target).checks}
    return tuple(check.name for check in checks_for(review.prediction.model) if check.name not in done)


def attach_patient(
    review: CaseReview, record: PatientRecord | None, model_name: str | None = DEFAULT_RISK_MODEL
) -> CaseReview:
    """Return the review with the patient's risks and their attributions, or with the reason why there are none.

    model_name: ``None`` for a protocol without a patient model.
    """
    if model_name is None:
        return replace(review, record=record, risk=None, risk_attributions=(), risk_absent=NO_PATIENT_MODEL)
    if record is None:
        return replace(review, record=None, risk=None, risk_attributions=(), risk_absent=NO_RECORD)
    model = _risk_model(model_name)
    reason = model.definition.applicability(record)
    if reason is not None:
        return replace(review, record=record, risk=None, risk_attributions=(), risk_absent=reason)
    return replace(
        review,
        record=record,
        risk=estimate_risk(model, record),
        risk_attributions=attribute_risk(model, record),
        risk_absent=None,
    )


def read_case(
    engine: InferenceEngine,
    scan: Scan,
    request: ReadRequest,
    record: PatientRecord | None = None,
    on_step: Callable[[str], None] = lambda step: None,
) -> CaseReview:
    """Do the whole reading: finding, maps, patient."""
    on_step("Reading the scan")
    review, model_input = begin_review(engine, scan, request)
    target = request.target or strongest_finding(review)
    # A model that names no finding has nothing to explain by a map.
    if target is None:
        return _beside(review, record, engine, request, on_step)
    for method in request.methods:
        on_step(f"Explaining with {method}")
        review = explain_finding(engine, review, model_input, method, target, request.parameters.get(method))
    if request.checks:
        shared: dict[str, Any] = {}
        for check in checks_for(engine.card.name):
            for method in request.methods:
                on_step(f"Checking {method}: {check.title.lower()}")
                review = check_map(engine, review, model_input, method, target, check.name, shared)
    return _beside(review, record, engine, request, on_step)


def _beside(
    review: CaseReview,
    record: PatientRecord | None,
    engine: InferenceEngine,
    request: ReadRequest,
    on_step: Callable[[str], None],
) -> CaseReview:
    on_step("Estimating the patient's risks")
    return attach_patient(review, record, request.patient_model or risk_model_for(engine.card.name))


@cache
def _risk_model(name: str) -> RiskModel:
    return risk_model(name)
