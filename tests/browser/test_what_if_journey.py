"""What if in a real browser: a value moves risk and curve without a run of the whole page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from dashboard.catalogue import text
from tests.browser.conftest import OpenPage, StartApp
from tests.browser.reading_page import SLOW, keyed

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# The panel alone, on a written patient: the whole page first reads a film, which is another test's matter.
PAGE = Path(__file__).resolve().parent / "what_if_page.py"


@pytest.fixture(scope="module")
def address(start_app: StartApp) -> str:
    return start_app(PAGE, args=("--server.headless", "true"))


def test_a_value_moves_the_panel_alone(open_page: OpenPage, address: str) -> None:
    watched = open_page(address, width=760, height=1500)
    page = watched.page
    runs = page.get_by_text(re.compile(r"Runs of the page: \d+"))
    expect(runs).to_have_text("Runs of the page: 1", timeout=SLOW)
    expect(page.locator(".js-plotly-plot").first).to_be_visible(timeout=SLOW)
    number = keyed(page, "what-if-number-ejection_fraction_percent-SI").locator("input")
    number.fill("85")
    number.press("Enter")
    expect(page.get_by_text(re.compile("30 % → 85 %"))).to_be_visible(timeout=SLOW)
    expect(page.get_by_test_id("stAlert").first).to_be_visible()  # beyond what the model was trained on
    expect(page.locator(".js-plotly-plot").first.get_by_text(text("patient.what_if.no_patients"))).to_be_visible()
    expect(runs).to_have_text("Runs of the page: 1")
    views = keyed(page, "what-if-view").get_by_role("radio")
    views.nth(2).click()  # among the reference patients
    expect(keyed(page, "what-if-percentiles").locator(".js-plotly-plot")).to_be_visible(timeout=SLOW)
    expect(keyed(page, "what-if-path")).to_have_count(0, timeout=SLOW)
    views.nth(0).click()
    expect(keyed(page, "what-if-path")).to_be_visible(timeout=SLOW)
    keyed(page, "what-if-use").locator("button").first.click()
    expect(page.get_by_text("Ejection fraction of the record: 85")).to_be_visible(timeout=SLOW)
    expect(runs).to_have_text("Runs of the page: 2")
    watched.assert_clean()
