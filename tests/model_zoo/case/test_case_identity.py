from __future__ import annotations

import pytest

from model_zoo.case import identity_conflicts
from model_zoo.patients import PatientRecord
from model_zoo.scans.coverage import StatedFacts
from tests.tiny_zoo import made_scan

IDENTIFIER = "The patient identifier in the scan is not the one in the record"
SEX = "The sex stated for the scan is not the one in the record"
AGE = "The age stated for the scan differs from the record by more than a year"


@pytest.mark.parametrize(
    ("in_file", "stated", "record", "conflicts"),
    [
        # Everything agrees, or one side says nothing.
        (("A1", "F", 60.0), (None, None), ("A1", "F", 60.0), ()),
        ((None, None, None), (None, None), ("A1", "F", 60.0), ()),
        (("A1", "F", 60.0), ("F", 60.0), (None, None, None), ()),
        # Identifiers differ by more than the case of letters and blanks at the ends; punctuation and zeros tell people apart.
        (("A1", None, None), (None, None), ("A2", None, None), (IDENTIFIER,)),
        (("ab-01 2", None, None), (None, None), (" AB-01  2 ", None, None), ()),
        (("ab-01 2", None, None), (None, None), ("AB012", None, None), (IDENTIFIER,)),
        (("1-23", None, None), (None, None), ("12-3", None, None), (IDENTIFIER,)),
        (("1.2", None, None), (None, None), ("12", None, None), (IDENTIFIER,)),
        (("12 3", None, None), (None, None), ("1 23", None, None), (IDENTIFIER,)),
        (("00123", None, None), (None, None), ("123", None, None), (IDENTIFIER,)),
        (("A_1", None, None), (None, None), ("A-1", None, None), (IDENTIFIER,)),
        (("1/23", None, None), (None, None), ("12/3", None, None), (IDENTIFIER,)),
        (("-12", None, None), (None, None), ("12", None, None), (IDENTIFIER,)),
        (("M\u00fc1", None, None), (None, None), ("Mu\u03081", None, None), ()),
        (("\uff11\uff12", None, None), (None, None), ("12", None, None), ()),
        (("0012", None, None), (None, None), ("12", None, None), (IDENTIFIER,)),
        (("", None, None), (None, None), ("A2", None, None), ()),
        # Sex: of the file or of the reader.
        ((None, "M", None), (None, None), (None, "F", None), (SEX,)),
        ((None, None, None), ("M", None), (None, "F", None), (SEX,)),
        ((None, "F", None), ("M", None), (None, "F", None), (SEX,)),
        # Age: a birthday in between is no conflict.
        ((None, None, 60.0), (None, None), (None, None, 61.0), ()),
        ((None, None, 60.0), (None, None), (None, None, 61.1), (AGE,)),
        ((None, None, 60.0), (None, None), (None, None, 58.9), (AGE,)),
        ((None, None, None), (None, 40.0), (None, None, 60.0), (AGE,)),
        ((None, None, 60.0), (None, 40.0), (None, None, 60.0), (AGE,)),
        ((None, None, 0.5), (None, None), (None, None, 0.0), ()),
        # All at once.
        (("A1", "M", 10.0), (None, None), ("B1", "F", 60.0), (IDENTIFIER, SEX, AGE)),
    ],
)
def test_what_disagrees_is_named(
    in_file: tuple[str | None, str | None, float | None],
    stated: tuple[str | None, float | None],
    record: tuple[str | None, str | None, float | None],
    conflicts: tuple[str, ...],
) -> None:
    scan = made_scan(patient_id=in_file[0], sex=in_file[1], age_years=in_file[2])
    facts = StatedFacts(age_years=stated[1], sex=stated[0])
    found = identity_conflicts(scan, facts, PatientRecord(record[0], record[2], record[1]))
    assert found == conflicts


def test_no_conflict_repeats_an_identifier() -> None:
    scan = made_scan(patient_id="SCAN-777")
    words = " ".join(identity_conflicts(scan, StatedFacts(), PatientRecord("RECORD-888", 20.0, "M")))
    assert "777" not in words
    assert "888" not in words
