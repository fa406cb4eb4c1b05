"""Figures of classes, outlines and boxes against scikit-learn and against answers known by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import beta
from sklearn.metrics import average_precision_score, balanced_accuracy_score, f1_score, roc_auc_score

from model_zoo.evaluation import classes

GENERATOR = np.random.default_rng(12)
TRUTH = GENERATOR.integers(0, 3, 90)
SCORES = GENERATOR.normal(size=(90, 3)) + np.eye(3)[TRUTH]
GROUPS = np.arange(90) // 3
ONE = np.ones((1, 90))


def value(figure, n=90):
    return float(figure(np.ones((1, n)))[0])


def test_macro_auc_is_that_of_scikit_learn():
    expected = np.mean([roc_auc_score(k == TRUTH, SCORES[:, k]) for k in range(3)])
    assert value(classes.macro_auroc(TRUTH, SCORES)) == pytest.approx(expected)


def test_class_figures_are_those_of_scikit_learn():
    chosen = SCORES.argmax(1)
    assert value(classes.accuracy(TRUTH, chosen)) == pytest.approx((chosen == TRUTH).mean())
    assert value(classes.balanced_accuracy(TRUTH, chosen, 3)) == pytest.approx(balanced_accuracy_score(TRUTH, chosen))
    assert value(classes.macro_f1(TRUTH, chosen, 3)) == pytest.approx(f1_score(TRUTH, chosen, average="macro"))


def test_weights_count_as_repeated_pictures():
    weights = GENERATOR.integers(0, 3, 90)
    repeated = np.repeat(np.arange(90), weights)
    figure = classes.macro_auroc(TRUTH, SCORES)(weights[None].astype(float))[0]
    assert figure == pytest.approx(value(classes.macro_auroc(TRUTH[repeated], SCORES[repeated]), len(repeated)))


def test_interval_holds_the_value_and_is_wider_by_group():
    accurate = np.repeat(GENERATOR.integers(0, 2, 30), 3).astype(float)  # groups agree within themselves
    by_group = classes.figure_with_interval(classes.mean_of(accurate), GROUPS)
    alone = classes.figure_with_interval(classes.mean_of(accurate), np.arange(90))
    assert by_group["low"] < by_group["value"] < by_group["high"]
    assert by_group["high"] - by_group["low"] > 1.3 * (alone["high"] - alone["low"])


def test_dice_of_known_outlines():
    truth = np.zeros((3, 4, 4), bool)
    truth[:2, :2] = True
    found = truth.copy()
    found[1, :2] = False
    found[1, 1:3] = True  # half of it lies on the truth
    dice = classes.dice_of_each(found, truth)
    assert dice[:2].tolist() == [1.0, 0.5]
    assert np.isnan(dice[2])


def test_overlap_of_known_boxes():
    found = np.array([[0.0, 0, 4, 4], [0, 2, 4, 4], [9, 9, 1, 1]])
    assert classes.box_overlap(found, np.array([0.0, 0, 4, 4])).tolist() == pytest.approx([1, 1 / 3, 0])


def test_box_precision_by_hand():
    truth = np.array([[0.0, 0, 4, 4], [0, 0, 4, 4]])
    boxes = np.array(
        [
            [[0.9, 0, 0, 4, 4], [0.8, 0, 0, 4, 4]],  # the second one repeats the first: false
            [[0.7, 8, 8, 4, 4], [0.6, 0, 0, 4, 3]],
        ]
    )
    # hit, false, false, hit: precision 1 at recall 1/2, 1/2 at recall 1
    assert value(classes.average_precision_of_boxes(boxes, truth), 2) == pytest.approx(0.75)


def test_pixel_precision_is_that_of_scikit_learn():
    truth = GENERATOR.random((4, 20, 20)) < 0.1
    scores = np.clip(truth * 0.3 + GENERATOR.random((4, 20, 20)) * 0.6, 0, 0.999)
    stepped = np.floor(scores * 512) / 512
    expected = average_precision_score(truth.ravel(), stepped.ravel())
    assert value(classes.pixel_average_precision(scores, truth), 4) == pytest.approx(expected, abs=1e-9)


def test_a_share_on_which_all_agree_has_the_exact_interval():
    groups = np.array(["a", "a", "b", "c", "d"])
    none = classes.share_with_interval(np.zeros(5, dtype=bool), groups)
    assert (none["value"], none["low"]) == (0.0, 0.0)
    assert none["high"] == pytest.approx(beta.ppf(0.975, 1, 4))  # Clopper and Pearson of 0 of 4 groups
    every = classes.share_with_interval(np.ones(5, dtype=bool), groups)
    assert (every["value"], every["high"]) == (1.0, 1.0)
    assert every["low"] == pytest.approx(beta.ppf(0.025, 4, 1))


def test_a_share_counts_only_where_it_is_asked_for():
    hits, where = np.array([True, True, False, True]), np.array([True, False, True, False])
    found = classes.share_with_interval(hits, np.arange(4), where)
    assert found["value"] == 0.5
    assert found == classes.share_with_interval(hits[where], np.arange(4)[where])
    assert classes.share_with_interval(hits, np.arange(4), np.zeros(4, dtype=bool))["value"] is None
