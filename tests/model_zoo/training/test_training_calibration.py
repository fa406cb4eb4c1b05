from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from model_zoo.training import calibration
from model_zoo.training.calibration import platt, threshold_at_even_odds, threshold_at_sensitivity

SEED = 8


def _simulated(n: int, slope: float, intercept: float) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(SEED)
    logits = generator.normal(0.3, 1.5, n)
    return logits, (generator.random(n) < 1 / (1 + np.exp(-(slope * logits + intercept)))).astype(float)


@pytest.mark.parametrize(("slope", "intercept"), [(1.7, -0.8), (0.6, 0.4)])
def test_platt_recovers_what_made_the_data(monkeypatch: pytest.MonkeyPatch, slope: float, intercept: float) -> None:
    monkeypatch.setattr(calibration, "RESAMPLES", 50)
    logits, y = _simulated(3000, slope, intercept)
    fit = platt(logits, y, np.arange(3000).astype(str), "made data")
    deviations = np.sqrt(np.diag(fit["covariance"]))
    assert abs(fit["slope"] - slope) < 3.5 * deviations[0]
    assert abs(fit["intercept"] - intercept) < 3.5 * deviations[1]
    # The standard errors of a logistic regression with 3,000 independent films, from its information matrix.
    p = 1 / (1 + np.exp(-(slope * logits + intercept)))
    design = np.stack([logits, np.ones_like(logits)])
    expected = np.sqrt(np.diag(np.linalg.inv((design * p * (1 - p)) @ design.T)))
    np.testing.assert_allclose(deviations, expected, rtol=0.4)
    assert np.linalg.eigvalsh(fit["covariance"]).min() > 0
    assert fit["slope_interval"][0] < fit["slope"] < fit["slope_interval"][1]
    assert fit["intercept_interval"][0] < fit["intercept"] < fit["intercept_interval"][1]
    assert fit["prevalence"] == pytest.approx(y.mean())
    assert (fit["n_films"], fit["n_patients"], fit["fitted_on"]) == (3000, 3000, "made data")


@pytest.mark.parametrize("smoothed", [False, True])
@pytest.mark.parametrize(("n", "scale"), [(25, 1.0), (400, 30.0), (400, 0.01)])
def test_the_fit_is_that_of_a_general_solver(
    monkeypatch: pytest.MonkeyPatch, n: int, scale: float, smoothed: bool
) -> None:
    monkeypatch.setattr(calibration, "RESAMPLES", 2)
    logits, y = _simulated(n, 1.1, -0.4)
    logits = scale * logits
    fit = platt(logits, y, np.arange(n).astype(str), "", smoothed)
    plus, minus = y.sum(), n - y.sum()
    target = np.where(y == 1, (plus + 1) / (plus + 2), 1 / (minus + 2)) if smoothed else y
    # A target between 0 and 1 is a film of each class, weighted.
    x, label = np.tile(logits, 2).reshape(-1, 1), np.repeat([1, 0], n)
    general = LogisticRegression(C=1e6, tol=1e-10, max_iter=1000, solver="newton-cholesky")
    general.fit(x, label, sample_weight=np.concatenate([target, 1 - target]))
    assert fit["slope"] == pytest.approx(general.coef_[0, 0], rel=1e-4)
    assert fit["intercept"] == pytest.approx(general.intercept_[0], rel=1e-4, abs=1e-5)


def test_films_of_one_patient_are_drawn_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten copies of each film are no more evidence than one: the covariance has to stay, not to shrink to a tenth."""
    monkeypatch.setattr(calibration, "RESAMPLES", 50)
    logits, y = _simulated(300, 1.0, 0.0)
    once = platt(logits, y, np.arange(300).astype(str), "")
    copies = platt(np.tile(logits, 10), np.tile(y, 10), np.tile(np.arange(300), 10).astype(str), "")
    assert copies["slope"] == pytest.approx(once["slope"], rel=1e-3)
    np.testing.assert_allclose(np.diag(copies["covariance"]), np.diag(once["covariance"]), rtol=0.1)
    assert copies["n_patients"] == 300


def test_platt_is_repeatable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibration, "RESAMPLES", 10)
    logits, y = _simulated(200, 1.0, 0.0)
    patients = np.arange(200).astype(str)
    assert platt(logits, y, patients, "") == platt(logits, y, patients, "")


@pytest.mark.parametrize(
    ("wanted", "n", "threshold"),
    [
        # Positive films have the logits 1 ... n; the threshold keeps just enough of them, counted from the top.
        (0.85, 20, 4.0),
        (0.90, 10, 2.0),
        (0.70, 10, 4.0),
        (0.95, 10, 1.0),
        (0.95, 100, 6.0),
        (0.55, 100, 46.0),
        (1.00, 10, 1.0),
    ],
)
def test_the_threshold_is_the_largest_that_flags_enough(wanted: float, n: int, threshold: float) -> None:
    positives, negatives = np.arange(1, n + 1, dtype=float), np.arange(-5, 5) + 0.5
    logits = np.concatenate([positives, negatives])
    y = np.concatenate([np.ones(n), np.zeros(10)])
    found = threshold_at_sensitivity(logits, y, np.arange(len(y)).astype(str), wanted, "fold 3")
    assert found["logit"] == threshold
    sensitivity = found["operating"]["sensitivity"]
    assert sensitivity["value"] == pytest.approx((positives >= threshold).mean())
    assert sensitivity["value"] >= wanted - 1e-12
    assert (positives >= threshold + 1).mean() < wanted
    assert found["operating"]["specificity"]["value"] == pytest.approx((negatives < threshold).mean())
    assert sensitivity["low"] <= sensitivity["value"] <= sensitivity["high"]
    assert found["rule"] == f"the largest threshold that flags at least {wanted:.0%} of the positive films of fold 3"


def test_smoothed_targets_keep_the_slope_finite_where_the_classes_separate():
    logits, y = np.array([-3.0, -2.0, -1.0, 1.0, 2.0, 3.0]), np.array([0, 0, 0, 1, 1, 1])
    smoothed = platt(logits, y, np.arange(6), "test", smoothed=True)
    bare = platt(logits, y, np.arange(6), "test")
    assert smoothed["slope"] < bare["slope"] / 3
    # Platt's targets: four fifths for a positive film among three.
    assert 1 / (1 + np.exp(-smoothed["slope"] * 3 - smoothed["intercept"])) < 0.95


def test_the_even_threshold_is_where_the_calibrated_probability_is_one_half():
    logits, y = _simulated(400, 0.7, -1.3)
    patients = np.arange(400).astype(str)
    fit = platt(logits, y, patients, "fold 3", smoothed=True)
    found = threshold_at_even_odds(fit, logits, y, patients, "fold 3")
    assert 1 / (1 + np.exp(-(fit["slope"] * found["logit"] + fit["intercept"]))) == pytest.approx(0.5)
    assert found["operating"]["sensitivity"]["value"] == pytest.approx((logits[y == 1] >= found["logit"]).mean())
    assert found["operating"]["specificity"]["value"] == pytest.approx((logits[y == 0] < found["logit"]).mean())
