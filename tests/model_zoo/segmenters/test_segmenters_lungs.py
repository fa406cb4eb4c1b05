"""The crop around the lungs: square, inside the film, and the whole film where there are no lungs."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from model_zoo.scans.geometry import Box
from model_zoo.segmenters import SEGMENTERS
from model_zoo.segmenters.lungs import CROP_MARGIN, lung_crop, lung_input, lung_probability
from tests.tiny_zoo import randomise, tiny_unet


def _lungs(shape: tuple[int, int], top: int, left: int, bottom: int, right: int) -> np.ndarray:
    probability = np.zeros(shape, np.float32)
    probability[top:bottom, left:right] = 0.9
    return probability


def test_the_crop_is_a_square_around_the_lungs_with_its_margin() -> None:
    crop = lung_crop(_lungs((400, 500), 100, 150, 250, 350))
    side = round(200 * (1 + 2 * CROP_MARGIN))
    assert crop == Box(175 - side / 2, 250 - side / 2, side, side)


def test_the_crop_stays_inside_the_film() -> None:
    crop = lung_crop(_lungs((300, 400), 5, 0, 295, 200))
    assert (crop.top, crop.left) == (0, 0)
    assert crop.height == 300  # no taller than the film
    assert crop.left + crop.width <= 400
    right = lung_crop(_lungs((300, 400), 100, 250, 250, 400))
    assert right.left + right.width == 400


@pytest.mark.parametrize("probability", [np.zeros((100, 120)), _lungs((100, 120), 50, 50, 60, 70)])
def test_without_lungs_the_whole_film_is_read(probability: np.ndarray) -> None:
    assert lung_crop(probability) == Box(0, 0, 100, 120)


def test_a_stray_pixel_does_not_widen_the_crop() -> None:
    clean = _lungs((400, 400), 100, 100, 250, 300)
    stray = clean.copy()
    stray[390, 5] = 1.0
    assert lung_crop(stray) == lung_crop(clean)


def test_the_probability_has_the_grid_of_the_film() -> None:
    unet = tiny_unet()
    randomise(unet)
    film = np.random.default_rng(1).random((90, 70)).astype(np.float32)
    probability = lung_probability(unet.eval(), film)
    assert probability.shape == (90, 70)
    assert probability.dtype == np.float32
    assert 0 <= probability.min() < probability.max() <= 1
    assert lung_input(film).shape == (1, 1, 128, 128)


@pytest.mark.parametrize("entry", list(SEGMENTERS), ids=lambda entry: entry.name)
def test_each_segmenter_loads_frozen_and_gives_one_logit_per_pixel(entry) -> None:
    network = entry.load()
    assert not network.training
    assert not any(parameter.requires_grad for parameter in network.parameters())
    with torch.no_grad():
        assert network(torch.zeros(1, 1, 128, 128)).shape == (1, 1, 128, 128)
