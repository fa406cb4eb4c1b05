"""One written case of each protocol in a real browser: values, note and stay are changed, and what follows from them moves."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from dashboard.catalogue import text
from dashboard.viewmodels.stay.vitals import hour_title
from model_zoo.phantoms.written_cytology import BLAND, written_aspirate
from tests.browser.conftest import OpenPage, WatchedPage, read_until
from tests.browser.reading_page import (
    SLOW,
    bring_values,
    case_json,
    choose,
    close_drawer,
    complete,
    exported,
    go,
    keyed,
    open_drawer,
    open_reading_page,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# What the form asks, by the stored name: a man who is hardly ill.
HEALTHIER = {
    "creatinine_umol_l": "75", "respiratory_rate_per_min": "16", "heart_rate_per_min": "76", "urea_mmol_l": "5",
    "sodium_mmol_l": "140", "pao2_fio2_kpa": "52", "mean_arterial_pressure_mmhg": "90", "temperature_celsius": "37",
    "bilirubin_umol_l": "9", "albumin_g_l": "40", "leucocytes_10e9_l": "8",
}  # fmt: skip


@pytest.fixture
def opened(open_page: OpenPage, app_address: str) -> WatchedPage:
    return open_reading_page(open_page, app_address, height=1400)


def open_case(page: Page, name: str) -> None:
    """Open a sample case with one click and wait until the reading is complete."""
    keyed(page, f"welcome-{name}").locator("button").click()
    complete(page)


def states(case: dict[str, Any]) -> dict[str, str]:
    return {row["question"]: row["state"] for row in case["whole"]["agreements"]}


def expect_states(page: Page, holds: Callable[[dict[str, str]], bool]) -> dict[str, str]:
    """Wait until the case says of its parts what it should, and return what it says."""

    def read() -> dict[str, str]:
        complete(page)
        return states(case_json(page))

    found = read_until(page, read, holds)
    assert holds(found), found
    return found


def write_values(page: Page, values: dict[str, str]) -> None:
    """Write values into the form of the patient, by their stored names, and use them."""
    open_drawer(page, "patient")
    keyed(page, "edit-patient").locator("button").click(timeout=SLOW)
    form = page.get_by_role("dialog")
    for name, value in values.items():
        form.locator(f".st-key-patient-{name} input").fill(value)
    form.locator("button[kind=primary]").click()
    expect(form).to_have_count(0, timeout=SLOW)
    close_drawer(page)


def paste_note(page: Page, text: str) -> Locator:
    """Paste a note in its drawer and return what is said of it there."""
    open_drawer(page, "beside")
    place = keyed(page, "beside-note-input")
    place.locator("summary").click()
    field = place.get_by_role("textbox")
    field.fill(text)
    field.press("Control+Enter")
    place.locator("button[kind=primary]").click()
    return keyed(page, "beside-note")


def replay(page: Page, last: int) -> None:
    """Let the hours of the stay go by on the page of monitoring until they stop at the last one; come back."""
    go(page, "monitoring")
    keyed(page, "monitoring-play").locator("button").click(timeout=SLOW)
    heading = re.escape(text("monitoring.hour.heading", hour=hour_title(last), score=""))
    expect(page.locator(".st-key-monitoring-hour h2")).to_have_text(re.compile(heading), timeout=SLOW)
    # At rest: the rerun that ends a replay must not meet the change of the page.
    expect(keyed(page, "monitoring-play")).to_be_visible(timeout=SLOW)
    go(page, "")
    complete(page)


def test_chest(opened: WatchedPage) -> None:
    page = opened.page
    open_case(page, "opacity")
    # The parts agree on an infection once the map of the film is judged.
    agreed = {"signs of a lung infection": "agree", "how ill the patient is": "agree"}
    expect_states(page, lambda found: found == agreed)
    before = exported(opened)
    assert "news2-emergency" in {alert["rule"] for alert in before["whole"]["alerts"]}
    expect(keyed(page, "card-together").locator(".stMarkdownBadge")).to_have_count(2)  # agreement, alert
    assert before["whole"]["vital_signs"]["hour"] == 15

    write_values(page, HEALTHIER)
    expect_states(page, lambda found: found.get("how ill the patient is") == "conflict")
    expect(keyed(open_drawer(page, "together"), "whole-case")).to_contain_text("168")  # in the note, 75 in the form

    replay(page, 30)
    expect_states(page, lambda found: found.get("how ill the patient is") == "agree")

    paste_note(
        page, "63-year-old man. Swollen ankles, worse lying flat, has had heart failure. No fever, no cough. Na 139."
    )
    expect_states(page, lambda found: found == agreed | {"signs of a lung infection": "conflict"})

    case = exported(opened)
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
    open_case(page, "breast-solid")
    question = "a malignant breast lump"
    first = exported(opened)
    assert states(first)[question] == "agree"
    assert first["whole"]["vital_signs"] is None
    assert "amlodipine" in json.dumps(first["whole"]["note"])
    prior = keyed(open_drawer(page, "together"), "whole-case").get_by_role("spinbutton")
    prior.fill("10")
    prior.press("Enter")
    before = read_until(page, lambda: case_json(page), lambda found: found["whole"]["pooled"] is not None)
    assert before["whole"]["pooled"]["prior"] == pytest.approx(0.1)
    close_drawer(page)

    bring_values(page, json.dumps(written_aspirate("PHANTOM-004", 58, BLAND)).encode(), "aspirate.json")
    expect_states(page, lambda found: found.get(question) == "conflict")
    note = paste_note(page, "58-year-old woman. Soft, mobile lump for ten years. No fever.")
    # While the page is drawn anew, a click saves the case too: as it stood before or as it stands after.
    in_motion = case_json(page)
    assert in_motion["case_id"] == before["case_id"]
    assert states(in_motion)[question] == "conflict"  # whole, and not older than the drawing before
    expect(note).not_to_contain_text("amlodipine", timeout=SLOW)
    after = exported(opened)
    assert after["whole"]["pooled"]["probability"] < before["whole"]["pooled"]["probability"]
    assert states(after)[question] == "conflict"
    assert after["whole"]["vital_signs"] is None
    opened.assert_clean()


def test_brain(opened: WatchedPage) -> None:
    page = opened.page
    open_case(page, "brain-ring")
    first = exported(opened)
    assert first["whole"]["vital_signs"]["hour"] == 0
    assert "emergency" not in {alert["level"] for alert in first["whole"]["alerts"]}
    assert first["risk"] is None
    expect(keyed(page, "risk-missing")).to_be_visible()  # no patient model belongs to this protocol; one can be chosen
    replay(page, 12)
    stayed = exported(opened)
    assert "emergency" in {alert["level"] for alert in stayed["whole"]["alerts"]}
    assert states(stayed) == {"how ill the patient is": "one part alone"}
    # The note of somebody else, by its sex: it does not count until the reader says that it is of this patient.
    note = paste_note(page, "61-year-old woman. Headache and fever for two days. T 39.2.")
    expect(note.get_by_test_id("stAlert")).to_be_visible(timeout=SLOW)
    assert exported(opened)["whole"]["note"] is None
    keyed(page, "confirm-note").locator("button").click()
    expect(note.get_by_test_id("stAlert")).to_have_count(0, timeout=SLOW)
    case = exported(opened)
    assert "temperature_celsius" in {fact["name"] for fact in case["whole"]["note"]["facts"]}
    assert case["whole"]["vital_signs"]["hour"] == 12
    assert any(alert["level"] == "emergency" for alert in case["whole"]["alerts"])
    opened.assert_clean()


def test_eye(opened: WatchedPage) -> None:
    page = opened.page
    open_case(page, "eye-referable")
    first = exported(opened)
    assert "metformin" in json.dumps(first["whole"]["note"])
    assert first["whole"]["vital_signs"] is None
    note = paste_note(page, "57-year-old man, type 2 diabetes. Insulin glargine. BP 170/95, creatinine 150 umol/l.")
    expect(note).to_contain_text(re.compile("150 .mol/L"), timeout=SLOW)
    # Any installed patient model may be put beside the eye; the note fills its form on the page of notes.
    keyed(page, "risk-missing").locator("button").click()
    drawer = keyed(page, "drawer-patient")
    expect(drawer).to_be_visible(timeout=SLOW)
    choose(page, keyed(drawer, "patient-model").get_by_role("combobox"), re.compile("Heart failure"))
    expect(keyed(drawer, "edit-patient")).to_be_visible(timeout=SLOW)
    go(page, "notes")
    keyed(page, "note-fill").get_by_role("button").click(timeout=SLOW)
    expect(keyed(page, "note-filled")).to_be_visible(timeout=SLOW)
    go(page, "")
    expect(drawer).to_be_visible(timeout=SLOW)  # open as it was left
    # The note does not state the ejection fraction, without which this model gives no risk, and too little else.
    write_values(page, {"ejection_fraction_percent": "35", "sodium_mmol_l": "139", "platelets_10e9_l": "250"})
    # The pasted note is not marked as synthetic, the picture is: the reader confirms that it is one patient.
    keyed(page, "confirm-patient").locator("button").click(timeout=SLOW)
    expect(keyed(page, "card-risk")).to_contain_text(re.compile(r"\d %"), timeout=SLOW)
    case = exported(opened)
    assert case["record"]["values"]["creatinine_umol_l"] == 150
    assert case["risk"]["model"] == "heart-failure"
    opened.assert_clean()
