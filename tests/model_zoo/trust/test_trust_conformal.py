"""Prediction sets: they reach their coverage for either label on simulated data, and say so when films are too few."""

from __future__ import annotations

import json

import numpy as np
import pytest

from model_zoo.errors import UnknownName
from model_zoo.trust.conformal import (
    COVERAGES,
    WITH,
    WITHOUT,
    ConformalSets,
    LabelThresholds,
    always_naming,
    fit_conformal,
    set_coverage,
    set_size,
    set_words,
)

SEEDS = range(300)


def _simulated(generator: np.random.Generator, n: int, prevalence: float) -> tuple[np.ndarray, np.ndarray]:
    y = (generator.random(n) < prevalence).astype(float)
    return generator.normal(1.5 * y, 1.0 + 0.5 * y), y


@pytest.mark.parametrize("coverage", COVERAGES)
@pytest.mark.parametrize("prevalence", [0.15, 0.7])
def test_sets_reach_their_coverage_for_both_labels_at_any_other_prevalence(coverage: float, prevalence: float) -> None:
    found = []
    for seed in SEEDS:
        generator = np.random.default_rng(seed)
        sets = fit_conformal(*_simulated(generator, 400, 0.3))
        logits, y = _simulated(generator, 400, prevalence)
        found.append([set_coverage(sets.at(coverage), label)(y, logits) for label in (1, 0)])
    mean, error = np.mean(found, axis=0), np.std(found, axis=0) / np.sqrt(len(found))
    # At least the coverage asked for, and at most one rank of the smaller group (about 120 films) above it.
    assert (mean > coverage - 4 * error).all()
    assert (mean < coverage + 1 / 100 + 4 * error).all()


def test_the_threshold_is_the_order_statistic_counted_by_hand() -> None:
    present, absent = np.arange(1.0, 20.0), -np.arange(1.0, 10.0)
    sets = fit_conformal(np.concatenate([present, absent]), np.r_[np.ones(19), np.zeros(9)], (0.80, 0.95))
    # 19 films: rank 20 x 0.80 = 16 from above is the value 4; 20 x 0.95 = 19 is the lowest of them.
    assert sets.at(0.80).present_from == 4.0
    assert sets.at(0.95).present_from == 1.0
    # 9 films: rank 8 from below is -2; ceil(10 x 0.95) = 10 of 9 does not exist.
    assert sets.at(0.80).absent_up_to == -2.0
    assert sets.at(0.95).absent_up_to is None


def test_too_few_films_keep_an_answer_always() -> None:
    sets = fit_conformal(np.array([0.5, -2.0, -1.0]), np.array([1.0, 0.0, 0.0]))
    for logit in (-1e9, 0.0, 1e9):
        assert sets.prediction_set(logit, 0.90) == {WITH, WITHOUT}
    nothing = fit_conformal(np.empty(0), np.empty(0))
    assert nothing.prediction_set(0.0, 0.80) == {WITH, WITHOUT}


def test_a_set_keeps_one_answer_both_or_none() -> None:
    overlapping = ConformalSets({0.9: LabelThresholds(-1.0, 1.0)}, 50, 50)
    apart = ConformalSets({0.9: LabelThresholds(1.0, -1.0)}, 50, 50)
    assert overlapping.prediction_set(-1.5, 0.9) == {WITHOUT}
    assert overlapping.prediction_set(1.5, 0.9) == {WITH}
    both, none = overlapping.prediction_set(-1.0, 0.9), apart.prediction_set(0.0, 0.9)
    assert (both, none) == ({WITH, WITHOUT}, frozenset())
    assert len({set_words(answers, 0.9) for answers in (both, none, {WITH}, {WITHOUT})}) == 4


def test_shares_of_sizes_and_the_trivial_answer() -> None:
    thresholds = LabelThresholds(-1.0, 1.0)
    logits, y = np.array([-3.0, -0.5, 0.5, 3.0]), np.array([1.0, 0.0, 1.0, 1.0])
    assert [set_size(thresholds, size)(y, logits) for size in (0, 1, 2)] == [0.0, 0.5, 0.5]
    assert set_coverage(thresholds)(y, logits) == 0.75
    assert set_coverage(thresholds, 0)(y, logits) == 1.0
    assert always_naming(1)(y, logits) == 0.75
    assert set_coverage(thresholds, 0)(np.ones(2), np.ones(2)) is None


def test_json_keeps_thresholds_and_unknown_coverage_is_named() -> None:
    sets = fit_conformal(np.arange(12.0), np.array([0.0, 1.0] * 6))
    assert sets.at(0.95).present_from is None
    assert ConformalSets.from_json(json.loads(json.dumps(sets.to_json(), allow_nan=False))) == sets
    with pytest.raises(UnknownName, match="85 %"):
        sets.at(0.85)
