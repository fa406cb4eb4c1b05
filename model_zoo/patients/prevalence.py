"""A risk where another share of patients has the event: log odds move by the difference of the prior log odds.

Holds where the patients differ in how many have the event, not in how it shows in the numbers; the cards of models with
external tests show how far that carries.

References: Saerens, Latinne and Decaestecker 2002, Neural Computation 14:21-41.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from model_zoo.errors import ZooError
from model_zoo.patients.risk import RiskEstimate


def shifted(risk: np.ndarray, base_rate: float, prevalence: float) -> np.ndarray:
    """Return risks (n,) that were calibrated where ``base_rate`` have the event, for a place where ``prevalence`` have it.

    Parameters
    ----------
    risk
        Calibrated risks, (n,).
    base_rate
        Share with the event where they were calibrated.
    prevalence
        Share with the event where they are read.

    Raises
    ------
    ZooError
        For shares that are not between 0 and 1.
    """
    for share in (base_rate, prevalence):
        if not 0 < share < 1:
            raise ZooError("A prevalence must lie between 0 and 1, both excluded.", "State it as a share, e.g. 0.2.")
    odds = np.asarray(risk, dtype=np.float64)
    odds = odds / np.maximum(1 - odds, 1e-300)
    moved = odds * math.exp(_log_odds(prevalence) - _log_odds(base_rate))
    return moved / (1 + moved)


def at_prevalence(estimate: RiskEstimate, prevalence: Mapping[str, float]) -> RiskEstimate:
    """Return an estimate as it reads where the outcomes named in ``prevalence`` have that share; the interval moves along."""
    outcomes = []
    for found in estimate.outcomes:
        share = prevalence.get(found.name)
        if share is None:
            outcomes.append(found)
            continue
        numbers = np.array([found.probability, found.low, found.high, found.threshold])
        probability, low, high, threshold = (float(v) for v in shifted(numbers, found.base_rate, share))
        # The threshold moves with the risk, so that the same patients lie above it.
        outcomes.append(
            replace(found, probability=probability, low=low, high=high, threshold=threshold, base_rate=share)
        )
    return replace(estimate, outcomes=tuple(outcomes))


def _log_odds(share: float) -> float:
    return math.log(share / (1 - share))
