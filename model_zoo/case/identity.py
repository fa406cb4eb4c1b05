"""Do scan and record belong to one person? What disagrees is named; nothing decides on its own."""

from __future__ import annotations

import unicodedata

from model_zoo.patients.record import PatientRecord
from model_zoo.scans.coverage import StatedFacts
from model_zoo.scans.scan import Scan

# Age at the scan and age in the record may straddle a birthday; more than a year apart is another person or a slip.
AGE_TOLERANCE_YEARS = 1.0


def identity_conflicts(scan: Scan, facts: StatedFacts, record: PatientRecord) -> tuple[str, ...]:
    """Return what disagrees between scan and record, in words without identifiers; empty when nothing does.

    Facts stated by the reader for the scan count like those of its file; both are compared.
    """
    conflicts: list[str] = []
    mine, theirs = _plain(scan.metadata.patient_id), _plain(record.identifier)
    if mine and theirs and mine != theirs:
        conflicts.append("The patient identifier in the scan is not the one in the record")
    sexes = {s for s in (scan.metadata.sex, facts.sex) if s}
    if record.sex and any(sex != record.sex for sex in sexes):
        conflicts.append("The sex stated for the scan is not the one in the record")
    ages = [age for age in (*scan.metadata.stated_ages, facts.age_years) if age is not None]
    if record.age_years is not None and any(abs(age - record.age_years) > AGE_TOLERANCE_YEARS for age in ages):
        conflicts.append("The age stated for the scan differs from the record by more than a year")
    if scan.metadata.synthetic != record.synthetic and (scan.metadata.synthetic or record.synthetic):
        conflicts.append("One of scan and record is synthetic, the other is not")
    return tuple(conflicts)


def stated_conflicts(
    what: str, scan: Scan, facts: StatedFacts, record: PatientRecord | None, age_years: float | None, sex: str | None
) -> tuple[str, ...]:
    """Return what speaks against a note or a stay being of the patient on the screen. what: "note" or "stay"."""
    conflicts: list[str] = []
    sexes = {s for s in (scan.metadata.sex, facts.sex, None if record is None else record.sex) if s}
    if sex and any(sex != other for other in sexes):
        conflicts.append(f"The sex stated in the {what} is not the one of this case")
    theirs = (*scan.metadata.stated_ages, facts.age_years, None if record is None else record.age_years)
    ages = [age for age in theirs if age is not None]
    if age_years is not None and any(abs(age - age_years) > AGE_TOLERANCE_YEARS for age in ages):
        conflicts.append(f"The age stated in the {what} differs from that of this case by more than a year")
    return tuple(conflicts)


def prior_conflicts(scan: Scan, prior: Scan) -> tuple[str, ...]:
    """Return what speaks against the prior film being an earlier film of the same patient, without identifiers."""
    conflicts: list[str] = []
    now, then = scan.metadata, prior.metadata
    mine, theirs = _plain(now.patient_id), _plain(then.patient_id)
    if mine and theirs and mine != theirs:
        conflicts.append("The patient identifiers of the two films differ")
    if now.sex and then.sex and now.sex != then.sex:
        conflicts.append("The sex stated in the two films differs")
    if now.study_date and then.study_date and then.study_date > now.study_date:
        conflicts.append("The prior film is dated after the current one")
    if prior.is_colour:
        conflicts.append("The prior picture is in colour; a radiograph is grey")
    return tuple(conflicts)


def _plain(identifier: str | None) -> str:
    """Identifiers are compared with their punctuation and zeros, which tell people apart; the case of letters does not count.

    Blanks at the ends, which DICOM adds, and how many stand in between do not count either.
    """
    return " ".join(unicodedata.normalize("NFKC", identifier or "").casefold().split())
