"""Drift: nothing where nothing changed, the change where something did, against SciPy's two-sample test."""

import numpy as np
import pytest
from scipy.stats import false_discovery_control, ks_2samp

from model_zoo.evaluation.drift import compare_tags, compare_with_quantiles, holm, refused_share


def quantiles(values: np.ndarray) -> list[float]:
    return list(np.quantile(values, np.linspace(0, 1, 101)))


@pytest.mark.parametrize("shift", [0.0, 0.5, 2.0])
def test_the_statistic_is_that_of_the_two_sample_test(shift: float) -> None:
    rng = np.random.default_rng(0)
    reference, new = rng.normal(size=2000), rng.normal(size=150) + shift
    found = compare_with_quantiles("score", "Score", new, quantiles(reference), 2000)
    expected = ks_2samp(new, reference)
    assert found.statistic == pytest.approx(expected.statistic, abs=0.012)
    assert (found.p_value < 0.01) == (expected.pvalue < 0.01)
    assert found.median == pytest.approx(np.median(new))
    assert found.reference_median == pytest.approx(np.median(reference), abs=1e-9)


def test_equal_quantiles_are_one_jump() -> None:
    found = compare_with_quantiles("d", "D", np.zeros(50), [0.0] * 101, 500)
    assert found.statistic == pytest.approx(0)
    assert found.p_value == pytest.approx(1)


def test_without_drift_few_p_values_are_small() -> None:
    rng = np.random.default_rng(1)
    reference = quantiles(rng.normal(size=5000))
    p = [compare_with_quantiles("s", "S", rng.normal(size=100), reference, 5000).p_value for _ in range(200)]
    assert np.mean(np.array(p) < 0.05) < 0.12


def test_the_share_refused_is_tested_against_what_the_gate_refuses_of_genuine_films() -> None:
    usual, many = (refused_share(np.r_[np.zeros(100 - k), np.full(k, 9.0)], 1.0, 0.03) for k in (3, 30))
    assert (usual.refused, usual.n_films) == (3, 100)
    assert usual.p_value > 0.3
    assert many.p_value < 1e-6
    assert many.low < 0.3 < many.high


def test_a_changed_tag_comes_first_with_its_values() -> None:
    before = [{"ViewPosition": "PA", "Manufacturer": "A"}] * 40 + [{"ViewPosition": "AP", "Manufacturer": "A"}] * 10
    after = [{"ViewPosition": "PA", "Manufacturer": "B"}] * 38 + [{"ViewPosition": "AP"}] * 12
    first, second = compare_tags(before, after)
    assert (first.tag, first.distance) == ("Manufacturer", 1.0)
    assert first.new[0] == ("B", pytest.approx(0.76))
    assert ("not stated", pytest.approx(0.24)) in first.new
    assert first.p_value is not None
    assert first.p_value < 1e-9
    assert second.tag == "ViewPosition"
    assert second.p_value is not None
    assert second.p_value > 0.5


def test_one_value_everywhere_is_no_test() -> None:
    (found,) = compare_tags([{"Modality": "DX"}] * 3, [{"Modality": "DX"}] * 3)
    assert (found.distance, found.p_value) == (0.0, None)


def test_holm_is_monotone_and_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([]) == []
    p = [0.001, 0.2, 0.02]
    assert all(h >= f for h, f in zip(holm(p), false_discovery_control(p), strict=True))
