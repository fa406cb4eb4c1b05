"""The case strip: facts or "not stated", and nobody's identifier."""

from __future__ import annotations

import numpy as np
import pytest

from dashboard.viewmodels.header import NOT_STATED, age_words, build_header
from model_zoo.engine.results import Prediction
from model_zoo.patients.record import PatientRecord
from model_zoo.review.case import CaseReview, ScanSummary
from model_zoo.scans.coverage import StatedFacts
from model_zoo.scans.geometry import Box, Geometry
from model_zoo.scans.scan import Scan, ScanMetadata, Window

IDENTIFIER = "PAT-4711"


def a_scan(sha256: str = "ab" * 32, **metadata: object) -> Scan:
    frames = np.zeros((1, 8, 8), dtype=np.float32)
    return Scan(sha256, "DICOM", frames, Window(0, 1), metadata=ScanMetadata(patient_id=IDENTIFIER, **metadata))


def a_review(scan: Scan, facts: StatedFacts) -> CaseReview:
    return CaseReview(
        "0123456789ab", "2026-01-01T00:00:00+00:00", ScanSummary.of(scan, 0), facts, (), (),
        Prediction("toy", "1", "c" * 64, scan.sha256, 0, "adult", (), True),
        Geometry((8, 8), Box(0, 0, 8, 8), (8, 8)), record=PatientRecord(identifier=IDENTIFIER),
    )  # fmt: skip


def test_the_strip_names_the_case_and_the_stated_facts() -> None:
    scan = a_scan(study_date="2024-05-06", synthetic=True)
    view = build_header(a_review(scan, StatedFacts(67.0, "F", "PA")), scan)
    assert {item.label: item.value for item in view.items} == {
        "Case": "0123456789ab", "File sha256": "abababab", "Age": "67 years", "Sex": "female", "View": "PA",
        "Study date": "2024-05-06",
    }  # fmt: skip
    assert view.synthetic
    assert "not a medical device" in view.notice


def test_what_nobody_stated_is_shown_as_not_stated() -> None:
    scan = a_scan()
    view = build_header(a_review(scan, StatedFacts()), scan)
    missing = {item.label: item.value for item in view.items if item.missing}
    assert missing == dict.fromkeys(("Age", "Sex", "View", "Study date"), NOT_STATED)
    assert view.synthetic is None


def test_a_stored_case_without_its_film_has_a_header_too() -> None:
    view = build_header(a_review(a_scan(study_date="2024-05-06"), StatedFacts(67.0, "M", "AP")))
    assert next(item for item in view.items if item.label == "Study date").missing


def test_no_identifier_reaches_the_strip() -> None:
    scan = a_scan(study_date="2024-05-06")
    assert IDENTIFIER not in repr(build_header(a_review(scan, StatedFacts(67.0, "F", "PA")), scan))


def test_a_film_of_another_case_is_refused() -> None:
    with pytest.raises(ValueError, match="not the one"):
        build_header(a_review(a_scan(), StatedFacts()), a_scan("cd" * 32))


@pytest.mark.parametrize(
    ("age", "words"), [(None, None), (0.5, "6 months"), (1.5, "18 months"), (2.0, "2 years"), (67.9, "67 years")]
)
def test_ages(age: float | None, words: str | None) -> None:
    assert age_words(age) == words
