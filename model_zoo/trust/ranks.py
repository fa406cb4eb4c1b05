"""Ranks and their correlation by SciPy, whose statistics take a second to load: imported when the first map is compared."""

from __future__ import annotations

import numpy as np


def mean_ranks(values: np.ndarray) -> np.ndarray:
    """Return the rank of each value among all, from 1, ties at their mean; flat."""
    from scipy.stats import rankdata

    ranks: np.ndarray = rankdata(values, method="average")
    return ranks


def spearman(first: np.ndarray, second: np.ndarray) -> float:
    """Return Spearman's rank correlation of all values of two arrays of one shape, NaN where one of them is constant."""
    from scipy.stats import spearmanr

    return float(spearmanr(first, second, axis=None).statistic)
