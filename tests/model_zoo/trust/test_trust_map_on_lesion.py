"""A map against an outline, on made maps whose answer is known by hand."""

from __future__ import annotations

import numpy as np
import pytest

from model_zoo.trust.check import MAP_CHECKS
from model_zoo.trust.map_on_lesion import (
    ELSEWHERE,
    NOTHING,
    PARTLY,
    THERE,
    WIDE,
    MapOnLesion,
    map_on_lesion,
    share_words,
)

SHAPE = (10, 10)


def square(top: int, left: int, side: int) -> np.ndarray:
    inside = np.zeros(SHAPE)
    inside[top : top + side, left : left + side] = 1
    return inside


def split(share: float, inside: np.ndarray) -> np.ndarray:
    """Return a map with ``share`` of its sum spread inside, the rest spread outside."""
    return share * inside / inside.sum() + (1 - share) * (1 - inside) / (1 - inside).sum()


def test_a_map_on_the_outline_lies_there_wholly() -> None:
    inside = square(2, 3, 3)
    found = map_on_lesion(inside, inside, "Malignant")
    assert (found.verdict, found.share_inside, found.area, found.peak_inside) == (THERE, 1.0, 0.09, True)
    assert found.overlap == pytest.approx(1)
    assert found.chance == pytest.approx(0.09 / 1.91)
    assert found.density == pytest.approx(1 / 0.09)
    assert found.sentence == (
        "100 % of what speaks for malignant lies inside the outlined lesion, which takes 9 % of the picture: the classifier "
        "looks where the segmenter sees the lesion. The strongest place lies inside; the strongest 9 % of the map and the "
        "outline overlap by 100 % (5 % by chance)."
    )


def test_a_map_beside_the_outline_lies_elsewhere() -> None:
    found = map_on_lesion(square(6, 6, 3), square(1, 1, 3), "Malignant")
    assert (found.verdict, found.share_inside, found.peak_inside, found.overlap) == (ELSEWHERE, 0.0, False, 0.0)
    assert "the classifier looks elsewhere than where the segmenter sees the lesion" in found.sentence


@pytest.mark.parametrize(
    ("share", "side", "verdict"),
    [
        (0.62, 3, THERE),
        (0.50, 3, THERE),  # at the limit
        (0.49, 3, PARTLY),
        (0.10, 3, PARTLY),  # a little denser than spread evenly over 9 %
        (0.09, 3, ELSEWHERE),  # exactly as a map spread evenly
        (0.02, 3, ELSEWHERE),
        (0.60, 6, WIDE),  # 36 % of the picture: most of the map, but not twice as dense
        (0.75, 6, THERE),
        (0.99, 8, WIDE),  # 64 % of the picture
        (0.50, 8, ELSEWHERE),
    ],
)
def test_the_words_follow_the_stated_limits(share: float, side: int, verdict: str) -> None:
    inside = square(0, 0, side)
    found = map_on_lesion(split(share, inside), inside, "Malignant")
    assert found.share_inside == pytest.approx(share)
    assert found.verdict == verdict


def test_only_what_speaks_for_the_finding_counts_and_missing_values_do_not() -> None:
    inside = square(0, 0, 2)
    values = np.where(inside > 0, 1.0, -5.0)
    values[9, 9] = np.nan
    assert map_on_lesion(values, inside, "Malignant").share_inside == 1.0


def test_coarse_cells_count_by_the_share_of_them_inside() -> None:
    inside = np.array([[0.25, 0.0], [0.0, 0.0]])
    found = map_on_lesion(np.array([[1.0, 0.0], [0.0, 1.0]]), inside, "Malignant")
    assert found.share_inside == pytest.approx(0.125)
    assert found.area == pytest.approx(0.0625)
    assert found.peak_inside  # the first cell of the largest value meets the outline
    # A quarter of the strongest cell is taken, and a quarter of that quarter can be common.
    assert found.overlap == pytest.approx(0.0625 / (0.25 + 0.25 - 0.0625))


def test_a_map_that_marks_less_than_the_outline_overlaps_by_what_it_marks() -> None:
    values = np.zeros(SHAPE)
    values[0, 0] = 1
    assert map_on_lesion(values, square(0, 0, 2), "Malignant").overlap == pytest.approx(1 / 4)


@pytest.mark.parametrize("values", [np.zeros(SHAPE), -np.ones(SHAPE), np.full(SHAPE, np.nan)])
def test_a_map_that_marks_nothing_has_no_shares(values: np.ndarray) -> None:
    found = map_on_lesion(values, square(0, 0, 2), "Malignant")
    assert found == MapOnLesion(NOTHING, found.sentence, 0.04)
    assert found.density is None
    assert found.sentence == (
        "The map marks nothing that speaks for malignant, so it cannot be held against the outlined lesion."
    )


@pytest.mark.parametrize(
    ("boxed", "several", "words"),
    [
        (False, True, "the outlined lesions, which take 4 %"),
        (True, False, "the box around the lesion, which takes 4 %"),
        (True, True, "the boxes around the lesions, which take 4 %"),
    ],
)
def test_the_sentence_names_what_was_drawn(boxed: bool, several: bool, words: str) -> None:
    inside = square(0, 0, 2)
    assert words in map_on_lesion(inside, inside, "BI-RADS 5", boxed, several).sentence


def test_an_abbreviation_keeps_its_capitals() -> None:
    inside = square(0, 0, 2)
    assert "speaks for BI-RADS 5" in map_on_lesion(inside, inside, "BI-RADS 5").sentence


@pytest.mark.parametrize(
    ("values", "inside"),
    [(np.ones((2, 2)), np.ones((2, 3))), (np.ones(4), np.ones(4)), (np.ones(SHAPE), np.zeros(SHAPE))],
)
def test_other_grids_and_empty_outlines_are_refused(values: np.ndarray, inside: np.ndarray) -> None:
    with pytest.raises(ValueError, match="outline"):
        map_on_lesion(values, inside, "Malignant")


@pytest.mark.parametrize(
    ("share", "words"), [(0.0, "0 %"), (0.0004, "less than 0.1 %"), (0.004, "0.4 %"), (0.08, "8 %"), (1.0, "100 %")]
)
def test_a_small_share_is_never_none(share: float, words: str) -> None:
    assert share_words(share) == words


def test_it_takes_no_part_in_the_verdict() -> None:
    assert "map_on_lesion" not in {check.name for check in MAP_CHECKS}
    assert not any("lesion" in check.name for check in MAP_CHECKS)
