"""DeLong's variance of areas under ROC curves, for one score, and for two on the same films.

The fast form works on mid-ranks, in the time of a sort. Films of one patient are not independent; where patients are
given, their structural components are added up before the variance is taken (Obuchowski), which with one film per patient
is DeLong's own variance.

References: DeLong, DeLong and Clarke-Pearson 1988, Biometrics 44:837; Sun and Xu 2014, IEEE Signal Process Lett 21:1389;
Obuchowski 1997, Biometrics 53:567.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import erfc, sqrt

import numpy as np
from scipy.special import ndtri
from scipy.stats import rankdata

LEVEL = 0.95


@dataclass(frozen=True)
class AreaInterval:
    """An AUC with its standard error and normal interval, held to [0, 1]."""

    value: float
    standard_error: float
    low: float
    high: float


@dataclass(frozen=True)
class AreaTest:
    """AUC of a minus AUC of b on the same films; p_value: two-sided, 1 where both order the films alike."""

    area_a: float
    area_b: float
    difference: float
    standard_error: float
    low: float
    high: float
    z: float
    p_value: float


def delong_covariance(
    y: np.ndarray, scores: np.ndarray, patient_ids: Sequence[str] | np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the areas (k,) and their covariance (k, k) of k scores (k, n) of the same films.

    y: (n,) of 0 and 1. patient_ids: (n,), for several films per patient.
    Raises: ValueError when a class has fewer than two films, or two patients where these are given.
    """
    labels, values = np.asarray(y, dtype=float), np.atleast_2d(np.asarray(scores, dtype=float))
    if values.shape[1] != labels.size or not np.isin(labels, (0.0, 1.0)).all() or not np.isfinite(values).all():
        raise ValueError("labels must be 0 or 1, one for each film, and scores finite")
    positive = labels == 1
    m, n = int(positive.sum()), int((~positive).sum())
    if m < 2 or n < 2:
        raise ValueError("a variance needs two films of each class")
    x, z = values[:, positive], values[:, ~positive]
    everyone = np.stack([rankdata(np.r_[a, b]) for a, b in zip(x, z, strict=True)])
    # Share of negatives below each positive, and of positives above each negative, ties counting one half.
    v10 = (everyone[:, :m] - np.stack([rankdata(a) for a in x])) / n
    v01 = 1 - (everyone[:, m:] - np.stack([rankdata(b) for b in z])) / m
    areas = v10.mean(axis=1)
    ids = None if patient_ids is None else np.asarray(patient_ids)
    if ids is None or np.unique(ids).size == labels.size:
        return areas, np.atleast_2d(np.cov(v10)) / m + np.atleast_2d(np.cov(v01)) / n
    return areas, _clustered(areas, v10, v01, positive, ids)


def area_interval(
    y: np.ndarray,
    score: np.ndarray,
    patient_ids: Sequence[str] | np.ndarray | None = None,
    level: float = LEVEL,
) -> AreaInterval:
    """Return the AUC of one score with its interval. Raises: ValueError as ``delong_covariance``."""
    areas, covariance = delong_covariance(y, np.asarray(score)[None], patient_ids)
    area, error = float(areas[0]), sqrt(max(float(covariance[0, 0]), 0.0))
    half = float(ndtri((1 + level) / 2)) * error
    return AreaInterval(area, error, max(area - half, 0.0), min(area + half, 1.0))


def compare_areas(
    y: np.ndarray,
    score_a: np.ndarray,
    score_b: np.ndarray,
    patient_ids: Sequence[str] | np.ndarray | None = None,
    level: float = LEVEL,
) -> AreaTest:
    """Test two scores of the same films against each other. Raises: ValueError as ``delong_covariance``."""
    areas, c = delong_covariance(y, np.stack([np.asarray(score_a), np.asarray(score_b)]), patient_ids)
    difference = float(areas[0] - areas[1])
    error = sqrt(max(float(c[0, 0] + c[1, 1] - 2 * c[0, 1]), 0.0))
    half = float(ndtri((1 + level) / 2)) * error
    # Two scores in the same order have no variance of the difference, and no difference either.
    z = difference / error if error > 1e-12 else 0.0
    p_value = erfc(abs(z) / sqrt(2)) if error > 1e-12 or abs(difference) < 1e-12 else 0.0
    return AreaTest(
        float(areas[0]), float(areas[1]), difference, error, difference - half, difference + half, z, p_value
    )


def _clustered(
    areas: np.ndarray, v10: np.ndarray, v01: np.ndarray, positive: np.ndarray, ids: np.ndarray
) -> np.ndarray:
    """Return the covariance (k, k) with the components of a patient's films added up."""
    patients, member = np.unique(ids, return_inverse=True)
    k, count = len(areas), patients.size
    a, b = np.zeros((k, count)), np.zeros((k, count))
    for row in range(k):
        a[row] = np.bincount(member[positive], weights=v10[row] - areas[row], minlength=count)
        b[row] = np.bincount(member[~positive], weights=v01[row] - areas[row], minlength=count)
    with_positive = int(np.unique(member[positive]).size)
    with_negative = int(np.unique(member[~positive]).size)
    if with_positive < 2 or with_negative < 2:
        raise ValueError("a variance needs two patients of each class")
    m, n = int(positive.sum()), int((~positive).sum())
    s10 = a @ a.T * with_positive / (with_positive - 1) / m
    s01 = b @ b.T * with_negative / (with_negative - 1) / n
    s11 = a @ b.T * count / (count - 1)
    return s10 / m + s01 / n + (s11 + s11.T) / (m * n)
