"""Outlines in a real browser: exactly where their pixels are, at every zoom, told apart, named and switched off."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import StartApp, watched_page
from tests.browser.film import PAGE, Viewer, changed
from tests.browser.viewer_page import DISC, HOLE, ORGAN, SQUARE

pytestmark = pytest.mark.browser

# Line and casing are 4.4 screen pixels wide.
WIDEST_LINE = 6


@pytest.fixture(scope="module")
def viewer(chromium: Browser, start_app: StartApp) -> Iterator[Viewer]:
    with watched_page(chromium, f"{start_app(Path(PAGE))}/?case=outlines") as watched:
        yield Viewer(watched)
        watched.assert_clean()


def lines(profile: np.ndarray) -> list[tuple[float, int]]:
    """Return centre and width of each run of True, in screen pixels; centres lie at i + 0.5."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], profile.astype(int), [0]])))
    starts, stops = edges[::2], edges[1::2]
    return [((start + stop) / 2, stop - start) for start, stop in zip(starts, stops, strict=True)]


def difference(viewer: Viewer, switch: str) -> np.ndarray:
    """Return which pixels an outline button changes, bool (height, width); afterwards all is as before."""
    before = viewer.pixels()
    viewer.press(switch)
    after = viewer.pixels()
    viewer.press(switch)
    return changed(before, after)


def expect_box(viewer: Viewer, drawn: np.ndarray, box: tuple[float, float, float, float], aside: float) -> None:
    """Expect lines on the four sides of a box in scan pixels. aside: from the middle, where no other line crosses."""
    left0, top0, sx, sy = viewer.place()
    top, left, bottom, right = box
    row = round(top0 + (top + aside * (bottom - top)) * sy)
    col = round(left0 + (left + aside * (right - left)) * sx)
    assert len(drawn) > row > 0
    for profile, ends, start, size in (
        (drawn[row], (left, right), left0, sx),
        (drawn[:, col], (top, bottom), top0, sy),
    ):
        found = lines(profile)
        for end in ends:
            near = [line for line in found if abs(line[0] - (start + end * size)) < 4]
            assert len(near) == 1, (end, found)
            assert near[0][0] == pytest.approx(start + end * size, abs=0.75)
            assert near[0][1] <= WIDEST_LINE


@pytest.mark.parametrize("zoom", [0, 3])
def test_a_known_square_is_drawn_on_its_edges_at_every_zoom(viewer: Viewer, zoom: int) -> None:
    """Also on a film whose pixels are twice as high as wide."""
    viewer.press("Reset")
    for _ in range(zoom):
        point = viewer.at((SQUARE[1] + SQUARE[3]) / 2, (SQUARE[0] + SQUARE[2]) / 2)
        viewer.page.mouse.move(*point)
        viewer.page.mouse.wheel(0, -150)
        viewer.settle()
    _, _, sx, sy = viewer.place()
    assert sy == pytest.approx(2 * sx)
    viewer.page.mouse.move(5, 5)
    drawn = difference(viewer, "Outlines")
    expect_box(viewer, drawn, SQUARE, 0.9)
    expect_box(viewer, drawn, HOLE, 0.5)


def test_kinds_are_told_apart_by_their_dashes_and_organs_wait(viewer: Viewer) -> None:
    viewer.press("Reset")
    viewer.page.mouse.move(5, 5)
    viewer.overlay(False)
    assert viewer.pressed("Outlines")
    assert not viewer.pressed("Organ outlines")
    left, top, sx, sy = viewer.place()

    def bright(box: tuple[float, float, float, float], column: float) -> float:
        """Return the share of the coloured line, not its casing, along an upright side."""
        rows = slice(round(top + (box[0] + 8) * sy), round(top + (box[2] - 8) * sy))
        at = round(left + column * sx)
        return float((viewer.pixels()[rows, at - 1 : at + 1].max(axis=(1, 2)) > 205).mean())

    assert bright(SQUARE, SQUARE[3]) > 0.98
    assert 0.3 < bright(DISC, DISC[3]) < 0.95
    before = viewer.pixels()
    viewer.press("Organ outlines")
    drawn = changed(before, viewer.pixels())
    expect_box(viewer, drawn, ORGAN, 0.9)
    viewer.press("Organ outlines")
    np.testing.assert_array_equal(before, viewer.pixels())


def test_keys_switch_outlines_and_the_help_names_them(viewer: Viewer) -> None:
    viewer.press("Reset")
    viewer.focus()
    viewer.key("l")
    assert not viewer.pressed("Outlines")
    viewer.key("Shift+L")
    assert viewer.pressed("Organ outlines")
    viewer.key("l")
    viewer.key("Shift+L")
    assert viewer.pressed("Outlines")
    assert not viewer.pressed("Organ outlines")
    viewer.key("?")
    expect(viewer.root.get_by_role("dialog").get_by_text("L, Shift L")).to_be_visible()
    viewer.key("Escape")


def test_what_is_under_the_pointer_is_named_and_a_hole_is_outside(viewer: Viewer) -> None:
    viewer.press("Reset")
    named = viewer.root.get_by_role("note", name="Outlined under the pointer")
    viewer.page.mouse.move(*viewer.at(SQUARE[1] + 10, SQUARE[0] + 10))
    expect(named).to_have_text("Lesion: score 0.91, 5,300 mm²")
    viewer.page.mouse.move(*viewer.at((HOLE[1] + HOLE[3]) / 2, (HOLE[0] + HOLE[2]) / 2))
    expect(named).to_be_hidden()
    viewer.page.mouse.move(*viewer.at(DISC[1] + 5, DISC[0] + 5))
    expect(named).to_have_text("Disc: score 0.80")
    viewer.press("Outlines")
    viewer.page.mouse.move(*viewer.at(DISC[1] + 5, DISC[0] + 6))
    expect(named).to_be_hidden()
    viewer.press("Outlines")


def test_a_prior_film_carries_no_outline_of_this_one(viewer: Viewer) -> None:
    viewer.press("Reset")
    viewer.press("Prior film")
    viewer.page.mouse.move(5, 5)
    before = [viewer.pixels(0), viewer.pixels(1)]
    viewer.press("Outlines")
    after = [viewer.pixels(0), viewer.pixels(1)]
    viewer.press("Outlines")
    viewer.press("Prior film")
    assert changed(before[0], after[0]).any()
    np.testing.assert_array_equal(before[1], after[1])
