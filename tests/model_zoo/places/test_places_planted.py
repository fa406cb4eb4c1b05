"""The evaluation on planted lesions: a perfect map has the planted place, so what is missing is the network's."""

from __future__ import annotations

import pytest

from model_zoo.places.planted import PERFECT, measure_places


@pytest.mark.parametrize("kind", ["chest, adults", "chest, children", "brain", "breast"])
def test_a_perfect_map_has_the_planted_place(kind: str) -> None:
    (row,) = measure_places({kind: 2}, methods=())
    assert (row["kind"], row["map"], row["maps"]) == (kind, PERFECT, 2)
    assert row["right"]["value"] == 1
    assert (row["right"]["n"], row["near_empty"]) == (2, 0)
