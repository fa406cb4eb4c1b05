"""Figures of the hourly models: discrimination, calibration, min(sensitivity, PPV), alerts and lead time, with intervals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from model_zoo.evaluation.metrics import (
    Interval,
    Metric,
    auroc,
    average_precision,
    bootstrap_interval,
    brier,
    calibration_intercept,
    calibration_slope,
    paired_bootstrap_difference,
    ppv,
    sensitivity,
)
from model_zoo.icu.alerts import SILENCE_HOURS, alert_hours
from model_zoo.training.calibration import highest_flagging

SEED = 20
RESAMPLES = 500  # the 2.5 % tail then rests on 12 resamples; hourly tables have tens of thousands of rows
WINDOW_HOURS = 12  # before onset: alerts within it earn in the challenge of 2019, earlier ones do not
ONSET_AFTER_LABEL = 6  # the label of the challenge begins so many hours before onset
_CLOCK_SCALE = 4.0


def balanced(threshold: float) -> Metric:
    """min(sensitivity, PPV) at a threshold set beforehand."""
    first, second = sensitivity(threshold).weighted, ppv(threshold).weighted
    return Metric("min_se_ppv", lambda y, s, w: np.minimum(first(y, s, w), second(y, s, w)))


def _own_best(y: np.ndarray, score: np.ndarray, weights: np.ndarray) -> np.ndarray:
    order = np.argsort(-score, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(score[order])), len(score) - 1)  # ties are named together
    hits, named = (
        np.cumsum(weights[:, order] * y[order], axis=1)[:, ends],
        np.cumsum(weights[:, order], axis=1)[:, ends],
    )
    total = (weights @ y)[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.nanmax(np.minimum(hits / total, hits / named), axis=1))


own_best = Metric("min_se_ppv_own_threshold", _own_best)
"""min(sensitivity, PPV) at the threshold that is best on the reported stays themselves: the way of the 2012 challenge."""


def best_threshold(label: np.ndarray, risk: np.ndarray) -> float:
    """Return the threshold with the largest min(sensitivity, PPV) on training stays."""
    order = np.argsort(-risk, kind="stable")
    hits = np.cumsum(label[order])
    worth = np.minimum(hits / label.sum(), hits / np.arange(1, len(label) + 1))
    return float(risk[order][int(np.argmax(worth))])


def interval(
    metric: Metric, label: np.ndarray, score: np.ndarray, stays: np.ndarray, n: int = RESAMPLES
) -> dict[str, float | None]:
    """Return value, low and high from resampling stays."""
    return _numbers(bootstrap_interval(metric, label, score, stays, n, SEED))


def difference(
    metric: Metric, label: np.ndarray, ours: np.ndarray, other: np.ndarray, stays: np.ndarray, n: int = RESAMPLES
) -> dict[str, float | None]:
    """Return metric(ours) - metric(other) on the same resampled stays."""
    return _numbers(paired_bootstrap_difference(metric, label, ours, other, stays, n, SEED))


def figures(label: np.ndarray, risk: np.ndarray, stays: np.ndarray, n: int = RESAMPLES) -> dict[str, Any]:
    """Return AUROC, AUPRC, Brier, calibration slope and intercept, each with its interval."""
    metrics = {"auroc": auroc, "auprc": average_precision, "brier": brier, "calibration_slope": calibration_slope,
               "calibration_intercept": calibration_intercept}  # fmt: skip
    return {name: interval(metric, label, risk, stays, n) for name, metric in metrics.items()}


def against(
    label: np.ndarray, risk: np.ndarray, other: np.ndarray, stays: np.ndarray, n: int = RESAMPLES
) -> dict[str, Any]:
    """Return the figures of another score and the paired differences, ours minus the other."""
    return {
        name: {"value": interval(metric, label, other, stays, n), "difference": difference(metric, label, risk, other, stays, n)}
        for name, metric in (("auroc", auroc), ("auprc", average_precision), ("brier", brier))
    }  # fmt: skip


def fit_calibration(logits: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """Return the Platt scaling of out-of-fold logits (N, T), whose two numbers change with log(1 + hour)."""
    inside = ~np.isnan(labels)
    clock = (np.log1p(np.arange(labels.shape[1])) / _CLOCK_SCALE)[None].repeat(len(labels), axis=0)[inside]
    z, y = logits[inside].astype(np.float64), labels[inside]
    fit = LogisticRegression(C=1e6, max_iter=1000).fit(np.stack([z, z * clock, clock], axis=1), y)
    names = ("slope", "slope_by_clock", "intercept_by_clock")
    found = {name: round(float(number), 6) for name, number in zip(names, fit.coef_[0], strict=True)}
    return found | {"intercept": round(float(fit.intercept_[0]), 6)}


def calibrated(calibration: dict[str, float], logits: np.ndarray) -> np.ndarray:
    """Return the probabilities of logits (N, T), as the shipped model computes them."""
    clock = np.log1p(np.arange(logits.shape[1])) / _CLOCK_SCALE
    slope = calibration["slope"] + calibration["slope_by_clock"] * clock
    z = slope * logits.astype(np.float64) + calibration["intercept"] + calibration["intercept_by_clock"] * clock
    return np.asarray(expit(z))


def onsets(labels: np.ndarray) -> np.ndarray:
    """Return the hour of onset of every stay (N,), NaN: none. labels: (N, T), from six hours before onset."""
    positive = np.nan_to_num(labels) > 0
    return np.where(positive.any(axis=1), positive.argmax(axis=1) + ONSET_AFTER_LABEL, np.nan)


def early_peak(risk: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the highest risk of every septic stay within 12 hours before onset, NaN for the others (N,)."""
    onset = onsets(labels)
    found = np.full(len(labels), np.nan)
    for i in np.flatnonzero(~np.isnan(onset)):
        start, end = max(int(onset[i]) - WINDOW_HOURS, 0), int(onset[i])
        window = risk[i, start:end][~np.isnan(labels[i, start:end])]
        if window.size:
            found[i] = window.max()
    return found


def threshold_for_stays(peaks: np.ndarray, wanted: float) -> float:
    """Return the highest threshold that at least ``wanted`` of the stays with a finite peak reach, a hair rounded down."""
    return highest_flagging(peaks[np.isfinite(peaks)], wanted, decimals=5)


def alert_figures(
    risk: np.ndarray, labels: np.ndarray, found: np.ndarray, events: np.ndarray, threshold: float
) -> dict[str, Any]:
    """Return how often is alerted and how many stays with the event are found, with intervals by stay.

    risk, labels: (N, T), labels NaN beyond the stay. found: (N,) the peak that has to reach the threshold. events: (N,).
    """
    alerts, days = np.zeros(len(risk)), (~np.isnan(labels)).sum(axis=1) / 24
    for i in range(len(risk)):
        alerts[i] = len(alert_hours((risk[i] >= threshold) & ~np.isnan(labels[i])))
    hit = np.nan_to_num(found, nan=-1.0) >= threshold
    return {
        "threshold": threshold,
        "silence_hours": SILENCE_HOURS,
        "stays": len(risk),
        "events": int(events.sum()),
        "patient_days": round(float(days.sum()), 1),
        "sensitivity": _resampled(lambda w: _share(w @ (hit * events), w @ events), len(risk)),
        "alerts_per_100_patient_days": _resampled(lambda w: 100 * _share(w @ alerts, w @ days), len(risk)),
        "share_of_stays_with_an_alert": _resampled(lambda w: _share(w @ (alerts > 0), w.sum(axis=1)), len(risk)),
        "share_of_alerted_stays_with_the_event": _resampled(
            lambda w: _share(w @ ((alerts > 0) * events), w @ (alerts > 0).astype(float)), len(risk)
        ),
    }


def lead_times(risk: np.ndarray, labels: np.ndarray, threshold: float) -> dict[str, Any]:
    """Return hours from the first alert to onset over the septic stays: within the window, and from the first alert of all."""
    onset = onsets(labels)
    windowed, ever, caught = [], [], 0
    for i in np.flatnonzero(~np.isnan(onset)):
        hours = np.flatnonzero((risk[i] >= threshold) & ~np.isnan(labels[i]))
        before = hours[hours < onset[i]]
        near = before[before >= onset[i] - WINDOW_HOURS]
        if near.size:
            windowed.append(onset[i] - near[0])
            ever.append(onset[i] - before[0])
            caught += 1
    return {
        "septic_stays": int((~np.isnan(onset)).sum()),
        "alerted_within_12_hours_before_onset": caught,
        "hours_before_onset_in_the_window": _quartiles(windowed),
        "hours_before_onset_of_the_first_alert_of_the_stay": _quartiles(ever),
    }


def _quartiles(hours: list[float]) -> dict[str, float | None]:
    if not hours:
        return {"median": None, "low_quartile": None, "high_quartile": None}
    low, middle, high = (round(float(q), 1) for q in np.quantile(hours, (0.25, 0.5, 0.75)))
    return {"median": middle, "low_quartile": low, "high_quartile": high}


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.full(np.shape(part), np.nan), where=whole > 0)


def _resampled(statistic: Callable[[np.ndarray], np.ndarray], stays: int) -> dict[str, float | None]:
    """Return a statistic of stay weights (resamples, N) with its interval."""
    rng = np.random.default_rng(SEED)
    value = float(statistic(np.ones((1, stays)))[0])
    drawn = np.concatenate([
        statistic(rng.multinomial(stays, np.full(stays, 1 / stays), size=100).astype(float)) for _ in range(RESAMPLES // 100)
    ])  # fmt: skip
    drawn = drawn[np.isfinite(drawn)]
    if not np.isfinite(value) or len(drawn) < 0.9 * RESAMPLES:
        return {"value": None, "low": None, "high": None}
    low, high = np.quantile(drawn, (0.025, 0.975))
    return {"value": round(value, 4), "low": round(float(low), 4), "high": round(float(high), 4)}


def _numbers(found: Interval) -> dict[str, float | None]:
    return {
        "value": None if found.value is None else round(found.value, 4),
        "low": None if found.low is None else round(found.low, 4),
        "high": None if found.high is None else round(found.high, 4),
    }
