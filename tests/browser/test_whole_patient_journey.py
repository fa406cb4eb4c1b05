"""One written case of each protocol in a real browser: values, note and stay are changed, and what follows from them moves."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from model_zoo.phantoms.written_cytology import BLAND, written_aspirate
from tests.browser.conftest import OpenPage, WatchedPage
from tests.browser.reading_page import (
    SLOW,
    choose,
    complete,
    exported,
    open_reading_page,
    saved_json,
    upload,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# What the form asks, by the first words of its label: a man who is hardly ill.
HEALTHIER = {
    "Creatinine": "75", "Respiratory rate": "16", "Heart rate": "76", "Urea": "5", "Sodium": "140", "PaO2": "52",
    "Mean arterial pressure": "90", "Body temperature": "37", "Bilirubin": "9", "Albumin": "40", "White": "8",
}  # fmt: skip


@pytest.fixture
def opened(open_page: OpenPage, app_address: str) -> WatchedPage:
    return open_reading_page(open_page, app_address, height=1400)


def open_case(page: Page, name: str) -> Locator:
    """Open a sample case with one click; return the panel of the whole case once the reading is complete."""
    page.locator(f".st-key-welcome-{name} button").click()
    complete(page)
    return page.locator(".st-key-whole-case")


def states(case: dict[str, Any]) -> dict[str, str]:
    return {row["question"]: row["state"] for row in case["whole"]["agreements"]}


def paste_note(page: Page, text: str) -> None:
    page.locator(".st-key-beside-note-input summary").click()
    field = page.get_by_role("textbox", name="Complaints, history or a note")
    field.fill(text)
    field.press("Control+Enter")
    page.get_by_role("button", name="Read the note").click()


def replay(page: Page, last: int) -> None:
    """Let the hours of the stay go by on the page of monitoring until they stop at the last one; come back."""
    page.get_by_role("link", name="Monitoring").click()
    page.get_by_role("button", name=re.compile("^(Play|Replay)$")).click(timeout=SLOW)
    expect(page.locator(".st-key-monitoring-hour h3")).to_have_text(re.compile(f"Hour {last}: NEWS2"), timeout=SLOW)
    # At rest: the rerun that ends a replay must not meet the change of the page.
    expect(page.get_by_role("button", name="Replay")).to_be_visible(timeout=SLOW)
    page.get_by_role("link", name="Read a case").click()
    complete(page)


def test_chest(opened: WatchedPage) -> None:
    page = opened.page
    whole = open_case(page, "opacity")
    expect(whole).to_contain_text("Lung opacity and History and complaints are both raised")
    expect(whole).to_contain_text("Death in hospital and NEWS2 are both raised")
    alerts = page.locator(".st-key-alerts")
    expect(alerts).to_contain_text("NEWS2 of 7 or more")
    expect(alerts).to_contain_text("Vital signs, up to hour 15")

    page.get_by_role("button", name="Edit values").click()
    for title, value in HEALTHIER.items():
        page.get_by_role("dialog").get_by_role("textbox", name=re.compile(f"^{re.escape(title)}")).fill(value)
    page.get_by_role("button", name="Use these values").click()
    expect(whole).to_contain_text("NEWS2 is raised, Death in hospital is not", timeout=SLOW)
    complete(page)
    expect(whole).to_contain_text("Creatinine: 75 µmol/L in the form, 168 µmol/L in the note")

    replay(page, 30)
    expect(page.locator(".st-key-beside-stay")).to_contain_text("Hour 30 of 30")
    expect(whole).to_contain_text("Death in hospital and NEWS2 are both not flagged; this excludes nothing")

    paste_note(
        page, "63-year-old man. Swollen ankles, worse lying flat, has had heart failure. No fever, no cough. Na 139."
    )
    expect(whole).to_contain_text("Lung opacity is raised, History and complaints is not", timeout=SLOW)

    case = exported(opened)
    assert states(case) == {"signs of a lung infection": "conflict", "how ill the patient is": "agree"}
    assert case["record"]["values"]["heart_rate_per_min"] == 76
    assert case["whole"]["vital_signs"]["hour"] == 30
    differing = [found["name"] for found in case["whole"]["differing_values"]]
    assert "creatinine_umol_l" not in differing  # the new note states none, and 92 was measured in the stay
    assert {fact["name"]: fact["value"] for fact in case["whole"]["note"]["facts"]}["sodium_mmol_l"] == 139
    ruled = {alert["rule"] for alert in case["whole"]["alerts"]}
    assert "news2-emergency" in ruled  # it arose on the way
    assert not any(alert["title"].startswith("Risk of death in hospital") for alert in case["whole"]["alerts"])
    assert "Swollen ankles" not in json.dumps(case)
    opened.assert_clean()


def test_breast(opened: WatchedPage) -> None:
    page = opened.page
    whole = open_case(page, "breast-solid")
    expect(whole).to_contain_text("a malignant breast lump: agree")
    expect(whole).to_contain_text("monitoring: No vital signs were given")
    expect(page.locator(".st-key-beside-note")).to_contain_text("amlodipine")
    prior = page.get_by_role("spinbutton", name=re.compile("^Of 100 such patients, how many have it"))
    prior.fill("10")
    prior.press("Enter")
    expect(whole).to_contain_text(
        re.compile(r"Where 10 % of such patients have it.*scan [+-]\d.*patient values [+-]\d")
    )
    before = exported(opened)
    assert before["whole"]["pooled"]["prior"] == pytest.approx(0.1)

    other = json.dumps(written_aspirate("PHANTOM-004", 58, BLAND)).encode()
    upload(page, "Patient values", "aspirate.json", "application/json", other)
    expect(whole).to_contain_text("a malignant breast lump: conflict", timeout=SLOW)
    expect(page.locator(".st-key-alerts")).to_contain_text(re.compile("contradict"))
    paste_note(page, "58-year-old woman. Soft, mobile lump for ten years. No fever.")
    # While the page is drawn anew, a click saves the case too: as it stood before or as it stands after.
    in_motion = saved_json(page, "Download JSON case")
    assert in_motion["case_id"] == before["case_id"]
    assert states(in_motion)["a malignant breast lump"] == "conflict"  # whole, and not older than the drawing before
    expect(page.locator(".st-key-beside-note")).not_to_contain_text("amlodipine", timeout=SLOW)
    after = exported(opened)
    assert after["whole"]["pooled"]["probability"] < before["whole"]["pooled"]["probability"]
    assert states(after)["a malignant breast lump"] == "conflict"
    assert after["whole"]["vital_signs"] is None
    opened.assert_clean()


def test_brain(opened: WatchedPage) -> None:
    page = opened.page
    whole = open_case(page, "brain-ring")
    expect(page.locator(".st-key-beside-stay")).to_contain_text("Hour 0 of 12: NEWS2")
    expect(page.get_by_text("This protocol has no patient model.")).to_be_visible()
    alerts = page.locator(".st-key-alerts")
    expect(alerts).not_to_contain_text("Emergency")
    replay(page, 12)
    expect(alerts).to_contain_text("Emergency")
    expect(whole).to_contain_text("how ill the patient is: one part alone")
    # The note of somebody else, by its sex: it does not count until the reader says that it is of this patient.
    paste_note(page, "61-year-old woman. Headache and fever for two days. T 39.2.")
    card = page.locator(".st-key-beside-note")
    expect(card).to_contain_text("the note does not count for this case", timeout=SLOW)
    assert exported(opened)["whole"]["note"] is None
    page.get_by_role("button", name="This note is of this patient").click()
    expect(card).not_to_contain_text("does not count", timeout=SLOW)
    case = exported(opened)
    assert "temperature_celsius" in {fact["name"] for fact in case["whole"]["note"]["facts"]}
    assert case["whole"]["vital_signs"]["hour"] == 12
    assert any(alert["level"] == "emergency" for alert in case["whole"]["alerts"])
    opened.assert_clean()


def test_eye(opened: WatchedPage) -> None:
    page = opened.page
    open_case(page, "eye-referable")
    card = page.locator(".st-key-beside-note")
    expect(card).to_contain_text("metformin")
    expect(page.locator(".st-key-beside-stay")).to_contain_text("No vital signs were given")
    assert exported(opened)["whole"]["note"]["facts"]
    paste_note(page, "57-year-old man, type 2 diabetes. Insulin glargine. BP 170/95, creatinine 150 umol/l.")
    expect(card).to_contain_text(re.compile("150 .mol/L"), timeout=SLOW)
    # Any installed patient model may be put beside the eye; the note fills its form on the page of notes.
    choose(page, page.get_by_role("combobox", name=re.compile("Patient model")), re.compile("Heart failure"))
    page.get_by_role("link", name="Notes").click()
    fill = page.get_by_role("button", name=re.compile("^Fill the patient form"))
    fill.click(timeout=SLOW)
    expect(page.get_by_text(re.compile("values went into the form"))).to_be_visible(timeout=SLOW)
    page.get_by_role("link", name="Read a case").click()
    # The note does not state the ejection fraction, without which this model gives no risk, and too little else.
    page.get_by_role("button", name="Edit values").click(timeout=SLOW)
    for title, value in {"Ejection fraction": "35", "Sodium": "139", "Platelets": "250"}.items():
        page.get_by_role("dialog").get_by_role("textbox", name=re.compile(f"^{title}")).fill(value)
    page.get_by_role("button", name="Use these values").click()
    expect(page.get_by_role("dialog")).to_have_count(0, timeout=SLOW)
    # The pasted note is not marked as synthetic, the picture is: the reader confirms that it is one patient.
    page.get_by_role("button", name=re.compile("I have checked")).click(timeout=SLOW)
    expect(page.get_by_text(re.compile(r"Death.*: \d+ %")).first).to_be_visible(timeout=SLOW)
    case = exported(opened)
    assert case["record"]["values"]["creatinine_umol_l"] == 150
    assert case["risk"]["model"] == "heart-failure"
    opened.assert_clean()
