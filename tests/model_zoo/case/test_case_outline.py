"""Tracing, simplifying and filling outlines: known squares, holes, rims, and there and back again."""

from __future__ import annotations

import numpy as np
import pytest

from model_zoo.case.outlines.polygons import LEAST_TOLERANCE_PX, MOST_POLYGONS, Polygon, coverage, fill, simplify, trace


def blank(rows: int = 40, cols: int = 30) -> np.ndarray:
    return np.zeros((rows, cols), np.float32)


def ends(polygon: Polygon) -> tuple[float, float, float, float]:
    points = np.asarray(polygon)
    return (*points.min(axis=0), *points.max(axis=0))


def test_a_square_of_pixels_is_outlined_along_their_edges() -> None:
    plane = blank()
    plane[10:20, 5:25] = 1
    (square,) = trace(plane, 0.5)
    assert ends(square) == (10, 5, 20, 25)
    assert len(square) == 8  # straight sides; each corner is cut by half a pixel


@pytest.mark.parametrize("threshold", [0.2, 0.5, 0.79])
def test_what_reaches_the_rim_is_closed_along_the_rim(threshold: float) -> None:
    plane = np.full((40, 30), 0.8, np.float32)
    (whole,) = trace(plane, threshold)
    assert ends(whole) == (0, 0, 40, 30)
    plane = blank()
    plane[:, 20:] = 0.8
    (right,) = trace(plane, 0.4)
    assert ends(right) == (0, 20, 40, 30)


def test_the_line_runs_between_pixels_where_the_probability_crosses() -> None:
    plane = np.repeat(np.linspace(0, 1, 11, dtype=np.float32)[None], 20, axis=0)  # 0.1 per pixel, centres at i + 0.5
    (found,) = trace(plane, 0.45)
    assert min(x for _, x in found) == pytest.approx(4.5 + 0.5)


def test_a_hole_is_a_polygon_of_its_own_and_stays_outside() -> None:
    plane = blank()
    plane[5:30, 5:25] = 1
    plane[10:15, 10:15] = 0
    outer, hole = trace(plane, 0.5)
    assert ends(outer) == (5, 5, 30, 25)
    assert ends(hole) == (10, 10, 15, 15)
    np.testing.assert_array_equal(fill((outer, hole), plane.shape), plane > 0.5)


def test_nothing_above_the_threshold_is_no_outline() -> None:
    assert trace(blank(), 0.5) == ()


def test_specks_beyond_the_limit_are_not_drawn_and_the_largest_are() -> None:
    plane = blank(100, 100)
    plane[1::3, 1::3] = 1
    plane[48:62, 48:62] = 0
    plane[50:60, 50:60] = 1
    found = trace(plane, 0.5)
    assert len(found) == MOST_POLYGONS
    assert ends(found[0]) == (50, 50, 60, 60)


def blob(rows: int = 120, cols: int = 150) -> np.ndarray:
    y, x = np.mgrid[0:rows, 0:cols]
    radius = np.hypot(y - 60, x - 70) / (35 + 8 * np.sin(5 * np.arctan2(y - 60, x - 70)))
    return (1 / (1 + np.exp(6 * (radius - 1)))).astype(np.float32)


def test_an_outline_filled_again_is_the_mask() -> None:
    plane = blob()
    filled = fill(trace(plane, 0.5), plane.shape)
    wrong = (filled != (plane >= 0.5)).sum()
    assert wrong <= 0.01 * (plane >= 0.5).sum()


@pytest.mark.parametrize("tolerance", [0.5, 2.0])
def test_simplifying_makes_it_small_and_moves_no_point_farther_than_said(tolerance: float) -> None:
    plane = blob()
    (fine,), (coarse,) = trace(plane, 0.5, LEAST_TOLERANCE_PX), trace(plane, 0.5, tolerance)
    assert len(coarse) < len(fine)
    a = np.asarray(coarse)
    b = np.roll(a, -1, axis=0)
    for point in np.asarray(fine):
        along = np.clip(((point - a) * (b - a)).sum(axis=1) / ((b - a) ** 2).sum(axis=1), 0, 1)
        assert np.hypot(*(a + along[:, None] * (b - a) - point).T).min() <= tolerance + LEAST_TOLERANCE_PX


def test_a_triangle_has_nothing_to_lose() -> None:
    triangle = np.array([[0.0, 0.0], [0.0, 9.0], [9.0, 0.0]])
    np.testing.assert_array_equal(simplify(triangle, 100.0), triangle)


def test_the_share_of_coarse_cells_is_counted_where_the_grid_lies() -> None:
    square = ((10.0, 20.0), (10.0, 30.0), (20.0, 30.0), (20.0, 20.0))
    # Four cells of 10 x 10 scan pixels whose corner is at (5, 15): each holds a quarter of the square.
    np.testing.assert_allclose(coverage([(square,)], (5, 15, 20, 20), (2, 2)), np.full((2, 2), 0.25))
    # The same square twice covers no more; one outside of the grid covers nothing.
    np.testing.assert_allclose(coverage([(square,), (square,)], (5, 15, 20, 20), (2, 2)), np.full((2, 2), 0.25))
    assert not coverage([(square,)], (100, 100, 20, 20), (2, 2)).any()


def test_polygons_reaching_over_the_grid_are_cut_at_it() -> None:
    wide = ((-50.0, -50.0), (-50.0, 5.0), (5.0, 5.0), (5.0, -50.0))
    filled = fill((wide,), (10, 10))
    assert filled[:5, :5].all()
    assert filled.sum() == 25
