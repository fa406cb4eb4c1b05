"""The films that a network is most confidently wrong about: where a review meeting learns most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from model_zoo.evaluation.predictions import OutputScores

MISSED, FALSE_ALARM = "missed", "false alarm"


@dataclass(frozen=True)
class Mistake:
    """One film on the wrong side of the threshold.

    index: of the film in its table. kind: ``MISSED`` or ``FALSE_ALARM``. score: probability, or logit where there is none.
    margin: how far the logit lies on the wrong side, in logits.
    """

    index: int
    kind: str
    score: float
    logit: float
    margin: float


def rank_mistakes(y: np.ndarray, scores: OutputScores, threshold_logit: float) -> tuple[Mistake, ...]:
    """Return the mistakes at a threshold, the largest margin first; films without label or score are left out.

    Parameters
    ----------
    y
        (films,) of 1, 0 or NaN, in the order of ``scores``.
    scores
        Of one output.
    threshold_logit
        At or above it a film is called positive.
    """
    labels, logit = np.asarray(y, dtype=float), scores.logit
    shown = logit if scores.probability is None else scores.probability
    known = np.isfinite(labels) & np.isfinite(logit)
    wrong = np.flatnonzero(known & ((logit >= threshold_logit) != (labels == 1)))
    margins = np.abs(logit[wrong] - threshold_logit)
    return tuple(
        Mistake(
            int(i),
            MISSED if labels[i] == 1 else FALSE_ALARM,
            float(shown[i]),
            float(logit[i]),
            float(abs(logit[i] - threshold_logit)),
        )
        for i in wrong[np.argsort(-margins, kind="stable")]
    )
