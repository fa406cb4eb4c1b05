"""Maps in a real browser: where they lie, how strong, what is hidden, and two of them beside or over one another."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.film import Viewer, changed
from tests.browser.viewer_page import COLS, LESION, ROWS

pytestmark = pytest.mark.browser


def test_the_colour_bar_names_map_unit_and_range(viewer: Viewer) -> None:
    viewer.overlay()
    bar = viewer.root.get_by_role("img", name="Colour bar: Grad-CAM, change in logit, 0.00 to 1.00")
    expect(bar).to_be_visible()
    expect(bar).to_contain_text("change in logit")
    viewer.map("Integrated Gradients")
    bar = viewer.root.get_by_role("img", name=re.compile("Colour bar: Integrated Gradients, .* −0.200 to 0.200"))
    expect(bar).to_contain_text("+0.200")
    expect(bar).to_contain_text("−0.200")
    expect(bar).to_contain_text("Not told apart from a random network")
    expect(bar).to_contain_text("Hatched: no value")


def test_the_map_lies_on_the_opacity(viewer: Viewer) -> None:
    viewer.overlay()
    viewer.slide("Hide below", 90)
    overlay = viewer.pixels()
    viewer.overlay(False)
    y, x = np.nonzero(changed(overlay, viewer.pixels(), by=4))
    left, top, sx, sy = viewer.place()
    # Interpolated between cells of 0.2 and 1.0 whose centres lie 10 pixels beside the border, 0.9 lies 7.5 pixels inside.
    found = ((y.min() - top) / sy, (x.min() - left) / sx, (y.max() + 1 - top) / sy, (x.max() + 1 - left) / sx)
    row, col, height, width = LESION
    assert found == pytest.approx((row + 7.5, col + 7.5, row + height - 7.5, col + width - 7.5), abs=2)


def test_a_near_empty_map_looks_empty_and_says_so(viewer: Viewer) -> None:
    viewer.overlay()
    viewer.map("Almost nothing")
    expect(viewer.root.get_by_role("img", name=re.compile("No value rises above 2 %"))).to_be_visible()
    overlay = viewer.pixels()
    viewer.overlay(False)
    np.testing.assert_array_equal(overlay, viewer.pixels())


def test_missing_values_are_hatched(viewer: Viewer) -> None:
    viewer.overlay()
    viewer.map("Integrated Gradients")
    overlay = viewer.pixels()
    viewer.overlay(False)
    difference = changed(overlay, viewer.pixels())
    left, top, sx, sy = viewer.place()
    corner = difference[int(top + 2) : int(top + 0.09 * ROWS * sy), int(left + 2) : int(left + 0.13 * COLS * sx)]
    assert 0.05 < corner.mean() < 0.5


def test_opacity_fades_the_map(viewer: Viewer) -> None:
    viewer.overlay()
    strong = viewer.pixels()
    viewer.slide("Opacity", 20)
    weak = viewer.pixels()
    viewer.slide("Opacity", 0)
    none = viewer.pixels()
    assert np.abs(strong - none).sum() > 2 * np.abs(weak - none).sum() > 0
    viewer.overlay(False)
    np.testing.assert_array_equal(none, viewer.pixels())


def test_the_threshold_hides_weak_values_and_can_hide_strong_ones(viewer: Viewer) -> None:
    viewer.overlay(False)
    scan = viewer.pixels()
    viewer.overlay()
    everything = changed(viewer.pixels(), scan)
    viewer.slide("Hide below", 50)
    strong = changed(viewer.pixels(), scan)
    assert 0 < strong.sum() < everything.sum()
    viewer.more()
    expect(viewer.root.get_by_role("slider", name="Hide below")).to_have_attribute(
        "aria-valuetext", "0.50 change in logit"
    )
    viewer.more(False)
    viewer.press("Reset")
    viewer.slide("Hide above", 50)
    weak = changed(viewer.pixels(), scan)
    left, top, sx, sy = viewer.place()
    y, x = int(top + 330 * sy), int(left + 350 * sx)
    assert strong[y, x]
    assert not weak[y, x]
    assert weak.any()


def test_contours_draw_a_line_and_leave_the_inside_free(viewer: Viewer) -> None:
    viewer.overlay(False)
    scan = viewer.pixels()
    viewer.overlay()
    filled = changed(viewer.pixels(), scan)
    viewer.press("Contours")
    expect(viewer.root.get_by_role("img", name=re.compile("Line at 0.50"))).to_be_visible()
    line = changed(viewer.pixels(), scan)
    left, top, sx, sy = viewer.place()
    assert not line[int(top + 330 * sy), int(left + 350 * sx)]
    assert 0 < line.sum() < 0.5 * filled.sum()
    # Between cells of 0.2 at 290 and 1.0 at 310 scan pixels, 0.5 is crossed at 297.5.
    row = np.flatnonzero(line[: int(top + 330 * sy), int(left + 350 * sx)])
    assert (row.mean() + 0.5 - top) / sy == pytest.approx(297.5, abs=1.5)


def test_swipe_shows_a_on_the_left_and_b_on_the_right(viewer: Viewer) -> None:
    viewer.overlay()
    viewer.map("Integrated Gradients")
    a = viewer.pixels()
    viewer.map("Grad-CAM")
    b = viewer.pixels()
    viewer.map("Integrated Gradients")
    viewer.mode("Swipe")
    viewer.second_map("Grad-CAM")
    swiped = viewer.pixels()
    middle = swiped.shape[1] // 2
    np.testing.assert_array_equal(swiped[:, : middle - 2], a[:, : middle - 2])
    np.testing.assert_array_equal(swiped[:, middle + 2 :], b[:, middle + 2 :])
    divider = viewer.root.get_by_role("slider", name="Swipe between the two maps")
    box = divider.bounding_box()
    assert box is not None
    start = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    viewer.drag(start, (start[0] + 200, start[1]))
    now = int(divider.get_attribute("aria-valuenow") or 0)
    assert now > 55
    moved = viewer.pixels()
    np.testing.assert_array_equal(moved[:, : middle + 190], a[:, : middle + 190])
    divider.focus()
    viewer.key("ArrowLeft")
    expect(divider).to_have_attribute("aria-valuenow", str(now - 2))


def test_side_by_side_shows_both_maps_and_moves_together(viewer: Viewer) -> None:
    viewer.mode("Side by side")
    viewer.second_map("Almost nothing")
    expect(viewer.canvases()).to_have_count(2)
    assert changed(viewer.pixels(0), viewer.pixels(1)).any()
    viewer.press("Zoom in")
    viewer.drag(viewer.at(250, 300, 1), viewer.at(220, 320, 1))
    assert viewer.place(0) == pytest.approx(viewer.place(1), abs=1)
    assert viewer.place(0)[2] > 1
