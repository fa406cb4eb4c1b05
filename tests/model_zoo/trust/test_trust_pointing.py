"""Pointing game and mass in the box, and the trivial maps."""

from __future__ import annotations

import numpy as np
import pytest

from model_zoo.scans.regions import FilmRegions, border_mask, corner_mask
from model_zoo.trust.pointing import lung_centre, mean_box, point

SIDE = 64
BOX = np.zeros((SIDE, SIDE), bool)
BOX[8:24, 8:24] = True


def spot(row: int, col: int, size: int = 4) -> np.ndarray:
    values = np.zeros((SIDE, SIDE), np.float32)
    values[row : row + size, col : col + size] = 1.0
    return values


def test_the_strongest_place_decides_a_hit_and_the_positive_part_the_mass() -> None:
    inside = point(spot(12, 12) + 0.5 * spot(40, 40) - 3 * spot(50, 10), BOX)
    assert inside.hit
    assert inside.mass == pytest.approx(1 / 1.5)
    assert not point(0.5 * spot(12, 12) + spot(40, 40), BOX).hit


def test_one_hot_pixel_does_not_outweigh_a_region() -> None:
    values = spot(12, 12, 6)
    values[50, 50] = 3.0
    assert point(values, BOX).hit


def test_a_coarse_map_is_meant_at_the_middle_of_its_cell() -> None:
    coarse = np.zeros((8, 8), np.float32)
    coarse[1, 1] = 1.0  # rows and columns 8 to 15
    assert point(coarse, BOX).hit
    assert point(coarse, BOX).mass == pytest.approx(1.0)


def test_an_empty_map_misses() -> None:
    found = point(-spot(12, 12), BOX)
    assert not found.hit
    assert np.isnan(found.mass)


def test_the_mean_box_points_where_most_boxes_are() -> None:
    other = np.zeros((SIDE, SIDE), bool)
    other[16:32, 16:32] = True
    assert point(mean_box([BOX, other, other]).astype(np.float32), other).hit


def test_the_centre_of_the_lungs_lies_between_them() -> None:
    lungs = np.zeros((SIDE, SIDE), bool)
    lungs[10:30, 4:12] = lungs[10:30, 52:60] = True
    regions = FilmRegions(lungs, np.zeros_like(lungs), border_mask(SIDE, SIDE), corner_mask(SIDE, SIDE))
    assert np.unravel_index(lung_centre(regions).argmax(), (SIDE, SIDE)) == (19, 31)
