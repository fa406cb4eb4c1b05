"""What ``plain`` makes of a text, and ``render_chart`` of a figure, shows that text and nothing else, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from model_zoo.plain import visible
from tests.browser.conftest import ROOT, StartApp, WatchedPage, read_until, watched_page
from tests.browser.plain_texts import ADDRESS, CHARTS, TEXTS
from tests.browser.reading_page import SLOW

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SCRIPT = Path(__file__).with_name("plain_page.py")
MADE = "img, a[href]:not([href^='#']), code, pre, del, em, blockquote, hr, h1, .katex, input[disabled]"


@pytest.fixture(scope="module")
def opened(chromium: Browser, start_app: StartApp) -> Iterator[WatchedPage]:
    """The page, opened once: it holds every kind of place many times over, which takes a browser long to draw."""
    with watched_page(chromium, start_app(SCRIPT, env={"PYTHONPATH": str(ROOT)})) as watched:
        watched.page.locator(f".st-key-chart-{CHARTS - 1} .js-plotly-plot").wait_for(timeout=SLOW)
        watched.page.locator(f".st-key-list-{len(TEXTS) - 1}").wait_for(timeout=SLOW)
        watched.ready()
        yield watched


def said(text: str) -> str:
    """Return a text without blanks at its ends and what has no width."""
    return " ".join(text.replace("\u2060", "").split())


def made_of(box: Locator) -> list[str]:
    return box.evaluate(f'box => [...box.querySelectorAll("{MADE}")].map(e => e.outerHTML)')


def test_every_place_shows_the_text_and_nothing_of_it_is_made_into_anything(opened: WatchedPage) -> None:
    asked: list[str] = []
    opened.page.on("request", lambda request: asked.append(request.url))
    for number, text in enumerate(TEXTS):
        box, want = opened.page.locator(f".st-key-box-{number}"), said(visible(text))
        empty = box.get_by_test_id("stMarkdownContainer").filter(has_not_text=re.compile(r"\S"))
        expect(empty).to_have_count(0)
        assert made_of(box) == [], text
        parts = box.get_by_test_id("stMarkdownContainer")
        allowed = {"0", "9", want, "end", f"{want} end", f"{want}end", f"head {want}", f"head{want}"}
        shown = read_until(
            opened.page,
            lambda parts=parts: [said(part) for part in parts.all_text_contents()],
            lambda found, allowed=allowed: len(found) > 18 and set(found) <= allowed,
        )
        assert set(shown) <= allowed, text
        assert len(shown) > 18
        assert made_of(box) == [], text
        assert made_of(opened.page.locator(f".st-key-list-{number}")) == [], text
    assert not [url for url in asked if ADDRESS in url]


def test_a_tooltip_shows_the_text(opened: WatchedPage) -> None:
    page = opened.page
    for number in range(CHARTS):
        page.locator(f".st-key-button-{number} button").first.hover()
        tip = page.get_by_test_id("stTooltipContent").last
        tip.wait_for()
        want = said(visible(TEXTS[number]))
        assert read_until(page, lambda tip=tip: said(tip.inner_text()), lambda found, want=want: found == want) == want
        assert made_of(tip) == []
        page.mouse.move(0, 0)
        page.get_by_test_id("stTooltipContent").wait_for(state="detached")


def test_a_chart_shows_the_text_with_its_own_marks_alone(opened: WatchedPage) -> None:
    for number, text in enumerate(TEXTS[:CHARTS]):
        chart = opened.page.locator(f".st-key-chart-{number}")
        wanted = said(visible(text).replace("<b>", "").replace("</b>", "").replace("<br>", ""))
        titles = read_until(
            opened.page,
            lambda chart=chart: [said(one) for one in chart.locator(".gtitle").all_text_contents()],
            lambda found, wanted=wanted: found == [wanted],
        )
        assert titles == [wanted]
        own = chart.locator(".annotation tspan[style*='rgb(18, 52, 86)'], .annotation tspan[style*='123456']")
        expect(own).to_have_count(1)
        expect(chart.locator("svg a, svg image")).to_have_count(0)
