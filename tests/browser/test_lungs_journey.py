"""In a real browser: the lungs read by their own model, and another patient model beside them, nothing lost on the way."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.reading_page import SLOW, choose

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_lungs_are_outlined_and_a_second_patient_model_asks_for_its_own_values(
    app_address: str, open_page: OpenPage
) -> None:
    watched = open_page(app_address)
    page = watched.page
    expect(page.get_by_role("button", name="Open this case").first).to_be_visible(timeout=SLOW)
    choose(page, page.get_by_role("combobox", name="Model").first, "Lungs on a frontal chest film")
    page.get_by_role("button", name="Case 1").click()
    expect(page.get_by_text("This model outlines; it names no finding.").first).to_be_visible(timeout=SLOW)
    expect(page.get_by_text("% is the right lung")).to_be_visible(timeout=SLOW)
    expect(page.get_by_role("button", name="Download JSON case")).to_be_visible(timeout=SLOW)
    expect(page.get_by_text(re.compile(r"^Death within 180 days: \d")).first).to_be_visible()

    choose(page, page.get_by_role("combobox", name="Patient model").first, "Heart failure (Faisalabad)")
    expect(page.get_by_text("Empty: No risk is shown: Ejection fraction must be known")).to_be_visible(timeout=SLOW)
    page.get_by_role("button", name="Edit values").click()
    form = page.get_by_role("dialog")
    # What the models have in common is there already.
    expect(form.get_by_role("textbox", name="Creatinine")).to_have_value("168")
    form.get_by_role("textbox", name="Ejection fraction").fill("25")
    form.get_by_role("button", name="Use these values").click()
    expect(page.get_by_text("Death during follow-up (4 to 285 days)").first).to_be_visible(timeout=SLOW)

    # Back to the first: what it alone reads was kept by the form of the other.
    choose(page, page.get_by_role("combobox", name="Patient model").first, "Severe chest disease (SUPPORT)")
    expect(page.get_by_text(re.compile(r"^Death within 180 days: \d")).first).to_be_visible(timeout=SLOW)
    expect(page.get_by_text("22 of the 23 quantities")).to_be_visible()
    watched.assert_clean()
