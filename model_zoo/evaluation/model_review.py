"""A model under review: predictions with labels flow in; curves, confusion counts, subgroups and paired tests come out.

The result holds no film, no file name and no patient, only counts and scores, so that it can be shown in a meeting, kept
beside the weights and sent on. ``review_json`` writes and reads it; the pages and the exported file are drawn from it alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np

from model_zoo.card import ModelCard
from model_zoo.evaluation import metrics
from model_zoo.evaluation.curves import MOST_POINTS, CalibrationBin, CountCurve, calibration_bins, count_curve
from model_zoo.evaluation.delong import AreaTest, compare_areas
from model_zoo.evaluation.drift_report import DriftReport
from model_zoo.evaluation.predictions import OutputScores, PredictionTable
from model_zoo.evaluation.report import ReportedOutput, summarise
from model_zoo.evaluation.review_words import Nouns
from model_zoo.evaluation.subgroups import Ends, SubgroupRow, ends_of, rank_subgroups

# Comparisons that every evaluation brings, in words.
KNOWN_COMPARISONS = {
    "thumbnail": "16x16 thumbnail baseline",
    "lungs_painted_out": "the same network, lungs painted out",
}


@dataclass(frozen=True)
class CardFacts:
    """What the card says, as lines for a page."""

    intended_use: str
    not_for: tuple[str, ...]
    not_assessed: tuple[str, ...]
    populations: tuple[str, ...]
    data: tuple[str, ...]
    caution: tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    """Another score on the same films.

    bootstrap: AUC of the model minus AUC of the other, with its interval by patient. delong: the same by DeLong's test with
    films of one patient taken together; ``None`` with fewer than two patients of a class. brier: Brier score of the model minus
    that of the other, below zero where the model's probabilities are better; empty where either states none.
    """

    name: str
    title: str
    n_films: int
    auroc: Ends
    bootstrap: Ends
    delong: AreaTest | None
    curve: CountCurve
    brier: Ends = (None, None, None)


@dataclass(frozen=True)
class OutputReview:
    """One output on the films that carry its label.

    threshold, curve: on the probability where ``on_probability``, else on the logit. numbers: of ``report.summarise``, by
    measure, each value, low, high. calibration: empty for an output without probabilities.
    """

    name: str
    title: str
    population: str
    report_label: bool
    threshold: float
    on_probability: bool
    n_films: int
    n_patients: int
    n_positive_films: int
    n_positive_patients: int
    n_negative_patients: int
    few_positive_patients: bool
    numbers: Mapping[str, Ends]
    curve: CountCurve
    calibration: tuple[CalibrationBin, ...]
    subgroups: tuple[SubgroupRow, ...]
    comparisons: tuple[Comparison, ...]


@dataclass(frozen=True)
class ModelReview:
    """A whole review. source: where the films came from, in words without a path. other: title of the model beside it.

    nouns: what is counted. notes: what has to be known of these films before the numbers are read.
    """

    created_at: str
    model: str
    title: str
    version: str
    weights_sha256: str
    source: str
    synthetic: bool
    fold: int | None
    n_films: int
    n_patients: int
    min_positive_patients: int
    resamples: int
    card: CardFacts
    outputs: tuple[OutputReview, ...]
    other: str | None = None
    drift: DriftReport | None = None
    nouns: Nouns = field(default_factory=Nouns)
    notes: tuple[str, ...] = ()

    def output(self, name: str) -> OutputReview:
        """Return the review of one output. Raises: KeyError."""
        return next(o for o in self.outputs if o.name == name)


def build_model_review(
    card: ModelCard,
    predictions: PredictionTable,
    reported: list[ReportedOutput],
    source: str,
    synthetic: bool = False,
    all_folds: bool = False,
    other: str | None = None,
    resamples: int = metrics.RESAMPLES,
    nouns: Nouns | None = None,
    notes: tuple[str, ...] = (),
    other_probabilities: Mapping[str, np.ndarray] | None = None,
) -> ModelReview:
    """Return the review of predictions that hold the films to report, and no others.

    Parameters
    ----------
    card
        Of the model.
    predictions
        Scores of the films, by output.
    reported
        Outputs with a column of labels.
    source
        Words without a path.
    synthetic
        Whether the pictures are computed.
    all_folds
        Whether every fold is reported, and not the held-out one alone.
    other
        Title of the model whose logits stand among the comparisons as ``other``.
    resamples
        Draws of the bootstrap.
    nouns, notes
        See ``ModelReview``.
    other_probabilities
        By output, those that the other model states of the same films, (films,).
    """
    summary = summarise(predictions, reported, card.name, all_folds, resamples)
    outputs = [
        _output(card, predictions, entry, found, other, (other_probabilities or {}).get(entry.name), resamples)
        for entry, found in zip(reported, summary["outputs"], strict=True)
        if found["n_films"]
    ]
    return ModelReview(
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        model=card.name,
        title=card.title,
        version=card.version,
        weights_sha256=card.weights_sha256,
        source=source,
        synthetic=synthetic,
        fold=summary["fold"],
        n_films=summary["n_films"],
        n_patients=summary["n_patients"],
        min_positive_patients=summary["min_positive_patients"],
        resamples=resamples,
        card=card_facts(card),
        outputs=tuple(outputs),
        other=other,
        nouns=nouns or Nouns(),
        notes=notes,
    )


def with_other_model(predictions: PredictionTable, other: PredictionTable, name: str = "other") -> PredictionTable:
    """Return the predictions with the logits of another model on the same films as a comparison of each shared output.

    Parameters
    ----------
    predictions
        Scores of the films, by output.
    other
        Scores of the other model.
    name
        Under which the comparison stands.

    Raises
    ------
    ValueError
        When the tables are of different films.
    """
    if [row.file for row in predictions.labels.rows] != [row.file for row in other.labels.rows]:
        raise ValueError("two models can be compared on the same films only")
    scores = {}
    for output, found in predictions.scores.items():
        shared = other.scores.get(output)
        extra = {} if shared is None else {name: shared.logit}
        scores[output] = OutputScores(found.logit, found.probability, {**found.comparisons, **extra})
    return PredictionTable(predictions.labels, scores)


def with_drift(review: ModelReview, drift: DriftReport | None) -> ModelReview:
    """Return the review with a drift report beside it."""
    return replace(review, drift=drift)


def merged(kept: ModelReview | None, new: ModelReview) -> ModelReview:
    """Return a new review with the outputs of an earlier one, of the same weights, that it does not have itself.

    A model of several populations is reviewed on one set after another.
    """
    if kept is None or kept.weights_sha256 != new.weights_sha256:
        return new
    names = {output.name for output in new.outputs}
    earlier = tuple(output for output in kept.outputs if output.name not in names)
    if not earlier:
        return new
    return replace(
        new,
        outputs=(*earlier, *new.outputs),
        n_films=new.n_films + max(output.n_films for output in earlier),
        n_patients=new.n_patients + max(output.n_patients for output in earlier),
    )


def card_facts(card: ModelCard) -> CardFacts:
    """Return the lines of a card."""
    raw = card.raw
    data = [
        f"{d.get('name') or d.get('source')}: {d['citation']} ({d['licence']})"
        for d in raw.get("data", ())
        if "citation" in d and "licence" in d
    ]
    return CardFacts(
        intended_use=card.intended_use,
        not_for=card.not_for,
        not_assessed=card.not_assessed,
        populations=tuple(f"{p.title}. {p.note}".strip() for p in card.populations),
        data=tuple(data),
        caution=tuple(f"{o.title}: {o.caution}" for o in card.outputs if o.caution),
    )


def _output(
    card: ModelCard,
    predictions: PredictionTable,
    entry: ReportedOutput,
    found: Mapping[str, Any],
    other: str | None,
    beside: np.ndarray | None,
    resamples: int,
) -> OutputReview:
    described, scores = card.output(entry.name), predictions.scores[entry.name]
    y = predictions.labels.labels(entry.name)
    scored = np.isfinite(y) & np.isfinite(scores.logit)
    y, kept, ids = y[scored], scores.where(scored), predictions.labels.patient_ids[scored]
    operating = kept.logit if kept.probability is None else kept.probability
    measures = ("auroc", "average_precision", "sensitivity", "specificity", "ppv", "npv", "brier")
    numbers = {name: ends_of(found[name]) for name in (*measures, "calibration_slope", "calibration_intercept")}
    return OutputReview(
        name=entry.name,
        title=described.title,
        population=card.population(described.population).title,
        report_label=entry.report_label,
        threshold=float(entry.threshold if entry.threshold is not None else described.threshold_logit),
        on_probability=kept.probability is not None,
        n_films=found["n_films"],
        n_patients=found["n_patients"],
        n_positive_films=found["n_positive_films"],
        n_positive_patients=found["n_positive_patients"],
        n_negative_patients=int(np.unique(ids[y == 0]).size),
        few_positive_patients=found["few_positive_patients"],
        numbers={**numbers, "expected_calibration_error": ends_of(found["expected_calibration_error"])},
        curve=count_curve(y, operating, MOST_POINTS),
        calibration=() if kept.probability is None else tuple(calibration_bins(y, kept.probability, ids)),
        subgroups=rank_subgroups(found),
        comparisons=tuple(
            _comparison(
                name,
                y,
                kept,
                ids,
                values,
                other,
                beside[scored] if name == "other" and beside is not None else None,
                resamples,
            )
            for name, values in found["comparisons"].items()
        ),
    )


def _comparison(
    name: str,
    y: np.ndarray,
    scores: OutputScores,
    ids: np.ndarray,
    found: Mapping[str, Any],
    other: str | None,
    beside: np.ndarray | None,
    resamples: int,
) -> Comparison:
    values = scores.comparisons[name]
    both = np.isfinite(values)
    try:
        test = compare_areas(y[both], scores.logit[both], values[both], ids[both])
    except ValueError:  # a class of fewer than two patients: the table then says so
        test = None
    title = KNOWN_COMPARISONS.get(name, name.replace("_", " "))
    return Comparison(
        name=name,
        title=other if name == "other" and other is not None else title,
        n_films=found["n_films"],
        auroc=ends_of(found["auroc"]),
        bootstrap=ends_of(found["auroc_difference"]),
        delong=test,
        curve=count_curve(y[both], values[both], MOST_POINTS),
        brier=_brier_difference(y, scores.probability, beside, ids, resamples),
    )


def _brier_difference(
    y: np.ndarray, mine: np.ndarray | None, theirs: np.ndarray | None, ids: np.ndarray, resamples: int
) -> Ends:
    if mine is None or theirs is None:
        return (None, None, None)
    both = np.isfinite(mine) & np.isfinite(theirs)
    found = metrics.paired_bootstrap_difference(
        metrics.brier, y[both], mine[both], theirs[both], ids[both], resamples, seed=0
    )
    return (found.value, found.low, found.high)
