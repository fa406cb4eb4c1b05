"""Marks in a real browser: drawn by mouse, finger and keys, measured as Python measures, kept, named and deleted."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, expect

from model_zoo.case.marks import Mark, marks_from_json, value_words
from tests.browser.conftest import StartApp, watched_page
from tests.browser.film import PAGE, Viewer, changed

pytestmark = pytest.mark.browser

SPACING = (0.7, 0.7)


@pytest.fixture
def viewer(chromium: Browser, start_app: StartApp) -> Iterator[Viewer]:
    with watched_page(chromium, start_app(Path(PAGE))) as watched:
        found = Viewer(watched)
        found.fresh()
        yield found
        watched.assert_clean()


def strip(viewer: Viewer) -> Locator:
    return viewer.root.get_by_role("group", name="Chosen mark")


def kept(viewer: Viewer, count: int, containing: str = "") -> list[Mark]:
    """Wait until Python has so many marks and a text is in them, and return them."""
    pattern = rf"^Marks: \[(\{{[^{{]*){{{count}}}\]$"
    text = viewer.page.get_by_text(re.compile(pattern)).filter(has_text=containing)
    expect(text).to_be_visible()
    marks = list(marks_from_json(json.loads(text.inner_text().removeprefix("Marks: ")), (600, 500), 6))
    viewer.watched.ready()
    viewer.settle()
    return marks


def points(*pairs: tuple[float, float]) -> object:
    return [pytest.approx(pair, abs=1.5) for pair in pairs]


def test_a_ruler_is_dragged_measured_in_millimetres_and_kept(viewer: Viewer) -> None:
    before = viewer.pixels()
    viewer.tool("ruler")
    viewer.drag(viewer.at(100, 200), viewer.at(300, 200))
    (mark,) = kept(viewer, 1)
    assert (mark.kind, mark.frame, mark.word) == ("ruler", 0, "")
    assert list(mark.points) == points((200, 100), (200, 300))
    expect(strip(viewer)).to_contain_text(value_words(mark, SPACING))
    drawn = changed(before, viewer.pixels())
    left, top, sx, sy = viewer.place()
    assert drawn[round(top + 200 * sy), round(left + 200 * sx)]
    assert not drawn[round(top + 260 * sy), round(left + 200 * sx)]
    viewer.page.reload()  # a new session has none: it is the page that keeps them
    viewer.watched.ready()
    expect(viewer.page.get_by_text("Marks: []")).to_be_visible()


def test_an_angle_takes_three_presses_and_a_box_and_a_point_a_word(viewer: Viewer) -> None:
    viewer.key("e")
    for x, y in [(100, 300), (200, 300), (200, 400)]:
        viewer.page.mouse.click(*viewer.at(x, y))
        viewer.settle()
    (angle,) = kept(viewer, 1)
    assert list(angle.points) == points((300, 100), (300, 200), (400, 200))
    expect(strip(viewer)).to_contain_text("90°")
    viewer.tool("box")
    viewer.drag(viewer.at(300, 100), viewer.at(400, 180))
    assert list(kept(viewer, 2)[1].points) == points((100, 300), (180, 400))
    note = strip(viewer).get_by_label("Note")
    note.fill("clips after surgery")
    note.press("Enter")
    assert kept(viewer, 2, "clips after surgery")[1].word == "clips after surgery"
    expect(viewer.root.get_by_role("application")).to_be_focused()
    viewer.tool("point")
    viewer.page.mouse.click(*viewer.at(450, 500))
    assert kept(viewer, 3)[2].kind == "point"
    assert note.get_attribute("maxlength") == "80"


def test_marks_are_chosen_and_deleted_by_pointer_and_by_keys(viewer: Viewer) -> None:
    bare = viewer.pixels()
    viewer.tool("ruler")
    viewer.drag(viewer.at(100, 100), viewer.at(300, 100))
    kept(viewer, 1)
    viewer.drag(viewer.at(100, 400), viewer.at(200, 400))
    kept(viewer, 2)
    viewer.key("Escape")
    expect(strip(viewer)).to_be_hidden()
    viewer.tool("window")
    viewer.page.mouse.click(*viewer.at(200, 100))
    expect(strip(viewer)).to_contain_text("140.0 mm")
    viewer.page.mouse.click(*viewer.at(200, 250))
    expect(strip(viewer)).to_be_hidden()
    viewer.focus()
    viewer.key("n")
    viewer.key("n")
    expect(strip(viewer)).to_contain_text("70.0 mm")
    viewer.key("Delete")
    assert len(kept(viewer, 1)) == 1
    viewer.key("n")
    strip(viewer).get_by_role("button", name="Delete").click()
    expect(viewer.page.get_by_text("Marks: []")).to_be_visible()
    viewer.watched.ready()
    viewer.page.mouse.move(5, 5)
    np.testing.assert_array_equal(viewer.pixels(), bare)


def test_a_mark_is_drawn_by_keys_alone(viewer: Viewer) -> None:
    viewer.focus()
    for key in ["d", "Enter", "Enter", "ArrowRight", "ArrowRight", "Shift+ArrowDown", "Enter"]:
        viewer.key(key)
    (mark,) = kept(viewer, 1)
    assert mark.points == ((300.0, 250.0), (301.0, 270.0))


def test_marks_survive_a_rerun_and_belong_to_their_frame(chromium: Browser, start_app: StartApp) -> None:
    with watched_page(chromium, f"{start_app(Path(PAGE))}/?case=frames") as watched:
        viewer = Viewer(watched)
        viewer.settle()
        bare = viewer.pixels()
        viewer.slide("Frame", 3)
        third = viewer.pixels()
        viewer.tool("box")
        viewer.drag(viewer.at(100, 100), viewer.at(300, 300))
        assert kept(viewer, 1)[0].frame == 2
        viewer.key("Escape")
        marked = viewer.pixels()
        assert changed(third, marked).any()
        viewer.page.get_by_role("button", name="Rerun").click()
        watched.ready()
        np.testing.assert_array_equal(viewer.pixels(), marked)
        viewer.slide("Frame", 1)
        np.testing.assert_array_equal(viewer.pixels(), bare)
        watched.assert_clean()


def test_without_a_pixel_size_a_length_is_in_pixels_and_says_why(chromium: Browser, start_app: StartApp) -> None:
    with watched_page(chromium, f"{start_app(Path(PAGE))}/?case=plain") as watched:
        viewer = Viewer(watched)
        viewer.tool("ruler")
        viewer.drag(viewer.at(100, 200), viewer.at(200, 200))
        mark = kept(viewer, 1)[0]
        expect(strip(viewer)).to_contain_text(value_words(mark, None))
        expect(strip(viewer)).to_contain_text("the file states no pixel size")
        watched.assert_clean()
