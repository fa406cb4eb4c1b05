"""The viewer through the life of a page: maps that come later, another case, pictures by address, fingers, both themes' sizes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import StartApp, watched_page
from tests.browser.film import PAGE, Viewer, changed

pytestmark = pytest.mark.browser

# Every layout shift of the page from now on, but those within half a second of a press, as the browser itself counts them.
WATCH_SHIFTS = """() => {
    window.shifts = 0;
    new PerformanceObserver(list => { for (const entry of list.getEntries()) window.shifts += entry.value; })
        .observe({ type: "layout-shift" });
}"""
# What stands in the viewer at every frame: the key of its case, and whether anything of a film is drawn.
RECORD = """() => {
    window.seen = [];
    const root = [...document.querySelectorAll("*")].map(n => n.shadowRoot?.querySelector(".viewer") ?? n).find(
        n => n.classList?.contains("viewer"));
    const note = () => {
        const canvas = root.querySelector("canvas[role=img]");
        const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
        let sum = 0;
        for (let i = 0; i < data.length; i += 4000) sum += data[i];
        const numbers = [...root.querySelectorAll("[data-case]")].map(n => n.dataset.case);
        window.seen.push([root.dataset.case, sum, [...new Set(numbers)].join()]);
        requestAnimationFrame(note);
    };
    note();
}"""


@contextmanager
def opened(chromium: Browser, start_app: StartApp, query: str, **options: object) -> Iterator[Viewer]:
    with watched_page(chromium, f"{start_app(Path(PAGE))}/?{query}", **options) as watched:
        viewer = Viewer(watched)
        viewer.settle()
        yield viewer
        watched.assert_clean()


def test_nothing_moves_when_maps_arrive(chromium: Browser, start_app: StartApp) -> None:
    with opened(chromium, start_app, "case=late") as viewer:
        viewer.page.evaluate(WATCH_SHIFTS)
        box, place, bare = viewer.film_box(), viewer.place(), viewer.pixels()
        row = viewer.root.get_by_role("toolbar").bounding_box()
        viewer.rerun(viewer.page.get_by_text("Maps are there").click)
        expect(viewer.root.get_by_role("switch", name="Overlay")).to_be_enabled()
        assert (viewer.film_box(), viewer.place(), viewer.root.get_by_role("toolbar").bounding_box()) == (
            box,
            place,
            row,
        )
        np.testing.assert_array_equal(viewer.pixels(), bare)  # opened clean
        viewer.overlay()
        assert (viewer.film_box(), viewer.place()) == (box, place)
        # What is left is a letter of the page's own text below: a thousandth of what would be seen.
        assert viewer.page.evaluate("() => window.shifts") < 1e-5


def test_the_page_can_ask_for_a_map_once(chromium: Browser, start_app: StartApp) -> None:
    with opened(chromium, start_app, "case=late") as viewer:
        overlay = viewer.root.get_by_role("switch", name="Overlay")
        viewer.rerun(viewer.page.get_by_text("Maps are there").click)
        viewer.rerun(viewer.page.get_by_text("Ask for a map").click)
        expect(overlay).to_have_attribute("aria-checked", "true")
        expect(viewer.root.get_by_label("Map", exact=True)).to_have_value("Integrated Gradients")
        viewer.overlay(False)
        viewer.rerun(viewer.page.get_by_role("button", name="Rerun").click)
        expect(overlay).to_have_attribute("aria-checked", "false")


def test_no_frame_shows_one_case_under_the_key_of_another(chromium: Browser, start_app: StartApp) -> None:
    with opened(chromium, start_app, "case=two") as viewer:
        first = viewer.pixels()
        viewer.overlay()
        viewer.page.evaluate(RECORD)
        for _ in range(2):
            viewer.rerun(viewer.page.get_by_text("Other case").click)
        viewer.page.wait_for_function("() => window.seen.at(-1)[0] === 'first' && window.seen.at(-1)[1] > 0")
        viewer.overlay(False)
        np.testing.assert_array_equal(viewer.pixels(), first)
        seen = viewer.page.evaluate("() => window.seen")
        assert {case for case, _, _ in seen} == {"first", "second"}
        assert all(numbers == case for case, _, numbers in seen)
        for before, after in pairwise(seen):
            if before[0] != after[0]:
                assert after[1] == 0  # the first frame of another case is blank


def test_pictures_by_address_are_fetched_once_and_the_message_is_small(chromium: Browser, start_app: StartApp) -> None:
    with opened(chromium, start_app, "published=1", width=1400, height=1000) as viewer:
        fetched: list[str] = []
        sent: list[int] = []
        viewer.page.on("request", lambda request: fetched.append(request.url))
        viewer.page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: sent.append(len(frame))))
        viewer.page.reload()
        viewer.watched.ready()
        viewer.settle()
        viewer.overlay()
        pictures = [url for url in fetched if "/media/" in url]
        assert len(pictures) == len(set(pictures)) >= 4  # the film and its maps; the prior waits until it is opened
        assert sum(sent) < 400_000
        shown = viewer.pixels()
        for _ in range(2):
            viewer.rerun(viewer.page.get_by_role("button", name="Rerun").click)
        viewer.rerun(viewer.page.get_by_text("Other maps").click)
        again = [url for url in fetched if "/media/" in url]
        assert len(again) == len(set(again)) == len(pictures)
        np.testing.assert_array_equal(viewer.pixels(), shown)
    with opened(chromium, start_app, "", width=1400, height=1000) as viewer:
        viewer.overlay()
        np.testing.assert_array_equal(viewer.pixels(), shown)  # the same as from within the message


def test_a_picture_that_cannot_be_fetched_is_said(chromium: Browser, start_app: StartApp) -> None:
    with watched_page(chromium, start_app(Path(PAGE))) as watched:
        watched.page.route("**/media/**", lambda route: route.fulfill(status=403))
        watched.page.goto(f"{start_app(Path(PAGE))}/?published=1")
        expect(Viewer(watched).root.get_by_role("alert")).to_be_visible()


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (780, 700), (460, 700)])
def test_the_film_fills_what_is_around_it_without_a_scroll_bar(
    chromium: Browser, start_app: StartApp, width: int, height: int
) -> None:
    with opened(chromium, start_app, "", width=width, height=height) as viewer:
        root = viewer.root.bounding_box()
        assert root is not None
        assert root["height"] == pytest.approx(height - 330, abs=1)
        scrolls = viewer.root.evaluate(
            "root => [...root.querySelectorAll('.row, .stage, .panes, .pane, .picture, .margin')].filter("
            "n => n.scrollHeight > n.clientHeight + 1).map(n => n.className)"
        )
        assert scrolls == []
        row = viewer.root.get_by_role("toolbar")
        assert row.evaluate("row => row.scrollWidth <= row.clientWidth")
        viewer.page.set_viewport_size({"width": width, "height": height + 120})
        viewer.page.wait_for_function(
            "([node, wanted]) => Math.abs(node.getBoundingClientRect().height - wanted) < 1",
            arg=[viewer.root.element_handle(), height - 210],
        )
        viewer.settle()
        picture = viewer.film_box()
        _, top, _, sy = viewer.place()
        assert top + 600 * sy <= picture["height"] + 1


def test_one_finger_scrolls_the_page_and_two_zoom(chromium: Browser, start_app: StartApp) -> None:
    with opened(chromium, start_app, "long=1&height=600", width=820, height=700, has_touch=True) as viewer:
        bare, place = viewer.pixels(), viewer.place()
        x, y = viewer.at(250, 300)
        devtools = viewer.page.context.new_cdp_session(viewer.page)
        main = "() => document.querySelector('[data-testid=stMain]').scrollTop"

        def touch(kind: str, *fingers: tuple[float, float]) -> None:
            places = [{"x": x + dx, "y": y + dy, "id": i} for i, (dx, dy) in enumerate(fingers)]
            devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})

        touch("touchStart", (0, 0))
        for step in range(1, 12):
            touch("touchMove", (0, -20 * step))
        touch("touchEnd")
        viewer.page.wait_for_function(f"() => ({main})() > 100")
        # The page rolls on for a while after the finger has gone.
        viewer.page.wait_for_function(
            f"() => {{ const last = window.lastTop; window.lastTop = ({main})(); return last === window.lastTop; }}",
            polling=200,
        )
        np.testing.assert_array_equal(viewer.pixels(), bare)
        assert viewer.place() == place
        viewer.page.evaluate("() => { document.querySelector('[data-testid=stMain]').scrollTop = 0 }")
        x, y = viewer.at(250, 300)

        touch("touchStart", (-30, 0), (30, 0))
        for spread in (45, 60, 75, 90):
            touch("touchMove", (-spread, 0), (spread, 0))
        touch("touchEnd")
        viewer.settle()
        assert viewer.place()[2] == pytest.approx(3 * place[2], rel=0.1)
        assert changed(viewer.pixels(), bare).any()
        assert viewer.page.evaluate(main) == 0


def test_a_finger_taps_the_ends_of_a_ruler(chromium: Browser, start_app: StartApp) -> None:
    with opened(chromium, start_app, "height=600", width=820, height=900, has_touch=True) as viewer:
        viewer.tool("ruler")
        for column in (100, 300):
            viewer.page.touchscreen.tap(*viewer.at(column, 200))
            viewer.settle()
        expect(viewer.root.get_by_role("group", name="Chosen mark")).to_contain_text("mm")
        expect(viewer.page.get_by_text('"kind": "ruler"')).to_be_visible()
