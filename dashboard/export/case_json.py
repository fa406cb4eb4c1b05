"""The case as JSON: the same versioned form that is stored, maps included, without pixels and identifiers."""

from __future__ import annotations

import json
from dataclasses import dataclass

from model_zoo.case import CaseReview, case_to_json
from model_zoo.scans.scan import Scan


@dataclass(frozen=True)
class CaseJson:
    """``case_to_json`` in UTF-8."""

    name: str = "JSON case"
    mime: str = "application/json"
    light: bool = True

    def file_name(self, review: CaseReview) -> str:
        return f"case-{review.case_id}.json"

    def build(self, review: CaseReview, scan: Scan | None) -> bytes:
        return json.dumps(case_to_json(review), ensure_ascii=False, allow_nan=False, indent=1).encode("utf-8")


EXPORT = CaseJson()
