"""One case, read: scan, prediction, attributions, patient record and risks flow in, an immutable ``CaseReview`` comes out.

The page and the command line read through the same functions here, so they give the same numbers.
"""

from model_zoo.review.agreement import agreement_of
from model_zoo.review.case import SCHEMA_VERSION, CaseReview, ExplainedMap, ScanSummary, library_versions
from model_zoo.review.identity import identity_conflicts, prior_conflicts, stated_conflicts
from model_zoo.review.json_form import case_from_json, case_to_json
from model_zoo.review.opening import Opening, opening_of
from model_zoo.review.outlining import map_on_lesions, maps_on_lesions, regions_of, with_regions
from model_zoo.review.reading import (
    DEFAULT_METHODS,
    DEFAULT_RISK_MODEL,
    ReadRequest,
    attach_patient,
    begin_review,
    check_map,
    explain_finding,
    pending_checks,
    read_case,
    with_numbers,
)
from model_zoo.review.regions import ScanRegion

__all__ = [
    "DEFAULT_METHODS",
    "DEFAULT_RISK_MODEL",
    "SCHEMA_VERSION",
    "CaseReview",
    "ExplainedMap",
    "Opening",
    "ReadRequest",
    "ScanRegion",
    "ScanSummary",
    "agreement_of",
    "attach_patient",
    "begin_review",
    "case_from_json",
    "case_to_json",
    "check_map",
    "explain_finding",
    "identity_conflicts",
    "library_versions",
    "map_on_lesions",
    "maps_on_lesions",
    "opening_of",
    "pending_checks",
    "prior_conflicts",
    "read_case",
    "regions_of",
    "stated_conflicts",
    "with_numbers",
    "with_regions",
]
