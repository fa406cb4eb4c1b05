"""The figures of a risk model on one set of patients, with patient-bootstrap intervals and the baselines beside them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from model_zoo.evaluation.metrics import (
    RESAMPLES,
    Interval,
    Metric,
    auroc,
    bootstrap_interval,
    brier,
    calibration_intercept,
    calibration_slope,
    expected_calibration_error,
    npv,
    paired_bootstrap_difference,
    ppv,
    sensitivity,
    specificity,
)

BOOTSTRAP_SEED = 20
MARGIN = 0.01  # AUC; a smaller loss against a simpler model would not change what a reader does
MIN_EVENTS = 50  # below, an AUC of a subgroup has an interval too wide to read
TOO_FEW = "too few"
AGE_GROUPS = ((18, 50), (50, 65), (65, 75), (75, 126))


def outcome_figures(
    label: np.ndarray,
    risk: np.ndarray,
    patients: np.ndarray,
    threshold: float | np.ndarray,
    baselines: Mapping[str, np.ndarray],
) -> dict[str, Any]:
    """Return discrimination, calibration, the threshold's figures and the paired comparisons of one outcome.

    label, risk, patients: (n,). threshold: one, or that of each patient's own fold (n,). baselines: risk of the event by
    other models for the same patients, (n,) each.
    """
    # The sign of a difference of two floats is exact, so this is risk >= threshold.
    at_threshold = {
        metric.name: interval(metric, label, risk - threshold, patients)
        for metric in (sensitivity(0.0), specificity(0.0), ppv(0.0), npv(0.0))
    }
    return {
        "patients": len(label),
        "events": int(label.sum()),
        "auc": interval(auroc, label, risk, patients),
        "brier": interval(brier, label, risk, patients),
        "expected_calibration_error": rounded(expected_calibration_error(10)(label, risk)),
        "calibration_slope": interval(calibration_slope, label, risk, patients),
        "calibration_intercept": interval(calibration_intercept, label, risk, patients),
        "at_threshold": at_threshold,
        "baselines": {name: compared(label, risk, other, patients) for name, other in baselines.items()},
    }


def compared(label: np.ndarray, risk: np.ndarray, other: np.ndarray, patients: np.ndarray) -> dict[str, Any]:
    """Return a baseline's figures and the paired differences, model minus baseline, on the same resamples."""
    difference = _paired(auroc, label, risk, other, patients)
    return {
        "auc": interval(auroc, label, other, patients),
        "brier": interval(brier, label, other, patients),
        "auc_difference": _numbers(difference),
        "brier_difference": _numbers(_paired(brier, label, risk, other, patients)),
        "non_inferior_within_0_01": bool(difference.low is not None and difference.low > -MARGIN),
        "better": bool(difference.low is not None and difference.low > 0),
    }


def subgroup_aucs(
    label: np.ndarray, risk: np.ndarray, patients: np.ndarray, groups: Mapping[str, np.ndarray]
) -> dict[str, dict[str, Any]]:
    """Return the AUC of each group, or "too few" below 50 events or 50 patients without the event. groups: masks (n,)."""
    found: dict[str, dict[str, Any]] = {}
    for name, member in groups.items():
        events, others = int(label[member].sum()), int((1 - label[member]).sum())
        enough = min(events, others) >= MIN_EVENTS
        auc = interval(auroc, label[member], risk[member], patients[member]) if enough else TOO_FEW
        found[name] = {"patients": int(member.sum()), "events": events, "auc": auc}
    return found


def interval(metric: Metric, label: np.ndarray, score: np.ndarray, patients: np.ndarray) -> dict[str, float | None]:
    """Return value, low and high of a 95 % patient-bootstrap interval (1000 resamples, seed 20), four decimals."""
    return _numbers(bootstrap_interval(metric, label, score, patients, RESAMPLES, BOOTSTRAP_SEED))


def rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _paired(metric: Metric, label: np.ndarray, risk: np.ndarray, other: np.ndarray, patients: np.ndarray) -> Interval:
    return paired_bootstrap_difference(metric, label, risk, other, patients, RESAMPLES, BOOTSTRAP_SEED)


def _numbers(found: Interval) -> dict[str, float | None]:
    return {"value": rounded(found.value), "low": rounded(found.low), "high": rounded(found.high)}
