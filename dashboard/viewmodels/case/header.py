"""Which case, which film, whose facts, as words: over an open case and over a stored one. Never an identifier of a person."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.catalogue import counted, text
from model_zoo.review.case import CaseReview
from model_zoo.scans.scan import Scan


@dataclass(frozen=True)
class HeaderItem:
    """One fact with its label; where nobody stated it, the value says so."""

    label: str
    value: str


@dataclass(frozen=True)
class HeaderView:
    """The facts of a stored case. synthetic: the mark for a computed phantom, ``None`` for any other film."""

    items: tuple[HeaderItem, ...]
    synthetic: str | None


def build_header(review: CaseReview) -> HeaderView:
    """Build the facts that a stored case was read with; it does not keep the date of its film."""
    facts, missing = review.stated, text("report.fact.not_stated")
    return HeaderView(
        items=(
            HeaderItem(text("stored.fact.case"), review.case_id),
            HeaderItem(text("stored.fact.file"), review.scan.sha256[:8]),
            HeaderItem(text("report.fact.age"), age_words(facts.age_years) or missing),
            HeaderItem(text("report.fact.sex"), _sex_word(facts.sex) or missing),
            HeaderItem(text("report.fact.view"), facts.view or missing),
            HeaderItem(text("report.fact.study"), text("stored.fact.not_kept")),
            *_frame_item(review),
        ),
        synthetic=text("report.synthetic") if review.scan.synthetic else None,
    )


@dataclass(frozen=True)
class CaseLine:
    """The line over the case. facts: age, sex, view, study date, as words; what nobody stated is left out."""

    label: str
    facts: tuple[str, ...]
    synthetic: bool


def build_line(review: CaseReview | None, scan: Scan, label: str) -> CaseLine:
    """Build the line from what the case is read with; before it is read, from what the file says."""
    meta = scan.metadata
    age, sex, view = (
        (meta.age_years, meta.sex, meta.view)
        if review is None
        else (review.stated.age_years, review.stated.sex, review.stated.view)
    )
    frame = () if review is None or review.scan.frames == 1 else (f"{review.scan.frame + 1}/{review.scan.frames}",)
    facts = (age_words(age), _sex_word(sex), view, meta.study_date, *frame)
    return CaseLine(label, tuple(fact for fact in facts if fact), meta.synthetic)


def age_words(age_years: float | None) -> str | None:
    """Return an age in years, below two years in months, as it is said on a ward; ``None`` stays ``None``."""
    if age_years is None:
        return None
    if age_years < 2:
        return counted("case.age.months", round(age_years * 12))
    return counted("case.age.years", int(age_years))


def _frame_item(review: CaseReview) -> tuple[HeaderItem, ...]:
    """Name the frame that was read, where there is more than one: the viewer may show another."""
    if review.scan.frames == 1:
        return ()
    frame = {"frame": f"{review.scan.frame + 1:d}", "frames": f"{review.scan.frames:d}"}
    return (HeaderItem(text("report.fact.frame"), text("report.fact.frame_of", **frame)),)


def _sex_word(sex: str | None) -> str | None:
    words = {"F": text("report.fact.female"), "M": text("report.fact.male")}
    return None if sex is None else words.get(sex.upper(), sex)
