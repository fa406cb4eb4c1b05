"""Calibration and operating thresholds, from patients held out of training and of the report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.special import expit

from model_zoo.evaluation import metrics

# Enough for a stable 2 x 2 covariance; each resample is a fit of two numbers.
RESAMPLES = 300
SEED = 5
# On the squares of slope and intercept: so little that the fit is unpenalised to the precision of the data, and enough for a
# finite slope where the classes separate.
PENALTY = np.array([1e-6, 1e-12])
MOST_STEPS = 100
LEAST_GAIN = 1e-10  # in the summed cross-entropy (nats)


def platt(
    logits: np.ndarray,
    y: np.ndarray,
    patients: Sequence[str] | np.ndarray,
    fitted_on: str,
    smoothed: bool = False,
) -> dict[str, Any]:
    """Fit ``sigmoid(slope * logit + intercept)``; covariance of both over a bootstrap by patient.

    Reference: Platt 1999. smoothed: with his targets (N + 1) / (N + 2) for the positive and 1 / (N + 2) for the negative
    films, which a small set needs: where the classes separate, no finite slope fits the bare labels.
    """
    slope, intercept = fit_line(logits, y, smoothed)
    generator = np.random.default_rng(SEED)
    names, group = np.unique(np.asarray(patients), return_inverse=True)
    films = [np.flatnonzero(group == g) for g in range(len(names))]
    draws: list[tuple[float, float]] = []
    while len(draws) < RESAMPLES:
        pick = np.concatenate([films[g] for g in generator.integers(len(names), size=len(names))])
        if 0 < y[pick].sum() < len(pick):
            draws.append(fit_line(logits[pick], y[pick], smoothed))
    covariance = np.cov(np.array(draws).T)
    low, high = np.percentile(np.array(draws), [2.5, 97.5], axis=0)
    return {
        "method": "Platt scaling with smoothed targets" if smoothed else "Platt scaling",
        "slope": slope,
        "intercept": intercept,
        "slope_interval": [float(low[0]), float(high[0])],
        "intercept_interval": [float(low[1]), float(high[1])],
        "covariance": covariance.tolist(),
        "fitted_on": fitted_on,
        "n_films": len(y),
        "n_patients": len(names),
        "prevalence": float(y.mean()),
    }


def highest_flagging(positive: np.ndarray, wanted: float, decimals: int | None = None) -> float:
    """Return the highest threshold that at least the share ``wanted`` of the positives reach.

    Parameters
    ----------
    positive
        Scores of the positives, (N,), at least one.
    wanted
        The sensitivity, above 0 and at most 1.
    decimals
        Rounded down to so many, where what a card holds is what is used: rounding then costs no sensitivity.
    """
    rising = np.sort(positive)
    # Rounded before the ceiling: 0.9 x 10 films must be 9 of them whatever the last bit of the product.
    found = float(rising[len(rising) - int(np.ceil(round(wanted * len(rising), 6)))])
    return found if decimals is None else float(np.floor(found * 10**decimals) / 10**decimals)


def threshold_at_sensitivity(
    logits: np.ndarray, y: np.ndarray, patients: np.ndarray, wanted: float, where: str
) -> dict[str, Any]:
    """Return the largest threshold that still flags ``wanted`` of the positive films, and what it gives with intervals."""
    threshold = highest_flagging(logits[y == 1], wanted)
    rule = f"the largest threshold that flags at least {wanted:.0%} of the positive films of {where}"
    return {"logit": threshold, "rule": rule, "operating": _operating(threshold, logits, y, patients)}


def threshold_at_even_odds(
    fit: dict[str, Any], logits: np.ndarray, y: np.ndarray, patients: np.ndarray, where: str
) -> dict[str, Any]:
    """Return the threshold at a calibrated probability of one half, and what it gives with intervals.

    For one of several exclusive kinds: it is named where it is more likely than all others together.
    fit: as ``platt`` returns it; its slope must not be zero.
    """
    threshold = -fit["intercept"] / fit["slope"]
    rule = f"a calibrated probability of one half: more likely than all others together; measured on {where}"
    return {"logit": threshold, "rule": rule, "operating": _operating(threshold, logits, y, patients)}


def _operating(threshold: float, logits: np.ndarray, y: np.ndarray, patients: np.ndarray) -> dict[str, Any]:
    return {
        name: metrics.bootstrap_interval(build(threshold), y, logits, patients).figure
        for name, build in (("sensitivity", metrics.sensitivity), ("specificity", metrics.specificity))
    }


def fit_line(logits: np.ndarray, y: np.ndarray, smoothed: bool = False) -> tuple[float, float]:
    """Return slope and intercept of Platt scaling.

    Parameters
    ----------
    logits
        Log odds, (N,).
    y
        Labels 0 or 1, (N,).
    smoothed
        With Platt's targets (N + 1) / (N + 2) and 1 / (N + 2): finite also where the classes separate.

    References
    ----------
    Platt 1999, Advances in Large Margin Classifiers, 61-74.
    """
    if not smoothed:
        return _least_cross_entropy(logits, np.asarray(y, np.float64))
    positive, negative = float(y.sum()), float(len(y) - y.sum())
    return _least_cross_entropy(logits, np.where(y == 1, (positive + 1) / (positive + 2), 1 / (negative + 2)))


def _least_cross_entropy(logits: np.ndarray, target: np.ndarray) -> tuple[float, float]:
    """Return slope and intercept of the least cross-entropy against targets between 0 and 1, float64 (N,).

    Newton's method with steps that are halved until they gain. Written out, because a fit of two numbers is repeated hundreds
    of times and a general solver spends thirty milliseconds on each with its own checks.
    """
    design = np.stack([np.asarray(logits, np.float64), np.ones(len(logits))])
    found = np.zeros(2)

    def loss(at: np.ndarray) -> float:
        score = at @ design
        return float((np.logaddexp(0, score) - target * score).sum() + 0.5 * (PENALTY * at**2).sum())

    for _ in range(MOST_STEPS):
        p = expit(found @ design)
        gradient = design @ (p - target) + PENALTY * found
        step = np.linalg.solve((design * (p * (1 - p))) @ design.T + np.diag(PENALTY), gradient)
        gain = float(gradient @ step)
        if gain < LEAST_GAIN:
            break
        share, before = 1.0, loss(found)
        while loss(found - share * step) > before - 1e-4 * share * gain and share > 1e-6:
            share /= 2
        found = found - share * step
    return float(found[0]), float(found[1])
