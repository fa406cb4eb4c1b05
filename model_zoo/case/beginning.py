"""The beginning of a reading: the number first, then step by step what adds a remark or an alarm to it.

``begin_review`` does all of it at once; who draws what is known as it comes asks for ``first_number`` and then for each of
``AFTER``. The review is the same, whichever way.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from model_zoo.case.case_review import CaseReview, ScanSummary, library_versions
from model_zoo.case.request import ReadRequest
from model_zoo.engine.inference import InferenceEngine
from model_zoo.errors import ScanNotCovered
from model_zoo.results import ModelInput
from model_zoo.scans.coverage import ADULT_AGE_YEARS, check_coverage, stated_facts
from model_zoo.scans.scan import Scan
from model_zoo.trust.in_distribution import GateResult
from model_zoo.trust.mirrored import side_remark
from model_zoo.trust.number import number_blocks
from model_zoo.trust.trust_card import section_of

NO_GATE = "No in-distribution gate is installed: whether the picture is like the films of training was not checked."
STATE_AGE = "State the age, choose another file, or insist and get scores without probability."
ANOTHER_FILE = "Choose another file, correct what you stated, or insist and get scores without probability."
# The row of the measured gate that holds genuine films of a hospital that gave none for training.
ELSEWHERE = "films of another hospital"


def first_number(engine: InferenceEngine, scan: Scan, request: ReadRequest) -> tuple[CaseReview, ModelInput]:
    """Check the scan against the card and read it: what stands at the findings, and nothing that only adds to them (``AFTER``).

    Parameters
    ----------
    engine
        Of the model.
    scan
        The decoded scan.
    request
        What was asked for and stated.

    Raises
    ------
    ScanNotCovered
        With every violation, when the card does not cover the scan and the reader does not insist, or insists without
        saying which population's outputs to read.
    """
    facts = stated_facts(scan, request.age_years, request.sex, request.view)
    coverage = check_coverage(engine.card, scan, facts)
    if coverage.violations and not request.insist:
        # Where the population is known the gate speaks too: whoever insists then knows what about.
        looked = None
        if coverage.population is not None:
            looked = engine.judge_distribution(engine.prepare(scan, coverage.population.name, request.frame))
        violations = (*coverage.violations, *_refusal(looked))
        # The age alone opens nothing where something else speaks against the scan as well.
        age_helps = coverage.missing and len(violations) == len(coverage.missing)
        raise ScanNotCovered(violations, STATE_AGE if age_helps else ANOTHER_FILE, coverage.missing)
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
    )
    return with_numbers(review, engine.trust, request.coverage, request.prevalence), model_input


def with_numbers(
    review: CaseReview, trust: Mapping[str, Any] | None, coverage: float, prevalence: Mapping[str, float]
) -> CaseReview:
    """Return the review with its number blocks at another coverage or local prevalence; the network is not needed."""
    named = {finding.output for finding in review.prediction.findings}
    stated = {output: share for output, share in prevalence.items() if output in named}
    return replace(review, numbers=number_blocks(review.prediction, trust, review.stated, coverage, stated))


def with_side(engine: InferenceEngine, review: CaseReview, scan: Scan, model_input: ModelInput) -> CaseReview:
    """Return the review with a remark on a film that looks mirrored; as it is for a film on which that was not measured.

    Measured were frontal films of adults; what the gate refuses is no such film, whatever its tags say.
    """
    view, gate = review.stated.view, review.gate
    population = engine.card.population(model_input.population)
    adult = population.age_years[1] > ADULT_AGE_YEARS
    frontal = view is None or view.upper() in population.views
    if not adult or not frontal or (gate is not None and not gate.accepted):
        return review
    side = engine.judge_side(model_input)
    orientation = scan.metadata.orientation
    stated = None if orientation is None else orientation.side_at_left
    remark = None if side is None else side_remark(side, stated)
    return review if remark is None else replace(review, remarks=(remark, *review.remarks))


def with_shortcuts(engine: InferenceEngine, review: CaseReview, scan: Scan, model_input: ModelInput) -> CaseReview:
    """Return the review with what border, corners and surroundings do to each finding."""
    covered = review.prediction.covered
    return replace(review, shortcuts=engine.probe_shortcuts(model_input, review.stated.view, covered=covered))


@dataclass(frozen=True)
class AfterNumber:
    """A step that adds to the number. name: its key, never shown."""

    name: str
    run: Callable[[InferenceEngine, CaseReview, Scan, ModelInput], CaseReview]


# In this order: an alarm of the probes speaks against the number and its maps, a remark on the side does not.
AFTER = (AfterNumber("shortcuts", with_shortcuts), AfterNumber("side", with_side))


def begin_review(engine: InferenceEngine, scan: Scan, request: ReadRequest) -> tuple[CaseReview, ModelInput]:
    """Return the number with all that adds to it, and what the network saw. Raises ScanNotCovered, see ``first_number``."""
    review, model_input = first_number(engine, scan, request)
    for step in AFTER:
        review = step.run(engine, review, scan, model_input)
    return review, model_input


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
