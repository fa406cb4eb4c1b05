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
from model_zoo.protocols.protocol import DEFAULT_RISK_MODEL, checks_for, risk_model_for
from model_zoo.review.case import CaseReview, ExplainedMap, ScanSummary, library_versions
from model_zoo.scans.coverage import ADULT_AGE_YEARS, check_coverage, stated_facts
from model_zoo.scans.scan import Scan
from model_zoo.trust.alarm import map_alarms
from model_zoo.trust.conformal import DEFAULT_COVERAGE
from model_zoo.trust.in_distribution import GateResult
from model_zoo.trust.mirrored import side_remark
from model_zoo.trust.number import number_blocks
from model_zoo.trust.trust_card import section_of
from model_zoo.trust.verdict import judge, limits_of, rates_of

DEFAULT_METHODS = ("grad-cam", "integrated-gradients")
NO_PATIENT_MODEL = "This protocol has no patient model."
NO_RECORD = "No patient record was given."
NO_GATE = "No in-distribution gate is installed: whether the picture is like the films of training was not checked."
MISPLACED = "The map lies where no lung finding can lie; see the alarm."
# The row of the measured gate that holds genuine films of a hospital that gave none for training.
ELSEWHERE = "films of another hospital"


@dataclass(frozen=True)
class ReadRequest:
    """What the reader asks for.

    age_years, sex, view: stated by the reader; the file's own values stand in where they are ``None``.
    insist: read although the card does not cover the scan. population: which outputs to read then, when the age names
    none. target: output to explain, by default the strongest finding. parameters: per method, by name. coverage: of the
    prediction sets. prevalence: local share of ill patients by output, above 0 and below 1; none is assumed. checks: whether
    ``read_case`` examines the maps. patient_model: risk model beside the scan, by default the first of the protocol.
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
    coverage: float = DEFAULT_COVERAGE
    prevalence: Mapping[str, float] = field(default_factory=dict)
    checks: bool = True
    patient_model: str | None = None


def begin_review(engine: InferenceEngine, scan: Scan, request: ReadRequest) -> tuple[CaseReview, ModelInput]:
    """Check the scan against the card and read it.

    Raises ScanNotCovered, with every violation, when the card does not cover the scan and the reader does not insist,
    or insists without saying which population's outputs to read.
    """
    facts = stated_facts(scan, request.age_years, request.sex, request.view)
    coverage = check_coverage(engine.card, scan, facts)
    if coverage.violations and not request.insist:
        # Where the population is known the gate speaks too: whoever insists then knows what about.
        looked = None
        if coverage.population is not None:
            looked = engine.judge_distribution(engine.prepare(scan, coverage.population.name, request.frame))
        raise ScanNotCovered(
            (*coverage.violations, *_refusal(looked)),
            "State age and view, choose another file, or insist and get scores without probability.",
            coverage.missing,
        )
    named = request.population if coverage.population is None else coverage.population.name
    if named is None:
        titles = ", ".join(p.title for p in engine.card.populations)
        raise ScanNotCovered(coverage.violations, f"Insisting needs a choice of whose outputs to read: {titles}.")
    model_input = engine.prepare(scan, engine.card.population(named).name, request.frame)
    gate = engine.judge_distribution(model_input)
    violations, remarks = coverage.violations, coverage.remarks
    violations = (*violations, *_refusal(gate))
    if _refusal(gate) and not request.insist:
        raise ScanNotCovered(violations, _refusal_hint(engine.trust, model_input.population))
    if gate is None:
        remarks = (*remarks, NO_GATE)
    if gate is not None and gate.remark is not None:
        remarks = (*remarks, gate.remark)
    remarks = (*_side_remarks(engine, scan, model_input, facts.view, gate), *remarks)
    prediction = engine.predict(model_input, covered=not violations)
    review = CaseReview(
        case_id=uuid.uuid4().hex[:12],
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        scan=ScanSummary.of(scan, request.frame),
        stated=facts,
        violations=violations,
        remarks=remarks,
        prediction=prediction,
        geometry=model_input.geometry,
        versions=library_versions(),
        gate=gate,
        shortcuts=engine.probe_shortcuts(model_input, facts.view, covered=not violations),
    )
    return with_numbers(review, engine.trust, request.coverage, request.prevalence), model_input


def with_numbers(
    review: CaseReview, trust: Mapping[str, Any] | None, coverage: float, prevalence: Mapping[str, float]
) -> CaseReview:
    """Return the review with its number blocks at another coverage or local prevalence; the network is not needed."""
    named = {finding.output for finding in review.prediction.findings}
    stated = {output: share for output, share in prevalence.items() if output in named}
    return replace(review, numbers=number_blocks(review.prediction, trust, review.stated, coverage, stated))


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


def _side_remarks(
    engine: InferenceEngine, scan: Scan, model_input: ModelInput, view: str | None, gate: GateResult | None
) -> tuple[str, ...]:
    """Return the remark on a film that looks mirrored; nothing for a film on which that was not measured.

    Measured were frontal films of adults; what the gate refuses is no such film, whatever its tags say.
    """
    population = engine.card.population(model_input.population)
    adult = population.age_years[1] > ADULT_AGE_YEARS
    frontal = view is None or view.upper() in population.views
    if not adult or not frontal or (gate is not None and not gate.accepted):
        return ()
    side = engine.judge_side(model_input)
    orientation = scan.metadata.orientation
    stated = None if orientation is None else orientation.side_at_left
    remark = None if side is None else side_remark(side, stated)
    return () if remark is None else (remark,)


def _refusal(gate: GateResult | None) -> tuple[str, ...]:
    return () if gate is None or gate.reason is None else (gate.reason,)


def _refusal_hint(trust: Mapping[str, Any] | None, population: str) -> str:
    """Return what to do about a refused picture, and how often genuine films of elsewhere are refused, where measured."""
    hint = (
        "Check that this is the film you meant, upright and not inverted; or insist and get scores without probability."
    )
    measured = (section_of(None if trust is None else dict(trust), "gate") or {}).get("measured", {})
    elsewhere = measured.get(population, {}).get(ELSEWHERE)
    if elsewhere is None:
        return hint
    return f"{hint} Of genuine films of another hospital {100 * elsewhere['refused']:.0f} % were refused too."


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
