"""The versioned JSON form of a ``CaseReview``: everything needed to show it again or recompute it, and no identifier."""

from __future__ import annotations

import base64
import json
import math
from dataclasses import asdict
from typing import Any

import numpy as np

from model_zoo.engine.results import Attribution, Finding, Prediction
from model_zoo.engine.study import StudyReading
from model_zoo.errors import CaseUnreadable, InvalidPatientRecord
from model_zoo.patients.attribution import FeatureContribution, RiskAttribution
from model_zoo.patients.record import PatientRecord
from model_zoo.patients.risk import OutcomeRisk, RiskEstimate
from model_zoo.protocols.proposal import Proposal
from model_zoo.review.case import NOTICE, SCHEMA_VERSION, CaseReview, ExplainedMap, ScanSummary
from model_zoo.review.regions import ScanRegion
from model_zoo.review.whole import WholeCase
from model_zoo.scans.coverage import StatedFacts
from model_zoo.scans.geometry import Box, Geometry
from model_zoo.trust.check import CheckResult
from model_zoo.trust.in_distribution import GateResult
from model_zoo.trust.masking import MaskingEffect
from model_zoo.trust.number_block import NumberBlock
from model_zoo.trust.shortcuts import PlaceEffect, ShortcutReport
from model_zoo.trust.verdict import MapVerdict

READABLE = (1, SCHEMA_VERSION)
# What a case of version 1 lacks: nothing was checked then.
_NEW_IN_2: dict[str, Any] = {"gate": None, "numbers": [], "shortcuts": []}
# Optional in version 2: cases saved before anything was outlined, or a note was read, have none.
_OPTIONAL: dict[str, Any] = {"regions": [], "protocol": None, "study": None, "whole": None}


def case_to_json(review: CaseReview, with_maps: bool = True) -> dict[str, Any]:
    """Return the review as plain values. ``with_maps`` False leaves out the numbers of the maps, not their report."""
    return {
        "schema_version": SCHEMA_VERSION,
        "notice": NOTICE,
        "case_id": review.case_id,
        "created_at": review.created_at,
        "scan": asdict(review.scan),
        "stated": asdict(review.stated),
        "violations": list(review.violations),
        "remarks": list(review.remarks),
        "prediction": asdict(review.prediction),
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
    }


def case_from_json(raw: dict[str, Any]) -> CaseReview:
    """Rebuild a review from its JSON form, also of the versions before. Raises CaseUnreadable for a damaged or newer one."""
    if not isinstance(raw, dict) or raw.get("schema_version") not in READABLE:
        raise CaseUnreadable(
            f"The case is not in version {SCHEMA_VERSION} of the case form.",
            "Open it with the version of Diaphane that saved it.",
        )
    try:
        raw = {**_NEW_IN_2, **_OPTIONAL, **raw}
        geometry = _geometry(raw["geometry"])
        return CaseReview(
            case_id=str(raw["case_id"]),
            created_at=str(raw["created_at"]),
            scan=ScanSummary(
                **{
                    **raw["scan"],
                    "spacing_mm": _pair(raw["scan"]["spacing_mm"]),
                    "notes": tuple(raw["scan"]["notes"]),
                }
            ),
            stated=StatedFacts(**raw["stated"]),
            violations=tuple(raw["violations"]),
            remarks=tuple(raw["remarks"]),
            prediction=_prediction(raw["prediction"]),
            geometry=geometry,
            maps=tuple(_map_from_json(entry, geometry) for entry in raw["maps"]),
            record=None if raw["record"] is None else PatientRecord.from_json(json.dumps(raw["record"])),
            risk=None if raw["risk"] is None else _risk(raw["risk"]),
            risk_absent=raw["risk_absent"],
            risk_attributions=tuple(_risk_attribution(entry) for entry in raw["risk_attributions"]),
            versions=dict(raw["versions"]),
            gate=None if raw["gate"] is None else GateResult(**raw["gate"]),
            numbers=tuple(NumberBlock.from_json(block) for block in raw["numbers"]),
            shortcuts=tuple(_shortcut(report) for report in raw["shortcuts"]),
            regions=tuple(ScanRegion.from_json(region) for region in raw["regions"]),
            protocol=None if raw["protocol"] is None else _protocol(raw["protocol"]),
            study=None if raw["study"] is None else _study(raw["study"]),
            whole=None if raw["whole"] is None else WholeCase.from_json(raw["whole"]),
        )
    except (LookupError, TypeError, ValueError, AttributeError, InvalidPatientRecord) as error:
        raise CaseUnreadable(
            "The stored case is damaged and cannot be shown.", "Read the scan again to make a new case."
        ) from error


def _protocol_to_json(protocol: Proposal) -> dict[str, Any]:
    # A model without a gate has no room; JSON has no infinity.
    room = {name: value if math.isfinite(value) else None for name, value in protocol.room.items()}
    return {"protocol": protocol.protocol, "source": protocol.source, "sentence": protocol.sentence, "room": room}


def _protocol(raw: dict[str, Any]) -> Proposal:
    room = {name: -math.inf if value is None else float(value) for name, value in raw["room"].items()}
    return Proposal(raw["protocol"], str(raw["source"]), str(raw["sentence"]), room)


def _study(raw: dict[str, Any]) -> StudyReading:
    return StudyReading(
        **{
            **raw,
            "frames": tuple(raw["frames"]),
            "scores": {output: tuple(values) for output, values in raw["scores"].items()},
            "weights": None if raw["weights"] is None else tuple(raw["weights"]),
        }
    )


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


def _map_from_json(raw: dict[str, Any], geometry: Geometry) -> ExplainedMap:
    # A copy: the buffer is read-only, and PyTorch warns of tensors it may not write to.
    values = (
        np.frombuffer(base64.b64decode(raw["values_float32"]), dtype="<f4").reshape(raw["shape"]).astype(np.float32)
    )
    attribution = Attribution(
        method=raw["method"],
        title=raw["title"],
        target=raw["target"],
        values=values,
        geometry=geometry,
        signed=bool(raw["signed"]),
        unit=raw["unit"],
        parameters=raw["parameters"],
        details=raw["details"],
        warnings=tuple(raw["warnings"]),
    )
    verdict = raw.get("verdict")
    return ExplainedMap(
        attribution,
        MaskingEffect(**raw["masking"]),
        tuple(CheckResult(**result) for result in raw.get("checks", ())),
        None if verdict is None else MapVerdict(**{**verdict, "reasons": tuple(verdict["reasons"])}),
        tuple(raw.get("alarms", ())),
    )


def _shortcut(raw: dict[str, Any]) -> ShortcutReport:
    return ShortcutReport(
        **{
            **raw,
            "places": tuple(PlaceEffect(**place) for place in raw["places"]),
            "alarms": tuple(raw["alarms"]),
            "sentences": tuple(raw["sentences"]),
        }
    )


def _prediction(raw: dict[str, Any]) -> Prediction:
    findings = tuple(
        Finding(**{**finding, "probability_interval": _pair(finding["probability_interval"])})
        for finding in raw["findings"]
    )
    return Prediction(**{**raw, "findings": findings})


def _geometry(raw: dict[str, Any]) -> Geometry:
    rows, cols = raw["scan_shape"]
    height, width = raw["model_shape"]
    return Geometry((rows, cols), Box(**raw["crop"]), (height, width))


def _risk(raw: dict[str, Any]) -> RiskEstimate:
    return RiskEstimate(
        **{
            **raw,
            "outcomes": tuple(OutcomeRisk(**outcome) for outcome in raw["outcomes"]),
            "not_measured": tuple(raw["not_measured"]),
            "flags": tuple(raw["flags"]),
        }
    )


def _risk_attribution(raw: dict[str, Any]) -> RiskAttribution:
    return RiskAttribution(
        **{**raw, "contributions": tuple(FeatureContribution(**entry) for entry in raw["contributions"])}
    )


def _pair(value: list[float] | None) -> tuple[float, float] | None:
    return None if value is None else (value[0], value[1])
