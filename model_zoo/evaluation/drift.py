"""Are new films still like those the model was measured on? Distances, scores and DICOM tags against their reference.

Numbers flow in, no picture and no network. The reference of distance and score is a list of quantiles as the cards store
them (0, 1, ... 100 % of held-out films), or a sample. Labels are not needed, so nothing here says whether the model is
still right: it says whether it is still asked about the same kind of film.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy.stats import binomtest, chi2_contingency, kstwobign

# Drift is called at this level after Holm's correction over everything that was tested.
ALPHA = 0.01
# With thousands of films every difference is significant; below this size it is not worth a meeting.
LEAST_SHIFT = 0.10
# Fewer films show no distribution.
LEAST_FILMS = 20


@dataclass(frozen=True)
class Shift:
    """One comparison of a distribution with its reference.

    statistic: largest distance of the two distribution functions (Kolmogorov-Smirnov), 0 to 1. median: of the new films.
    reference_median: of the reference. drifted: p below ``ALPHA`` after correction, and at least ``LEAST_SHIFT``.
    """

    name: str
    title: str
    statistic: float
    p_value: float
    median: float
    reference_median: float
    n_films: int
    n_reference: int
    drifted: bool = False


@dataclass(frozen=True)
class RefusedShare:
    """Share of new films that the in-distribution gate refuses, beside the share it refuses of genuine held-out films."""

    refused: int
    n_films: int
    expected: float
    low: float
    high: float
    p_value: float
    drifted: bool = False


@dataclass(frozen=True)
class TagShift:
    """One DICOM tag: its most frequent values in the reference and in the new films, as shares.

    distance: total variation, 0 to 1. p_value: chi-squared test over the values, ``None`` where there was nothing to test.
    """

    tag: str
    reference: tuple[tuple[str, float], ...]
    new: tuple[tuple[str, float], ...]
    distance: float
    p_value: float | None
    drifted: bool = False


def compare_with_quantiles(
    name: str, title: str, values: np.ndarray, quantiles: Sequence[float], n_reference: int
) -> Shift:
    """Test new values (n,) against a reference given by its quantiles at 0 ... 100 % in equal steps.

    The distribution function of the reference is drawn straight between its quantiles: with 101 of them it is off by half
    a per cent at most, far below ``LEAST_SHIFT``. n_reference: values that the quantiles were taken from.
    Raises: ValueError without values or with fewer than two quantiles.
    """
    new, reference = np.sort(np.asarray(values, dtype=float)), np.asarray(quantiles, dtype=float)
    if not new.size or reference.size < 2:
        raise ValueError("a shift needs values and at least two quantiles")
    statistic = _largest_distance(new, reference)
    return Shift(
        name,
        title,
        statistic,
        _ks_p(statistic, new.size, n_reference),
        float(np.median(new)),
        float(np.interp(0.5, np.linspace(0, 1, reference.size), reference)),
        new.size,
        n_reference,
    )


def refused_share(distances: np.ndarray, threshold: float, expected: float, level: float = 0.95) -> RefusedShare:
    """Count the films beyond the threshold of the gate and test the share against the expected one (binomial)."""
    refused, n = int((np.asarray(distances) > threshold).sum()), int(np.size(distances))
    if not n:
        raise ValueError("a share needs films")
    found = binomtest(refused, n, expected, alternative="greater")
    interval = binomtest(refused, n, expected).proportion_ci(level, method="wilson")
    return RefusedShare(refused, n, expected, float(interval.low), float(interval.high), float(found.pvalue))


def compare_tags(
    reference: Sequence[Mapping[str, str]], new: Sequence[Mapping[str, str]], shown: int = 3
) -> tuple[TagShift, ...]:
    """Compare the values of tags between two sets of files, the largest change first.

    Each file is a mapping of tag name to value; a tag that a file lacks counts as "not stated".
    """
    found = []
    for tag in sorted({name for tags in (*reference, *new) for name in tags}):
        a = [tags.get(tag, "not stated") for tags in reference]
        b = [tags.get(tag, "not stated") for tags in new]
        if not a or not b:
            continue
        values = sorted({*a, *b})
        counts = np.array([[column.count(value) for value in values] for column in (a, b)], dtype=float)
        shares = counts / counts.sum(axis=1, keepdims=True)
        distance = float(np.abs(shares[0] - shares[1]).sum() / 2)
        p_value = float(chi2_contingency(counts).pvalue) if len(values) > 1 else None
        found.append(TagShift(tag, _top(values, shares[0], shown), _top(values, shares[1], shown), distance, p_value))
    return tuple(sorted(found, key=lambda shift: (-shift.distance, shift.tag)))


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p-values corrected for their number, in the order given (Holm 1979, Scand J Stat 6:65)."""
    order = np.argsort(p_values, kind="stable")
    corrected, largest = [0.0] * len(p_values), 0.0
    for position, index in enumerate(order):
        largest = max(largest, min(1.0, (len(p_values) - position) * float(p_values[index])))
        corrected[int(index)] = largest
    return corrected


def _largest_distance(new: np.ndarray, quantiles: np.ndarray) -> float:
    """Return the largest distance of two distribution functions, before and after each step; both arguments sorted."""
    levels = np.linspace(0, 1, quantiles.size)
    grid, first = np.unique(quantiles, return_index=True)
    last = np.r_[first[1:] - 1, quantiles.size - 1]  # equal quantiles are one jump, from the first level to the last
    at = np.unique(np.r_[new, grid])
    after = np.interp(at, grid, levels[last], left=0.0, right=1.0)
    before = np.where(np.isin(at, grid), np.interp(at, grid, levels[first], left=0.0, right=1.0), after)
    up_to, below = (np.searchsorted(new, at, side) / new.size for side in ("right", "left"))
    return float(max(np.abs(up_to - after).max(), np.abs(below - before).max()))


def _ks_p(statistic: float, n: int, m: int) -> float:
    """Return the asymptotic p-value of the two-sample Kolmogorov-Smirnov statistic."""
    return float(kstwobign.sf(statistic * sqrt(n * m / (n + m)))) if m else 1.0


def _top(values: Sequence[str], shares: np.ndarray, shown: int) -> tuple[tuple[str, float], ...]:
    order = np.argsort(-shares, kind="stable")[:shown]
    return tuple((values[int(i)], float(shares[int(i)])) for i in order if shares[int(i)] > 0)
