"""One case, read: scan, prediction, attributions, patient record and risks flow in, an immutable ``CaseReview`` comes out.

The page and the command line read through the same functions here, so they give the same numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from model_zoo.lazy import names_from

if TYPE_CHECKING:
    from model_zoo.case.beginning import AFTER, begin_review, first_number, with_numbers
    from model_zoo.case.case_review import SCHEMA_VERSION, CaseReview, ExplainedMap, ScanSummary, library_versions
    from model_zoo.case.identity import identity_conflicts, prior_conflicts, stated_conflicts
    from model_zoo.case.json_form import case_from_json, case_to_json
    from model_zoo.case.map_agreement import agreement_of
    from model_zoo.case.outlines.outlining import map_on_lesions, maps_on_lesions, regions_of, with_regions
    from model_zoo.case.outlines.regions import ScanRegion
    from model_zoo.case.reading import (
        DEFAULT_RISK_MODEL,
        attach_patient,
        check_map,
        explain_finding,
        pending_checks,
        read_case,
    )
    from model_zoo.case.request import DEFAULT_METHODS, ReadRequest
    from model_zoo.case.start_frame import StartFrame, find_start_frame

_HOMES = {
    "AFTER": "beginning",
    "CaseReview": "case_review",
    "DEFAULT_METHODS": "request",
    "DEFAULT_RISK_MODEL": "reading",
    "ExplainedMap": "case_review",
    "StartFrame": "start_frame",
    "ReadRequest": "request",
    "SCHEMA_VERSION": "case_review",
    "ScanRegion": "outlines.regions",
    "ScanSummary": "case_review",
    "agreement_of": "map_agreement",
    "attach_patient": "reading",
    "begin_review": "beginning",
    "case_from_json": "json_form",
    "case_to_json": "json_form",
    "check_map": "reading",
    "explain_finding": "reading",
    "first_number": "beginning",
    "identity_conflicts": "identity",
    "library_versions": "case_review",
    "map_on_lesions": "outlines.outlining",
    "maps_on_lesions": "outlines.outlining",
    "find_start_frame": "start_frame",
    "pending_checks": "reading",
    "prior_conflicts": "identity",
    "read_case": "reading",
    "regions_of": "outlines.outlining",
    "stated_conflicts": "identity",
    "with_numbers": "beginning",
    "with_regions": "outlines.outlining",
}
__getattr__ = names_from(__name__, _HOMES)

__all__ = [
    "AFTER",
    "DEFAULT_METHODS",
    "DEFAULT_RISK_MODEL",
    "SCHEMA_VERSION",
    "CaseReview",
    "ExplainedMap",
    "ReadRequest",
    "ScanRegion",
    "ScanSummary",
    "StartFrame",
    "agreement_of",
    "attach_patient",
    "begin_review",
    "case_from_json",
    "case_to_json",
    "check_map",
    "explain_finding",
    "find_start_frame",
    "first_number",
    "identity_conflicts",
    "library_versions",
    "map_on_lesions",
    "maps_on_lesions",
    "pending_checks",
    "prior_conflicts",
    "read_case",
    "regions_of",
    "stated_conflicts",
    "with_numbers",
    "with_regions",
]
