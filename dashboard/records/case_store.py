"""What a store of cases offers, whatever stands behind it, and the line that stands for a case in a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from model_zoo.trust.state import State

if TYPE_CHECKING:
    from model_zoo.case import CaseReview
    from model_zoo.results import Finding

# Enough to tell cases apart at a glance; the whole hash stands in the case.
SHA256_PREFIX = 12


@dataclass(frozen=True)
class CaseSummary:
    """One case in a list.

    created_at: ISO 8601 with time zone. sha256_prefix: of the scan's bytes. strongest_finding: in words, with its number
    and state. readable: False for a damaged case or one of a newer form; ``problem`` then says what is wrong, and
    everything but ``case_id`` and ``created_at`` is empty.
    """

    case_id: str
    created_at: str
    sha256_prefix: str = ""
    population: str = ""
    strongest_finding: str = ""
    synthetic: bool = False
    readable: bool = True
    problem: str = ""


class CaseStore(Protocol):
    """Keeps cases. What is saved comes back equal; a case of the same ``case_id`` is replaced as a whole."""

    def save(self, review: CaseReview) -> str:
        """Store a case and return its ``case_id``. Raises CaseUnreadable for one that cannot be stored."""
        ...

    def open(self, case_id: str) -> CaseReview:
        """Return a stored case. Raises UnknownName when there is none, CaseUnreadable when it is damaged."""
        ...

    def list(self) -> tuple[CaseSummary, ...]:
        """Return all cases, newest first, unreadable ones included and marked. Raises CaseUnreadable where none can be listed."""
        ...

    def open_to_others(self) -> bool:
        """Tell whether other accounts of this machine can look into what is kept."""
        ...


def summarise(review: CaseReview) -> CaseSummary:
    """Return the line that stands for a review in a list."""
    from model_zoo.case.reading import strongest_finding
    from model_zoo.engine.outlines import OUTLINES_ONLY

    strongest = strongest_finding(review)
    return CaseSummary(
        review.case_id,
        review.created_at,
        review.scan.sha256[:SHA256_PREFIX],
        review.prediction.population,
        OUTLINES_ONLY
        if strongest is None
        else _in_words(review.prediction.finding(strongest), review.state_of(strongest)),
        review.scan.synthetic,
    )


def _in_words(finding: Finding, state: State) -> str:
    number = f"score {finding.score:.0f}" if finding.probability is None else f"probability {finding.probability:.2f}"
    return f"{finding.title}: {number}, {state}"
