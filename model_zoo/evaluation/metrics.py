"""Metrics of a binary output, each with an interval from resampling patients.

Every metric is written once, over a matrix of film weights (resamples, films): all weights one gives the value itself,
the counts of a patient bootstrap give its resamples. So the interval can never be computed by another formula than the
value, and a thousand resamples cost a few matrix passes. A result that the films do not define (one class only, nobody
above the threshold) is ``None``, never 0 and never NaN.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

# (y, score, weights) -> values; shapes (n,), (n,), (resamples, n) -> (resamples,), NaN where not defined.
WeightedMetric = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]

RESAMPLES = 1000  # the 2.5 % tail then rests on 25 resamples: the ends move by about a tenth of the width between seeds
LEVEL = 0.95
# An interval from resamples that mostly fail would describe the lucky ones only.
_MIN_DEFINED = 0.9
# Weights of 64 resamples x 1,600 films stay in the second-level cache of a CPU core.
_CHUNK = 64
# Probabilities are clipped here before the logit, so that a stored 0 or 1 (float16) does not become infinite.
_CLIP = 1e-6


@dataclass(frozen=True)
class Metric:
    """A number that describes scores against labels: call it as ``metric(y, score)``.

    y: (n,) of 0 and 1. score: (n,) finite; larger means more likely positive; metrics on probabilities say so.
    Returns a float, or None where the films do not define it. Raises ValueError on other labels, shapes or values.
    """

    name: str
    weighted: WeightedMetric

    def __call__(self, y: np.ndarray, score: np.ndarray) -> float | None:
        labels, scores = _checked(y, score)
        return _number(self.weighted(labels, scores, np.ones((1, labels.size)))[0])


@dataclass(frozen=True)
class Interval:
    """A value with its patient-bootstrap interval and the numbers of films and patients it rests on."""

    value: float | None
    low: float | None
    high: float | None
    n_films: int
    n_patients: int
    n_positive_films: int
    n_positive_patients: int

    @property
    def figure(self) -> dict[str, float | None]:
        """The value and its interval as a card holds them."""
        return {"value": self.value, "low": self.low, "high": self.high}


def bootstrap_interval(
    metric: Metric,
    y: np.ndarray,
    score: np.ndarray,
    patient_ids: Sequence[str] | np.ndarray,
    n: int = RESAMPLES,
    seed: int = 0,
    level: float = LEVEL,
) -> Interval:
    """Return the metric with its percentile interval, resampling patients with all their films.

    Films of one patient resemble each other; resampling films would give intervals that are too narrow. ``low`` and ``high``
    are None where fewer than nine tenths of the resamples define the metric.

    Parameters
    ----------
    metric
        Of labels and scores.
    y
        Labels 0 or 1, (films,).
    score
        (films,), higher for a positive film.
    patient_ids
        Whose each film is, (films,); films of one are drawn together.
    n
        Resamples.
    seed
        Of every draw; the same seed gives the same answer.
    level
        Of the interval, such as 0.95.
    """
    labels, scores = _checked(y, score)
    return _interval(metric, labels, (scores,), patient_ids, n, seed, level)


def paired_bootstrap_difference(
    metric: Metric,
    y: np.ndarray,
    score_a: np.ndarray,
    score_b: np.ndarray,
    patient_ids: Sequence[str] | np.ndarray,
    n: int = RESAMPLES,
    seed: int = 0,
    level: float = LEVEL,
) -> Interval:
    """Return metric(a) - metric(b) on the same films; both are recomputed on the same resampled patients.

    Parameters
    ----------
    metric
        Of labels and scores.
    y
        Labels 0 or 1, (films,).
    score_a
        (films,), higher for a positive film.
    score_b
        (films,), of the other.
    patient_ids
        Whose each film is, (films,); films of one are drawn together.
    n
        Resamples.
    seed
        Of every draw; the same seed gives the same answer.
    level
        Of the interval, such as 0.95.
    """
    labels, first = _checked(y, score_a)
    _, second = _checked(y, score_b)
    return _interval(metric, labels, (first, second), patient_ids, n, seed, level)


def sensitivity(threshold: float) -> Metric:
    """Share of positive films with score >= threshold; also called recall. None without positive films."""
    return Metric("sensitivity", lambda y, s, w: _ratio(w @ (y * (s >= threshold)), w @ y))


def specificity(threshold: float) -> Metric:
    """Share of negative films with score < threshold. None without negative films."""
    return Metric("specificity", lambda y, s, w: _ratio(w @ ((1 - y) * (s < threshold)), w @ (1 - y)))


def ppv(threshold: float) -> Metric:
    """Share of films with score >= threshold that are positive; also called precision. None if no film is above."""
    return Metric("ppv", lambda y, s, w: _ratio(w @ (y * (s >= threshold)), w @ (s >= threshold).astype(float)))


def npv(threshold: float) -> Metric:
    """Share of films with score < threshold that are negative. None if no film is below."""
    return Metric("npv", lambda y, s, w: _ratio(w @ ((1 - y) * (s < threshold)), w @ (s < threshold).astype(float)))


recall = sensitivity
precision = ppv


def f1(threshold: float) -> Metric:
    """Harmonic mean of precision and recall; None where no film is positive and none is above the threshold."""
    return Metric(
        "f1",
        lambda y, s, w: _ratio(2 * (w @ (y * (s >= threshold))), w @ y + w @ (s >= threshold).astype(float)),
    )


def accuracy(threshold: float) -> Metric:
    """Share of films on the right side of the threshold."""
    return Metric("accuracy", lambda y, s, w: _ratio(w @ ((s >= threshold) == (y == 1)).astype(float), w.sum(axis=1)))


def expected_calibration_error(bins: int = 10) -> Metric:
    """Mean distance between the mean probability and the positive share over bins of equally many films.

    Equal counts and not equal widths: for a rare finding nearly all probabilities fall into the first width. Films of
    equal probability share a bin; there may be fewer bins than asked for. The bins are those of the films given, also
    in resamples. The error is biased upwards with few films per bin, in resamples more so: state the value, not an
    interval.

    References: Naeini et al. 2015 (AAAI), with quantile bins as in Nixon et al. 2019, arXiv:1904.01685.
    """

    def weighted(y: np.ndarray, p: np.ndarray, weights: np.ndarray) -> np.ndarray:
        _check_probabilities(p)
        edges = np.unique(np.quantile(p, np.linspace(0, 1, bins + 1)[1:-1], method="higher")) if p.size else p
        member = np.searchsorted(edges, p, side="right")
        gaps = np.zeros((p.size, edges.size + 1))
        gaps[np.arange(p.size), member] = p - y
        return _ratio(np.abs(weights @ gaps).sum(axis=1), weights.sum(axis=1))

    return Metric("expected_calibration_error", weighted)


def _auroc(y: np.ndarray, score: np.ndarray, weights: np.ndarray) -> np.ndarray:
    positive, negative = _weights_by_score(y, score, weights)
    below = np.cumsum(negative, axis=1) - negative / 2  # a tie counts one half
    return _ratio((positive * below).sum(axis=1), positive.sum(axis=1) * negative.sum(axis=1))


def _average_precision(y: np.ndarray, score: np.ndarray, weights: np.ndarray) -> np.ndarray:
    positive, negative = (side[:, ::-1] for side in _weights_by_score(y, score, weights))
    hits = np.cumsum(positive, axis=1)
    named = hits + np.cumsum(negative, axis=1)
    at_step = np.divide(hits, named, out=np.zeros_like(hits), where=named > 0)
    return _ratio((positive * at_step).sum(axis=1), positive.sum(axis=1))


def _brier(y: np.ndarray, p: np.ndarray, weights: np.ndarray) -> np.ndarray:
    _check_probabilities(p)
    return _ratio(weights @ (p - y) ** 2, weights.sum(axis=1))


def _slope(y: np.ndarray, p: np.ndarray, weights: np.ndarray) -> np.ndarray:
    x = _logit(p)
    centre, spread = (float(x.mean()), float(x.std())) if x.size else (0.0, 0.0)
    area = _auroc(y, x, weights)
    if spread < 1e-9:
        return np.full(len(weights), np.nan)
    slope = _fit_logistic(y, (x - centre) / spread, weights, offset=None)[1] / spread
    # Perfectly separated classes have no finite slope.
    return np.where((area > 0) & (area < 1), slope, np.nan)


def _intercept(y: np.ndarray, p: np.ndarray, weights: np.ndarray) -> np.ndarray:
    fitted = _fit_logistic(y, np.zeros_like(y), weights, offset=_logit(p))[0]
    share = _ratio(weights @ y, weights.sum(axis=1))
    return np.where((share > 0) & (share < 1), fitted, np.nan)


auroc = Metric("auroc", _auroc)
"""Area under the ROC curve: the chance that a positive film scores above a negative one, ties counting one half."""

average_precision = Metric("average_precision", _average_precision)
"""Precision averaged over the recall steps, without interpolation; a useless score gives about the prevalence."""

brier = Metric("brier", _brier)
"""Mean squared distance between probability and label."""

calibration_slope = Metric("calibration_slope", _slope)
"""Slope b of logit P(y=1) = a + b logit(p): 1 is right, below 1 the probabilities are too extreme (Cox 1958)."""

calibration_intercept = Metric("calibration_intercept", _intercept)
"""Calibration in the large: a of logit P(y=1) = a + logit(p), slope held at 1; above 0: p is too low."""


def _interval(
    metric: Metric,
    y: np.ndarray,
    scores: tuple[np.ndarray, ...],
    patient_ids: Sequence[str] | np.ndarray,
    n: int,
    seed: int,
    level: float,
) -> Interval:
    ids = np.asarray(patient_ids)
    if ids.shape != y.shape:
        raise ValueError(f"{ids.size} patient identifiers for {y.size} films")
    patients, member = np.unique(ids, return_inverse=True)
    everyone = np.ones((1, y.size))
    value = _number(_difference(metric, y, scores, everyone)[0])
    low = high = None
    if value is not None:
        rng = np.random.default_rng(seed)
        drawn = [
            _difference(metric, y, scores, _patient_counts(rng, min(_CHUNK, n - done), patients.size)[:, member])
            for done in range(0, n, _CHUNK)
        ]
        values = np.concatenate(drawn) if drawn else np.empty(0)
        defined = values[np.isfinite(values)]
        if defined.size and defined.size >= _MIN_DEFINED * n:
            low, high = (float(q) for q in np.quantile(defined, [(1 - level) / 2, (1 + level) / 2]))
    positive = y == 1
    return Interval(value, low, high, y.size, patients.size, int(positive.sum()), int(np.unique(member[positive]).size))


def _difference(metric: Metric, y: np.ndarray, scores: tuple[np.ndarray, ...], weights: np.ndarray) -> np.ndarray:
    values = [metric.weighted(y, score, weights) for score in scores]
    return values[0] if len(values) == 1 else values[0] - values[1]


def _patient_counts(rng: np.random.Generator, resamples: int, patients: int) -> np.ndarray:
    """Return how often each patient is drawn: float64 (resamples, patients), each row adding up to ``patients``."""
    drawn = rng.integers(0, patients, size=(resamples, patients))
    drawn += np.arange(resamples)[:, None] * patients
    return np.bincount(drawn.ravel(), minlength=resamples * patients).reshape(resamples, patients).astype(float)


def _weights_by_score(y: np.ndarray, score: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the weight of positive and of negative films at each distinct score, rising: two (resamples, scores)."""
    if not y.size:
        return np.zeros((len(weights), 0)), np.zeros((len(weights), 0))
    order = np.argsort(score, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(score[order]) > 0])
    total = np.add.reduceat(weights[:, order], starts, axis=1)
    positive = np.add.reduceat(weights[:, order] * y[order], starts, axis=1)
    return positive, total - positive


def _fit_logistic(
    y: np.ndarray, x: np.ndarray, weights: np.ndarray, offset: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """Fit logit P(y=1) = a + b x per row of weights by Newton steps; with an offset, a + offset and b stays 0.

    Returns a and b, each (resamples,); NaN where the steps do not settle.
    """
    a, b = np.zeros(len(weights)), np.zeros(len(weights))
    moved = np.full(len(weights), np.inf)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        for _ in range(30):  # 6 to 8 steps suffice on data that have a finite fit
            p = expit(a[:, None] + b[:, None] * x + (0.0 if offset is None else offset))
            residual, curve = weights * (y - p), weights * p * (1 - p)
            g0, h00 = residual.sum(axis=1), curve.sum(axis=1)
            if offset is None:
                g1, h01, h11 = residual @ x, curve @ x, curve @ (x * x)
                determinant = h00 * h11 - h01**2
                step_a, step_b = (h11 * g0 - h01 * g1) / determinant, (h00 * g1 - h01 * g0) / determinant
            else:
                step_a, step_b = g0 / h00, np.zeros_like(g0)
            # Steps are held to 2 logits: from a cold start a full Newton step can overshoot.
            step_a, step_b = np.clip(step_a, -2, 2), np.clip(step_b, -2, 2)
            a, b = a + step_a, b + step_b
            moved = np.maximum(np.abs(step_a), np.abs(step_b))
            if not np.nanmax(moved, initial=0.0) > 1e-8:
                break
    settled = moved <= 1e-6
    return np.where(settled, a, np.nan), np.where(settled, b, np.nan)


def _checked(y: np.ndarray, score: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    labels, scores = np.asarray(y, dtype=np.float64), np.asarray(score, dtype=np.float64)
    if labels.ndim != 1 or labels.shape != scores.shape:
        raise ValueError(f"labels and scores must be two vectors of one length, got {labels.shape} and {scores.shape}")
    if not np.isin(labels, (0.0, 1.0)).all():
        raise ValueError("labels must be 0 or 1; leave films without a label out")
    if not np.isfinite(scores).all():
        raise ValueError("scores must be finite; leave films without a score out")
    return labels, scores


def _check_probabilities(p: np.ndarray) -> None:
    if p.size and (p.min() < 0 or p.max() > 1):
        raise ValueError("this metric needs probabilities from 0 to 1, not logits")


def _logit(p: np.ndarray) -> np.ndarray:
    _check_probabilities(p)
    clipped = np.clip(p, _CLIP, 1 - _CLIP)
    return np.log(clipped / (1 - clipped))


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.full(np.shape(part), np.nan), where=whole > 0)


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
