"""In a real browser: the lungs read by their own model, and another patient model beside them, nothing lost on the way."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage, read_until
from tests.browser.reading_page import SLOW, choose, close_drawer, complete, keyed, open_drawer

pytestmark = [pytest.mark.browser, pytest.mark.slow]

RISK = re.compile(r"\d %")


def test_lungs_are_outlined_and_a_second_patient_model_asks_for_its_own_values(
    app_address: str, open_page: OpenPage
) -> None:
    watched = open_page(app_address)
    page = watched.page
    expect(keyed(page, "welcome-opacity")).to_be_visible(timeout=SLOW)
    choose(page, keyed(page, "reading-model").get_by_role("combobox"), "Lungs on a frontal chest film")
    keyed(page, "sample-opacity").locator("button").first.click()
    complete(page)
    # It outlines and names no finding: nothing to choose from, both lungs measured.
    expect(keyed(page, "card-finding").get_by_role("radio")).to_have_count(0)
    expect(keyed(page, "card-finding").locator(".stMarkdownBadge")).to_have_count(0)
    expect(open_drawer(page, "numbers")).to_contain_text(re.compile(r"\d %"), timeout=SLOW)
    expect(keyed(page, "outline-figures")).to_be_visible()
    close_drawer(page)
    risk = keyed(page, "card-risk")
    expect(risk).to_contain_text(RISK)
    before = risk.inner_text()

    drawer = open_drawer(page, "patient")
    choose(page, keyed(drawer, "patient-model").get_by_role("combobox"), "Heart failure (Faisalabad)")
    expect(keyed(page, "risk-missing")).to_be_visible(timeout=SLOW)
    expect(risk).not_to_contain_text(RISK)
    keyed(page, "risk-missing").locator("button").click()
    form = page.get_by_role("dialog")
    # What the models have in common is there already.
    expect(form.locator(".st-key-patient-creatinine_umol_l input")).to_have_value("168")
    form.locator(".st-key-patient-ejection_fraction_percent input").fill("25")
    form.locator("button[kind=primary]").click()
    expect(risk).to_contain_text(RISK, timeout=SLOW)
    assert risk.inner_text() != before

    # Back to the first: what it alone reads was kept by the form of the other.
    drawer = open_drawer(page, "patient")
    choose(page, keyed(drawer, "patient-model").get_by_role("combobox"), "Severe chest disease (SUPPORT)")
    assert read_until(page, risk.inner_text, lambda found: found == before) == before
    expect(drawer.get_by_text(re.compile("22 .* 23"))).to_be_visible()
    watched.assert_clean()
