"""The facts over a case, open or saved: what is not stated says so or is left out, and nobody's identifier."""

from __future__ import annotations

import numpy as np
import pytest

from dashboard.catalogue import counted, text
from dashboard.viewmodels.case.header import CaseLine, age_words, build_line
from model_zoo.case.case_review import CaseReview, ScanSummary
from model_zoo.patients.record import PatientRecord
from model_zoo.results import Prediction
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


def test_a_saved_case_says_what_it_was_read_with() -> None:
    scan = a_scan(study_date="2024-05-06", synthetic=True)
    line = build_line(a_review(scan, StatedFacts(67.0, "F", "PA")), None, "saved")
    assert line == CaseLine("saved", (counted("case.age.years", 67), text("report.fact.female"), "PA"), True)
    assert build_line(a_review(a_scan(), StatedFacts()), None, "saved") == CaseLine("saved", (), False)


def test_the_line_says_what_the_case_is_read_with() -> None:
    scan = a_scan(study_date="2024-05-06", age_years=30.0, sex="M", view="AP", synthetic=True)
    assert build_line(None, scan, "a film") == CaseLine(
        "a film", (counted("case.age.years", 30), text("report.fact.male"), "AP", "2024-05-06"), True
    )
    read = build_line(a_review(scan, StatedFacts(67.0, "F", "PA")), scan, "a film")
    assert read == CaseLine(
        "a film", (counted("case.age.years", 67), text("report.fact.female"), "PA", "2024-05-06"), True
    )


def test_the_line_leaves_out_what_nobody_stated() -> None:
    scan = a_scan()
    assert build_line(a_review(scan, StatedFacts()), scan, "a film") == CaseLine("a film", (), False)


def test_no_identifier_is_shown() -> None:
    scan = a_scan(study_date="2024-05-06")
    review = a_review(scan, StatedFacts(67.0, "F", "PA"))
    assert IDENTIFIER not in repr((build_line(review, None, "saved"), build_line(review, scan, "a film")))


@pytest.mark.parametrize(
    ("age", "unit", "number"),
    [(0.5, "months", 6), (1 / 12, "months", 1), (1.5, "months", 18), (2.0, "years", 2), (67.9, "years", 67)],
)
def test_ages(age: float, unit: str, number: int) -> None:
    assert age_words(age) == counted(f"case.age.{unit}", number)
    assert age_words(None) is None
