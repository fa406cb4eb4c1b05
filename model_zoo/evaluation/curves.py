"""Curves of a binary output: counts at every threshold flow in; ROC, precision-recall and net benefit are read off them.

One table of counts carries all of them, so that a curve, the confusion at a threshold and the decision curve can never
disagree. ``calibration_bins`` stands beside it, because it needs the probabilities themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from model_zoo.evaluation.operating import Confusion

# Points of a curve that a plot can show; more is only weight in a file.
MOST_POINTS = 120
# Decisions that a reader of films would defend: below 1 % everybody would be recalled, above 80 % nobody needs a network.
DECISION_RANGE = (0.01, 0.80)
DECISION_STEPS = 80
# A model that is better at one or two steps only is better by chance.
LEAST_RUN = 3
BINS = 10
Z95 = 1.959963984540054


@dataclass(frozen=True)
class CountCurve:
    """How many films are flagged at each threshold.

    thresholds: falling, each a score that occurs; a film is flagged when its score is at or above the threshold.
    true_positive, false_positive: (thresholds,) counts. n_positive, n_negative: films of each class.
    """

    thresholds: tuple[float, ...]
    true_positive: tuple[int, ...]
    false_positive: tuple[int, ...]
    n_positive: int
    n_negative: int

    def roc(self) -> tuple[np.ndarray, np.ndarray]:
        """Return false and true positive rate, both from (0, 0) to (1, 1); NaN where a class is empty."""
        fp = np.array([0, *self.false_positive, self.n_negative], dtype=float)
        tp = np.array([0, *self.true_positive, self.n_positive], dtype=float)
        # The last threshold flags everything already: its point would stand twice.
        keep = np.r_[True, (np.diff(fp) > 0) | (np.diff(tp) > 0)]
        return _share(fp[keep], self.n_negative), _share(tp[keep], self.n_positive)

    def precision_recall(self) -> tuple[np.ndarray, np.ndarray]:
        """Return recall and precision at each threshold, recall rising; no point is invented at recall 0."""
        tp, fp = np.array(self.true_positive, dtype=float), np.array(self.false_positive, dtype=float)
        return _share(tp, self.n_positive), tp / np.maximum(tp + fp, 1)

    def confusion(self, threshold: float) -> Confusion:
        """Return the four counts at any threshold; exact where the curve was not thinned."""
        flagged = int(np.searchsorted(-np.array(self.thresholds), -threshold, side="right"))
        tp = self.true_positive[flagged - 1] if flagged else 0
        fp = self.false_positive[flagged - 1] if flagged else 0
        return Confusion(tp, fp, self.n_positive - tp, self.n_negative - fp)


@dataclass(frozen=True)
class CalibrationBin:
    """Films of similar probability: mean probability, share that is positive, and its 95 % interval."""

    mean_probability: float
    share: float
    low: float
    high: float
    n_films: int
    n_patients: int


@dataclass(frozen=True)
class DecisionCurve:
    """Net benefit in true positives per film, for acting at each probability: by the model, on all, on none (zero).

    References: Vickers and Elkin 2006, Med Decis Making 26:565.
    """

    probabilities: tuple[float, ...]
    model: tuple[float, ...]
    treat_all: tuple[float, ...]

    def useful_range(self) -> tuple[float, float] | None:
        """Return the longest run of probabilities at which the model beats both alternatives; ``None`` without one.

        A run has ``LEAST_RUN`` steps or more.
        """
        best: tuple[int, int] | None = None
        start: int | None = None
        above = [m > max(a, 0.0) + 1e-12 for m, a in zip(self.model, self.treat_all, strict=True)]
        for i, good in enumerate([*above, False]):
            if good and start is None:
                start = i
            elif not good and start is not None:
                best = (start, i - 1) if best is None or i - 1 - start > best[1] - best[0] else best
                start = None
        if best is None or best[1] - best[0] + 1 < LEAST_RUN:
            return None
        return (self.probabilities[best[0]], self.probabilities[best[1]])


def count_curve(y: np.ndarray, score: np.ndarray, most: int | None = None) -> CountCurve:
    """Count the films at or above each distinct score.

    Parameters: y: (n,) of 0 and 1. score: (n,) finite. most: thin the table to so many thresholds, evenly over the films.
    Raises: ValueError on other labels or shapes.
    """
    labels, scores = np.asarray(y, dtype=float), np.asarray(score, dtype=float)
    if labels.ndim != 1 or labels.shape != scores.shape:
        raise ValueError(f"labels and scores must be two vectors of one length, got {labels.shape} and {scores.shape}")
    if not np.isin(labels, (0.0, 1.0)).all() or not np.isfinite(scores).all():
        raise ValueError("labels must be 0 or 1 and scores finite")
    order = np.argsort(-scores, kind="stable")
    positive = np.cumsum(labels[order])
    last = np.flatnonzero(np.r_[np.diff(scores[order]) < 0, True]) if scores.size else np.empty(0, dtype=int)
    if most is not None and last.size > most:
        last = np.unique(last[np.round(np.linspace(0, last.size - 1, most)).astype(int)])
    tp = positive[last]
    return CountCurve(
        thresholds=tuple(float(v) for v in scores[order][last]),
        true_positive=tuple(int(v) for v in tp),
        false_positive=tuple(int(v) for v in last + 1 - tp),
        n_positive=int(labels.sum()),
        n_negative=int(labels.size - labels.sum()),
    )


def calibration_bins(y: np.ndarray, p: np.ndarray, patient_ids: np.ndarray, bins: int = BINS) -> list[CalibrationBin]:
    """Return the calibration curve over bins of equally many films; equal probabilities share a bin.

    The interval is Wilson's with the number of patients as sample size, so that ten films of one person do not count as
    ten people. Raises: ValueError for probabilities outside [0, 1].
    """
    labels, values, ids = np.asarray(y, dtype=float), np.asarray(p, dtype=float), np.asarray(patient_ids)
    if values.size and (values.min() < 0 or values.max() > 1):
        raise ValueError("a calibration curve needs probabilities from 0 to 1")
    if not values.size:
        return []
    edges = np.unique(np.quantile(values, np.linspace(0, 1, bins + 1)[1:-1], method="higher"))
    member = np.searchsorted(edges, values, side="right")
    found = []
    for k in np.unique(member):
        inside = member == k
        share, patients = float(labels[inside].mean()), int(np.unique(ids[inside]).size)
        low, high = wilson(share, patients)
        found.append(CalibrationBin(float(values[inside].mean()), share, low, high, int(inside.sum()), patients))
    return found


def decision_curve(curve: CountCurve, steps: int = DECISION_STEPS) -> DecisionCurve:
    """Return the net benefit over ``DECISION_RANGE``; the curve must be over probabilities.

    Net benefit at p: true positives per film minus false positives per film weighted by the odds p / (1 - p).
    """
    n = max(curve.n_positive + curve.n_negative, 1)
    probabilities = np.linspace(*DECISION_RANGE, steps)
    odds = probabilities / (1 - probabilities)
    counts = [curve.confusion(float(p)) for p in probabilities]
    model = [(c.true_positive - o * c.false_positive) / n for c, o in zip(counts, odds, strict=True)]
    treat_all = (curve.n_positive - odds * curve.n_negative) / n
    return DecisionCurve(_floats(probabilities), _floats(model), _floats(treat_all))


def wilson(share: float, n: float, z: float = Z95) -> tuple[float, float]:
    """Return Wilson's score interval of a share of ``n`` trials; (0, 1) without any.

    Parameters
    ----------
    share
        From 0 to 1.
    n
        Trials.
    z
        Quantile of the normal distribution; by default for 95 %.

    References
    ----------
    Wilson 1927, J Am Stat Assoc 22:209.
    """
    if n <= 0:
        return 0.0, 1.0
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    # At a share of 0 or 1 the end is exact; rounding must not move it past.
    return max(0.0, min(centre - half, share)), min(1.0, max(centre + half, share))


def _share(part: np.ndarray, whole: int) -> np.ndarray:
    return part / whole if whole else np.full(part.shape, np.nan)


def _floats(values: np.ndarray | list[float]) -> tuple[float, ...]:
    return tuple(float(v) for v in values)
