"""A bright square must land on the square: the classic silent error of an overlay is a map in the wrong place."""

from __future__ import annotations

import numpy as np
import pytest

from model_zoo.scans.geometry import Box, Geometry

SCAN = (300, 200)
WHOLE = Box(0, 0, *SCAN)
CROP = Box(60, 40, 160, 120)


def _square(shape: tuple[int, int], box: Box) -> np.ndarray:
    image = np.zeros(shape, np.float32)
    image[int(box.top) : int(box.top + box.height), int(box.left) : int(box.left + box.width)] = 1.0
    return image


def _bounds(image: np.ndarray) -> tuple[int, int, int, int]:
    ys, xs = np.flatnonzero((image > 0.5).any(1)), np.flatnonzero((image > 0.5).any(0))
    return int(ys[0]), int(xs[0]), int(ys[-1]) + 1, int(xs[-1]) + 1


@pytest.mark.parametrize("crop", [WHOLE, CROP], ids=["whole", "crop"])
@pytest.mark.parametrize("model_shape", [(128, 128), (64, 96)])
def test_a_square_lands_on_the_square_in_the_model_grid(crop: Box, model_shape: tuple[int, int]) -> None:
    square = Box(100, 60, 60, 50)
    geometry = Geometry(SCAN, crop, model_shape)
    top, left, bottom, right = _bounds(geometry.to_model(_square(SCAN, square)))
    fy, fx = model_shape[0] / crop.height, model_shape[1] / crop.width
    wanted = np.array([(100 - crop.top) * fy, (60 - crop.left) * fx, (160 - crop.top) * fy, (110 - crop.left) * fx])
    np.testing.assert_allclose([top, left, bottom, right], wanted, atol=1.0)


@pytest.mark.parametrize("crop", [WHOLE, CROP], ids=["whole", "crop"])
def test_a_square_comes_back_to_where_it_was(crop: Box) -> None:
    square = Box(100, 60, 60, 50)
    geometry = Geometry(SCAN, crop, (128, 128))
    back = geometry.to_scan(geometry.to_model(_square(SCAN, square)))
    assert back.shape == SCAN
    assert back.dtype == np.float32
    np.testing.assert_allclose(_bounds(back), (100, 60, 160, 110), atol=1)


def test_a_box_and_the_pixels_it_encloses_go_the_same_way() -> None:
    geometry = Geometry(SCAN, CROP, (64, 96))
    box = Box(16, 24, 32, 48)
    on_scan = geometry.box_to_scan(box)
    assert on_scan == Box(60 + 16 * 2.5, 40 + 24 * 1.25, 32 * 2.5, 48 * 1.25)
    wanted = (on_scan.top, on_scan.left, on_scan.top + on_scan.height, on_scan.left + on_scan.width)
    np.testing.assert_allclose(_bounds(geometry.to_scan(_square((64, 96), box))), wanted, atol=1)


@pytest.mark.parametrize("grid", [(16, 16), (8, 12), (128, 128)])
def test_a_map_of_any_stride_covers_exactly_the_crop(grid: tuple[int, int]) -> None:
    covered = Geometry(SCAN, CROP, (128, 128)).to_scan(np.ones(grid, np.float32))
    np.testing.assert_allclose(covered, _square(SCAN, CROP), atol=1e-6)


def test_one_cell_of_a_stride_8_map_is_centred_on_its_place() -> None:
    cells = np.zeros((16, 16), np.float32)
    cells[4, 10] = 1.0
    back = Geometry(SCAN, WHOLE, (128, 128)).to_scan(cells)
    ys, xs = np.mgrid[0 : SCAN[0], 0 : SCAN[1]] + 0.5
    assert (back * ys).sum() / back.sum() == pytest.approx(4.5 * 300 / 16, abs=0.5)
    assert (back * xs).sum() / back.sum() == pytest.approx(10.5 * 200 / 16, abs=0.5)


def test_the_same_grid_is_the_identity() -> None:
    image = np.random.default_rng(1).random((40, 56)).astype(np.float32)
    geometry = Geometry((40, 56), Box(0, 0, 40, 56), (40, 56))
    np.testing.assert_allclose(geometry.to_model(image), image, atol=1e-6)
    np.testing.assert_allclose(geometry.to_scan(image), image, atol=1e-6)


def test_shrinking_averages_and_does_not_pick_single_pixels() -> None:
    checks = np.indices((256, 256)).sum(0) % 2
    small = Geometry((256, 256), Box(0, 0, 256, 256), (32, 32)).to_model(checks.astype(np.float32))
    np.testing.assert_allclose(small, 0.5, atol=0.02)


def test_a_map_finer_than_the_scan_is_averaged_too() -> None:
    checks = np.indices((128, 128)).sum(0) % 2
    back = Geometry((32, 32), Box(0, 0, 32, 32), (128, 128)).to_scan(checks.astype(np.float32))
    np.testing.assert_allclose(back, 0.5, atol=0.05)
