"""Both lungs apart: by place and size of the pieces, and not at all where that cannot be told."""

from __future__ import annotations

import numpy as np

from model_zoo.case.outlines.lung_sides import split_sides
from model_zoo.case.outlines.regions import ScanRegion, side_shares

THRESHOLD = 0.5


def plane(*boxes: tuple[int, int, int, int]) -> np.ndarray:
    """Return a plane of 60 x 80 that is 0.9 in boxes (top, bottom, left, right) and 0.1 elsewhere."""
    found = np.full((60, 80), 0.1, np.float32)
    for top, bottom, left, right in boxes:
        found[top:bottom, left:right] = 0.9
    return found


def test_each_side_has_its_lung_and_nothing_of_the_other() -> None:
    both = plane((10, 50, 10, 30), (12, 48, 50, 72))
    left, right = split_sides(both, THRESHOLD)
    np.testing.assert_array_equal(left >= THRESHOLD, plane((10, 50, 10, 30)) >= THRESHOLD)
    np.testing.assert_array_equal(right >= THRESHOLD, plane((12, 48, 50, 72)) >= THRESHOLD)
    assert left.dtype == right.dtype == np.float32


def test_a_stray_piece_goes_to_the_nearer_lung_and_none_is_lost() -> None:
    both = plane((10, 50, 10, 30), (12, 48, 50, 72), (52, 54, 70, 73))
    left, right = split_sides(both, THRESHOLD)
    assert (left >= THRESHOLD).sum() == 40 * 20
    assert (left >= THRESHOLD).sum() + (right >= THRESHOLD).sum() == (both >= THRESHOLD).sum()


def test_what_is_no_pair_of_lungs_is_not_told_apart() -> None:
    assert split_sides(plane(), THRESHOLD) is None
    assert split_sides(plane((10, 50, 10, 72)), THRESHOLD) is None, "joined below the heart"
    assert split_sides(plane((10, 50, 10, 30), (20, 24, 60, 64)), THRESHOLD) is None, "one lung and a stray piece"
    assert split_sides(plane((5, 25, 10, 30), (35, 55, 12, 32)), THRESHOLD) is None, "one lung cut in two"


def region(name: str, area: float) -> ScanRegion:
    return ScanRegion(name, name, "landmark", (), 1, area, None, 0.1, 0.9, None, 0.9, 0.5, True)


def test_shares_are_said_only_of_two_sides() -> None:
    assert side_shares([region("right-lung", 300.0), region("left-lung", 100.0)]).startswith(
        "Of the outlined area 75 % is the right lung, 25 % the left"
    )
    assert side_shares([region("lungs", 300.0)]) == ""
    assert side_shares([]) == ""
