"""What Ctrl+P gives in a real browser: the report alone, on one or two pages, its film in its own shape, sent once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import ROOT, StartApp, watched_page
from tests.report_case import ASPECT

pytestmark = pytest.mark.browser

PAGE = ROOT / "tests" / "browser" / "report_page.py"
# One message with the report is some hundred kilobytes; what refers to it, and the rest of a run, are a few.
SMALL = 60_000


def film(page: Page) -> Locator:
    return page.locator(".diaphane-print img.film")


def aspect(picture: Locator) -> float:
    box = picture.bounding_box()
    assert box is not None
    return box["width"] / box["height"]


@pytest.fixture(scope="module")
def address(start_app: StartApp) -> str:
    return start_app(Path(PAGE))


@pytest.mark.parametrize("width", [1440, 820])
def test_print_shows_the_report_alone_and_undistorted(chromium: Browser, address: str, width: int) -> None:
    with watched_page(chromium, address, width=width, color_scheme="dark") as watched:
        page = watched.page
        title = page.get_by_role("heading", name="On the screen alone")
        expect(title).to_be_visible()
        expect(film(page)).to_be_attached()
        expect(film(page)).to_be_hidden()
        page.emulate_media(media="print")
        expect(film(page)).to_be_visible()
        expect(title).to_be_hidden()
        expect(page.get_by_role("button", name="Run again")).to_be_hidden()
        for name in ("film", "overlay"):
            assert aspect(page.locator(f".diaphane-print img.{name}")) == pytest.approx(ASPECT, rel=0.01)
        ground, ink = page.locator(".diaphane-print .report").evaluate(
            "e => [getComputedStyle(e).backgroundColor, getComputedStyle(e).color]"
        )
        assert ground == "rgb(255, 255, 255)"
        assert max(int(part) for part in re.findall(r"\d+", ink)[:3]) < 80
        printed = page.pdf(prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page\b(?!s)", printed)) in (1, 2)
        page.emulate_media(media="screen")
        expect(film(page)).to_be_hidden()
        expect(title).to_be_visible()
        watched.assert_clean()


def test_the_report_is_sent_once_and_leaves_with_the_case(chromium: Browser, address: str) -> None:
    with watched_page(chromium, address) as watched:
        page = watched.page
        sent: list[int] = []
        page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: sent.append(len(frame))))
        page.reload()
        watched.ready()
        expect(film(page)).to_be_attached()
        assert sum(sent) > SMALL
        before = sum(sent)
        page.get_by_role("button", name="Run again").click()
        expect(page.get_by_text("Runs: 2", exact=True)).to_be_visible()
        watched.ready()
        assert sum(sent) - before < SMALL
        expect(film(page)).to_be_attached()
        page.get_by_text("Close the case").click()
        expect(page.locator(".diaphane-print")).to_have_count(0)
        page.emulate_media(media="print")
        expect(page.get_by_role("heading", name="On the screen alone")).to_be_visible()
        watched.assert_clean()
