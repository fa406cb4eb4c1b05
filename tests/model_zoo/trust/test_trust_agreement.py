"""Agreement of maps: known answers for the same map, for maps apart, for maps without relation, and for empty ones."""

from __future__ import annotations

import json

import numpy as np
import pytest

from model_zoo.trust.map_agreement import (
    CELLS,
    HARDLY,
    NEARLY_THE_SAME,
    NOT_COMPARED,
    PARTLY,
    agreement_level,
    compare_maps,
    positive_cells,
    rank_cells,
    top_cells,
)

SEED = 20260301
SHAPE = (64, 64)


def noise(seed: int, shape: tuple[int, int] = SHAPE) -> np.ndarray:
    return np.random.default_rng(SEED + seed).random(shape)


def spot(row: int, col: int, shape: tuple[int, int] = SHAPE, sigma: float = 6.0) -> np.ndarray:
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]]
    return np.exp(-((y - row) ** 2 + (x - col) ** 2) / (2 * sigma**2))


def block(rows: slice, cols: slice, size: int = CELLS) -> np.ndarray:
    values = np.zeros((size, size))
    values[rows, cols] = 1 + np.arange(values[rows, cols].size).reshape(values[rows, cols].shape)
    return values


def test_the_same_map_in_another_unit_agrees_wholly() -> None:
    (pair,) = compare_maps([("A", noise(0)), ("B", 1000 * noise(0))], SHAPE).pairs
    assert pair.rank_correlation == pytest.approx(1)
    assert (pair.overlap, pair.jaccard, pair.level) == (1, 1, NEARLY_THE_SAME)
    assert pair.chance == pytest.approx(26 / 256)


def test_maps_of_separate_places_have_nothing_in_common() -> None:
    agreement = compare_maps([("A", spot(12, 12)), ("B", spot(52, 52))], SHAPE)
    (pair,) = agreement.pairs
    assert (pair.overlap, pair.jaccard) == (0, 0)
    assert pair.rank_correlation is not None
    assert pair.rank_correlation < 0
    assert pair.level == HARDLY
    assert (
        agreement.sentence
        == "The two maps agree hardly more than the maps of two patients do: they mark different places."
    )


def test_maps_without_relation_agree_as_chance_says() -> None:
    pairs = [compare_maps([("A", noise(i)), ("B", noise(100 + i))], SHAPE).pairs[0] for i in range(60)]
    assert np.mean([pair.rank_correlation for pair in pairs]) == pytest.approx(0, abs=0.03)
    assert np.mean([pair.overlap for pair in pairs]) == pytest.approx(26 / 256, abs=0.025)
    assert all(pair.level == HARDLY for pair in pairs)


def test_half_of_the_strongest_places_in_common_is_counted() -> None:
    a, b = block(slice(0, 4), slice(0, 4)), block(slice(2, 6), slice(0, 4))
    (pair,) = compare_maps([("A", a), ("B", b)], (CELLS, CELLS)).pairs
    assert pair.overlap == 0.5  # 8 of 16 cells
    assert pair.jaccard == pytest.approx(8 / 24)
    assert pair.chance == pytest.approx(16 / 256)
    assert "50 % of their strongest places are the same (6 % if thrown at random" in pair.sentence


def test_only_what_speaks_for_the_finding_is_compared() -> None:
    a = spot(20, 20)
    (pair,) = compare_maps([("A", a), ("B", a - 3 * spot(50, 50))], SHAPE).pairs
    assert pair.overlap == 1
    opposed = compare_maps([("A", a), ("B", -a)], SHAPE).pairs[0]
    assert opposed.level == NOT_COMPARED


@pytest.mark.parametrize(("rows", "cols"), [(8, 8), (7, 11), (16, 16), (100, 30)])
def test_cells_keep_the_mean_whatever_the_resolution(rows: int, cols: int) -> None:
    values = noise(1, (rows, cols))
    cells = positive_cells(values)
    assert cells.shape == (CELLS, CELLS)
    assert cells.mean() == pytest.approx(values.mean())


def test_a_coarse_map_is_compared_with_a_fine_one_of_the_same_place() -> None:
    fine = spot(20, 40)
    coarse = fine.reshape(16, 4, 16, 4).mean((1, 3))
    (pair,) = compare_maps([("Coarse", coarse), ("Fine", fine)], SHAPE).pairs
    assert pair.rank_correlation == pytest.approx(1)
    assert pair.overlap == 1


@pytest.mark.parametrize("rows", [7, 16, 40])
def test_rounding_breaks_no_tie(rows: int) -> None:
    values = np.ones((rows, rows))
    values[: rows // 2] = 2.0
    ranks = rank_cells(positive_cells(values))
    assert len(np.unique(ranks)) <= 3  # two plateaus, and at most one row of cells across the step


def test_the_strongest_tenth_never_holds_what_is_not_marked() -> None:
    assert top_cells(block(slice(0, 1), slice(0, 3))).sum() == 3
    assert top_cells(np.arange(256.0).reshape(16, 16)).sum() == 26
    tied = np.zeros((16, 16))
    tied[:, :4] = 1.0
    assert top_cells(tied).sum() == 64


def test_ties_raise_the_chance_that_is_named() -> None:
    tied = np.zeros((16, 16))
    tied[:, :4] = 1.0
    (pair,) = compare_maps([("A", tied), ("B", noise(2, (16, 16)))], (16, 16)).pairs
    assert pair.chance == pytest.approx(64 / 256)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (np.zeros(SHAPE), "marks nothing"),
        (-np.ones(SHAPE), "marks nothing"),
        (np.full(SHAPE, np.nan), "marks nothing"),
        (np.ones((5, 5)), "is the same everywhere"),
    ],
    ids=["zero", "negative", "missing", "flat"],
)
def test_a_map_without_an_order_of_places_is_not_compared_and_says_why(values: np.ndarray, words: str) -> None:
    agreement = compare_maps([("A", noise(3)), ("B", values)], SHAPE)
    (pair,) = agreement.pairs
    assert (pair.rank_correlation, pair.overlap, pair.jaccard, pair.chance) == (None, None, None, None)
    assert pair.level == NOT_COMPARED
    assert pair.sentence == f"A and B cannot be compared: B {words}."
    assert agreement.sentence == f"The maps cannot be compared: B {words}."


def test_consensus_is_high_where_the_maps_meet_and_low_elsewhere() -> None:
    agreement = compare_maps([("A", spot(20, 20) + spot(50, 50)), ("B", spot(20, 20))], SHAPE)
    consensus = agreement.consensus
    assert consensus is not None
    assert (consensus.shape, consensus.dtype) == (SHAPE, np.float32)
    assert 0 <= consensus.min() <= consensus.max() <= 1
    assert consensus[18:22, 18:22].min() > 0.97
    assert consensus[50, 50] < consensus[20, 20]
    assert np.unravel_index(consensus.argmax(), SHAPE) == pytest.approx((20, 20), abs=4)
    assert agreement.consensus_of == ("A", "B")
    assert "without a unit" in agreement.consensus_words


def test_consensus_of_maps_without_relation_is_about_a_half() -> None:
    consensus = compare_maps([(str(i), noise(10 + i)) for i in range(4)], SHAPE).consensus
    assert consensus is not None
    assert consensus.mean() == pytest.approx(0.5, abs=0.01)


def test_an_empty_map_lowers_the_consensus_and_is_named() -> None:
    agreement = compare_maps([("A", spot(20, 20)), ("B", np.zeros(SHAPE))], SHAPE)
    assert agreement.consensus is not None
    assert agreement.consensus.max() <= 0.5
    assert "Marking nothing, and so lowering it everywhere: B." in agreement.consensus_words
    nothing = compare_maps([("A", np.zeros(SHAPE)), ("B", np.zeros(SHAPE))], SHAPE).consensus
    assert nothing is not None
    assert not nothing.any()


def test_a_map_not_to_be_used_is_compared_but_stays_out_of_the_consensus() -> None:
    maps = [("A", spot(20, 20)), ("B", spot(22, 20)), ("C", spot(50, 50))]
    agreement = compare_maps(maps, SHAPE, left_out=("C",))
    assert len(agreement.pairs) == 3
    assert agreement.consensus_of == ("A", "B")
    assert "Left out, because not to be used: C." in agreement.consensus_words
    np.testing.assert_array_equal(agreement.consensus, compare_maps(maps[:2], SHAPE).consensus)
    alone = compare_maps(maps, SHAPE, left_out=("B", "C"))
    assert alone.consensus is None
    assert alone.consensus_of == ()
    assert alone.consensus_words == "No consensus: fewer than two maps are left without B and C, not to be used."


def test_all_pairs_are_said_at_once() -> None:
    a, b, c = spot(20, 20), spot(20, 21), spot(52, 52)
    assert compare_maps([("A", a), ("B", b), ("C", a)], SHAPE).sentence.startswith("The maps are nearly the same")
    mixed = compare_maps([("A", a), ("B", b), ("C", c)], SHAPE).sentence
    assert mixed == "The maps agree in part: 1 pair is nearly the same, 2 pairs agree hardly more than chance."
    missing = compare_maps([("A", a), ("B", b), ("C", 0 * a)], SHAPE).sentence
    assert missing.endswith("2 of 3 pairs cannot be compared.")


def test_the_words_need_both_measures() -> None:
    assert agreement_level(0.95, 0.9) == NEARLY_THE_SAME
    assert agreement_level(0.95, 0.2) == PARTLY
    assert agreement_level(0.1, 0.9) == PARTLY
    assert agreement_level(0.1, 0.1) == HARDLY


@pytest.mark.parametrize("names", [(), ("A",), ("A", "A")])
def test_fewer_than_two_or_two_of_one_name_are_refused(names: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="Two or more maps"):
        compare_maps([(name, noise(0)) for name in names], SHAPE)


def test_the_json_form_holds_no_map() -> None:
    agreement = compare_maps([("A", noise(0)), ("B", noise(1))], SHAPE)
    answer = json.loads(json.dumps(agreement.to_json(), allow_nan=False))
    assert "consensus" not in answer
    assert answer["maps"] == ["A", "B"]
    assert answer["pairs"][0]["overlap"] == agreement.pairs[0].overlap
