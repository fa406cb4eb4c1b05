"""The reading, step by step: what a person sees first is computed first, and each step adds to the review."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from model_zoo.engine.inference import InferenceEngine
from model_zoo.engine.results import Finding, ModelInput
from model_zoo.errors import ScanNotCovered
from model_zoo.patients.attribution import attribute_risk
from model_zoo.patients.record import PatientRecord
from model_zoo.patients.risk import RiskModel, estimate_risk
from model_zoo.patients.risk_models import risk_model
from model_zoo.review.case import CaseReview, ExplainedMap, ScanSummary, library_versions
from model_zoo.scans.coverage import check_coverage, stated_facts
from model_zoo.scans.scan import Scan

DEFAULT_METHODS = ("grad-cam", "integrated-gradients")
DEFAULT_RISK_MODEL = "support-respiratory"


@dataclass(frozen=True)
class ReadRequest:
    """What the reader asks for.

    age_years, sex, view: stated by the reader; the file's own values stand in where they are ``None``.
    insist: read although the card does not cover the scan. population: which outputs to read then, when the age names
    none. target: output to explain, by default the strongest finding. parameters: per method, by name.
    """

    age_years: float | None = None
    sex: str | None = None
    view: str | None = None
    frame: int = 0
    insist: bool = False
    population: str | None = None
    target: str | None = None
    methods: Sequence[str] = DEFAULT_METHODS
    parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def begin_review(engine: InferenceEngine, scan: Scan, request: ReadRequest) -> tuple[CaseReview, ModelInput]:
    """Check the scan against the card and read it.

    Raises ScanNotCovered, with every violation, when the card does not cover the scan and the reader does not insist,
    or insists without saying which population's outputs to read.
    """
    facts = stated_facts(scan, request.age_years, request.sex, request.view)
    coverage = check_coverage(engine.card, scan, facts)
    if coverage.violations and not request.insist:
        raise ScanNotCovered(
            coverage.violations,
            "State age and view, choose another file, or insist and get scores without probability.",
        )
    named = request.population if coverage.population is None else coverage.population.name
    if named is None:
        titles = ", ".join(p.title for p in engine.card.populations)
        raise ScanNotCovered(coverage.violations, f"Insisting needs a choice of whose outputs to read: {titles}.")
    model_input = engine.prepare(scan, engine.card.population(named).name, request.frame)
    prediction = engine.predict(model_input, covered=not coverage.violations)
    review = CaseReview(
        case_id=uuid.uuid4().hex[:12],
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        scan=ScanSummary.of(scan, request.frame),
        stated=facts,
        violations=coverage.violations,
        remarks=coverage.remarks,
        prediction=prediction,
        geometry=model_input.geometry,
        versions=library_versions(),
    )
    return review, model_input


def strongest_finding(review: CaseReview) -> str:
    """Return the output that stands out most against its threshold.

    A reading whose whole interval lies above its threshold comes first; then, of what is above, the highest among
    held-out films; where nothing is above, the reading.
    """
    findings = [f for f in review.prediction.findings if f.condition is None]

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


def attach_patient(
    review: CaseReview, record: PatientRecord | None, model_name: str = DEFAULT_RISK_MODEL
) -> CaseReview:
    """Return the review with the patient's risks and their attributions, or with the reason why there are none."""
    if record is None:
        return replace(review, record=None, risk=None, risk_attributions=(), risk_absent="No patient record was given.")
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
    for method in request.methods:
        on_step(f"Explaining with {method}")
        review = explain_finding(engine, review, model_input, method, target, request.parameters.get(method))
    on_step("Estimating the patient's risks")
    return attach_patient(review, record)


@cache
def _risk_model(name: str) -> RiskModel:
    return risk_model(name)
