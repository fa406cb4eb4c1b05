"""A model review in words: numbers with intervals, cautions, subgroups and paired tests."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.catalogue import counted, text
from model_zoo.evaluation.model_review import Comparison, ModelReview, OutputReview
from model_zoo.evaluation.subgroups import Ends, SubgroupRow

MEASURES = (
    "auroc",
    "average_precision",
    "sensitivity",
    "specificity",
    "ppv",
    "npv",
    "brier",
    "calibration_slope",
    "calibration_intercept",
    "expected_calibration_error",
)


@dataclass(frozen=True)
class NumberRow:
    """One number with its interval in words and what it is measured against."""

    name: str
    title: str
    value: str
    interval: str
    meaning: str


@dataclass(frozen=True)
class SubgroupWords:
    """One subgroup, every cell in words. mark: that it is the worst, or below all, or ""."""

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


def facts_line(review: ModelReview) -> str:
    """Return model, source and size of a review in one line."""
    facts = {
        "title": review.title,
        "version": review.version,
        "weights": review.weights_sha256[:8],
        "source": review.source,
        "films": review.n_films,
        "pictures": review.nouns.pictures,
        "patients": review.n_patients,
        "units": review.nouns.units,
        "day": review.created_at[:10],
    }
    return (
        text("review.facts", **facts) if review.fold is None else text("review.facts_fold", fold=review.fold, **facts)
    )


def number_rows(output: OutputReview) -> tuple[NumberRow, ...]:
    """Return the numbers of an output; those that it cannot have, for want of probabilities, are left out."""
    return tuple(
        NumberRow(
            name,
            text(f"review.measure.{name}"),
            value_words(output.numbers[name]),
            interval_words(output.numbers[name]),
            text(f"review.meaning.{name}"),
        )
        for name in MEASURES
        if name in output.numbers and output.numbers[name][0] is not None
    )


def caution_lines(review: ModelReview, output: OutputReview) -> tuple[str, ...]:
    """Return what has to be known before the numbers are read."""
    nouns = review.nouns
    lines = [text("review.caution.synthetic")] if review.synthetic else []
    lines.extend(review.notes)
    if output.few_positive_patients:
        n, least = output.n_positive_patients, review.min_positive_patients
        lines.append(counted("review.caution.few", n, unit=nouns.unit, units=nouns.units, least=least))
    if output.report_label:
        lines.append(text("review.caution.report_label"))
    if not output.on_probability:
        lines.append(text("review.caution.no_probability"))
    return tuple(lines)


def output_line(review: ModelReview, output: OutputReview) -> str:
    """Return how much of the review speaks of one output, and what was counted."""
    nouns = review.nouns
    line = text(
        "review.output_line",
        title=output.title,
        population=_lowered(output.population),
        positive=output.n_positive_films,
        films=output.n_films,
        pictures=nouns.pictures,
        positive_patients=output.n_positive_patients,
        patients=output.n_patients,
        units=nouns.units,
    )
    return f"{line} {nouns.units_said}".strip()


def subgroup_words(output: OutputReview, least: int) -> tuple[SubgroupWords, ...]:
    """Return the subgroup table, the worst on top."""
    rows, first = [], True
    for row in output.subgroups:
        known = not row.too_few and row.auroc[0] is not None
        below = text("review.subgroup.below_all") if row.below_overall else ""
        mark = text("review.subgroup.worst") if known and first else below
        first = first and not known
        rows.append(
            SubgroupWords(
                group=subgroup_title(row),
                positive_patients=f"{row.n_positive_patients:,}",
                auroc=text("review.subgroup.too_few", least=least) if row.too_few else ends_words(row.auroc),
                sensitivity="" if row.too_few else ends_words(row.sensitivity),
                specificity="" if row.too_few else ends_words(row.specificity),
                mark=mark,
            )
        )
    return tuple(rows)


def subgroup_title(row: SubgroupRow) -> str:
    """Return what a subgroup is called: of which kind, and which one."""
    return text("review.subgroup", kind=row.kind, group=row.group)


def known_subgroups(output: OutputReview) -> tuple[SubgroupRow, ...]:
    """Return the subgroups that have a result, the worst first."""
    return tuple(row for row in output.subgroups if not row.too_few and row.auroc[0] is not None)


def comparison_words(output: OutputReview) -> tuple[ComparisonWords, ...]:
    """Return the paired comparisons, the second model first."""
    ordered = sorted(output.comparisons, key=lambda c: c.name != "other")
    return tuple(_comparison(found) for found in ordered)


def card_lists(review: ModelReview) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return what the card of the model lists, under its titles; what it does not say is left out."""
    card = review.card
    lists = (
        (text("review.card.for_whom"), card.populations),
        (text("review.card.not_for"), card.not_for),
        (text("review.card.not_assessed"), card.not_assessed),
        (text("review.card.cautions"), card.caution),
        (text("review.card.data"), card.data),
    )
    return tuple((title, tuple(lines)) for title, lines in lists if lines)


def value_words(ends: Ends) -> str:
    """Return the value alone."""
    return text("review.not_defined") if ends[0] is None else f"{ends[0]:.3f}"


def interval_words(ends: Ends) -> str:
    """Return the interval alone, "" where there is none."""
    if ends[1] is None or ends[2] is None:
        return ""
    return text("review.interval", low=f"{ends[1]:.3f}", high=f"{ends[2]:.3f}")


def ends_words(ends: Ends, sign: bool = False) -> str:
    """Return value and interval."""
    if ends[0] is None:
        return text("review.not_defined")
    form = "+.3f" if sign else ".3f"
    value = f"{ends[0]:{form}}"
    if ends[1] is None or ends[2] is None:
        return value
    return text("review.number", value=value, low=f"{ends[1]:{form}}", high=f"{ends[2]:{form}}")


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
        delong=text("review.not_defined")
        if test is None
        else ends_words((test.difference, test.low, test.high), sign=True),
        p_value=text("review.not_defined") if test is None else p_words(test.p_value),
        verdict=_better(found),
        brier="" if found.brier[0] is None else ends_words(found.brier, sign=True),
    )


def _better(found: Comparison) -> str:
    """Say who is better only where bootstrap and DeLong agree that the difference is not zero."""
    _, low, high = found.bootstrap
    test = found.delong
    if low is None or high is None or test is None:
        return text("review.better.untested")
    if low > 0 and test.low > 0:
        return text("review.better.this")
    if high < 0 and test.high < 0:
        return text("review.better.other", other=found.title)
    return text("review.better.none")


def _lowered(title: str) -> str:
    """Return a title inside a sentence: its first letter small, the rest as it stands."""
    return title[:1].lower() + title[1:]
