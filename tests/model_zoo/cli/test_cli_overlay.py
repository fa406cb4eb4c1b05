"""Overlays: the place, the range and the emptiness of a map survive the way into a picture."""

import numpy as np
import pytest

from model_zoo.cli.overlay import MAX_SIDE, OPACITY, colour_range, colours, draw_overlay
from model_zoo.explainers import range_floor
from model_zoo.results import Attribution
from model_zoo.scans.geometry import Box, Geometry

FILM = np.full((300, 200), 0.5, np.float32)


def attribution(values, signed=False, shape=(300, 200), crop=None, **details):
    geometry = Geometry(shape, crop or Box(0, 0, *shape), (64, 64))
    values = np.asarray(values, np.float32)
    return Attribution("grad-cam", "Method", "t", values, geometry, signed, "unit of the map", {}, details)


def test_bright_square_lands_on_its_place_in_a_film_that_is_not_square():
    values = np.zeros((16, 16))
    values[4:6, 8:10] = 1.0
    picture = np.asarray(draw_overlay(FILM, attribution(values), "Finding"))[:300, :200].astype(int)
    coloured = np.ptp(picture, axis=2) > 40
    ys, xs = np.nonzero(coloured)
    assert abs(ys.mean() - 5 / 16 * 300) < 3
    assert abs(xs.mean() - 9 / 16 * 200) < 3
    assert coloured.mean() < 0.05


def test_map_of_a_crop_stays_inside_the_crop():
    picture = np.asarray(draw_overlay(FILM, attribution(np.ones((8, 8)), crop=Box(100, 50, 100, 100)), "Finding"))
    coloured = np.ptp(picture[:300, :200].astype(int), axis=2) > 0
    assert coloured[100:200, 50:150].all()
    assert coloured.sum() == 100 * 100


@pytest.mark.parametrize("signed", [False, True])
def test_near_empty_map_looks_empty(signed):
    noise = np.random.default_rng(0).normal(0, 0.002 * range_floor("grad-cam", 64 * 64), (64, 64))
    values = noise if signed else np.abs(noise)
    picture = np.asarray(draw_overlay(FILM, attribution(values, signed), "Finding"))
    assert np.ptp(picture[:300, :200].astype(int), axis=2).max() == 0


def test_the_range_is_that_of_the_page():
    from dashboard.viewmodels.explain.maps import colour_range as range_of_the_page

    for scale in (0.001, 1.0):
        shown = attribution(scale * np.random.default_rng(1).random((16, 16)))
        on_page = range_of_the_page(shown)
        assert colour_range(shown.values, shown.signed, shown.method) == pytest.approx(on_page)


def test_one_hot_pixel_does_not_set_the_scale():
    values = np.ones((64, 64))
    values[0, 0] = 1000.0
    assert colour_range(values, signed=False) == (0.0, pytest.approx(1.0))


def test_signed_range_is_symmetric_and_its_colours_differ_by_sign():
    low, high = colour_range(np.linspace(-3, 1, 4096).reshape(64, 64), signed=True)
    assert low == -high
    against, zero, towards = colours(np.array([[low, 0.0, high]]), low, high, signed=True)[0]
    assert against[2] > against[0]
    assert towards[0] > towards[2]
    assert zero[3] == 0
    assert against[3] == towards[3] == pytest.approx(OPACITY)


def test_negative_values_of_an_unsigned_map_show_nothing():
    assert colours(np.array([[-1.0]]), 0.0, 1.0, signed=False)[0, 0, 3] == 0


def test_large_films_are_reduced_and_small_ones_kept():
    large = draw_overlay(np.zeros((2000, 1000), np.float32), attribution(np.ones((8, 8)), shape=(2000, 1000)), "F")
    assert large.height == MAX_SIDE
    small = draw_overlay(FILM, attribution(np.ones((8, 8))), "F")
    assert small.height >= 300
    assert np.array_equal(np.asarray(small)[310:, :200], np.zeros_like(np.asarray(small)[310:, :200]))


def test_range_is_burnt_in_beside_the_film_and_never_over_it():
    flat = attribution(np.zeros((8, 8)), completeness_delta=0.5)
    picture = np.asarray(draw_overlay(FILM, flat, "Finding"))
    assert (picture[:300, :200] == 128).all()
    assert (picture[:, 200:] > 200).any()


@pytest.mark.parametrize("signed", [False, True])
def test_a_map_not_to_be_used_is_drawn_without_colour_and_says_so(signed):
    shown = attribution(np.linspace(-1, 1, 64).reshape(8, 8), signed)
    picture = np.asarray(draw_overlay(FILM, shown, "Finding", "not to be used")).astype(int)
    assert np.ptp(picture, axis=2).max() == 0
    assert np.ptp(picture[:300, :200]) > 0
    usable = np.asarray(draw_overlay(FILM, shown, "Finding", "believed")).astype(int)
    assert np.ptp(usable[:300, :200], axis=2).max() > 40
