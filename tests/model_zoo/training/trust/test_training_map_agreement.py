"""How far maps agree by nature, measured on maps whose agreement is known."""

from __future__ import annotations

import numpy as np
import pytest

from model_zoo.training.trust.map_agreement import measure_agreement

SEED = 20260302


def test_maps_of_one_film_are_told_from_maps_of_two() -> None:
    generator = np.random.default_rng(SEED)
    films = [generator.random((32, 32)) for _ in range(6)]
    (found,) = measure_agreement({"a": films, "b": [2 * film for film in films]}, (32, 32))
    assert (found.first, found.second) == ("a", "b")
    assert found.same_film == pytest.approx((1, 1))
    assert found.other_patient == pytest.approx((0, 0.1), abs=0.08)


def test_empty_maps_are_left_out_of_the_medians() -> None:
    film = np.random.default_rng(SEED).random((32, 32))
    (found,) = measure_agreement({"a": [film] * 5, "b": [film, film, film, film, 0 * film]}, (32, 32))
    assert found.same_film == pytest.approx((1, 1))
