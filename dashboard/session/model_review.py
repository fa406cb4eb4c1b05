"""What one browser session holds of a model review; file names and patients stay in it and go nowhere else."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dashboard.session.part import Part
from model_zoo.errors import ZooError

if TYPE_CHECKING:  # the first page is drawn before torch is imported
    from dashboard.viewmodels.model_review.mistakes import ExplainedMistake
    from model_zoo.engine.model_review import RunReview
    from model_zoo.evaluation.drift_report import DriftReport
    from model_zoo.evaluation.model_review import ModelReview

# Pictures of this many films stay in memory: some eight pages of mistakes, four megabytes.
MOST_PICTURES = 64


@dataclass(eq=False)
class ReviewSession(Part):
    """The review on the screen.

    shown: its model, films and second model as chosen, so that another choice does not stand over old numbers. ran: the
    predictions behind it; ``None`` for a recorded review, which has no films to browse. explained: maps of films by output
    and index. error: the last refusal, shown while the choice ``error_of`` that it answers stands.
    """

    shown: tuple[str, str, str] | None = None
    review: ModelReview | None = None
    ran: RunReview | None = None
    explained: dict[tuple[str, int], ExplainedMistake] = field(default_factory=dict)
    thumbnails: dict[int, bytes] = field(default_factory=dict)
    drift: DriftReport | None = None
    error: ZooError | None = None
    error_of: tuple[str, str, str] | None = None
    drift_error: ZooError | None = None

    def show(self, chosen: tuple[str, str, str], review: ModelReview, ran: RunReview | None) -> None:
        """Put a review on the screen; what belonged to the one before goes."""
        self.shown, self.review, self.ran = chosen, review, ran
        self.explained, self.thumbnails = {}, {}
        self.drift = self.error = self.drift_error = None

    def keep_thumbnail(self, index: int, png: bytes) -> None:
        """Keep the picture of a film; the oldest goes where there are too many."""
        self.thumbnails[index] = png
        while len(self.thumbnails) > MOST_PICTURES:
            del self.thumbnails[next(iter(self.thumbnails))]

    def keep_explained(self, output: str, index: int, found: ExplainedMistake) -> None:
        """Keep the map of a film; the oldest goes where there are too many."""
        self.explained[(output, index)] = found
        while len(self.explained) > MOST_PICTURES:
            del self.explained[next(iter(self.explained))]

    def refuse(self, chosen: tuple[str, str, str], error: ZooError) -> None:
        """Show why a choice gave no review."""
        self.error, self.error_of = error, chosen

    def complete(self) -> ModelReview | None:
        """Return the review with the drift beside it, as it is exported."""
        from model_zoo.evaluation.model_review import with_drift

        return None if self.review is None else with_drift(self.review, self.drift)
