"""Deletion and insertion on a network whose important pixels are known."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from model_zoo.trust.check import FAILED, FATAL, PASSED
from model_zoo.trust.checks.faithfulness import CHECK, STEPS, area, curves, edge_map, patch_order, random_orders
from tests.model_zoo.trust.subjects import SIDE, SQUARE, perfect_map, picture, subject


def half_right() -> torch.Tensor:
    """Return a picture whose edges lie half on the square that is read and half elsewhere."""
    x = torch.full((1, 1, SIDE, SIDE), 0.5)
    x[0, 0, 24:40, 16:24] = 1.5
    x[0, 0, 24:40, 40:56] = 1.5
    return x


def test_a_perfect_map_comes_first_an_edge_map_lower_a_random_one_last() -> None:
    x = half_right()
    s = subject(perfect_map(), x=x)
    perfect = area(*curves(s, patch_order(perfect_map(), x)))
    edges = area(*curves(s, patch_order(edge_map(x), x)))
    rough = np.mean([area(*curves(s, order)) for order in random_orders()])
    assert perfect > edges > rough


def test_the_perfect_map_takes_the_whole_score_with_its_first_patches() -> None:
    s = subject(perfect_map())
    deletion, insertion = curves(s, patch_order(s.values, s.x))
    whole = float(s.x[0, 0][SQUARE].sum()) / 64
    assert deletion[0] == pytest.approx(whole, rel=1e-5)
    # The square is 1/16 of the picture, which is one step.
    assert deletion[1] == pytest.approx(0.0, abs=1e-6)
    assert insertion[1] == pytest.approx(whole, rel=1e-5)
    assert len(deletion) == len(insertion) == STEPS + 1


def test_outcomes_of_a_good_an_edge_and_a_wrong_map() -> None:
    x = half_right()
    assert CHECK.run(subject(perfect_map(), x=x)).outcome == PASSED
    assert CHECK.run(subject(edge_map(x).astype(np.float32), x=x)).outcome == FAILED
    assert CHECK.run(subject(1 - perfect_map(), x=x)).outcome == FATAL


def test_a_fitted_limit_turns_a_small_gain_into_doubt() -> None:
    x = half_right()
    gain = CHECK.run(subject(perfect_map(), x=x)).measure
    assert CHECK.run(subject(perfect_map(), x=x, limits={"faithfulness": gain + 0.01})).outcome == FAILED
    assert CHECK.run(subject(perfect_map(), x=x, limits={"faithfulness": None})).outcome == PASSED


def test_curves_are_shared_between_maps_of_one_scan() -> None:
    shared: dict = {}
    CHECK.run(subject(perfect_map(), shared=shared))
    before = dict(shared)
    CHECK.run(subject(1 - perfect_map(), shared=shared))
    assert set(before) == {"edge curves", "random areas"}
    assert all(shared[key] is before[key] for key in before)


def test_an_empty_map_keeps_the_order_of_the_picture_and_is_not_used() -> None:
    assert list(patch_order(np.zeros((SIDE, SIDE)), picture())) == list(range(256))
