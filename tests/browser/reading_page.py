"""What the browser tests of the reading page have in common: bring a file, wait for the reading, take the case along."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.browser.conftest import OpenPage, StartApp, WatchedPage

SLOW = 240_000  # milliseconds; two busy cores take their time to load torch
_APP = Path(__file__).resolve().parents[2] / "dashboard" / "app.py"


def start_reading_app(start_app: StartApp, cases: Path) -> str:
    """Return the address of an app that keeps its cases in a folder of its own: where no other test's may be."""
    return start_app(_APP, env={"DIAPHANE_CASES": str(cases)}, args=("--server.headless", "true"))


def open_reading_page(open_page: OpenPage, address: str, height: int) -> WatchedPage:
    """Open the page of reading and wait until it offers its sample cases."""
    watched = open_page(address, width=1720, height=height)
    expect(watched.page.get_by_role("button", name="Open this case").first).to_be_visible(timeout=SLOW)
    return watched


def upload(page: Page, label: str, name: str, mime: str, data: bytes) -> None:
    """Bring a file. Visible uploaders only: until a long run of the script ends, that of the case before stays, hidden."""
    field = page.get_by_test_id("stFileUploader").filter(has_text=re.compile(label), visible=True)
    field.locator("input[type=file]").set_input_files({"name": name, "mimeType": mime, "buffer": data})


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
    """Wait until the reading has run all its steps."""
    expect(page.get_by_role("button", name="Download JSON case")).to_be_visible(timeout=2 * SLOW)


def saved_json(page: Page, button: str) -> dict[str, Any]:
    """Press a button that saves a file and return what the file holds, at once and whether the page is at rest or not."""
    with page.expect_download() as download:
        page.get_by_role("button", name=button).click()
    found: dict[str, Any] = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    return found


def exported(opened: WatchedPage) -> dict[str, Any]:
    """Return the case as exported once the reading is complete and the page at rest."""
    complete(opened.page)
    opened.ready()
    return saved_json(opened.page, "Download JSON case")
