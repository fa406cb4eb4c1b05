"""The review in a real browser: the record, a labelled folder to its worst mistake, and the file opened without a network."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.catalogue import text
from model_zoo.phantoms.labelled import write_labelled_series
from tests.browser.conftest import OpenPage
from tests.browser.reading_page import SLOW

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FILMS = 24
_PLACES = {"found": "@", "missed": "@", "false_alarms": "@", "rest": "@"}
COUNTS = re.escape(text("review.page.counts", **_PLACES)).replace("@", r"\d+")
_HUNDRED = {"pictures": "films", "prevalence": "2.00", "flagged": "@", "false_alarms": "@", "missed": "@"}
STATED = text("review.hundred.stated", **_HUNDRED).split("@")[0]


def metric(page: Page, label: str) -> float:
    value = page.get_by_test_id("stMetric").filter(has_text=label).get_by_test_id("stMetricValue")
    return float(value.inner_text())


def test_a_review_from_the_record_to_a_file_for_the_meeting(
    open_page: OpenPage, app_address: str, chromium: Browser, tmp_path: Path
) -> None:
    folder = tmp_path / "synthetic-films"
    write_labelled_series(folder, FILMS)
    watched = open_page(app_address, width=1400, height=1000)
    page = watched.page
    page.get_by_role("link", name=text("menu.review")).click()
    expect(page.get_by_text(re.compile("Patients held out of training"))).to_be_visible(timeout=SLOW)
    expect(page.locator(".js-plotly-plot")).to_have_count(5, timeout=SLOW)

    # The slider is a fragment: the numbers beside it move, the rest of the page is not drawn again.
    page.locator(".js-plotly-plot").last.evaluate("plot => { plot.dataset.kept = 'yes' }")
    before = metric(page, text("review.flagged_per_100"))
    thumb = page.get_by_role("slider", name=text("review.threshold.probability", pictures="films"))
    thumb.focus()
    for _ in range(3):
        thumb.press("PageUp")
    expect(page.get_by_test_id("stMetric").filter(has_text=text("review.flagged_per_100"))).not_to_contain_text(
        f"{before:.1f}"
    )
    assert metric(page, text("review.flagged_per_100")) < before
    assert page.locator(".js-plotly-plot").last.get_attribute("data-kept") == "yes"

    page.get_by_text(text("review.source.folder"), exact=True).click()
    page.get_by_label(text("review.folder"), exact=True).fill(str(folder))
    page.get_by_label(text("review.folder"), exact=True).press("Enter")
    page.get_by_role("button", name=text("review.run")).click()
    expect(page.get_by_text(re.compile(f"a labelled folder · {FILMS} films"))).to_be_visible(timeout=SLOW)
    assert "synthetic-films" not in page.url

    page.get_by_role("button", name=text("review.mistake.explain")).first.click()
    verdict = page.get_by_text(re.compile("^" + text("trust.judged", verdict="(believed|doubtful|not to be used)")))
    expect(verdict.first).to_be_visible(timeout=SLOW)
    watched.ready()

    with page.expect_download(timeout=SLOW) as download:
        page.get_by_role("button", name=text("review.download")).click()
    out = tmp_path / "review.html"
    download.value.save_as(out)
    watched.assert_clean()
    _check_offline(chromium, out)


def _check_offline(chromium: Browser, out: Path) -> None:
    """Open the file with no network at all: it asks for nothing, its figures are drawn and its slider works."""
    context = chromium.new_context(offline=True, viewport={"width": 1400, "height": 1000})
    page, asked, said = context.new_page(), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(out.as_uri())
    page.wait_for_selector("html[data-drawn=yes]", timeout=SLOW)
    plots = page.locator(".js-plotly-plot")
    expect(plots).to_have_count(5)
    for i in range(5):
        expect(plots.nth(i).locator("svg.main-svg").first).to_be_attached()
    expect(page.locator("#o0-roc .scatterlayer path.js-line").nth(1)).to_be_attached()
    live = page.locator(".live")
    before = live.inner_text()
    page.get_by_label(text("review.threshold")).fill("0.9")
    expect(live).not_to_have_text(before)
    expect(live).to_contain_text(re.compile(COUNTS))
    page.get_by_label(text("review.page.prevalence_label")).fill("2")
    expect(live).to_contain_text(STATED)
    assert asked == [out.as_uri()]
    assert said == []
    context.close()
