"""The versioned JSON form of a ``CaseReview``: everything needed to show it again or recompute it, and no identifier."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from itertools import chain
from typing import Annotated, Any

import numpy as np
from pydantic import Field, PlainValidator

from model_zoo.case.assessment import CaseAssessment
from model_zoo.case.case_review import NOTICE, SCHEMA_VERSION, CaseReview, ExplainedMap, ScanSummary
from model_zoo.case.marks import MOST_MARKS, Mark, check_marks
from model_zoo.case.outlines.regions import ScanRegion
from model_zoo.case.stored_findings import StoredBlock, StoredPrediction, prediction_to_json, states_hold
from model_zoo.engine.study import StudyReading
from model_zoo.errors import CaseUnreadable, InvalidPatientRecord
from model_zoo.finite import number
from model_zoo.patients.attribution import RiskAttribution
from model_zoo.patients.record import PatientRecord
from model_zoo.patients.risk import RiskEstimate
from model_zoo.patients.risk_models import all_specs
from model_zoo.protocols.proposal import Proposal
from model_zoo.results import Attribution
from model_zoo.scans.coverage import StatedFacts
from model_zoo.scans.geometry import Geometry
from model_zoo.scans.limits import DEFAULT_LIMITS
from model_zoo.stored import CaseName, Moment, Plain, Side, rebuild, schema_of
from model_zoo.trust.check import CheckResult
from model_zoo.trust.in_distribution import GateResult
from model_zoo.trust.masking import MaskingEffect
from model_zoo.trust.shortcuts import ShortcutReport
from model_zoo.trust.verdict import MapVerdict

READABLE = (1, 2, SCHEMA_VERSION)
# Parameters of methods that had other names when a case was saved.
_RENAMED = {"stand_in": "baseline"}
_DAMAGED = ("The stored case is damaged and cannot be shown.", "Read the scan again to make a new case.")
_LARGEST_GRID = 4096  # pixels a side of a network input; the largest in use has 1536
# Of all figures of the checks these are drawn: curves of a map, and of an edge detector beside it.
_CURVES = ("edge_deletion", "edge_insertion", "deletion", "insertion")


@dataclass(frozen=True)
class _StoredMap:
    """A map as it is kept; its grid is little-endian float32 in base 64. What follows ``masking`` is new in version 2."""

    method: str
    title: str
    target: str
    signed: bool
    unit: str
    parameters: Plain
    details: Plain
    warnings: tuple[str, ...]
    shape: tuple[Side, Side]
    minimum: float
    maximum: float
    values_float32: str
    masking: MaskingEffect
    checks: tuple[CheckResult, ...] = ()
    verdict: MapVerdict | None = None
    alarms: tuple[str, ...] = ()

    def explained(self, geometry: Geometry) -> ExplainedMap:
        """Return the map on its grid. Raises ValueError where its bytes, its shape and the network input do not fit."""
        if any(side > grid for side, grid in zip(self.shape, geometry.model_shape, strict=True)):
            raise ValueError("a map finer than the picture it explains")
        data = base64.b64decode(self.values_float32, validate=True)
        # A copy: the buffer is read-only, and PyTorch warns of tensors it may not write to.
        values = np.frombuffer(data, dtype="<f4").reshape(self.shape).astype(np.float32)
        if not np.isfinite(values).all():
            raise ValueError("a map that holds no numbers")
        attribution = Attribution(
            method=self.method,
            title=self.title,
            target=self.target,
            values=values,
            geometry=geometry,
            signed=self.signed,
            unit=self.unit,
            parameters={_RENAMED.get(name, name): value for name, value in self.parameters.items()},
            details=self.details,
            warnings=self.warnings,
        )
        return ExplainedMap(attribution, self.masking, self.checks, self.verdict, self.alarms)


@dataclass(frozen=True)
class _StoredProposal:
    protocol: str | None
    source: str
    sentence: str
    room: Mapping[str, float | None]  # the margin; stored cases call it so

    def proposal(self) -> Proposal:
        margin = {name: -math.inf if value is None else value for name, value in self.room.items()}
        return Proposal(self.protocol, self.source, self.sentence, margin)


def _record(raw: Any) -> PatientRecord | None:
    """Return the record. Raises InvalidPatientRecord, or ValueError for a word as a number, or one that no patient has."""
    if raw is None:
        return None
    record = PatientRecord.from_json(json.dumps(raw))
    specs = {spec.name: spec for spec in all_specs()}
    for name, value in record.values.items():
        spec = specs.get(name)  # of a model that is no longer here: shown as it was
        if value is None or spec is None:
            continue
        if isinstance(value, str) != (spec.kind == "choice"):
            raise ValueError("a value of another kind than its quantity")
        low, high = spec.plausible or (-math.inf, math.inf)
        # What a change of units leaves at an end of the range is no damage.
        if not isinstance(value, str) and not low - 1e-6 * abs(low) <= value <= high + 1e-6 * abs(high):
            raise ValueError("a value outside the range of its quantity")
    return record


@dataclass(frozen=True, kw_only=True)
class _StoredCase:
    """The fields of ``CaseReview`` as they are kept. What has a value here came after version 1."""

    schema_version: int
    notice: str
    case_id: CaseName
    created_at: Moment
    scan: ScanSummary
    stated: StatedFacts
    violations: tuple[str, ...]
    remarks: tuple[str, ...]
    prediction: StoredPrediction
    geometry: Geometry
    maps: tuple[_StoredMap, ...]
    record: Annotated[Any, PlainValidator(_record, json_schema_input_type=dict[str, Any] | None)]
    risk: RiskEstimate | None
    risk_absent: str | None
    risk_attributions: tuple[RiskAttribution, ...]
    versions: Mapping[str, str]
    gate: GateResult | None = None
    numbers: tuple[StoredBlock, ...] = ()
    shortcuts: tuple[ShortcutReport, ...] = ()
    regions: tuple[ScanRegion, ...] = ()
    protocol: _StoredProposal | None = None
    study: StudyReading | None = None
    whole: CaseAssessment | None = None
    marks: Annotated[tuple[Mark, ...], Field(max_length=MOST_MARKS)] = ()


def case_schema() -> dict[str, Any]:
    """Return the JSON schema of a stored case."""
    return schema_of(_StoredCase)


def case_to_json(review: CaseReview, with_maps: bool = True) -> dict[str, Any]:
    """Return the review as plain values. ``with_maps`` False leaves out the numbers of the maps, not their report."""
    return {
        "schema_version": SCHEMA_VERSION,
        "notice": NOTICE,
        "case_id": review.case_id,
        "created_at": review.created_at,
        "scan": _scan_to_json(review.scan),
        "stated": asdict(review.stated),
        "violations": list(review.violations),
        "remarks": list(review.remarks),
        "prediction": prediction_to_json(review.prediction, review.numbers),
        "geometry": asdict(review.geometry),
        "maps": [_map_to_json(explained, with_maps) for explained in review.maps],
        "record": None if review.record is None else json.loads(review.record.to_json()),
        "risk": None if review.risk is None else asdict(review.risk),
        "risk_absent": review.risk_absent,
        "risk_attributions": [asdict(attribution) for attribution in review.risk_attributions],
        "versions": dict(review.versions or {}),
        "gate": None if review.gate is None else asdict(review.gate),
        "numbers": [asdict(block) for block in review.numbers],
        "shortcuts": [asdict(report) for report in review.shortcuts],
        "regions": [asdict(region) for region in review.regions],
        "protocol": None if review.protocol is None else _protocol_to_json(review.protocol),
        "study": None if review.study is None else asdict(review.study),
        "whole": None if review.whole is None else review.whole.to_json(),
        "marks": [asdict(mark) for mark in review.marks],
    }


def case_from_json(raw: Any) -> CaseReview:
    """Rebuild a review from its JSON form, also of the versions before. Raises CaseUnreadable for a damaged or newer one."""
    version = raw.get("schema_version") if isinstance(raw, dict) else None
    if isinstance(version, bool) or version not in READABLE:
        raise CaseUnreadable(
            f"The case is not in version {SCHEMA_VERSION} of the case form.",
            "Open it with the version of Diaphane that saved it.",
        )
    try:
        stored = rebuild(_StoredCase, raw)
        _consistent(stored)
        given = {part.name: getattr(stored, part.name) for part in fields(CaseReview)}
        given["maps"] = tuple(entry.explained(stored.geometry) for entry in stored.maps)
        prediction = stored.prediction.prediction()
        numbers = tuple(entry.block(prediction) for entry in stored.numbers)
        if not states_hold(stored.prediction, prediction, numbers):
            raise ValueError("contradicts itself: state")
        given |= {"prediction": prediction, "numbers": numbers}
        given["protocol"] = None if stored.protocol is None else stored.protocol.proposal()
        return CaseReview(**given)
    except (ValueError, InvalidPatientRecord, MemoryError) as error:
        raise CaseUnreadable(*_DAMAGED) from error


def _consistent(stored: _StoredCase) -> None:
    """Raise ValueError where two parts contradict each other, so that the case could not be shown."""
    scan, geometry, crop = stored.scan, stored.geometry, stored.geometry.crop
    rows, cols = geometry.scan_shape
    findings = {finding.output for finding in stored.prediction.findings}
    outcomes = set() if stored.risk is None else {outcome.name for outcome in stored.risk.outcomes}
    study = stored.study
    # Half a pixel: the ends of a crop are rounded to whole pixels where it is cut.
    inside = crop.top >= -0.5 and crop.left >= -0.5 and crop.top + crop.height <= rows + 0.5
    sound = {
        "size": (rows, cols) == (scan.rows, scan.cols) and rows * cols <= DEFAULT_LIMITS.max_pixels,
        "crop": inside and crop.left + crop.width <= cols + 0.5 and min(crop.height, crop.width) >= 1,
        "grid": max(geometry.model_shape) <= _LARGEST_GRID,
        "orientation": scan.orientation is None or scan.orientation.sound,
        "planted": scan.planted is None or scan.synthetic,
        "frame": stored.prediction.frame == scan.frame < scan.frames,
        "scan": stored.prediction.scan_sha256 == scan.sha256,
        "findings": len(findings) == len(stored.prediction.findings),
        "numbers": {block.output for block in stored.numbers} <= findings,
        "targets": {entry.target for entry in stored.maps} <= findings,
        "outcomes": {entry.outcome for entry in stored.risk_attributions} <= outcomes,
        "details": all(map(_drawable, stored.maps)),
        "study": study is None
        or (
            bool(study.frames)
            and set(study.scores) == set(study.strongest)
            and {len(study.frames)} >= {len(v) for v in (*study.scores.values(), study.weights or study.frames)}
        ),
    }
    if not all(sound.values()):
        raise ValueError(f"contradicts itself: {', '.join(name for name, found in sound.items() if not found)}")
    check_marks(stored.marks, (scan.rows, scan.cols), scan.frames)


def _drawable(entry: _StoredMap) -> bool:
    """Tell whether the figures that a method and its checks report beside a map are those that are drawn and said."""
    if "completeness_delta" in entry.details:
        for name in ("completeness_delta", "change_in_logit", "steps_used"):
            number(entry.details.get(name))
    for check in entry.checks:
        if "deletion" in check.figures:
            curves: list[Any] = [check.figures.get(name) for name in _CURVES]
            if not all(isinstance(curve, list) and len(curve) > 1 for curve in curves):
                return False
            for value in chain(*curves):
                number(value)
    return True


def _scan_to_json(scan: ScanSummary) -> dict[str, Any]:
    # Left out where they are not known: cases from before are written as they were.
    later = ("orientation", "planted")
    return {name: value for name, value in asdict(scan).items() if name not in later or value is not None}


def _protocol_to_json(protocol: Proposal) -> dict[str, Any]:
    # A model without a gate has no margin; JSON has no infinity.
    margin = {name: value if math.isfinite(value) else None for name, value in protocol.margin.items()}
    return {"protocol": protocol.protocol, "source": protocol.source, "sentence": protocol.sentence, "room": margin}


def _map_to_json(explained: ExplainedMap, with_values: bool) -> dict[str, Any]:
    attribution = explained.attribution
    values = np.ascontiguousarray(attribution.values, dtype="<f4")
    return {
        "method": attribution.method,
        "title": attribution.title,
        "target": attribution.target,
        "signed": attribution.signed,
        "unit": attribution.unit,
        "parameters": dict(attribution.parameters),
        "details": dict(attribution.details),
        "warnings": list(attribution.warnings),
        "shape": list(values.shape),
        "minimum": float(values.min()),
        "maximum": float(values.max()),
        "values_float32": base64.b64encode(values.tobytes()).decode("ascii") if with_values else None,
        "masking": asdict(explained.effect),
        "checks": [asdict(result) for result in explained.checks],
        "verdict": None if explained.verdict is None else asdict(explained.verdict),
        "alarms": list(explained.alarms),
    }
