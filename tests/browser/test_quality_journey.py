"""The phantom series in a real browser: the record is there at once, one click runs the series, the verdict and the log stay."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from dashboard.catalogue import text
from tests.browser.conftest import OpenPage
from tests.browser.reading_page import SLOW, saved_json

pytestmark = [pytest.mark.browser, pytest.mark.slow]

VERDICT = re.compile("Inside the acceptance band, and constant")
SHOWN = re.compile(re.escape(text("quality.release_shown", when="@").split("@")[0]))
READING = re.compile(text("quality.phantom", n="@", total=112).replace("@", r"\d+"))
CLEAR = re.compile(text("quality.clear_accepted", hits="@", n=16, low="@", high="@").split("(")[0].replace("@", r"\d+"))


def test_the_series_runs_to_a_verdict_that_stays(open_page: OpenPage, app_address: str) -> None:
    watched = open_page(app_address, width=1720, height=1080)
    page = watched.page
    page.get_by_role("link", name=text("menu.quality")).click()
    expect(page.get_by_text(SHOWN)).to_be_visible(timeout=SLOW)
    # The curves of the release are drawn before any run: two plots, each with its two lines.
    expect(page.locator(".js-plotly-plot")).to_have_count(2, timeout=SLOW)
    expect(page.locator(".js-plotly-plot").first.get_by_text(text("quality.line", size="small"))).to_be_visible()

    page.get_by_role("button", name=text("quality.run")).click()
    expect(page.get_by_text(READING)).to_be_visible(timeout=SLOW)
    expect(page.get_by_text(VERDICT)).to_be_visible(timeout=SLOW)
    expect(page.get_by_text(CLEAR)).to_be_visible()
    expect(page.get_by_text(text("quality.history"))).to_be_visible()
    watched.ready()
    kept = saved_json(page, text("quality.download"))
    assert kept["verdict"]["passed"]
    assert len(kept["result"]["films"]) == 112

    # Leaving in the middle of a second run ends it and loses nothing of the first.
    page.get_by_role("button", name=text("quality.run")).click()
    expect(page.get_by_text(READING)).to_be_visible(timeout=SLOW)
    page.get_by_role("link", name=text("menu.models")).click()
    expect(page.get_by_role("heading", name=text("models.title"), exact=True)).to_be_visible(timeout=SLOW)
    page.get_by_role("link", name=text("menu.quality")).click()
    expect(page.get_by_text(VERDICT)).to_be_visible(timeout=SLOW)
    expect(page.locator(".js-plotly-plot")).to_have_count(2)  # one run kept: no plot of constancy yet
    watched.assert_clean()
