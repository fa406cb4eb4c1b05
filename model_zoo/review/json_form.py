"""The versioned JSON form of a ``CaseReview``: everything needed to show it again or recompute it, and no identifier."""

from __future__ import annotations

import base64
import json
from dataclasses import asdict
from typing import Any

import numpy as np

from model_zoo.engine.results import Attribution, Finding, Prediction
from model_zoo.errors import CaseUnreadable, InvalidPatientRecord
from model_zoo.patients.attribution import FeatureContribution, RiskAttribution
from model_zoo.patients.record import PatientRecord
from model_zoo.patients.risk import OutcomeRisk, RiskEstimate
from model_zoo.review.case import NOTICE, SCHEMA_VERSION, CaseReview, ExplainedMap, ScanSummary
from model_zoo.scans.coverage import StatedFacts
from model_zoo.scans.geometry import Box, Geometry
from model_zoo.trust.masking import MaskingEffect


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
    }


def case_from_json(raw: dict[str, Any]) -> CaseReview:
    """Rebuild a review from its JSON form. Raises CaseUnreadable for a damaged one or another schema version."""
    if not isinstance(raw, dict) or raw.get("schema_version") != SCHEMA_VERSION:
        raise CaseUnreadable(
            f"The case is not in version {SCHEMA_VERSION} of the case form.",
            "Open it with the version of Diaphane that saved it.",
        )
    try:
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
        )
    except (LookupError, TypeError, ValueError, AttributeError, InvalidPatientRecord) as error:
        raise CaseUnreadable(
            "The stored case is damaged and cannot be shown.", "Read the scan again to make a new case."
        ) from error


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
    return ExplainedMap(attribution, MaskingEffect(**raw["masking"]))


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
