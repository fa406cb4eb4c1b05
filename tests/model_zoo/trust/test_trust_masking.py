"""The measured sentence, on a network that sees one square of the picture and nothing else."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from model_zoo.card import Calibration, OutputCard
from model_zoo.trust.masking import MARKED_SHARE, RANDOM_PLACES, MaskingEffect, cover_and_predict, marked_region

SIDE = 96
TOP, LEFT, SIZE = 24, 56, 20
SEEN = (slice(TOP, TOP + SIZE), slice(LEFT, LEFT + SIZE))
CALIBRATION = Calibration(1.0, 0.0, ((0.01, 0.0), (0.0, 0.01)), "by hand")
OUTPUT = OutputCard(
    "lung_opacity", "Lung opacity", "adult", "probability", 0.0, "", tuple(np.linspace(-4, 4, 101)), CALIBRATION
)


def _picture() -> torch.Tensor:
    """A bright square on a dark, gently noisy picture."""
    x = -1 + 0.02 * torch.randn(1, 1, SIDE, SIDE, generator=torch.Generator().manual_seed(0))
    x[0, 0][SEEN] = 1.0
    return x


def _sees_the_square(x: torch.Tensor) -> np.ndarray:
    return (3 * x[:, 0][(slice(None), *SEEN)].mean((1, 2)))[:, None].numpy()


def _map(grid: int = SIDE) -> np.ndarray:
    values = np.zeros((SIDE, SIDE), np.float32)
    values[SEEN] = 1.0
    return values.reshape(grid, SIDE // grid, grid, SIDE // grid).mean((1, 3))


def _effect(values: np.ndarray, output: OutputCard = OUTPUT, covered: bool = True) -> MaskingEffect:
    return cover_and_predict(_sees_the_square, _picture(), values, 0, output, covered)


@pytest.mark.parametrize("grid", [SIDE, 12])
def test_covering_what_the_network_sees_drops_it_and_random_places_do_not(grid: int) -> None:
    effect = _effect(_map(grid))
    assert effect.unit == "probability"
    assert effect.before == pytest.approx(1 / (1 + np.exp(-3)), abs=1e-4)
    assert effect.marked_covered < effect.before - 0.2
    assert effect.random_covered > effect.before - 0.1
    assert effect.random_low <= effect.random_covered <= effect.random_high <= effect.before + 0.01
    assert effect.sentence == (
        f"Covering the marked region lowers lung opacity from {effect.before:.2f} to {effect.marked_covered:.2f}; "
        f"covering a random region of the same size: {effect.random_covered:.2f} "
        f"(range {effect.random_low:.2f} to {effect.random_high:.2f})."
    )


def test_a_map_that_marks_another_place_changes_nothing() -> None:
    elsewhere = np.roll(_map(), (40, -45), axis=(0, 1))
    effect = _effect(elsewhere)
    assert effect.marked_covered == pytest.approx(effect.before, abs=0.01)
    assert "leaves lung opacity at 0.95" in effect.sentence


def test_covering_what_speaks_against_raises_it() -> None:
    x = -_picture()
    effect = cover_and_predict(_sees_the_square, x, _map(), 0, OUTPUT, True)
    assert effect.marked_covered > effect.before + 0.05
    assert "raises lung opacity from" in effect.sentence


@pytest.mark.parametrize("values", [np.zeros((12, 12)), -np.ones((SIDE, SIDE))], ids=["empty", "only against"])
def test_an_empty_map_says_that_nothing_was_covered(values: np.ndarray) -> None:
    effect = _effect(values)
    assert effect.marked_share == 0
    assert effect.marked_covered == effect.random_covered == effect.before
    assert effect.sentence == "The map marks no region that raises lung opacity; nothing was covered."


def test_the_same_request_gives_the_same_answer() -> None:
    assert _effect(_map()) == _effect(_map())


def test_outside_the_intended_use_it_is_a_score() -> None:
    effect = _effect(_map(), covered=False)
    assert effect.unit == "score"
    assert effect.before == pytest.approx(OUTPUT.score(3.0), abs=0.1)
    assert (
        f"lowers the score for lung opacity from {effect.before:.0f} to {effect.marked_covered:.0f};" in effect.sentence
    )
    report = OutputCard("r", "Effusion", "adult", "report_score", 0.0, "", OUTPUT.score_quantiles)
    assert _effect(_map(), report).unit == "score"


def test_random_regions_have_the_size_of_the_marked_one() -> None:
    seen: list[torch.Tensor] = []

    def record(x: torch.Tensor) -> np.ndarray:
        seen.append(x)
        return np.zeros((len(x), 1))

    # Mirrored, checks of one pixel are their own negative: half the difference is how much of a pixel was covered.
    x = torch.from_numpy((np.indices((SIDE, SIDE)).sum(0) % 2 * 2 - 1).astype(np.float32))[None, None]
    effect = cover_and_predict(record, x, _map(), 0, OUTPUT, True)
    (batch,) = seen
    assert len(batch) == 2 + RANDOM_PLACES
    assert torch.equal(batch[:1], x)
    share = ((1 - batch * x) / 2).mean((1, 2, 3))
    assert float(share[1]) == pytest.approx(effect.marked_share, rel=0.05)
    # What meets the border of the picture fades a little differently there.
    torch.testing.assert_close(share[2:], share[1].expand(RANDOM_PLACES), rtol=0.05, atol=0)
    assert len({tuple(row.flatten().tolist()) for row in batch[2:]}) > RANDOM_PLACES // 2


def test_the_marked_region_is_the_strongest_tenth() -> None:
    ramp = np.linspace(0, 1, SIDE * SIDE, dtype=np.float32).reshape(SIDE, SIDE)
    region = marked_region(ramp, (SIDE, SIDE))
    assert region.mean() == pytest.approx(MARKED_SHARE, abs=0.01)
    assert region[-5:].all()
    assert not region[: SIDE // 2].any()


def test_a_small_spot_stays_small() -> None:
    spot = np.zeros((12, 12), np.float32)
    spot[3, 7] = 1.0
    region = marked_region(spot, (SIDE, SIDE))
    assert region[3 * 8 + 4, 7 * 8 + 4]
    assert 0 < region.mean() < MARKED_SHARE
