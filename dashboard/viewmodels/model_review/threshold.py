"""What one threshold does to the films of a review, here and at another prevalence, and the slider that moves it."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.catalogue import text
from model_zoo.evaluation.curves import wilson
from model_zoo.evaluation.model_review import OutputReview
from model_zoo.evaluation.operating import Confusion, PerHundred, per_hundred
from model_zoo.evaluation.review_words import Nouns

_FILMS = Nouns()


@dataclass(frozen=True)
class ThresholdView:
    """What one threshold does to the films under review, and to a hundred films."""

    confusion: Confusion
    sensitivity: str
    specificity: str
    ppv: str
    npv: str
    here: PerHundred | None
    stated: PerHundred | None
    sentence: str


def build_threshold(
    output: OutputReview, threshold: float, prevalence: float | None = None, nouns: Nouns = _FILMS
) -> ThresholdView:
    """Return what a threshold does, here and at a stated prevalence (0 to 1).

    The intervals are Wilson's with patients as the sample size.
    """
    confusion = output.curve.confusion(threshold)
    here = per_hundred(confusion)
    stated = None if prevalence is None else per_hundred(confusion, prevalence)
    said = [] if here is None else [text("review.hundred.here", **_hundred(here, nouns))]
    if stated is not None:
        said.append(text("review.hundred.stated", **_hundred(stated, nouns)))
    return ThresholdView(
        confusion=confusion,
        sensitivity=_share_words(confusion.sensitivity, output.n_positive_patients),
        specificity=_share_words(confusion.specificity, output.n_negative_patients),
        ppv=_plain(confusion.ppv),
        npv=_plain(confusion.npv),
        here=here,
        stated=stated,
        sentence=" ".join(said) or text("review.not_defined"),
    )


def slider_range(output: OutputReview) -> tuple[float, float, float]:
    """Return least and largest threshold of the slider and its step."""
    if output.on_probability:
        return 0.0, 1.0, 0.001
    scores = output.curve.thresholds
    return round(min(scores, default=-1.0) - 0.1, 1), round(max(scores, default=1.0) + 0.1, 1), 0.01


def slider_start(output: OutputReview) -> float:
    """Return the operating threshold on the slider's steps, inside its range."""
    low, high, step = slider_range(output)
    return min(max(round(round(output.threshold / step) * step, 6), low), high)


def threshold_of(output: OutputReview, slider: float) -> float:
    """Return the threshold that a slider means: at its start the operating threshold itself, not the step beside it."""
    return output.threshold if abs(slider - slider_start(output)) < 1e-9 else slider


def _hundred(found: PerHundred, nouns: Nouns) -> dict[str, str]:
    return {
        "pictures": nouns.pictures,
        "prevalence": f"{100 * found.prevalence:.3g}",
        "flagged": f"{found.flagged:.1f}",
        "false_alarms": f"{found.false_alarms:.1f}",
        "missed": f"{found.missed:.1f}",
    }


def _share_words(share: float | None, patients: int) -> str:
    if share is None:
        return text("review.not_defined")
    low, high = wilson(share, patients)
    return text("review.number", value=f"{share:.3f}", low=f"{low:.3f}", high=f"{high:.3f}")


def _plain(share: float | None) -> str:
    return text("review.not_defined") if share is None else f"{share:.3f}"
