"""Stability: a map that ignores the picture never moves, one that amplifies noise fails."""

from __future__ import annotations

import numpy as np
import pytest

from model_zoo.explainers.method import RawAttribution
from model_zoo.trust.check import FAILED, INFORMS, PASSED
from model_zoo.trust.checks.stability import CHECK, RADIUS
from tests.model_zoo.trust.subjects import EdgesPosing, subject


class Constant(EdgesPosing):
    def attribute(self, network, target_layer, x, target, **_):
        return RawAttribution(np.ones((8, 8), np.float32))


class Scaled(EdgesPosing):
    """The picture itself, so that the change is the noise over the picture."""

    def attribute(self, network, target_layer, x, target, **_):
        return RawAttribution(x[0, 0].numpy())


def test_a_constant_map_does_not_change() -> None:
    result = CHECK.run(subject(np.ones((8, 8), np.float32), explainer=Constant(), parameters={}))
    assert result.outcome == PASSED
    assert result.measure == pytest.approx(0.0, abs=1e-6)


def test_the_measure_is_the_relative_change() -> None:
    s = subject(np.ones((8, 8), np.float32), explainer=Scaled(), parameters={})
    result = CHECK.run(s)
    expected = RADIUS * s.x.numel() ** 0.5 / float(s.x.norm())
    assert result.measure == pytest.approx(expected, rel=0.1)


def test_the_same_noise_every_time_and_a_limit_that_decides() -> None:
    first, second = (CHECK.run(subject(np.ones((8, 8)), explainer=Scaled(), parameters={})) for _ in range(2))
    assert first == second
    strict = CHECK.run(
        subject(np.ones((8, 8)), explainer=Scaled(), parameters={}, limits={"stability": first.measure / 2})
    )
    assert strict.outcome == FAILED
    free = CHECK.run(subject(np.ones((8, 8)), explainer=Scaled(), parameters={}, limits={"stability": None}))
    assert free.outcome == INFORMS
    assert "most maps that hit" in strict.sentence
    loose = CHECK.run(subject(np.ones((8, 8)), explainer=Scaled(), parameters={}, limits={"stability": 1e9}))
    assert loose.outcome == PASSED
    assert "most maps" not in loose.sentence
