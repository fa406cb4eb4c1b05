"""A map over a film: the rules of opacity and colour that page and command line share."""

from __future__ import annotations

import numpy as np
import pytest

from model_zoo.explainers import range_floor
from model_zoo.explainers.palette import GREY, OPAQUE_FROM, SEQUENTIAL, VISIBLE_FROM
from model_zoo.explainers.picture import OPACITY, blend, colour_range, colours


def test_nothing_shows_below_the_visible_share_and_all_from_the_opaque_one() -> None:
    layer = colours(np.array([[0.0, VISIBLE_FROM, OPAQUE_FROM, 1.0]]), 0.0, 1.0, signed=False)
    np.testing.assert_allclose(layer[0, :, 3], [0, 0, OPACITY, OPACITY], atol=1e-6)
    np.testing.assert_allclose(layer[0, -1, :3] * 255, SEQUENTIAL[-1][1:], atol=0.5)


@pytest.mark.parametrize("signed", [False, True])
def test_a_map_not_to_be_used_has_no_colour_and_keeps_its_shape(signed: bool) -> None:
    values = np.linspace(-1, 1, 21)[None]
    layer = colours(values, -1.0 if signed else 0.0, 1.0, signed, grey=True)
    assert np.ptp(layer[..., :3], axis=-1).max() == 0
    np.testing.assert_array_equal(layer[..., 3], colours(values, -1.0 if signed else 0.0, 1.0, signed)[..., 3])
    assert layer[0, -1, 0] * 255 == pytest.approx(GREY[-1][1], abs=0.5)


def test_the_film_stays_where_the_map_shows_nothing() -> None:
    film = np.array([[0.0, 0.5, 1.0]], np.float32)
    through = blend(film, colours(np.zeros((1, 3)), 0.0, 1.0, signed=False))
    assert (through == np.array([0, 128, 255])[None, :, None]).all()
    covered = blend(film, np.array([[[1, 0, 0, 1.0]] * 3], np.float32))
    assert (covered == [255, 0, 0]).all()


def test_missing_values_do_not_set_the_range() -> None:
    values = np.full((8, 8), 2.0)
    values[0, 0] = np.nan
    assert colour_range(values, signed=True) == (-2.0, 2.0)
    assert colour_range(np.full((16, 16), np.nan), signed=False, method="grad-cam") == (
        0.0,
        range_floor("grad-cam", 256),
    )


@pytest.mark.parametrize(
    ("method", "spread"), [("grad-cam", True), ("integrated-gradients", True), ("occlusion", False)]
)
def test_a_finer_map_of_the_same_logit_looks_the_same(method: str, spread: bool) -> None:
    """A logit that is shared out over nine times as many cells is a ninth in each; what is covered has its effect on any grid."""
    coarse = np.full((16, 16), range_floor(method, 256) / 2)
    fine = np.full((48, 48), range_floor(method, 256) / 2 / (9 if spread else 1))
    shown = [values[0, 0] / colour_range(values, signed=False, method=method)[1] for values in (coarse, fine)]
    assert shown[1] == pytest.approx(shown[0])
