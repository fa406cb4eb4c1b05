"""The case strip over the page: which case, which film, whose facts, as words. Never an identifier of a person."""

from __future__ import annotations

from dataclasses import dataclass

from model_zoo.review.case import CaseReview
from model_zoo.scans.scan import Scan

NOTICE = "Reading aid, not a medical device"
NOT_STATED = "not stated"
NOT_KEPT = "not kept with the case"
SYNTHETIC = "Synthetic: a computed phantom, no patient"
_SEXES = {"F": "female", "M": "male"}


@dataclass(frozen=True)
class HeaderItem:
    """One fact with its label. missing: nobody stated it; the value then says so."""

    label: str
    value: str
    missing: bool = False


@dataclass(frozen=True)
class HeaderView:
    """The case strip. synthetic: the mark for a computed phantom, ``None`` for any other film."""

    case_id: str
    sha256_prefix: str
    items: tuple[HeaderItem, ...]
    synthetic: str | None
    notice: str = NOTICE


def build_header(review: CaseReview, scan: Scan | None = None) -> HeaderView:
    """Build the strip from the facts the case was read with; ``scan`` adds the date that a stored case does not keep.

    Raises ValueError when the scan is not the one of the case.
    """
    if scan is not None and scan.sha256 != review.scan.sha256:
        raise ValueError("The scan is not the one that this case was read from.")
    prefix = review.scan.sha256[:8]
    facts = review.stated
    date = None if scan is None else scan.metadata.study_date
    return HeaderView(
        case_id=review.case_id,
        sha256_prefix=prefix,
        items=(
            HeaderItem("Case", review.case_id),
            HeaderItem("File sha256", prefix),
            _item("Age", age_words(facts.age_years)),
            _item("Sex", None if facts.sex is None else _SEXES.get(facts.sex.upper(), facts.sex)),
            _item("View", facts.view),
            HeaderItem("Study date", NOT_KEPT, missing=True) if scan is None else _item("Study date", date),
            *_frame_item(review),
        ),
        synthetic=SYNTHETIC if review.scan.synthetic else None,
    )


def age_words(age_years: float | None) -> str | None:
    """Return an age in years, below two years in months, as it is said on a ward; ``None`` stays ``None``."""
    if age_years is None:
        return None
    if age_years < 2:
        months = round(age_years * 12)
        return f"{months} month{'' if months == 1 else 's'}"
    return f"{int(age_years)} years"


def _frame_item(review: CaseReview) -> tuple[HeaderItem, ...]:
    """Name the frame that was read, where there is more than one: the viewer may show another."""
    if review.scan.frames == 1:
        return ()
    return (HeaderItem("Frame read", f"{review.scan.frame + 1} of {review.scan.frames}"),)


def _item(label: str, value: str | None) -> HeaderItem:
    return HeaderItem(label, value) if value else HeaderItem(label, NOT_STATED, missing=True)


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
    facts = (age_words(age), None if sex is None else _SEXES.get(sex.upper(), sex), view, meta.study_date, *frame)
    return CaseLine(label, tuple(fact for fact in facts if fact), meta.synthetic)
