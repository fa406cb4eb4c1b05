"""Review a model on a labelled folder, with what is to be known of it: who a patient is, and what it was trained on."""

from __future__ import annotations

from pathlib import Path

from model_zoo.engine.inference import InferenceEngine
from model_zoo.engine.model_review import Progress, RunReview, run_model_review
from model_zoo.evaluation.labels import LabelTable
from model_zoo.evaluation.review_words import nouns_of
from model_zoo.model_review.tables import ReviewTable, read_review_table, trained_on

LABELLED = "a labelled folder"


def review_folder(
    engine: InferenceEngine,
    folder: Path,
    other: tuple[str, InferenceEngine] | None = None,
    all_folds: bool = False,
    on_progress: Progress = lambda share, words: None,
) -> RunReview:
    """Review a model on the labelled folder that the reader points to.

    Parameters
    ----------
    engine
        Of the model.
    folder
        Pictures with their labels.
    other
        Title and engine of the model beside it.
    all_folds
        Whether every fold is reported, and not the held-out one alone.
    on_progress
        Called with the share that is done and what is done now.

    Raises
    ------
    ZooError
        Of folder and films.
    """
    return review_table(engine, read_review_table(engine.card, folder), LABELLED, other, all_folds, on_progress)


def review_table(
    engine: InferenceEngine,
    read: ReviewTable,
    source: str | None,
    other: tuple[str, InferenceEngine] | None = None,
    all_folds: bool = False,
    on_progress: Progress = lambda share, words: None,
) -> RunReview:
    """Review a model on a table.

    Parameters
    ----------
    engine
        Of the model.
    read
        The table as read, with its remarks.
    source
        In words, by default that the pictures were held out of everything.
    other
        Title and engine of the model beside it.
    all_folds
        Whether every fold is reported, and not the held-out one alone.
    on_progress
        Called with the share that is done and what is done now.
    """
    notes = (*read.notes, *_trained_notes(engine, other, read.table.reported(all_folds)))
    words = held_out_words(engine, read.own_data) if source is None else source
    return run_model_review(
        engine, read.table, words, False, other, all_folds, on_progress, own_data=read.own_data, notes=notes
    )


def held_out_words(engine: InferenceEngine, own_data: bool) -> str:
    """Return what a held-out set is, in the words of the model's data."""
    return f"{nouns_of(engine.card, own_data).units.capitalize()} held out of training, selection and calibration"


def _trained_notes(
    engine: InferenceEngine, other: tuple[str, InferenceEngine] | None, table: LabelTable
) -> tuple[str, ...]:
    engines = [("This model", engine), *([] if other is None else [other])]
    found = [(title, trained_on(each.entry.folder, table)) for title, each in engines]
    return tuple(
        f"{title} was trained or calibrated on {count} of these pictures: its results on them prove nothing."
        for title, count in found
        if count
    )
