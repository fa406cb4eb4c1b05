"""The synthetic strip is opened in a real browser, a beat is pressed on it, and its attribution is on the waveform."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from dashboard.catalogue import text
from tests.browser.conftest import OpenPage
from tests.browser.reading_page import SLOW, keyed, saved_json

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_beat_is_pressed_and_its_attribution_is_on_the_waveform(open_page: OpenPage, app_address: str) -> None:
    watched = open_page(app_address, width=1600, height=1000)
    page = watched.page
    page.get_by_role("link", name="Monitoring").click()
    keyed(page, "monitoring-part").locator("button").last.click(timeout=SLOW)
    keyed(page, "ecg-welcome").locator("button").click(timeout=SLOW)
    heading = page.locator(".st-key-ecg-beat h2")
    expect(heading).to_have_text(text("ecg.beat.heading", number="8", seconds="6.06", name="V"), timeout=SLOW)
    expect(page.locator(".st-key-line-title .stMarkdownBadge")).to_be_visible()
    marks = page.locator("[class*='st-key-ecg-strip'] .scatterlayer .point")
    expect(marks).to_have_count(36)
    watched.ready()

    marks.nth(16).click(force=True)  # the second of the two early beats in a row
    expect(heading).to_have_text(text("ecg.beat.heading", number="17", seconds="13.09", name="V"), timeout=SLOW)
    wave = page.locator(".st-key-ecg-wave")
    # Asked until it holds: a chart that is being drawn anew has lines without a width for a moment.
    page.wait_for_function(
        """() => {
            const lines = [...document.querySelectorAll(".st-key-ecg-wave .scatterlayer .js-line")];
            const widths = lines.map(line => parseFloat(getComputedStyle(line).strokeWidth));
            return new Set(widths.filter(Number.isFinite)).size > 4;  // context, reference and several strengths of a share
        }""",
        timeout=SLOW,
    )
    expect(wave.locator(".bars .point")).to_have_count(78)
    expect(page.get_by_text(re.compile("completeness delta"))).to_be_visible()
    expect(page.get_by_text(text("ecg.worth.right"))).to_be_visible()

    watched.ready()
    answer = saved_json(page, text("ecg.download.everything"))
    assert answer["attribution"]["beat"] == 17
    assert re.fullmatch(re.escape(app_address) + "/monitoring", page.url)  # nothing of the strip in the address
    watched.assert_clean()
