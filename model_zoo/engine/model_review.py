"""Run a model review: a labelled folder and one or two engines in, the review and the predictions behind it out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from model_zoo.engine.inference import InferenceEngine
from model_zoo.engine.scoring import reported_outputs, score_table
from model_zoo.errors import DataNotFound
from model_zoo.evaluation import metrics
from model_zoo.evaluation.labels import LabelTable
from model_zoo.evaluation.model_review import ModelReview, build_model_review, with_other_model
from model_zoo.evaluation.predictions import PredictionTable
from model_zoo.evaluation.review_words import nouns_of

# Share of the work done, 0 to 1, and what is being done.
Progress = Callable[[float, str], None]


@dataclass(frozen=True, eq=False)
class RunReview:
    """A review with the predictions it rests on; the predictions name files and patients, the review does not."""

    review: ModelReview
    predictions: PredictionTable


def run_model_review(
    engine: InferenceEngine,
    table: LabelTable,
    source: str,
    synthetic: bool = False,
    other: tuple[str, InferenceEngine] | None = None,
    all_folds: bool = False,
    on_progress: Progress = lambda share, words: None,
    resamples: int = metrics.RESAMPLES,
    own_data: bool = False,
    notes: tuple[str, ...] = (),
) -> RunReview:
    """Score a labelled table with one or two networks and review the first.

    Parameters
    ----------
    engine
        Of the model.
    table
        Films and labels.
    source
        Where the films come from, in words without a path.
    synthetic
        Whether the pictures are computed.
    other
        Title and engine of the model beside it.
    all_folds
        Whether every fold is reported, and not the held-out one alone.
    on_progress
        Called with the share that is done and what is done now.
    resamples
        Draws of the bootstrap.
    own_data
        The films are of the set that the card describes.
    notes
        Of these films, see ``ModelReview``.

    Raises
    ------
    ZooError
        Of the films.
    DataNotFound
        When no output of the model has a label in the table.
    """
    films = table.reported(all_folds)
    reported = [
        output
        for output in reported_outputs(engine, films)
        if any(row.labels[output.name] is not None for row in films.rows)
    ]
    if not reported:
        raise DataNotFound(
            "No film of this folder has a label for an output of the model.",
            f"Fill at least one of the columns {', '.join(engine.card.labels)} with 1 or 0.",
        )
    parts = 1 if other is None else 2
    nouns = nouns_of(engine.card, own_data, synthetic)
    predictions = score_table(
        engine, films, lambda done, total: on_progress(done / total / parts, f"{done} of {total} {nouns.pictures}")
    )
    stated: dict[str, np.ndarray] = {}
    if other is not None:
        second = score_table(
            other[1],
            films,
            lambda done, total: on_progress(
                0.5 + done / total / 2, f"{done} of {total} {nouns.pictures} with the second model"
            ),
        )
        predictions = with_other_model(predictions, second)
        stated = {name: s.probability for name, s in second.scores.items() if s.probability is not None}
    on_progress(1.0, f"Resampling {nouns.units}")
    title = None if other is None else other[0]
    review = build_model_review(
        engine.card,
        predictions,
        reported,
        source,
        synthetic,
        all_folds,
        title,
        resamples,
        nouns,
        (*table.remarks, *notes),
        stated,
    )
    return RunReview(review, predictions)
