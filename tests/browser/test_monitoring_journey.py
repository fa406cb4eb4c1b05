"""A stay is replayed in a real browser: the score grows hour by hour, an alert arises, and a person acknowledges it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from dashboard.catalogue import text
from dashboard.records.alert_log import FOLDER, AlertLog
from dashboard.viewmodels.stay.vitals import hour_title
from dashboard.viewmodels.together.alerts import levels_words
from model_zoo.alerts.acknowledge import reason_title
from tests.browser.conftest import OpenPage, StartApp
from tests.browser.reading_page import SLOW, choose, keyed, start_reading_app

pytestmark = [pytest.mark.browser, pytest.mark.slow]


# Beside these, the installed hourly models raise alerts of their own, how many depends on their weights.
BOTH, URGENT = (
    re.compile(re.escape(text("alerts.open", count="", levels=levels_words(levels)).strip()))
    for levels in ([("emergency", 1), ("urgent", 1)], [("urgent", 1)])
)


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cases")


@pytest.fixture(scope="module")
def address(start_app: StartApp, cases: Path) -> str:
    return start_reading_app(start_app, cases)


def heading_of(hour: int, score: str) -> str:
    """Return what stands over an hour."""
    return text("monitoring.hour.heading", hour=hour_title(hour), score=score)


def pause(page: Page) -> None:
    """Stop the hours before the last. Where a busy machine was slower than the stay, it is replayed once more."""
    for _ in range(5):
        try:
            keyed(page, "monitoring-pause").locator("button").click(timeout=5_000)
        except PlaywrightTimeout:
            keyed(page, "monitoring-play").locator("button").click()
            expect(page.get_by_text(BOTH)).to_have_count(0)
            expect(page.get_by_text(BOTH)).to_be_visible()
            continue
        return
    pytest.fail("The stay was over each time before it could be stopped.")


def test_a_stay_is_replayed_until_an_alert_arises_and_is_acknowledged(
    open_page: OpenPage, address: str, cases: Path
) -> None:
    watched = open_page(address, width=1600, height=1000)
    page = watched.page
    page.get_by_role("link", name="Monitoring").click()
    # The second stay is short: the saturation rises above its target on oxygen at hour 5.
    page.locator("[class*='st-key-welcome-stay-'] button").nth(1).click(timeout=SLOW)
    heading = page.locator(".st-key-monitoring-hour h2")
    expect(heading).to_have_text(heading_of(12, "2"), timeout=SLOW)
    bars = page.locator(".st-key-monitoring-vitals .bars .point")
    expect(bars).to_have_count(13)
    expect(page.get_by_text(BOTH)).to_be_visible()

    choose(page, page.locator(".st-key-monitoring-pace").get_by_role("combobox"), text("monitoring.pace.slow"))
    keyed(page, "monitoring-play").locator("button").click()
    # Nobody presses anything: the hours go on by themselves from the first, and the alerts arise.
    expect(page.get_by_text(BOTH)).to_have_count(0)
    expect(page.get_by_text(BOTH)).to_be_visible()
    # What is typed while the hours go by is not forgotten when they stop.
    page.get_by_label(text("alerts.by")).fill("AB")
    page.get_by_label(text("alerts.by")).press("Enter")
    pause(page)
    expect(page.get_by_role("slider")).to_be_visible()
    expect(heading).to_have_text(re.compile("|".join(re.escape(heading_of(hour, "")) for hour in range(5, 13))))
    expect(bars).not_to_have_count(13)  # what came after that hour is not drawn

    emergency = page.locator("[class*='st-key-alert-synthetic-stay']").filter(has_text="NEWS2 of 7 or more")
    expect(emergency).to_contain_text(text("alerts.suggestion", suggestion="Consider emergency assessment"))
    expect(emergency).to_contain_text("Royal College of Physicians")
    watched.ready()
    expect(page.get_by_label(text("alerts.by"))).to_have_value("AB")
    choose(page, emergency.get_by_role("combobox"), reason_title("patient-seen"))
    emergency.get_by_role("button", name=text("alerts.acknowledge")).click()
    expect(page.get_by_text(URGENT)).to_be_visible()
    expect(page.get_by_text(text("monitoring.fatigue.acknowledged", acknowledged=1, without=0))).to_be_visible()

    assert [(entry.rule, entry.by, entry.reason) for entry in AlertLog(cases / FOLDER).read().acknowledged] == [
        ("news2-emergency", "AB", "patient-seen")
    ]
    assert re.fullmatch(re.escape(address) + "/monitoring", page.url)  # nothing of the stay in the address
    watched.assert_clean()
