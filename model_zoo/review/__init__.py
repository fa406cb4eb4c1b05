"""One case, read: scan, prediction, attributions, patient record and risks flow in, an immutable ``CaseReview`` comes out.

The page and the command line read through the same functions here, so they give the same numbers.
"""

from model_zoo.review.case import SCHEMA_VERSION, CaseReview, ExplainedMap, ScanSummary, library_versions
from model_zoo.review.identity import identity_conflicts, prior_conflicts
from model_zoo.review.json_form import case_from_json, case_to_json
from model_zoo.review.reading import (
    DEFAULT_METHODS,
    DEFAULT_RISK_MODEL,
    ReadRequest,
    attach_patient,
    begin_review,
    explain_finding,
    read_case,
)

__all__ = [
    "DEFAULT_METHODS",
    "DEFAULT_RISK_MODEL",
    "SCHEMA_VERSION",
    "CaseReview",
    "ExplainedMap",
    "ReadRequest",
    "ScanSummary",
    "attach_patient",
    "begin_review",
    "case_from_json",
    "case_to_json",
    "explain_finding",
    "identity_conflicts",
    "library_versions",
    "prior_conflicts",
    "read_case",
]
