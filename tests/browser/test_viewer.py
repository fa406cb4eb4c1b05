"""The viewer in a real browser: every control by role and label, and what it does to the pixels of the canvas."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import ROOT, StartApp, WatchedPage, watched_page
from tests.browser.viewer_page import COLS, LESION, ROWS, chest

pytestmark = pytest.mark.browser

PAGE = ROOT / "tests" / "browser" / "viewer_page.py"
TWO_FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


class Viewer:
    """The viewer as a reader handles it."""

    def __init__(self, watched: WatchedPage) -> None:
        self.watched = watched
        self.page: Page = watched.page
        self.root = self.page.get_by_role("region", name="Scan viewer")

    def settle(self) -> None:
        expect(self.root).to_have_attribute("aria-busy", "false")
        self.page.evaluate(TWO_FRAMES)
        expect(self.root).to_have_attribute("aria-busy", "false")

    def button(self, name: str) -> Locator:
        return self.root.get_by_role("button", name=name, exact=True)

    def press(self, name: str) -> None:
        self.button(name).click()
        self.settle()

    def mode(self, name: str) -> None:
        self.root.get_by_role("radio", name=name).check()
        self.settle()

    def slide(self, name: str, value: int) -> None:
        self.root.get_by_role("slider", name=name, exact=True).fill(str(value))
        self.settle()

    def choose(self, slot: str, name: str) -> None:
        self.root.get_by_label(f"Map {slot}", exact=True).select_option(name)
        self.settle()

    def key(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.settle()

    def focus(self) -> None:
        self.root.get_by_role("application").focus()

    def canvases(self) -> Locator:
        return self.root.get_by_role("img", name=re.compile(r"^(Scan|Prior film)( with .*)?$"))

    def pixels(self, index: int = 0) -> np.ndarray:
        """Return the canvas as int (height, width, 3)."""
        self.settle()
        url = self.canvases().nth(index).evaluate("canvas => canvas.toDataURL('image/png')")
        picture = Image.open(io.BytesIO(base64.b64decode(url.split(",")[1]))).convert("RGB")
        return np.asarray(picture).astype(int)

    def place(self, index: int = 0) -> tuple[float, float, float, float]:
        """Return where the scan lies on the canvas: left, top, and the size of one scan pixel."""
        self.settle()
        left, top, sx, sy = self.canvases().nth(index).evaluate("c => c.dataset.place").split(" ")
        return float(left), float(top), float(sx), float(sy)

    def at(self, x: float, y: float, index: int = 0) -> tuple[float, float]:
        """Return the point of the page that shows scan pixel (x, y)."""
        box = self.canvases().nth(index).bounding_box()
        assert box is not None
        left, top, sx, sy = self.place(index)
        return box["x"] + left + x * sx, box["y"] + top + y * sy

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        self.page.mouse.move(*start)
        self.page.mouse.down()
        self.page.mouse.move(*end, steps=4)
        self.page.mouse.up()
        self.settle()

    @property
    def readout(self) -> Locator:
        return self.root.get_by_role("group", name="Readout")

    def runs(self) -> int:
        return int(self.page.get_by_text(re.compile(r"^Runs: \d+$")).inner_text().split()[1])

    def rerun(self, act: Callable[[], Any]) -> None:
        before = self.runs()
        act()
        expect(self.page.get_by_text(re.compile(rf"^Runs: {before + 1}$"))).to_be_visible()
        self.watched.ready()
        self.settle()

    def fresh(self) -> None:
        """Bring a page that other tests used back to the start."""
        self.page.mouse.move(5, 5)
        self.press("Reset view")
        self.press("Window and level tool")
        if self.button("Prior film").get_attribute("aria-pressed") == "true":
            self.press("Prior film")
        if self.button("Marks").get_attribute("aria-pressed") == "true":
            self.press("Marks")  # the boxes would stand between the pixels and the map
        self.mode("Overlay")
        self.choose("A", "Grad-CAM")


@pytest.fixture(scope="module")
def address(start_app: StartApp) -> str:
    return start_app(Path(PAGE))


@pytest.fixture(scope="module")
def opened(chromium: Browser, address: str) -> Iterator[Viewer]:
    with watched_page(chromium, address) as watched:
        yield Viewer(watched)


@pytest.fixture
def viewer(opened: Viewer) -> Iterator[Viewer]:
    """The full page, put back to the start; whatever a test does, the console stays clean and nobody else is asked."""
    opened.fresh()
    yield opened
    opened.watched.assert_clean()


def changed(one: np.ndarray, other: np.ndarray, by: int = 12) -> np.ndarray:
    return np.abs(one - other).max(axis=2) > by


def test_every_control_has_a_role_and_a_name(viewer: Viewer) -> None:
    buttons = [
        "Window and level tool",
        "Pan tool",
        "Mark a box",
        "Fit to the window",
        "One to one",
        "Zoom out",
        "Zoom in",
        "Invert",
        "Reset view",
        "Prior film",
        "Contours",
        "Marks",
        "Full screen",
        "Keyboard shortcuts",
    ]
    for name in buttons:
        expect(viewer.button(name)).to_be_visible()
    for name in ("Scan only", "Overlay", "Swipe A | B", "Side by side"):
        expect(viewer.root.get_by_role("radio", name=name)).to_be_enabled()
    for name in ("Overlay opacity", "Hide values below", "Hide values above"):
        expect(viewer.root.get_by_role("slider", name=name)).to_be_visible()
    unnamed = viewer.root.evaluate(
        "root => [...root.querySelectorAll('button, input, select')]"
        ".filter(e => !e.getAttribute('aria-label')).map(e => e.outerHTML)"
    )
    assert unnamed == []


def test_the_colour_bar_names_map_unit_and_range(viewer: Viewer) -> None:
    bar = viewer.root.get_by_role("img", name="Colour bar: Grad-CAM, change in logit, 0.00 to 1.00")
    expect(bar).to_be_visible()
    expect(bar).to_contain_text("change in logit")
    viewer.choose("A", "Integrated Gradients")
    bar = viewer.root.get_by_role("img", name=re.compile("Colour bar: Integrated Gradients, .* −0.200 to 0.200"))
    expect(bar).to_contain_text("+0.200")
    expect(bar).to_contain_text("−0.200")
    expect(bar).to_contain_text("Not told apart from a random network")
    expect(bar).to_contain_text("Hatched: no value")


def test_the_map_lies_on_the_opacity(viewer: Viewer) -> None:
    viewer.slide("Hide values below", 90)
    overlay = viewer.pixels()
    viewer.mode("Scan only")
    y, x = np.nonzero(changed(overlay, viewer.pixels(), by=4))
    left, top, sx, sy = viewer.place()
    # Interpolated between cells of 0.2 and 1.0 whose centres lie 10 pixels beside the border, 0.9 lies 7.5 pixels inside.
    found = ((y.min() - top) / sy, (x.min() - left) / sx, (y.max() + 1 - top) / sy, (x.max() + 1 - left) / sx)
    row, col, height, width = LESION
    assert found == pytest.approx((row + 7.5, col + 7.5, row + height - 7.5, col + width - 7.5), abs=2)


def test_a_near_empty_map_looks_empty_and_says_so(viewer: Viewer) -> None:
    viewer.choose("A", "Almost nothing")
    expect(viewer.root.get_by_role("img", name=re.compile("No value rises above 2 %"))).to_be_visible()
    overlay = viewer.pixels()
    viewer.mode("Scan only")
    np.testing.assert_array_equal(overlay, viewer.pixels())


def test_missing_values_are_hatched(viewer: Viewer) -> None:
    viewer.choose("A", "Integrated Gradients")
    overlay = viewer.pixels()
    viewer.mode("Scan only")
    difference = changed(overlay, viewer.pixels())
    left, top, sx, sy = viewer.place()
    corner = difference[int(top + 2) : int(top + 0.09 * ROWS * sy), int(left + 2) : int(left + 0.13 * COLS * sx)]
    assert 0.05 < corner.mean() < 0.5


def test_dragging_windows_the_film_and_reset_brings_it_back(viewer: Viewer) -> None:
    viewer.mode("Scan only")
    before = viewer.pixels()
    expect(viewer.readout).to_contain_text("W 3200  L 2000")
    viewer.drag(viewer.at(250, 300), viewer.at(170, 300))
    narrow = viewer.pixels()
    expect(viewer.readout).not_to_contain_text("W 3200")
    expect(viewer.readout).to_contain_text("L 2000")
    assert changed(before, narrow).mean() > 0.05
    viewer.drag(viewer.at(250, 300), viewer.at(250, 250))
    assert viewer.pixels().mean() > narrow.mean()  # up is brighter
    viewer.press("Reset view")
    np.testing.assert_array_equal(before, viewer.pixels())


def test_invert_turns_the_film_and_not_the_surroundings(viewer: Viewer) -> None:
    viewer.mode("Scan only")
    before = viewer.pixels()
    viewer.press("Invert")
    expect(viewer.button("Invert")).to_have_attribute("aria-pressed", "true")
    after = viewer.pixels()
    left, _, sx, _ = viewer.place()
    inside = slice(int(left + 3), int(left + COLS * sx - 3))
    assert np.abs(before[5:-5, inside] + after[5:-5, inside] - 255).max() <= 2
    assert after[:, : int(left) - 2].max() == 0


def test_opacity_fades_the_map(viewer: Viewer) -> None:
    strong = viewer.pixels()
    viewer.slide("Overlay opacity", 20)
    weak = viewer.pixels()
    viewer.slide("Overlay opacity", 0)
    none = viewer.pixels()
    assert np.abs(strong - none).sum() > 2 * np.abs(weak - none).sum() > 0
    viewer.mode("Scan only")
    np.testing.assert_array_equal(none, viewer.pixels())


def test_the_threshold_hides_weak_values_and_can_hide_strong_ones(viewer: Viewer) -> None:
    viewer.mode("Scan only")
    scan = viewer.pixels()
    viewer.mode("Overlay")
    everything = changed(viewer.pixels(), scan)
    viewer.slide("Hide values below", 50)
    strong = changed(viewer.pixels(), scan)
    assert 0 < strong.sum() < everything.sum()
    expect(viewer.root.get_by_role("slider", name="Hide values below")).to_have_attribute(
        "aria-valuetext", "0.50 change in logit"
    )
    viewer.press("Reset view")
    viewer.slide("Hide values above", 50)
    weak = changed(viewer.pixels(), scan)
    left, top, sx, sy = viewer.place()
    y, x = int(top + 330 * sy), int(left + 350 * sx)
    assert strong[y, x]
    assert not weak[y, x]
    assert weak.any()


def test_contours_draw_a_line_and_leave_the_inside_free(viewer: Viewer) -> None:
    viewer.mode("Scan only")
    scan = viewer.pixels()
    viewer.mode("Overlay")
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
    viewer.choose("A", "Integrated Gradients")
    a = viewer.pixels()
    viewer.choose("A", "Grad-CAM")
    b = viewer.pixels()
    viewer.choose("A", "Integrated Gradients")
    viewer.mode("Swipe A | B")
    viewer.choose("B", "Grad-CAM")
    swiped = viewer.pixels()
    middle = swiped.shape[1] // 2
    np.testing.assert_array_equal(swiped[:, : middle - 2], a[:, : middle - 2])
    np.testing.assert_array_equal(swiped[:, middle + 2 :], b[:, middle + 2 :])
    divider = viewer.root.get_by_role("slider", name="Swipe divider")
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
    viewer.choose("B", "Almost nothing")
    expect(viewer.canvases()).to_have_count(2)
    assert changed(viewer.pixels(0), viewer.pixels(1)).any()
    viewer.press("Zoom in")
    viewer.drag(viewer.at(250, 300, 1), viewer.at(220, 320, 1))
    assert viewer.place(0) == pytest.approx(viewer.place(1), abs=1)
    assert viewer.place(0)[2] > 1


def test_the_wheel_zooms_at_the_pointer(viewer: Viewer) -> None:
    viewer.page.mouse.move(*viewer.at(350.5, 330.5))
    expect(viewer.readout).to_contain_text("x 350  y 330")
    scale = viewer.place()[2]
    for _ in range(3):
        viewer.page.mouse.wheel(0, -120)
    viewer.settle()
    expect(viewer.readout).to_contain_text("x 350  y 330")
    assert viewer.place()[2] > 1.4 * scale
    viewer.press("Pan tool")
    before = viewer.place()
    start = viewer.at(300, 300)
    viewer.drag(start, (start[0] + 30, start[1] - 20))
    assert viewer.place()[:2] == pytest.approx((before[0] + 30, before[1] - 20), abs=0.5)
    viewer.press("One to one")
    assert viewer.place()[2] == pytest.approx(1)


def test_the_readout_gives_the_grey_value_of_the_file_and_the_value_of_the_map(viewer: Viewer) -> None:
    grey = chest(1)[0]
    for x, y in [(350, 330), (120, 80), (40, 590)]:
        viewer.page.mouse.move(*viewer.at(x + 0.5, y + 0.5))
        viewer.settle()
        expect(viewer.readout).to_contain_text(f"x {x}  y {y}  ·  grey {grey[y, x]:.0f}")
    viewer.page.mouse.move(*viewer.at(350.5, 330.5))
    viewer.settle()
    expect(viewer.readout).to_contain_text("Grad-CAM 1.000 change in logit")


def test_the_scale_bar_is_as_long_as_it_says(viewer: Viewer) -> None:
    bar = viewer.root.get_by_role("img", name=re.compile(r"Scale bar: \d+ mm"))
    millimetres = int(re.findall(r"\d+", bar.get_attribute("aria-label") or "")[0])
    length = bar.locator("i").bounding_box()
    assert length is not None
    assert length["width"] == pytest.approx(millimetres / 0.7 * viewer.place()[2], abs=1.5)


def test_the_side_is_marked_as_convention_and_the_phantom_as_synthetic(viewer: Viewer) -> None:
    marker = viewer.root.get_by_role("img", name="Laterality marker: R (by convention)")
    expect(marker).to_be_visible()
    box, point = marker.bounding_box(), viewer.at(0, 0)
    assert box is not None
    assert point[0] <= box["x"] < point[0] + 40
    expect(viewer.root.get_by_text("Synthetic: not a patient").first).to_be_visible()


def test_a_prior_film_opens_beside_with_its_own_window(viewer: Viewer) -> None:
    viewer.mode("Scan only")
    viewer.press("Prior film")
    expect(viewer.root.get_by_role("img", name="Prior film")).to_be_visible()
    current, prior = viewer.pixels(0), viewer.pixels(1)
    viewer.drag(viewer.at(250, 300, 1), viewer.at(150, 300, 1))
    np.testing.assert_array_equal(current, viewer.pixels(0))
    assert changed(prior, viewer.pixels(1)).any()
    viewer.press("Zoom in")
    assert viewer.place(0)[2] == pytest.approx(viewer.place(1)[2])
    viewer.press("Link zoom and pan of both films")
    viewer.press("Zoom in")
    assert viewer.place(0)[2] > 1.2 * viewer.place(1)[2]
    viewer.press("Link zoom and pan of both films")


def test_the_keyboard_reaches_everything_and_not_the_page_around(viewer: Viewer) -> None:
    runs = viewer.runs()
    viewer.focus()
    start, place = viewer.pixels(), viewer.place()
    viewer.key("i")
    assert changed(start, viewer.pixels()).any()
    viewer.key("+")
    assert viewer.place()[2] == pytest.approx(1.25 * place[2])
    viewer.key("ArrowLeft")
    viewer.key("ArrowDown")
    viewer.key("p")
    expect(viewer.button("Pan tool")).to_have_attribute("aria-pressed", "true")
    viewer.key("c")
    expect(viewer.button("Contours")).to_have_attribute("aria-pressed", "true")
    viewer.key("o")
    expect(viewer.root.get_by_role("radio", name="Scan only")).to_be_checked()
    viewer.key("m")
    expect(viewer.root.get_by_role("radio", name="Overlay")).to_be_checked()
    viewer.key("t")
    expect(viewer.root.get_by_role("slider", name="Hide values below")).to_have_value("5")
    viewer.key("]")
    expect(viewer.root.get_by_role("slider", name="Overlay opacity")).to_have_value("70")
    viewer.key("r")
    assert viewer.place() == pytest.approx(place)
    np.testing.assert_array_equal(start, viewer.pixels())
    viewer.key("?")
    help_panel = viewer.root.get_by_role("dialog", name="Keyboard shortcuts")
    expect(help_panel).to_be_visible()
    viewer.key("Escape")
    expect(help_panel).to_be_hidden()
    expect(viewer.root.get_by_role("application")).to_be_focused()
    expect(viewer.page.get_by_role("dialog")).to_have_count(0)  # "c" did not open the page's own dialog
    assert viewer.runs() == runs


def test_the_view_survives_a_rerun_new_maps_and_a_page_without_the_viewer(viewer: Viewer) -> None:
    viewer.press("Zoom in")
    viewer.press("Invert")
    viewer.slide("Hide values below", 30)
    viewer.drag(viewer.at(250, 300), viewer.at(200, 280))
    before, place = viewer.pixels(), viewer.place()
    viewer.rerun(viewer.page.get_by_role("button", name="Rerun").click)
    np.testing.assert_array_equal(before, viewer.pixels())
    others = viewer.page.get_by_text("Other maps")
    viewer.rerun(others.click)
    expect(viewer.root.get_by_label("Map A", exact=True).get_by_role("option", name="Occlusion")).to_have_count(1)
    expect(viewer.root.get_by_label("Map A", exact=True)).to_have_value("Grad-CAM")
    np.testing.assert_array_equal(before, viewer.pixels())
    viewer.rerun(others.click)
    expect(viewer.root.get_by_label("Map A", exact=True).get_by_role("option", name="Occlusion")).to_have_count(0)
    show = viewer.page.get_by_text("Show viewer")
    show.click()
    expect(viewer.root).to_have_count(0)
    show.click()
    expect(viewer.root).to_be_visible()
    assert viewer.place() == pytest.approx(place)
    np.testing.assert_array_equal(before, viewer.pixels())


def test_a_marked_box_reaches_python_in_scan_pixels(viewer: Viewer) -> None:
    viewer.press("Mark a box")
    viewer.rerun(lambda: viewer.drag(viewer.at(320, 300), viewer.at(380, 360)))
    text = viewer.page.get_by_text(re.compile(r"^Region: \(")).inner_text()
    numbers = [float(number) for number in re.findall(r"[\d.]+", text)]
    assert numbers == pytest.approx([300, 320, 60, 60], abs=1)
    viewer.rerun(viewer.button("Clear the marked box").click)
    expect(viewer.page.get_by_text("Region: None")).to_be_visible()


def test_frames_follow_slider_and_keys_and_a_map_stays_on_its_frame(chromium: Browser, address: str) -> None:
    with watched_page(chromium, f"{address}/?case=frames") as watched:
        viewer = Viewer(watched)
        frame = viewer.root.get_by_role("slider", name="Frame", exact=True)
        expect(frame).to_have_attribute("aria-valuetext", "Frame 1 of 6")
        first = viewer.pixels()
        viewer.slide("Frame", 4)
        expect(frame).to_have_attribute("aria-valuetext", "Frame 4 of 6")
        expect(viewer.root.get_by_role("img", name=re.compile("Map of frame 1: not drawn here"))).to_be_visible()
        fourth = viewer.pixels()
        viewer.mode("Scan only")
        np.testing.assert_array_equal(fourth, viewer.pixels())
        assert fourth.mean() > first.mean()
        viewer.mode("Overlay")
        viewer.focus()
        for _ in range(3):
            viewer.key("PageUp")
        np.testing.assert_array_equal(first, viewer.pixels())
        expect(viewer.root.get_by_role("radio", name="Swipe A | B")).to_be_disabled()
        watched.assert_clean()


def test_the_viewer_opens_at_the_frame_that_is_read_and_follows_it(chromium: Browser, address: str) -> None:
    with watched_page(chromium, f"{address}/?case=read") as watched:
        viewer = Viewer(watched)
        frame = viewer.root.get_by_role("slider", name="Frame", exact=True)
        expect(frame).to_have_attribute("aria-valuetext", "Frame 4 of 6")
        viewer.slide("Frame", 2)
        viewer.rerun(viewer.page.get_by_role("button", name="Rerun").click)
        # A rerun that reads the same frame leaves the reader where he is.
        expect(frame).to_have_attribute("aria-valuetext", "Frame 2 of 6")
        viewer.rerun(viewer.page.get_by_text("Read the last").click)
        expect(frame).to_have_attribute("aria-valuetext", "Frame 6 of 6")
        watched.assert_clean()


def test_a_bare_film_shows_no_map_controls_no_frames_and_no_side(chromium: Browser, address: str) -> None:
    with watched_page(chromium, f"{address}/?case=plain", width=700, height=900) as watched:
        viewer = Viewer(watched)
        viewer.settle()
        expect(viewer.root.get_by_role("toolbar", name="Map controls")).to_be_hidden()
        expect(viewer.root.get_by_role("slider", name="Frame")).to_be_hidden()
        expect(viewer.root.get_by_role("img", name=re.compile("Laterality"))).to_be_hidden()
        assert viewer.pixels().max() > 200
        watched.assert_clean()
