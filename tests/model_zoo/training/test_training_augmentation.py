"""Picture and mask move together, the lungs of a film stay its own, and the seed decides everything."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from model_zoo.training.augmentation import exchange_surroundings, random_affine, random_borders, random_exposure

SIDE = 96
SEED = 21


def _generator() -> torch.Generator:
    return torch.Generator().manual_seed(SEED)


def _squares(n: int = 12) -> torch.Tensor:
    images = torch.full((n, 1, SIDE, SIDE), -1.0)
    for index in range(n):
        top, left = 25 + 2 * index, 45 - 2 * index
        images[index, :, top : top + 18, left : left + 12] = 1.0
    return images


def _centre(mask: torch.Tensor) -> torch.Tensor:
    y, x = torch.meshgrid(torch.arange(SIDE) + 0.5, torch.arange(SIDE) + 0.5, indexing="ij")
    return torch.stack([(mask * y).sum((1, 2)), (mask * x).sum((1, 2))]) / mask.sum((1, 2))


def test_mask_and_picture_move_together() -> None:
    images = _squares()
    masks = torch.cat([(images > 0).float(), 1 - (images > 0).float()], 1)
    moved, moved_masks = random_affine(images, masks, _generator())
    shown = (moved[:, 0] + 1) / 2
    torch.testing.assert_close(shown, moved_masks[:, 0], atol=1e-5, rtol=0)
    assert float((_centre(shown) - _centre(masks[:, 0])).abs().max(1).values.min()) > 4  # they did move
    # Inside the film the two masks of a film still share it out.
    assert moved_masks.sum(1)[:, 40:56, 40:56].min() > 0.5
    assert moved_masks.shape == masks.shape


def test_each_part_of_the_motion_known_answers() -> None:
    images, still = _squares(4), {"degrees": 0.0, "scale": 0.0, "aspect": 0.0, "shift": 0.0}
    masks = (images > 0).float()
    same, _ = random_affine(images, masks, _generator(), **still, flip=0.0)
    torch.testing.assert_close(same, images)
    mirrored, mirrored_masks = random_affine(images, masks, _generator(), **still, flip=1.0)
    torch.testing.assert_close(mirrored, images.flip(3))
    torch.testing.assert_close(mirrored_masks, masks.flip(3))


def test_a_quarter_of_the_films_keeps_its_area_within_the_scale() -> None:
    images = _squares()
    masks = (images > 0).float()
    _, moved = random_affine(images, masks, _generator(), shift=0.0)
    ratio = moved.sum((1, 2, 3)) / masks.sum((1, 2, 3))
    limit = float(torch.exp(torch.tensor(2 * 0.15)))
    assert float(ratio.min()) > 0.95 / limit
    assert float(ratio.max()) < 1.05 * limit


@pytest.mark.parametrize("transform", [random_exposure, random_borders])
def test_exposure_and_borders_keep_the_shape_and_the_original(transform) -> None:
    images = torch.rand(8, 1, SIDE, SIDE, generator=_generator()) * 2 - 1
    before = images.clone()
    changed = transform(images, _generator())
    assert changed.shape == images.shape
    assert torch.isfinite(changed).all()
    assert torch.equal(images, before)
    assert not torch.equal(changed, images)
    assert float(changed.abs().max()) < 3


def test_exposure_keeps_the_place_of_things() -> None:
    moved = random_exposure(_squares(), _generator())[:, 0]
    inside = _squares()[:, 0] > 0
    assert all(moved[i][inside[i]].mean() > moved[i][~inside[i]].mean() + 0.5 for i in range(len(moved)))


def _lungs(n: int = 16) -> torch.Tensor:
    lungs = torch.zeros(n, 1, SIDE, SIDE)
    for index in range(n):
        lungs[index, :, 20 : 60 + index, 15:40] = 0.9
        lungs[index, :, 20 : 60 + index, 55:80] = 0.9
        lungs[index, :, :4, :4] = 0.4  # not lung
    return lungs


def test_the_lungs_stay_and_the_surroundings_are_exchanged() -> None:
    lungs = _lungs()
    n = len(lungs)
    images = torch.arange(n, dtype=torch.float32).view(n, 1, 1, 1).expand(n, 1, SIDE, SIDE) / n
    mixed = exchange_surroundings(images, lungs, _generator(), share=1.0)
    lung = lungs > 0.5
    torch.testing.assert_close(mixed[lung], images[lung], atol=1e-6, rtol=0)
    far = functional.max_pool2d(lungs, 15, 1, 7) < 0.5
    donors = [mixed[i][far[i]].unique() for i in range(n)]
    assert all(len(donor) == 1 for donor in donors)
    assert sorted(float(donor) for donor in donors) == [i / n for i in range(n)]  # each film lends once
    assert sum(float(donors[i]) != i / n for i in range(n)) > n // 2


def test_about_the_given_share_is_exchanged() -> None:
    images = torch.rand(400, 1, 16, 16, generator=_generator())
    lungs = torch.zeros(400, 1, 16, 16)
    none, half = (exchange_surroundings(images, lungs, _generator(), share) for share in (0.0, 0.5))
    assert torch.equal(none, images)
    assert 0.4 < (half != images).flatten(1).any(1).float().mean() < 0.6


def test_a_single_film_has_nobody_to_exchange_with() -> None:
    images = torch.rand(1, 1, SIDE, SIDE)
    assert torch.equal(exchange_surroundings(images, _lungs(1), _generator(), 1.0), images)


def test_the_seed_decides() -> None:
    images = torch.rand(6, 1, SIDE, SIDE, generator=_generator())

    def run(seed: int) -> torch.Tensor:
        generator = torch.Generator().manual_seed(seed)
        moved, _ = random_affine(exchange_surroundings(images, _lungs(6), generator), images, generator)
        return random_borders(random_exposure(moved, generator), generator)

    assert torch.equal(run(1), run(1))
    assert not torch.equal(run(1), run(2))
