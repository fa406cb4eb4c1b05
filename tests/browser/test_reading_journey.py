"""The whole journey in a real browser: files in, finding, maps, risk, another page, and everything still there."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from model_zoo.phantoms.files import write_phantom_png
from model_zoo.phantoms.samples import sample_case
from tests.browser.conftest import OpenPage, WatchedPage, read_until
from tests.browser.reading_page import SLOW, complete, open_reading_page, saved_json, upload

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def opened(open_page: OpenPage, app_address: str) -> WatchedPage:
    return open_reading_page(open_page, app_address, height=1080)


def expect_both_maps(page: Page) -> None:
    options = page.get_by_label("Map", exact=True).locator("option")
    expect(options).to_have_text(["Grad-CAM", "Integrated Gradients"], timeout=SLOW)


def test_dicom_with_patient_survives_a_page_change(opened: WatchedPage, tmp_path: Path) -> None:
    page, case = opened.page, sample_case("opacity")
    upload(page, "Chest X-ray", "film.dcm", "application/dicom", case.scan_bytes())
    expect(page.get_by_role("region", name="Scan viewer")).to_be_visible(timeout=SLOW)
    upload(page, "Patient values", "patient.json", "application/json", json.dumps(case.patient).encode())
    complete(page)
    expect(page.get_by_text(re.compile(r"Lung opacity: 0\.\d\d")).first).to_be_visible()
    expect_both_maps(page)
    expect(page.get_by_text(re.compile(r"Death in hospital: \d+ %")).first).to_be_visible()
    expect(page.get_by_text(re.compile("residual")).filter(visible=True).first).to_be_visible()
    expect(page.get_by_text(re.compile("(Covering the marked region|The map marks no region)")).first).to_be_visible()
    shown = page.get_by_text(re.compile(r"(Lung opacity: 0\.\d\d|Death in hospital: \d+ %)"))
    numbers = read_until(page, shown.all_inner_texts, lambda found: len(found) > 1)
    kept = saved_json(page, "Download JSON case")  # the checks of the maps are still running, and draw the page anew
    assert {m["method"] for m in kept["maps"]} == {"grad-cam", "integrated-gradients"}
    assert case.identifier not in json.dumps(kept)
    # The reading did not wait for the checks; now they are awaited, for both maps.
    verdicts = page.get_by_test_id("stMarkdownContainer").filter(
        has_text=re.compile("Map (believed|doubtful|not to be used)")
    )
    expect(verdicts.nth(1)).to_be_visible(timeout=2 * SLOW)
    expect(page.get_by_text(re.compile(r"At 90 % coverage the set keeps")).first).to_be_visible()
    prevalence = page.get_by_role("spinbutton", name=re.compile("Local prevalence"))
    expect(prevalence).to_have_value("")
    prevalence.fill("5")
    prevalence.press("Enter")
    expect(page.get_by_text(re.compile("Of 100 patients like this flagged here")).first).to_be_visible(timeout=SLOW)
    page.get_by_text(re.compile("^Compare the maps")).first.click()
    expect(page.get_by_text(re.compile("^Consensus of 2 maps")).first).to_be_visible(timeout=SLOW)

    page.get_by_role("link", name="Models").click()
    expect(page.get_by_role("heading", name="Models", exact=True)).to_be_visible(timeout=SLOW)
    page.get_by_role("link", name="Read a case").click()
    complete(page)
    expect_both_maps(page)
    assert read_until(page, shown.all_inner_texts, lambda found: found == numbers) == numbers

    page.get_by_role("button", name="Save case").click()
    expect(page.get_by_text(re.compile("Saved as [0-9a-f]{12}"))).to_be_visible(timeout=SLOW)
    page.get_by_role("link", name="Saved cases").click()
    page.get_by_role("button", name="Show").first.click()
    expect(page.get_by_text(re.compile("To see film and maps again"))).to_be_visible(timeout=SLOW)
    opened.assert_clean()


def test_png_needs_an_age_and_a_broken_file_loses_nothing(opened: WatchedPage) -> None:
    page = opened.page
    upload(page, "Chest X-ray", "film.png", "image/png", write_phantom_png(sample_case("heart-effusion").phantom()))
    expect(page.get_by_text(re.compile("The age of the patient is not stated")).first).to_be_visible(timeout=SLOW)
    age = page.get_by_role("spinbutton", name="Age (years)")
    age.fill("71")
    age.press("Enter")
    complete(page)
    finding = re.compile(r"^(Lung opacity|Pleural effusion|Emphysema): (0\.\d|score \d)")
    before = page.get_by_text(finding).first.inner_text()
    upload(page, "Chest X-ray", "film.png", "image/png", b"this is no picture at all")
    expect(page.get_by_text("What to do").first).to_be_visible(timeout=SLOW)
    complete(page)
    expect(page.get_by_text(finding).first).to_have_text(before)
    opened.assert_clean()


def test_a_record_of_somebody_else_blocks_the_risks_until_confirmed(opened: WatchedPage) -> None:
    page = opened.page
    page.get_by_role("button", name="Open this case").first.click()
    complete(page)
    opened.ready()
    other = {**sample_case("opacity").patient, "identifier": "PHANTOM-999", "sex": "F"}
    upload(page, "Patient values", "patient.json", "application/json", json.dumps(other).encode())
    expect(page.get_by_text("Possible wrong patient.")).to_be_visible(timeout=SLOW)
    expect(page.get_by_text(re.compile(r"Death in hospital: \d+ %"))).to_have_count(0)
    page.get_by_role("button", name=re.compile("I have checked")).click()
    expect(page.get_by_text(re.compile(r"Death in hospital: \d+ %")).first).to_be_visible(timeout=SLOW)
    opened.assert_clean()


def test_the_form_names_all_problems_and_keeps_what_was_typed(opened: WatchedPage) -> None:
    page = opened.page
    page.get_by_role("button", name="Enter values").click()
    sodium = page.get_by_role("textbox", name=re.compile("^Sodium"))
    sodium.fill("900")
    page.get_by_role("textbox", name=re.compile("^Arterial pH")).fill("seven")
    page.get_by_role("button", name="Use these values").click()
    problems = page.get_by_test_id("stAlert")
    expect(problems).to_contain_text("Sodium", timeout=SLOW)
    expect(problems).to_contain_text("Arterial pH")
    expect(sodium).to_have_value("900")
    creatinine = page.get_by_role("textbox", name=re.compile("^Creatinine"))
    creatinine.fill("177")
    creatinine.press("Enter")
    page.get_by_text("US", exact=True).click()
    expect(creatinine).to_have_value(re.compile(r"^2\.00"), timeout=SLOW)
    opened.assert_clean()
