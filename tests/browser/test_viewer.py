"""The viewer in a real browser: every control by role and label, and what it does to the pixels of the canvas."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import watched_page
from tests.browser.film import Viewer, changed
from tests.browser.viewer_page import COLS, chest

pytestmark = pytest.mark.browser


BUTTONS = [
    "Invert",
    "Zoom in",
    "Zoom out",
    "Fit",
    "1 : 1",
    "Reset",
    "Contours",
    "Marked boxes",
    "Prior film",
    "Full screen",
    "Keys",
]


def test_one_row_is_there_and_more_opens_the_rest_without_moving_the_film(viewer: Viewer) -> None:
    row = viewer.root.get_by_role("toolbar")
    expect(row.get_by_role("switch", name="Overlay")).to_be_visible()
    expect(row.get_by_label("Map", exact=True)).to_have_value("Grad-CAM")
    expect(row.get_by_label("Tool", exact=True)).to_have_value("window")
    for name in BUTTONS:
        expect(viewer.button(name)).to_be_hidden()
    before, place, pixels = viewer.film_box(), viewer.place(), viewer.pixels()
    viewer.more()
    for name in BUTTONS:
        expect(viewer.button(name)).to_be_visible()
    for name in ("One map", "Swipe", "Side by side"):
        expect(viewer.root.get_by_role("radio", name=name)).to_be_enabled()
    for name in ("Brightness", "Window width", "Opacity", "Hide below", "Hide above"):
        expect(viewer.root.get_by_role("slider", name=name, exact=True)).to_be_visible()
    assert (viewer.film_box(), viewer.place()) == (before, place)
    np.testing.assert_array_equal(viewer.pixels(), pixels)
    viewer.more(False)
    assert viewer.film_box() == before


def test_every_control_has_a_name_that_is_seen_and_room_for_a_finger(viewer: Viewer) -> None:
    viewer.more()
    faults = viewer.root.evaluate(
        """root => [...root.querySelectorAll('button, input, select')].filter(node => node.offsetParent).flatMap(node => {
            const seen = node.closest('label')?.innerText ?? node.innerText;
            const name = node.getAttribute('aria-label') ?? node.innerText;
            const box = (node.type === 'radio' ? node.parentNode : node).getBoundingClientRect();
            const small = Math.min(box.width, box.height) < 24;
            return seen.trim() && seen.includes(name.trim()) && !small ? [] : [node.outerHTML];
        })"""
    )
    viewer.more(False)
    assert faults == []


def test_dragging_windows_the_film_and_reset_brings_it_back(viewer: Viewer) -> None:
    viewer.overlay(False)
    before = viewer.pixels()
    assert "W 3200  L 2000" in viewer.readout()
    viewer.drag(viewer.at(250, 300), viewer.at(170, 300))
    narrow = viewer.pixels()
    assert "W 3200" not in viewer.readout()
    assert "L 2000" in viewer.readout()
    assert changed(before, narrow).mean() > 0.05
    viewer.drag(viewer.at(250, 300), viewer.at(250, 250))
    assert viewer.pixels().mean() > narrow.mean()  # up is brighter
    viewer.press("Reset")
    np.testing.assert_array_equal(before, viewer.pixels())


def test_invert_turns_the_film_and_not_the_surroundings(viewer: Viewer) -> None:
    viewer.overlay(False)
    before = viewer.pixels()
    viewer.press("Invert")
    assert viewer.pressed("Invert")
    after = viewer.pixels()
    left, _, sx, _ = viewer.place()
    inside = slice(int(left + 3), int(left + COLS * sx - 3))
    assert np.abs(before[5:-5, inside] + after[5:-5, inside] - 255).max() <= 2
    assert after[:, : int(left) - 2].max() == 0


def test_the_wheel_zooms_at_the_pointer(viewer: Viewer) -> None:
    viewer.page.mouse.move(*viewer.at(350.5, 330.5))
    assert "x 350  y 330" in viewer.readout()
    scale = viewer.place()[2]
    for _ in range(3):
        viewer.page.mouse.wheel(0, -120)
    viewer.settle()
    expect(viewer.root.get_by_role("group", name="Readout", exact=True)).to_contain_text("x 350  y 330")
    assert viewer.place()[2] > 1.4 * scale
    viewer.tool("pan")
    before = viewer.place()
    start = viewer.at(300, 300)
    viewer.drag(start, (start[0] + 30, start[1] - 20))
    assert viewer.place()[:2] == pytest.approx((before[0] + 30, before[1] - 20), abs=0.5)
    viewer.press("1 : 1")
    assert viewer.place()[2] == pytest.approx(1)


def test_the_readout_gives_the_grey_value_of_the_file_and_the_value_of_the_map(viewer: Viewer) -> None:
    viewer.overlay()
    grey = chest(1)[0]
    for x, y in [(350, 330), (120, 80), (40, 590)]:
        viewer.page.mouse.move(*viewer.at(x + 0.5, y + 0.5))
        viewer.settle()
        assert f"x {x}  y {y}  ·  grey {grey[y, x]:.0f}" in viewer.readout()
    viewer.page.mouse.move(*viewer.at(350.5, 330.5))
    viewer.settle()
    assert "Grad-CAM 1.000 change in logit" in viewer.readout()


def test_the_scale_bar_is_as_long_as_it_says(viewer: Viewer) -> None:
    bar = viewer.root.get_by_role("img", name=re.compile(r"Scale bar: \d+ mm"))
    millimetres = int(re.findall(r"\d+", bar.get_attribute("aria-label") or "")[0])
    length = bar.locator("i").bounding_box()
    assert length is not None
    assert length["width"] == pytest.approx(millimetres / 0.7 * viewer.place()[2], abs=1.5)


def test_side_and_phantom_are_named_in_the_margin_and_nothing_lies_on_the_film(viewer: Viewer) -> None:
    """A burned-in marker is not doubled: ours stands above the picture, wherever the film is moved."""
    marker = viewer.root.get_by_role("img", name=re.compile(r"R \(by convention\)"))
    picture = viewer.film_box()
    for _ in range(2):
        for node in (marker, viewer.root.get_by_text("Synthetic: not a patient").first):
            expect(node).to_be_visible()
            box = node.bounding_box()
            assert box is not None
            assert box["y"] + box["height"] <= picture["y"]
        scale = viewer.root.get_by_role("img", name=re.compile("Scale bar")).bounding_box()
        assert scale is not None
        assert scale["y"] >= picture["y"] + picture["height"]
        viewer.press("Zoom in")


def test_a_prior_film_opens_beside_with_its_own_window(viewer: Viewer) -> None:
    viewer.overlay(False)
    viewer.press("Prior film")
    expect(viewer.root.get_by_role("img", name="Prior film")).to_be_visible()
    current, prior = viewer.pixels(0), viewer.pixels(1)
    viewer.drag(viewer.at(250, 300, 1), viewer.at(150, 300, 1))
    np.testing.assert_array_equal(current, viewer.pixels(0))
    assert changed(prior, viewer.pixels(1)).any()
    viewer.press("Zoom in")
    assert viewer.place(0)[2] == pytest.approx(viewer.place(1)[2])
    viewer.press("Move both films together")
    viewer.press("Zoom in")
    assert viewer.place(0)[2] > 1.2 * viewer.place(1)[2]
    viewer.press("Move both films together")


def test_the_keyboard_reaches_everything_and_not_the_page_around(viewer: Viewer) -> None:
    runs = viewer.runs()
    overlay, chosen = viewer.root.get_by_role("switch", name="Overlay"), viewer.root.get_by_label("Map", exact=True)
    viewer.focus()
    start, place = viewer.pixels(), viewer.place()
    viewer.key("v")
    assert changed(start, viewer.pixels()).any()
    viewer.key("+")
    assert viewer.place()[2] == pytest.approx(1.25 * place[2])
    viewer.key("ArrowLeft")
    viewer.key("ArrowDown")
    viewer.key("p")
    expect(viewer.root.get_by_label("Tool", exact=True)).to_have_value("pan")
    viewer.key("c")
    assert viewer.pressed("Contours")
    by_key = {"i": 1, "g": 0, "3": 2, "]": 0, "[": 2, "1": 0}
    for key, place_in_list in by_key.items():
        viewer.key(key)
        name = ("Grad-CAM", "Integrated Gradients", "Almost nothing")[place_in_list]
        expect(chosen).to_have_value(name)
        expect(overlay).to_have_attribute("aria-checked", "true")
    viewer.key("o")
    expect(overlay).to_have_attribute("aria-checked", "false")
    viewer.key("t")
    viewer.key("a")
    viewer.more()
    expect(viewer.root.get_by_role("slider", name="Hide below")).to_have_value("5")
    expect(viewer.root.get_by_role("slider", name="Opacity")).to_have_value("70")
    viewer.key("Escape")
    expect(viewer.button("More")).to_have_attribute("aria-expanded", "false")
    expect(viewer.button("More")).to_be_focused()
    viewer.key("r")
    assert viewer.place() == pytest.approx(place)
    np.testing.assert_array_equal(start, viewer.pixels())
    expect(viewer.page.get_by_role("dialog")).to_have_count(0)  # "c" did not open the page's own dialog
    assert viewer.runs() == runs


def test_the_keys_work_while_nothing_has_the_focus_and_leave_what_is_typed_alone(viewer: Viewer) -> None:
    overlay = viewer.root.get_by_role("switch", name="Overlay")
    viewer.page.evaluate("() => document.activeElement.blur()")
    viewer.key("o")
    expect(overlay).to_have_attribute("aria-checked", "true")
    viewer.root.get_by_label("Tool", exact=True).focus()
    viewer.key("o")
    expect(overlay).to_have_attribute("aria-checked", "true")


def test_the_list_of_keys_opens_and_gives_the_focus_back(viewer: Viewer) -> None:
    viewer.focus()
    viewer.key("?")
    keys = viewer.root.get_by_role("dialog", name="Keys")
    expect(keys).to_be_visible()
    for key in ("O", "G", "I", "[", "]", "Delete", "?", "Esc"):
        expect(keys.locator("dt").get_by_text(key, exact=True)).to_be_visible()
    viewer.key("Escape")
    expect(keys).to_be_hidden()
    expect(viewer.root.get_by_role("application")).to_be_focused()


def test_the_sliders_of_the_window_do_what_a_drag_does(viewer: Viewer) -> None:
    before = viewer.pixels()
    viewer.slide("Brightness", 80)
    assert viewer.pixels().mean() > before.mean()
    viewer.press("Reset")
    viewer.slide("Window width", 30)
    assert viewer.pixels().std() > before.std()


def test_the_view_survives_a_rerun_new_maps_and_a_page_without_the_viewer(viewer: Viewer) -> None:
    viewer.overlay()
    viewer.press("Zoom in")
    viewer.press("Invert")
    viewer.slide("Hide below", 30)
    viewer.drag(viewer.at(250, 300), viewer.at(200, 280))
    before, place = viewer.pixels(), viewer.place()
    viewer.rerun(viewer.page.get_by_role("button", name="Rerun").click)
    np.testing.assert_array_equal(before, viewer.pixels())
    others = viewer.page.get_by_text("Other maps")
    viewer.rerun(others.click)
    expect(viewer.root.get_by_label("Map", exact=True).locator("option")).to_have_count(4)
    expect(viewer.root.get_by_label("Map", exact=True)).to_have_value("Grad-CAM")
    np.testing.assert_array_equal(before, viewer.pixels())
    viewer.rerun(others.click)
    expect(viewer.root.get_by_label("Map", exact=True).locator("option")).to_have_count(3)
    show = viewer.page.get_by_text("Show viewer")
    show.click()
    expect(viewer.root).to_have_count(0)
    show.click()
    expect(viewer.root).to_be_visible()
    assert viewer.place() == pytest.approx(place)
    np.testing.assert_array_equal(before, viewer.pixels())


def test_frames_follow_slider_and_keys_and_a_map_stays_on_its_frame(chromium: Browser, viewer_address: str) -> None:
    with watched_page(chromium, f"{viewer_address}/?case=frames") as watched:
        viewer = Viewer(watched)
        frame = viewer.root.get_by_role("slider", name="Frame", exact=True)
        expect(frame).to_have_attribute("aria-valuetext", "Frame 1 of 6")
        viewer.overlay()
        first = viewer.pixels()
        viewer.slide("Frame", 4)
        expect(frame).to_have_attribute("aria-valuetext", "Frame 4 of 6")
        expect(viewer.root.get_by_role("img", name=re.compile("Map of frame 1: not drawn here"))).to_be_visible()
        fourth = viewer.pixels()
        viewer.overlay(False)
        np.testing.assert_array_equal(fourth, viewer.pixels())
        assert fourth.mean() > first.mean()
        viewer.overlay()
        viewer.focus()
        for _ in range(3):
            viewer.key("PageUp")
        np.testing.assert_array_equal(first, viewer.pixels())
        viewer.more()
        expect(viewer.root.get_by_role("radio", name="Swipe")).to_be_disabled()
        watched.assert_clean()


def test_the_viewer_opens_at_the_frame_that_is_read_and_follows_it(chromium: Browser, viewer_address: str) -> None:
    with watched_page(chromium, f"{viewer_address}/?case=read") as watched:
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


def test_a_bare_film_shows_no_map_controls_no_frames_and_no_side(chromium: Browser, viewer_address: str) -> None:
    with watched_page(chromium, f"{viewer_address}/?case=plain", width=700, height=900) as watched:
        viewer = Viewer(watched)
        viewer.settle()
        expect(viewer.root.get_by_role("switch", name="Overlay")).to_be_disabled()
        expect(viewer.root.get_by_label("Map", exact=True)).to_be_disabled()
        viewer.more()
        expect(viewer.root.get_by_role("group", name="Maps")).to_be_hidden()
        expect(viewer.root.get_by_role("slider", name="Frame")).to_be_hidden()
        expect(viewer.root.get_by_role("img", name=re.compile("left edge"))).to_be_hidden()
        assert viewer.pixels().max() > 200
        watched.assert_clean()


def test_a_film_in_colour_is_shown_in_colour_and_only_made_brighter(chromium: Browser, viewer_address: str) -> None:
    with watched_page(chromium, f"{viewer_address}/?case=colour") as watched:
        viewer = Viewer(watched)
        left, top, sx, sy = viewer.place()

        def colour(x: float, y: float) -> np.ndarray:
            return viewer.pixels()[round(top + y * sy), round(left + x * sx)]

        np.testing.assert_allclose(colour(150, 150), (40, 160, 40), atol=2)
        red = colour(200, 100)
        np.testing.assert_allclose(red, (170, 60, 30), atol=3)
        viewer.page.mouse.move(*viewer.at(150.5, 150.5))
        expect(viewer.root.get_by_role("group", name="Readout", exact=True)).to_contain_text("grey 110")
        viewer.drag(viewer.at(150, 100), viewer.at(150, 80))
        assert viewer.place() == pytest.approx((left, top, sx, sy))
        brighter = colour(200, 100)
        assert brighter[0] > red[0] + 5
        np.testing.assert_allclose(brighter / brighter[0], red / red[0], atol=0.03)  # the same hue
        assert colour(5, 5).max() == 0
        viewer.more()
        expect(viewer.root.get_by_role("slider", name="Window width")).to_be_hidden()
        watched.assert_clean()


def test_single_keys_can_be_switched_off_and_the_browser_keeps_it(viewer: Viewer) -> None:
    viewer.more()
    switch = viewer.root.get_by_role("switch", name="Single-key")
    expect(switch).to_have_attribute("aria-checked", "true")
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "false")
    viewer.more(False)
    before = viewer.pixels()
    for held in (viewer.focus, lambda: viewer.page.evaluate("() => document.activeElement.blur()")):
        held()
        for key in "ovi?c+-1wnzA":
            viewer.key(key)
        expect(viewer.root.get_by_role("switch", name="Overlay")).to_have_attribute("aria-checked", "false")
        expect(viewer.root.get_by_role("dialog", name="Keys")).to_be_hidden()
        expect(viewer.root.get_by_label("Tool", exact=True)).to_have_value("window")
        np.testing.assert_array_equal(before, viewer.pixels())
    viewer.focus()
    viewer.key("ArrowLeft")  # no character: it stays
    assert (viewer.pixels() != before).any()
    viewer.page.reload()
    viewer.watched.ready()
    viewer.settle()
    viewer.more()
    expect(switch).to_have_attribute("aria-checked", "false")
    switch.click()
    viewer.more(False)
    viewer.focus()
    viewer.key("o")
    expect(viewer.root.get_by_role("switch", name="Overlay")).to_have_attribute("aria-checked", "true")


def test_the_name_of_the_picture_says_what_is_shown(viewer: Viewer) -> None:
    picture = viewer.root.get_by_role("application")
    bare = picture.get_attribute("aria-label")
    viewer.overlay()
    assert bare
    name = picture.get_attribute("aria-label") or ""
    assert name.startswith(bare)
    assert "Grad-CAM" in name
    described = picture.evaluate("e => e.getRootNode().getElementById(e.getAttribute('aria-describedby')).textContent")
    assert described
