"""What the browser tests of the reading page have in common: bring a file, wait for the reading, take the case along."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from dashboard.catalogue import text
from dashboard.navigation import PAGES
from dashboard.screens.reading.drawers import NOT_ASSESSED
from tests.browser.conftest import READY, OpenPage, StartApp, WatchedPage

SLOW = 240_000  # milliseconds; two busy cores take their time to load torch
_APP = Path(__file__).resolve().parents[2] / "dashboard" / "app.py"


def start_reading_app(start_app: StartApp, cases: Path) -> str:
    """Return the address of an app that keeps its cases in a folder of its own: where no other test's may be."""
    return start_app(_APP, env={"DIAPHANE_CASES": str(cases)}, args=("--server.headless", "true"))


def open_reading_page(open_page: OpenPage, address: str, height: int) -> WatchedPage:
    """Open the page of reading and wait until it offers its sample cases."""
    watched = open_page(address, width=1720, height=height)
    expect(keyed(watched.page, "welcome-opacity")).to_be_visible(timeout=SLOW)
    return watched


def keyed(page: Page | Locator, key: str) -> Locator:
    """Return what is on the page under a key; the last, while an earlier drawing of it is being replaced."""
    return page.locator(f".st-key-{key}").last


def go(page: Page, path: str) -> None:
    """Go to another page by the menu. path: its address, "" for the first."""
    page.get_by_role("link", name=next(row.title for row in PAGES if row.url_path == path), exact=True).click()


def upload(page: Page, place: str, name: str, mime: str, data: bytes) -> None:
    """Bring a file. place: how the key of the uploader begins.

    Visible uploaders only: until a long run of the script ends, that of the case before stays, hidden.
    """
    field = page.locator(f"[class*='st-key-{place}']").filter(visible=True).last.locator("input[type=file]")
    field.set_input_files({"name": name, "mimeType": mime, "buffer": data})


def bring_scan(page: Page, name: str, mime: str, data: bytes) -> None:
    """Open a scan with the uploader of the sidebar, which is closed once a case is open."""
    open_sidebar(page)
    upload(page, "scan-upload-", name, mime, data)


def bring_values(page: Page, data: bytes, name: str = "patient.json", mime: str = "application/json") -> None:
    """Bring the patient's values in the drawer of the patient."""
    open_drawer(page, "patient")
    upload(page, "patient-upload-", name, mime, data)


def open_sidebar(page: Page) -> None:
    """Open the sidebar, where it is closed."""
    bar = page.get_by_test_id("stSidebar")
    expect(bar).to_be_attached(timeout=SLOW)
    if bar.get_attribute("data-collapsed") == "true":
        page.get_by_test_id("stExpandSidebarButton").click()
    expect(bar).to_have_attribute("data-collapsed", "false")


def open_drawer(page: Page, name: str) -> Locator:
    """Open a drawer under the film, where it is not the open one, and return it."""
    drawer = keyed(page, f"drawer-{name}")
    if not drawer.is_visible():
        words = r"\d+ .*" if name == NOT_ASSESSED else re.escape(text(f"drawer.{name}"))
        keyed(page, "drawers").locator("button").filter(has_text=re.compile(rf"^\s*{words}\s*$")).click()
    expect(drawer).to_be_visible(timeout=SLOW)
    return drawer


def close_drawer(page: Page) -> None:
    """Close the drawer that is open: it lies over the film."""
    keyed(page, "drawer-close").locator("button").click()
    expect(page.locator(".st-key-drawer")).to_have_count(0, timeout=SLOW)


def choose(page: Page, box: Locator, title: str | re.Pattern[str]) -> None:
    """Open a list and choose. A run that ends just after the click closes the list again: it is opened once more then."""
    option = page.get_by_role("option", name=title)
    for _ in range(5):
        box.click()
        try:
            option.click(timeout=5_000)
        except PlaywrightTimeout:
            continue
        return
    option.click()


def complete(page: Page) -> None:
    """Wait until the reading has run all its steps: from then on the case can be kept."""
    expect(keyed(page, "save-case")).to_be_visible(timeout=2 * SLOW)


def checked(page: Page) -> None:
    """Wait until every check of the maps has run as well: none is judged later, and the script is at rest."""
    expect(keyed(page, "card-map").get_by_text("hourglass_empty")).to_have_count(0, timeout=4 * SLOW)
    page.wait_for_selector(READY, timeout=4 * SLOW)


def saved_json(page: Page, button: str | Locator) -> dict[str, Any]:
    """Press a button that saves a file and return what the file holds, at once and whether the page is at rest or not."""
    pressed = page.get_by_role("button", name=button) if isinstance(button, str) else button
    with page.expect_download() as download:
        pressed.click()
    found: dict[str, Any] = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    return found


def case_json(page: Page) -> dict[str, Any]:
    """Take the case along as JSON, from behind "More", whether the page is at rest or not."""
    export = keyed(page, "export-JSON-case")
    more = keyed(page, "header-more").locator("button").first
    for _ in range(5):  # a run that ends meanwhile may close what was opened
        if not export.is_visible():
            more.click()
        try:
            expect(export).to_be_visible(timeout=5_000)
        except AssertionError:
            continue
        break
    found = saved_json(page, export.locator("button"))
    page.keyboard.press("Escape")
    return found


def exported(opened: WatchedPage) -> dict[str, Any]:
    """Return the case as exported once the reading is complete and the page at rest."""
    complete(opened.page)
    opened.ready()
    return case_json(opened.page)
