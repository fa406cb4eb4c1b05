"""A model review in words: numbers with intervals, what a threshold means, subgroups, paired tests and drift as rows."""

from __future__ import annotations

from dataclasses import dataclass

from model_zoo.evaluation.curves import wilson
from model_zoo.evaluation.drift_report import DriftReport
from model_zoo.evaluation.model_review import Comparison, ModelReview, OutputReview
from model_zoo.evaluation.operating import Confusion, PerHundred, per_hundred
from model_zoo.evaluation.review_words import Nouns
from model_zoo.evaluation.subgroups import Ends, SubgroupRow

MISSING = "not defined"
_MEASURES = (
    ("auroc", "AUC", "0.5 is a coin, 1 is perfect order"),
    ("average_precision", "Average precision", "a useless score gives the prevalence"),
    ("sensitivity", "Sensitivity", "at the operating threshold"),
    ("specificity", "Specificity", "at the operating threshold"),
    ("ppv", "Positive predictive value", "at the operating threshold and this prevalence"),
    ("npv", "Negative predictive value", "at the operating threshold and this prevalence"),
    ("brier", "Brier score", "0 is perfect"),
    ("calibration_slope", "Calibration slope", "1 is right, below 1 too extreme"),
    ("calibration_intercept", "Calibration intercept", "0 is right, above 0 too low"),
    ("expected_calibration_error", "Calibration error", "mean distance over ten bins"),
)
# Numbers of the operating point alone; they follow the slider in the panel beside it.
HUNDRED_NOTE = "At another prevalence this holds only if the films differ in nothing else."
_FILMS = Nouns()


@dataclass(frozen=True)
class NumberRow:
    """One number with its interval in words and what it is measured against."""

    name: str
    title: str
    value: str
    interval: str
    meaning: str


@dataclass(frozen=True)
class ThresholdView:
    """What one threshold does to the films under review, and to a hundred films."""

    threshold: str
    confusion: Confusion
    sensitivity: str
    specificity: str
    ppv: str
    npv: str
    here: PerHundred | None
    stated: PerHundred | None
    sentence: str


@dataclass(frozen=True)
class SubgroupWords:
    """One subgroup, every cell in words. mark: "worst", "below all" or ""."""

    group: str
    positive_patients: str
    auroc: str
    sensitivity: str
    specificity: str
    mark: str


@dataclass(frozen=True)
class ComparisonWords:
    """One paired comparison, in words."""

    other: str
    films: str
    area: str
    bootstrap: str
    delong: str
    p_value: str
    verdict: str
    brier: str = ""


@dataclass(frozen=True)
class DriftRow:
    """One thing that was compared with its reference."""

    what: str
    new: str
    reference: str
    size: str
    p_value: str
    verdict: str


def facts_line(review: ModelReview) -> str:
    """Return model, source and size of a review in one line."""
    fold = "" if review.fold is None else f" · fold {review.fold}"
    return (
        f"{review.title} {review.version} · weights {review.weights_sha256[:8]} · {review.source}{fold} · "
        f"{review.n_films:,} {review.nouns.pictures} of {review.n_patients:,} {review.nouns.units} · {review.created_at[:10]}"
    )


def number_rows(output: OutputReview) -> tuple[NumberRow, ...]:
    """Return the numbers of an output; those that it cannot have, for want of probabilities, are left out."""
    return tuple(
        NumberRow(name, title, value_words(output.numbers[name]), interval_words(output.numbers[name]), meaning)
        for name, title, meaning in _MEASURES
        if name in output.numbers and output.numbers[name][0] is not None
    )


def caution_lines(review: ModelReview, output: OutputReview) -> tuple[str, ...]:
    """Return what has to be known before the numbers are read."""
    lines = []
    if review.synthetic:
        lines.append(
            "Computed phantoms, not patients: this shows how the page works and how the network reads phantoms, and says "
            "nothing about accuracy on patients."
        )
    lines.extend(review.notes)
    if output.few_positive_patients:
        lines.append(
            f"Only {output.n_positive_patients} {review.nouns.units} with the finding (under {review.min_positive_patients}): "
            "every interval is wide."
        )
    if output.report_label:
        lines.append("The labels were mined from report text: this is a score for a report label, not for disease.")
    if not output.on_probability:
        lines.append("The output has no probability, so thresholds are logits, and there is no calibration to draw.")
    return tuple(lines)


def output_line(review: ModelReview, output: OutputReview) -> str:
    """Return how much of the review speaks of one output, and what was counted."""
    nouns = review.nouns
    return (
        f"{output.title}, {_lowered(output.population)}: {output.n_positive_films:,} of {output.n_films:,} {nouns.pictures} "
        f"positive, {output.n_positive_patients:,} of {output.n_patients:,} {nouns.units}. {nouns.units_said}"
    ).strip()


def build_threshold(
    output: OutputReview, threshold: float, prevalence: float | None = None, nouns: Nouns = _FILMS
) -> ThresholdView:
    """Return what a threshold does, here and at a stated prevalence (0 to 1).

    The intervals are Wilson's with patients as the sample size.
    """
    confusion = output.curve.confusion(threshold)
    here = per_hundred(confusion)
    stated = None if prevalence is None else per_hundred(confusion, prevalence)
    unit = "probability" if output.on_probability else "logit"
    sentence = MISSING if here is None else _hundred_words(here, "here", nouns)
    return ThresholdView(
        threshold=f"{unit} {threshold:.3g}",
        confusion=confusion,
        sensitivity=_share_words(confusion.sensitivity, output.n_positive_patients),
        specificity=_share_words(confusion.specificity, output.n_negative_patients),
        ppv=_plain(confusion.ppv),
        npv=_plain(confusion.npv),
        here=here,
        stated=stated,
        sentence=sentence
        if stated is None
        else f"{sentence} {_hundred_words(stated, 'at the stated prevalence', nouns)}",
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


def subgroup_words(output: OutputReview, least: int) -> tuple[SubgroupWords, ...]:
    """Return the subgroup table, the worst on top."""
    rows, first = [], True
    for row in output.subgroups:
        known = not row.too_few and row.auroc[0] is not None
        mark = "worst" if known and first else "below all" if row.below_overall else ""
        first = first and not known
        rows.append(
            SubgroupWords(
                group=f"{row.kind}: {row.group}",
                positive_patients=f"{row.n_positive_patients:,}",
                auroc=f"too few (under {least})" if row.too_few else ends_words(row.auroc),
                sensitivity="" if row.too_few else ends_words(row.sensitivity),
                specificity="" if row.too_few else ends_words(row.specificity),
                mark=mark,
            )
        )
    return tuple(rows)


def known_subgroups(output: OutputReview) -> tuple[SubgroupRow, ...]:
    """Return the subgroups that have a result, the worst first."""
    return tuple(row for row in output.subgroups if not row.too_few and row.auroc[0] is not None)


def comparison_words(output: OutputReview) -> tuple[ComparisonWords, ...]:
    """Return the paired comparisons, the second model first."""
    ordered = sorted(output.comparisons, key=lambda c: c.name != "other")
    return tuple(_comparison(found) for found in ordered)


def drift_rows(report: DriftReport) -> tuple[DriftRow, ...]:
    """Return everything that was compared: refusals, distance, scores, tags."""
    rows = []
    if report.refused is not None:
        found = report.refused
        share = 100 * found.refused / found.n_films
        rows.append(
            DriftRow(
                "Refused by the gate",
                f"{share:.0f} of 100 ({100 * found.low:.0f} to {100 * found.high:.0f})",
                f"{100 * found.expected:.0f} of 100",
                f"{round(share - 100 * found.expected) + 0:+d} of 100",
                p_words(found.p_value),
                _drift_word(found.drifted),
            )
        )
    for shift in report.shifts:
        rows.append(
            DriftRow(
                shift.title,
                f"median {shift.median:.2f}",
                f"median {shift.reference_median:.2f}",
                f"KS {shift.statistic:.2f}",
                p_words(shift.p_value),
                _drift_word(shift.drifted),
            )
        )
    for tag in report.tags:
        if tag.distance > 0:
            rows.append(
                DriftRow(
                    f"Tag {tag.tag}",
                    _values(tag.new),
                    _values(tag.reference),
                    f"{100 * tag.distance:.0f} % moved",
                    MISSING if tag.p_value is None else p_words(tag.p_value),
                    _drift_word(tag.drifted),
                )
            )
    return tuple(rows)


def drift_notes(report: DriftReport, nouns: Nouns = _FILMS) -> tuple[str, ...]:
    """Return how the drift was measured and what was left out."""
    notes = [
        f"{report.n_films:,} {nouns.pictures} read as {report.population}; {report.unreadable} files were no readable "
        f"{nouns.picture}, "
        f"{report.uncovered} belong to another population or state no age.",
        "KS is the largest distance of the two distribution functions, 0 to 1. p-values are corrected for their number "
        "(Holm); drift is called below 0.01 and from a distance of 0.10 on.",
    ]
    if not report.tags:
        notes.append("Tags were not compared: both sides need DICOM files.")
    return tuple(notes)


def value_words(ends: Ends) -> str:
    """Return the value alone."""
    return MISSING if ends[0] is None else f"{ends[0]:.3f}"


def interval_words(ends: Ends) -> str:
    """Return the interval alone, "" where there is none."""
    return "" if ends[1] is None or ends[2] is None else f"{ends[1]:.3f} to {ends[2]:.3f}"


def ends_words(ends: Ends, sign: bool = False) -> str:
    """Return value and interval."""
    if ends[0] is None:
        return MISSING
    form = "+.3f" if sign else ".3f"
    interval = "" if ends[1] is None or ends[2] is None else f" ({ends[1]:{form}} to {ends[2]:{form}})"
    return f"{ends[0]:{form}}{interval}"


def p_words(p_value: float) -> str:
    """Return a p-value as it is printed: never zero."""
    return "< 0.001" if p_value < 0.001 else f"{p_value:.3f}"


def _comparison(found: Comparison) -> ComparisonWords:
    test = found.delong
    return ComparisonWords(
        other=found.title,
        films=f"{found.n_films:,}",
        area=ends_words(found.auroc),
        bootstrap=ends_words(found.bootstrap, sign=True),
        delong=MISSING if test is None else ends_words((test.difference, test.low, test.high), sign=True),
        p_value=MISSING if test is None else p_words(test.p_value),
        verdict=_better(found),
        brier="" if found.brier[0] is None else ends_words(found.brier, sign=True),
    )


def _better(found: Comparison) -> str:
    """Say who is better only where bootstrap and DeLong agree that the difference is not zero."""
    _, low, high = found.bootstrap
    test = found.delong
    if low is None or high is None or test is None:
        return "cannot be tested"
    if low > 0 and test.low > 0:
        return "this model is better"
    if high < 0 and test.high < 0:
        return f"{found.title} is better"
    return "no difference shown"


def _lowered(title: str) -> str:
    """Return a title inside a sentence: its first letter small, the rest as it stands."""
    return title[:1].lower() + title[1:]


def _hundred_words(found: PerHundred, where: str, nouns: Nouns) -> str:
    return (
        f"Of 100 {nouns.pictures} {where} ({100 * found.prevalence:.3g} with the finding), {found.flagged:.1f} are flagged, "
        f"{found.false_alarms:.1f} of them for nothing, and {found.missed:.1f} are missed."
    )


def _share_words(share: float | None, patients: int) -> str:
    if share is None:
        return MISSING
    low, high = wilson(share, patients)
    return f"{share:.3f} ({low:.3f} to {high:.3f})"


def _plain(share: float | None) -> str:
    return MISSING if share is None else f"{share:.3f}"


def _values(shares: tuple[tuple[str, float], ...]) -> str:
    return ", ".join(f"{value} {100 * share:.0f} %" for value, share in shares)


def _drift_word(drifted: bool) -> str:
    return "changed" if drifted else "as before"
