"""DeLong's test against its published example, against the direct double sum, and against the bootstrap it stands beside."""

import numpy as np
import pytest
from scipy.stats import chi2

from model_zoo.evaluation.delong import area_interval, compare_areas, delong_covariance
from model_zoo.evaluation.metrics import Metric, auroc, bootstrap_interval, paired_bootstrap_difference
from tests.model_zoo.evaluation.ovarian_example import AREAS, CONTRASTS, EVENT, SCORES


@pytest.mark.parametrize("name", AREAS)
def test_published_areas_and_standard_errors(name: str) -> None:
    found = area_interval(EVENT, SCORES[name])
    assert (round(found.value, 4), round(found.standard_error, 4)) == AREAS[name]
    assert found.low == pytest.approx(AREAS[name][0] - 1.96 * AREAS[name][1], abs=2e-4)


@pytest.mark.parametrize("name", CONTRASTS)
def test_published_contrasts(name: str) -> None:
    estimate, error, chi_squared, p_value = CONTRASTS[name]
    found = compare_areas(EVENT, SCORES[name], SCORES["k_g"])
    assert (round(found.difference, 4), round(found.standard_error, 4)) == (estimate, error)
    assert (round(found.z**2, 4), round(found.p_value, 4)) == (chi_squared, p_value)


def test_the_paired_bootstrap_agrees_with_the_published_contrast() -> None:
    estimate, error, *_ = CONTRASTS["protein"]
    found = paired_bootstrap_difference(auroc, EVENT, SCORES["protein"], SCORES["k_g"], np.arange(43), n=4000)
    assert found.value == pytest.approx(estimate, abs=5e-5)
    assert found.low is not None
    assert found.high is not None
    # A percentile interval of 12 events is a little wider or narrower than the normal one, never by a fifth.
    assert (found.high - found.low) / (2 * 1.96 * error) == pytest.approx(1, abs=0.2)


def test_the_bootstrap_interval_is_that_of_a_published_example() -> None:
    """Blood loss of ten pigs: Chernick and Friis 2003, chapter 8.5: percentile interval of the mean 727.1 to 1558.9 ml."""
    loss = np.array([543, 666, 455, 823, 1716, 797, 2828, 1251, 702, 1078], dtype=float)
    mean = Metric("mean", lambda y, s, w: (w @ s) / w.sum(axis=1))
    found = bootstrap_interval(mean, np.ones(10), loss, np.arange(10), n=10_000)
    assert found.value == pytest.approx(1085.9)
    # Both ends rest on 250 of 10,000 resamples: they move by about ten millilitres between runs.
    assert found.low == pytest.approx(727.1, abs=20)
    assert found.high == pytest.approx(1558.9, abs=20)


def direct(y: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The definition of 1988 as a double sum over all pairs."""
    x, z = scores[:, y == 1], scores[:, y == 0]
    psi = (x[:, :, None] > z[:, None, :]) + 0.5 * (x[:, :, None] == z[:, None, :])
    v10, v01 = psi.mean(axis=2), psi.mean(axis=1)
    return psi.mean(axis=(1, 2)), np.cov(v10) / x.shape[1] + np.cov(v01) / z.shape[1]


@pytest.mark.parametrize("tied", [False, True])
def test_the_fast_form_equals_the_double_sum(tied: bool) -> None:
    rng = np.random.default_rng(3)
    y = (rng.random(150) < 0.3).astype(float)
    scores = rng.normal(size=(3, 150)) + y
    scores = np.round(scores) if tied else scores
    for fast, slow in zip(delong_covariance(y, scores), direct(y, scores), strict=True):
        np.testing.assert_allclose(fast, slow, atol=1e-12)


def test_the_area_is_that_of_the_metric() -> None:
    rng = np.random.default_rng(4)
    y, s = (rng.random(90) < 0.4).astype(float), rng.normal(size=90)
    assert area_interval(y, s).value == pytest.approx(auroc(y, s), abs=1e-12)


def test_one_film_per_patient_is_the_plain_variance_and_copies_of_a_film_add_nothing() -> None:
    rng = np.random.default_rng(5)
    y = (rng.random(80) < 0.4).astype(float)
    s = rng.normal(size=80) + y
    plain = area_interval(y, s)
    assert area_interval(y, s, np.arange(80)) == plain
    # Each film four times: the area is the same, and four films of one patient know no more than one.
    four = area_interval(np.repeat(y, 4), np.repeat(s, 4), np.repeat(np.arange(80), 4))
    assert four.value == pytest.approx(plain.value)
    assert four.standard_error == pytest.approx(plain.standard_error, rel=1e-9)
    naive = area_interval(np.repeat(y, 4), np.repeat(s, 4))
    assert naive.standard_error < 0.6 * plain.standard_error


def test_by_patient_it_agrees_with_the_bootstrap_by_patient() -> None:
    rng = np.random.default_rng(6)
    patients = np.repeat(np.arange(120), rng.integers(1, 6, 120))
    ill = (rng.random(120) < 0.4)[patients]
    y = np.where(rng.random(patients.size) < 0.15, ~ill, ill).astype(float)
    s = 0.9 * y + rng.normal(size=120)[patients] + 0.5 * rng.normal(size=patients.size)
    ours = area_interval(y, s, patients)
    boot = bootstrap_interval(auroc, y, s, patients, n=2000)
    assert boot.high is not None
    assert boot.low is not None
    assert ours.high - ours.low == pytest.approx(boot.high - boot.low, rel=0.12)


def test_the_same_order_is_no_difference() -> None:
    rng = np.random.default_rng(7)
    y, s = (rng.random(60) < 0.4).astype(float), rng.normal(size=60)
    found = compare_areas(y, s, np.exp(s))
    assert (found.difference, found.p_value) == (pytest.approx(0, abs=1e-12), 1.0)


def test_the_test_keeps_its_level() -> None:
    """Under no difference the share of p < 0.05 stays near 5 %: 400 trials give 5 % plus or minus 3.3 % (three sigma)."""
    rng = np.random.default_rng(8)
    y = (np.arange(120) % 3 == 0).astype(float)
    below = 0
    for _ in range(400):
        shared = rng.normal(size=120) + y
        below += compare_areas(y, shared + rng.normal(size=120), shared + rng.normal(size=120)).p_value < 0.05
    assert 0.017 <= below / 400 <= 0.083
    assert chi2.sf(CONTRASTS["protein"][2], 1) == pytest.approx(CONTRASTS["protein"][3], abs=1e-4)


@pytest.mark.parametrize("positives", [0, 1, 5])
def test_a_class_of_fewer_than_two_films_has_no_variance(positives: int) -> None:
    y = np.zeros(6)
    y[:positives] = 1
    with pytest.raises(ValueError, match="two films"):
        delong_covariance(y, np.arange(6.0)[None])
