"""Every page under axe-core: what we draw breaks no rule, and what others draw breaks those that are listed here, no more.

For every change the light theme on every page, and the dark one on that of a case; the dark one elsewhere with ``pytest -m long``.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.axe import Exempt, Finding, examine
from tests.browser.conftest import OpenPage, WatchedPage
from tests.browser.reading_page import SLOW, close_drawer, go, keyed, open_drawer, open_sidebar
from tests.browser.screen import CARDS, box, cut, wait_for_case

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Look = Callable[[str], None]
Part = Callable[[WatchedPage, Look], None]

# Each is found by the test of the light theme, or that test fails.
EXCEPTIONS = (
    Exempt(
        "presentation-role-conflict",
        '[data-testid="stFileUploaderDropzone"]',
        "Streamlit names its drop zone and calls it presentation; the button inside it is named and reached by keys.",
    ),
    Exempt(
        "region",
        "#stFloatingOverlayPortal",
        "Streamlit puts the help of a control at the end of the document, outside the landmarks.",
    ),
    Exempt(
        "color-contrast",
        '[data-testid="stWidgetLabel"][disabled] p',
        "Streamlit greys the label of a disabled control; WCAG 1.4.3 leaves out what cannot be used.",
    ),
)

DRAWERS = ("explain", "patient", "beside", "numbers", "together", "not_assessed")


# What is scrolled out of sight is not judged: pages are looked at whole, the one screen of a case as a reader has it.
SCREEN, WHOLE = {"width": 1440, "height": 900}, {"width": 1440, "height": 6000}


def rest(watched: WatchedPage) -> None:
    """Wait until the page is at rest, and what fades in has come to its full colour."""
    watched.ready()
    watched.page.wait_for_function(
        """() => document.getAnimations().every(
            (one) => one.playState !== "running" || one.effect.getTiming().iterations === Infinity)"""
    )


def first_heading(page: Page) -> Locator:
    return page.get_by_role("heading", level=1).filter(visible=True)


def go_whole(page: Page, path: str) -> None:
    """Go to another page and see all of it."""
    before = first_heading(page).first.inner_text()
    page.set_viewport_size(WHOLE)
    go(page, path)
    expect(first_heading(page)).not_to_have_text(before, timeout=SLOW)


def look_at_case(watched: WatchedPage, look: Look) -> None:
    """The page of case 1, with everything that a press opens on it, then as it is saved."""
    page = watched.page
    wait_for_case(watched)
    look("case")
    for name in DRAWERS:
        open_drawer(page, name)
        look(f"drawer {name}")
    keyed(page, "drawer-close").locator("button").click()
    page.get_by_role("region", name="Scan viewer").get_by_role("button", name="More", exact=True).click()
    look("viewer, more")
    page.keyboard.press("Escape")
    keyed(page, "header-more").locator("button").first.click()
    expect(keyed(page, "export-JSON-case")).to_be_visible(timeout=SLOW)
    look("more")
    page.keyboard.press("Escape")
    keyed(page, "save-case").locator("button").click()
    expect(keyed(page, "save-case").locator("button")).to_be_disabled(timeout=SLOW)
    open_drawer(page, "patient")
    keyed(page, "edit-patient").locator("button").click()
    expect(page.get_by_role("dialog")).to_be_visible(timeout=SLOW)
    look("patient form")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0, timeout=SLOW)


def look_at_saved(watched: WatchedPage, look: Look) -> None:
    page = watched.page
    go_whole(page, "cases")
    shown = page.locator("[class*='st-key-show-']").first
    expect(shown).to_be_visible(timeout=SLOW)
    look("cases")
    page.set_viewport_size(SCREEN)
    shown.locator("button").click()
    expect(keyed(page, "saved-back")).to_be_visible(timeout=SLOW)
    watched.ready()
    seen = {key: box(page, f".st-key-{key}") for key in (*CARDS, "header", "no-film", "drawers")}
    assert {key: one for key, one in seen.items() if not one.inside(**SCREEN)} == {}
    assert {card: cut(page, card) for card in CARDS if cut(page, card) > 0} == {}
    close_drawer(page)
    look("saved case")
    for name in DRAWERS:
        open_drawer(page, name)
        look(f"saved case, drawer {name}")


def look_at_notes(watched: WatchedPage, look: Look) -> None:
    page = watched.page
    go_whole(page, "notes")
    keyed(page, "note-example-1").locator("button").filter(visible=True).first.click(timeout=SLOW)
    expect(page.get_by_test_id("note-text").first).to_be_visible(timeout=SLOW)
    help_of = keyed(page, "note-example-2").locator("button").filter(visible=True).first
    help_of.hover()
    expect(page.get_by_role("tooltip").first).to_be_visible(timeout=SLOW)
    look("notes")
    page.mouse.move(0, 0)


def look_at_monitoring(watched: WatchedPage, look: Look) -> None:
    page = watched.page
    go_whole(page, "monitoring")
    expect(keyed(page, "monitoring-hour")).to_be_visible(timeout=SLOW)  # case 1 brings its stay along
    look("stay")
    open_sidebar(page)
    keyed(page, "monitoring-close").locator("button").first.click()
    expect(page.locator("[class*='st-key-welcome-stay-']").first).to_be_visible(timeout=SLOW)
    look("monitoring")
    keyed(page, "monitoring-part").locator("button").filter(visible=True).last.click()
    strip = keyed(page, "ecg-welcome")
    expect(strip).to_be_visible(timeout=SLOW)
    look("ECG")
    strip.locator("button").click()
    expect(keyed(page, "ecg-wave")).to_be_visible(timeout=SLOW)
    look("ECG strip")


def look_at_others(watched: WatchedPage, look: Look) -> None:
    page = watched.page
    for path, plots in (("models", 0), ("review", 5), ("quality", 2), ("guide", 0)):
        go_whole(page, path)
        expect(page.locator(".js-plotly-plot")).to_have_count(plots, timeout=SLOW)
        look(path)
    keyed(page, "accessibility").locator("summary").click()
    expect(keyed(page, "accessibility").locator("table")).to_be_visible(timeout=SLOW)
    look("guide, accessibility")


OF_A_CASE = (look_at_case,)
ELSEWHERE = (look_at_saved, look_at_notes, look_at_monitoring, look_at_others)


def walk(open_page: OpenPage, address: str, theme: str, parts: tuple[Part, ...]) -> list[Finding]:
    """Walk through the first page and parts of the app in one theme; return all that axe finds on the way.

    Each place has exactly one heading of the first level, of which axe lets two pass, and each address a title of its own.
    """
    found: list[Finding] = []
    titles: dict[str, str] = {}
    watched = open_page(f"{address}/", color_scheme=theme, **WHOLE)
    page = watched.page

    def look(place: str) -> None:
        rest(watched)
        found.extend(examine(page, f"{place}, {theme}", EXCEPTIONS))
        assert first_heading(page).count() == 1, (place, first_heading(page).all_inner_texts())
        titles.setdefault(urlsplit(page.url).path, page.title())

    openers = page.locator("[class*='st-key-welcome-'] button")
    expect(openers.first).to_be_visible(timeout=SLOW)
    look("welcome")
    names = openers.all_inner_texts()
    assert len(set(names)) == len(names) > 1
    page.set_viewport_size(SCREEN)
    page.goto(f"{address}/?case=sample-1")
    for part in parts:
        part(watched, look)
    assert len(set(titles.values())) == len(titles)
    watched.assert_clean()
    return found


def ours(found: list[Finding]) -> list[str]:
    return [str(one) for one in found if one.exception < 0]


def test_every_page_in_the_light_theme(open_page: OpenPage, app_address: str) -> None:
    found = walk(open_page, app_address, "light", OF_A_CASE + ELSEWHERE)
    assert ours(found) == []
    occurring = {one.exception for one in found}
    assert [one for index, one in enumerate(EXCEPTIONS) if index not in occurring] == [], "no longer needed"


def test_a_case_in_the_dark_theme(open_page: OpenPage, app_address: str) -> None:
    assert ours(walk(open_page, app_address, "dark", OF_A_CASE)) == []


@pytest.mark.long
def test_every_page_in_the_dark_theme(open_page: OpenPage, app_address: str) -> None:
    assert ours(walk(open_page, app_address, "dark", OF_A_CASE + ELSEWHERE)) == []
