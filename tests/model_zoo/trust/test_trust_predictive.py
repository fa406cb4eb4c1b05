"""Prior shift: against a direct count in a simulated population, at the edges, and in words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from model_zoo.errors import ZooError
from model_zoo.evaluation.metrics import bootstrap_interval
from model_zoo.results import Finding
from model_zoo.trust.predictive import (
    PriorShift,
    at_prevalence,
    likelihood_ratio_minus,
    likelihood_ratio_plus,
)
from model_zoo.trust.rates import Rate, chance_words, of_patients

FINDING = Finding(
    "lung_opacity", "Lung opacity", "probability", 0.4, 60, 50, True, 0.5, (0.4, 0.6), threshold_probability=0.2
)
PRIOR = PriorShift(0.2, Rate(9.0, 6.0, 12.0), Rate(0.25, 0.1, 0.4))


def test_shift_agrees_with_bayes_counted_in_a_simulated_population() -> None:
    """Two populations that differ in prevalence alone: what is computed from the first is counted in the second."""
    generator = np.random.default_rng(4)
    threshold = 0.3

    def population(prevalence: float) -> tuple[np.ndarray, np.ndarray]:
        y = (generator.random(400_000) < prevalence).astype(float)
        return generator.normal(y, 1.0), y

    def true_probability(x: float, prevalence: float) -> float:
        present, absent = np.exp(-((x - 1) ** 2) / 2) * prevalence, np.exp(-(x**2) / 2) * (1 - prevalence)
        return float(present / (present + absent))

    scores, y = population(0.4)
    prior = PriorShift(
        0.4,
        Rate(float(likelihood_ratio_plus(threshold)(y, scores))),
        Rate(float(likelihood_ratio_minus(threshold)(y, scores))),
    )
    here = replace(
        FINDING,
        probability=true_probability(0.8, 0.4),
        probability_interval=(true_probability(0.7, 0.4), true_probability(0.9, 0.4)),
        threshold_probability=true_probability(threshold, 0.4),
    )
    found = at_prevalence(here, prior, 0.05)
    assert found.probability == pytest.approx(true_probability(0.8, 0.05))
    assert found.probability_interval == pytest.approx((true_probability(0.7, 0.05), true_probability(0.9, 0.05)))
    assert found.threshold_probability == pytest.approx(true_probability(threshold, 0.05))
    local_scores, local_y = population(0.05)
    flagged = local_scores >= threshold
    assert found.ppv is not None
    assert found.npv is not None
    assert found.ppv.value == pytest.approx(local_y[flagged].mean(), abs=0.003)
    assert found.npv.value == pytest.approx(1 - local_y[~flagged].mean(), abs=0.001)


def test_the_prevalence_of_the_calibration_films_changes_nothing() -> None:
    same = at_prevalence(FINDING, PRIOR, 0.2)
    assert same.probability == pytest.approx(0.5)
    assert same.probability_interval == pytest.approx((0.4, 0.6))
    assert same.threshold_probability == pytest.approx(0.2)


def test_predictive_values_are_counted_out() -> None:
    found = at_prevalence(FINDING, PRIOR, 0.1)
    # Odds 1/9 times 9 is 1: half of those flagged; odds 1/9 x 6 and x 12 are 2/3 and 4/3.
    assert (found.ppv.value, found.ppv.low, found.ppv.high) == pytest.approx((0.5, 0.4, 4 / 7))
    # Odds of being missed 1/9 x 0.25 is 1/36, so 1 of 37.
    assert (found.npv.value, found.npv.low, found.npv.high) == pytest.approx((36 / 37, 22.5 / 23.5, 90 / 91))
    assert found.odds == (
        "Of 100 patients like this flagged here, 50 have it (40 to 57); of 100 not flagged, 3 have it (1 to 4)."
    )
    assert "the operating threshold lies at 0.10" in found.shift


@pytest.mark.parametrize(
    ("rate", "words"),
    [
        (Rate(0.23, 0.17, 0.31), "100 seen, 23 have it (17 to 31)"),
        (Rate(0.01, 0.0, 0.02), "100 seen, 1 has it (0 to 2)"),
        (Rate(0.0024, 0.001, 0.004), "1,000 seen, 2 have it (1 to 4)"),
        (Rate(0.998), "1,000 seen, 998 have it"),
        (Rate(0.0), "10,000 seen, fewer than 1 has it"),
    ],
)
def test_chances_as_natural_frequencies(rate: Rate, words: str) -> None:
    assert of_patients(rate, "seen") == words


def test_no_chance_reads_as_certainty() -> None:
    assert [chance_words(p) for p in (0.5, 0.004, 0.9997, 1e-9, 1.0)] == [
        "0.50", "0.004", "0.9997", "less than 0.0001", "more than 0.9999",
    ]  # fmt: skip
    assert Rate(0.998, 0.99, 1.0).percent_words() == "99.8 % [99, 100]"


@pytest.mark.parametrize("prevalence", [0.0, 1.0, -0.1, 5.0, float("nan")])
def test_impossible_prevalence_is_refused_with_the_next_step(prevalence: float) -> None:
    with pytest.raises(ZooError, match="between 0 and 100 %") as refused:
        at_prevalence(FINDING, PRIOR, prevalence)
    assert "how many of 100 patients" in refused.value.hint


def test_a_finding_without_probability_cannot_be_shifted() -> None:
    with pytest.raises(ZooError, match="no probability"):
        at_prevalence(replace(FINDING, probability=None), PRIOR, 0.1)


def test_an_empty_cell_has_no_ratio_and_is_said_so() -> None:
    y, scores = np.array([1.0, 1.0, 0.0, 0.0]), np.array([2.0, -1.0, -2.0, -3.0])
    assert likelihood_ratio_plus(0.0)(y, scores) is None
    assert likelihood_ratio_minus(0.0)(y, scores) == pytest.approx(0.5)
    assert likelihood_ratio_minus(-1.5)(y, scores) is None
    half_known = at_prevalence(FINDING, PriorShift(0.2, None, Rate(0.25)), 0.1)
    assert half_known.ppv is None
    assert half_known.odds == (
        "Of 100 not flagged, 3 have it; how many of those flagged have it cannot be said: no false alarm was seen on "
        "held-out films."
    )


def test_ratios_with_their_interval_by_patient() -> None:
    generator = np.random.default_rng(2)
    y = (generator.random(600) < 0.4).astype(float)
    scores = generator.normal(y, 1.0)
    interval = bootstrap_interval(likelihood_ratio_plus(0.5), y, scores, np.arange(600).astype(str), n=200)
    sensitivity, specificity = (scores[y == 1] >= 0.5).mean(), (scores[y == 0] < 0.5).mean()
    assert interval.value == pytest.approx(sensitivity / (1 - specificity))
    assert interval.low < interval.value < interval.high
