"""Which case, which film, whose facts, as words: over an open case and over a saved one. Never an identifier of a person."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.catalogue import counted, text
from model_zoo.case.case_review import CaseReview
from model_zoo.scans.scan import Scan, ScanMetadata


@dataclass(frozen=True)
class CaseLine:
    """The line over the case. facts: age, sex, view, study date, as words; what nobody stated is left out."""

    label: str
    facts: tuple[str, ...]
    synthetic: bool


def build_line(review: CaseReview | None, scan: Scan | None, label: str) -> CaseLine:
    """Build the line from what the case is read with; before it is read, from what the file says.

    scan: ``None`` for a saved case, which does not keep the date of its film.
    """
    meta = ScanMetadata() if scan is None else scan.metadata
    age, sex, view = (
        (meta.age_years, meta.sex, meta.view)
        if review is None
        else (review.stated.age_years, review.stated.sex, review.stated.view)
    )
    frame = () if review is None or review.scan.frames == 1 else (f"{review.scan.frame + 1}/{review.scan.frames}",)
    facts = (age_words(age), _sex_word(sex), view, meta.study_date, *frame)
    synthetic = meta.synthetic or (scan is None and review is not None and review.scan.synthetic)
    return CaseLine(label, tuple(fact for fact in facts if fact), synthetic)


def age_words(age_years: float | None) -> str | None:
    """Return an age in years, below two years in months, as it is said on a ward; ``None`` stays ``None``."""
    if age_years is None:
        return None
    if age_years < 2:
        return counted("case.age.months", round(age_years * 12))
    return counted("case.age.years", int(age_years))


def _sex_word(sex: str | None) -> str | None:
    words = {"F": text("report.fact.female"), "M": text("report.fact.male")}
    return None if sex is None else words.get(sex.upper(), sex)
