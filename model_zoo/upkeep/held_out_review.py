"""The review of a folder model from the predictions that it keeps of its held-out pictures, alone or beside another version."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy.special import expit

from model_zoo.card import ModelCard, read_card
from model_zoo.errors import DataNotFound
from model_zoo.evaluation import metrics
from model_zoo.evaluation.labels import FilmLabels, LabelTable
from model_zoo.evaluation.model_review import ModelReview, build_model_review
from model_zoo.evaluation.predictions import OutputScores, PredictionTable
from model_zoo.evaluation.report import ReportedOutput
from model_zoo.evaluation.review_words import nouns_of
from model_zoo.upkeep.calibrated import log_odds
from model_zoo.upkeep.held_out import HeldOut, read_held_out

SOURCE = "Pictures held out of training"
COMMON = "Pictures held out of the training of both"
_LOCAL = (
    "The calibration of {} was fitted on films given later: where these pictures were among them, its probabilities look "
    "better here than they are."
)


def held_out_review(
    card: ModelCard, folder: Path, other: tuple[str, Path] | None = None, resamples: int = metrics.RESAMPLES
) -> ModelReview:
    """Return the review of a version on its held-out pictures; with another, on those that both held out.

    Parameters
    ----------
    card
        Of the model.
    folder
        Of the version, with its table.
    other
        Title and folder of the version beside it.
    resamples
        Draws of the bootstrap.

    Raises
    ------
    DataNotFound
        Where a version keeps no table, or the two have no pictures or no classes in common.
    """
    table = read_held_out(folder)
    if table.outputs != card.labels:
        raise DataNotFound("The held-out table is not of the outputs of the card.", "Train the version again.")
    keep, beside = np.arange(len(table)), None
    probabilities: dict[str, np.ndarray] = {}
    if other is not None:
        keep, beside = _common(table, read_held_out(other[1]))
        probabilities = dict(zip(table.outputs, _probability(log_odds(other[1], beside)).T, strict=True))
    logits, stated = table.logits[keep], log_odds(folder, table.logits)[keep]
    population = card.populations[0].name
    rows = tuple(
        FilmLabels(
            file=str(table.scans[i]),
            patient_id=str(table.patients[i]),
            labels={name: int(table.labels[i] == k) for k, name in enumerate(table.outputs)},
            population=population,
        )
        for i in keep
    )
    scores = {}
    for k, output in enumerate(card.outputs):
        calibrated = output.kind == "probability" and output.calibration is not None
        scores[output.name] = OutputScores(
            logits[:, k],
            _probability(stated[:, k]) if calibrated else None,
            {} if beside is None else {"other": beside[:, k]},
        )
    reported = [
        ReportedOutput(
            output.name,
            output.threshold_logit
            if scores[output.name].probability is None or output.calibration is None
            else output.calibration.probability(output.threshold_logit),
            output.kind == "report_score",
        )
        for output in card.outputs
    ]
    patients = str((card.raw.get("training") or {}).get("patients_words", ""))
    notes = [patients] if "not named" in patients or "of its own" in patients else []
    cards = [("this model", card), *([] if other is None else [(other[0], read_card(other[1]))])]
    notes += [_LOCAL.format(title) for title, found in cards if found.raw.get("local_calibration")]
    return build_model_review(
        card,
        PredictionTable(LabelTable(folder, card.labels, rows), scores),
        reported,
        SOURCE if other is None else COMMON,
        other=None if other is None else other[0],
        resamples=resamples,
        nouns=nouns_of(card),
        notes=tuple(notes),
        other_probabilities=probabilities,
    )


def _probability(odds: np.ndarray) -> np.ndarray:
    return np.asarray(expit(odds), dtype=float)


def _common(first: HeldOut, second: HeldOut) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of the first that both tables hold, and the logits of the second in that order."""
    if first.outputs != second.outputs:
        raise DataNotFound("The two do not tell the same classes apart.", "Choose a version of the same classes.")
    place = {scan: i for i, scan in enumerate(second.scans)}
    keep = np.array([i for i, scan in enumerate(first.scans) if scan in place], dtype=int)
    theirs = np.array([place[first.scans[i]] for i in keep], dtype=int)
    if not keep.size or (first.labels[keep] != second.labels[theirs]).any():
        raise DataNotFound(
            "The two were not held out on the same labelled pictures.", "Review both on a labelled folder instead."
        )
    return keep, second.logits[theirs]
