"""The whole journey in a real browser: files in, finding, maps, risk, another page, and everything still there."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Page, expect

from dashboard.catalogue import text
from model_zoo.phantoms.files import write_phantom_png
from model_zoo.phantoms.samples import sample_case
from model_zoo.trust.verdict import PENDING
from tests.browser.conftest import OpenPage, WatchedPage, read_until
from tests.browser.reading_page import (
    SLOW,
    bring_scan,
    bring_values,
    case_json,
    checked,
    complete,
    go,
    keyed,
    open_drawer,
    open_reading_page,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PROBABILITY = re.compile(r"0\.\d\d")
RISK = re.compile(r"\d %")


@pytest.fixture
def opened(open_page: OpenPage, app_address: str) -> WatchedPage:
    return open_reading_page(open_page, app_address, height=1080)


def expect_both_maps(page: Page) -> None:
    options = page.get_by_label("Map", exact=True).locator("option")
    expect(options).to_have_text(["Grad-CAM", "Integrated Gradients"], timeout=SLOW)


def numbers(page: Page) -> list[str]:
    """Return what the cards of finding and risk say."""
    return [keyed(page, f"card-{name}").inner_text() for name in ("finding", "risk")]


def test_dicom_with_patient_survives_a_page_change(opened: WatchedPage) -> None:
    page, case = opened.page, sample_case("opacity")
    bring_scan(page, "film.dcm", "application/dicom", case.scan_bytes())
    expect(page.get_by_role("region", name="Scan viewer")).to_be_visible(timeout=SLOW)
    bring_values(page, json.dumps(case.patient).encode())
    complete(page)
    expect(keyed(page, "card-finding")).to_contain_text(PROBABILITY)
    expect(keyed(page, "card-risk")).to_contain_text(RISK, timeout=SLOW)
    expect_both_maps(page)
    expect(keyed(page, "card-map").get_by_role("img").first).to_be_visible()
    complete(page)
    kept = case_json(page)  # the checks of the maps are still running, and draw the page anew
    assert {m["method"] for m in kept["maps"]} == {"grad-cam", "integrated-gradients"}
    assert case.identifier not in json.dumps(kept)
    # The reading did not wait for the checks; now they are awaited, for both maps.
    checked(page)
    assert all(m["verdict"]["verdict"] != PENDING for m in case_json(page)["maps"])
    shown = numbers(page)

    block = open_drawer(page, "numbers")
    expect(keyed(block, "number")).to_be_visible()
    prevalence = block.get_by_role("spinbutton").first
    expect(prevalence).to_have_value("")
    prevalence.fill("5")
    prevalence.press("Enter")
    expect(keyed(block, "number").get_by_test_id("stNumberInput")).to_have_count(1)
    expect(keyed(block, "number").locator("strong").first).to_be_visible(timeout=SLOW)
    compared = keyed(open_drawer(page, "explain"), "compare-maps")
    compared.locator("summary").click()
    expect(compared.get_by_role("img").nth(2)).to_be_visible(timeout=SLOW)  # two maps, and what both mark

    go(page, "models")
    expect(page.get_by_role("heading", name=text("models.title"), exact=True)).to_be_visible(timeout=SLOW)
    go(page, "")
    complete(page)
    expect_both_maps(page)
    assert read_until(page, lambda: numbers(page), lambda found: found == shown) == shown

    keyed(page, "save-case").locator("button").click()
    expect(keyed(page, "save-case").locator("button")).to_be_disabled(timeout=SLOW)
    go(page, "cases")
    page.locator("[class*='st-key-show-']").first.locator("button").click()
    expect(keyed(page, "card-finding")).to_contain_text(PROBABILITY, timeout=SLOW)
    opened.assert_clean()


def test_png_needs_an_age_and_a_broken_file_loses_nothing(opened: WatchedPage) -> None:
    page = opened.page
    bring_scan(page, "film.png", "image/png", write_phantom_png(sample_case("heart-effusion").phantom()))
    card = keyed(page, "card-finding")
    age = card.get_by_role("spinbutton")
    expect(age).to_be_visible(timeout=SLOW)
    expect(page.get_by_role("region", name="Scan viewer")).to_be_visible()
    age.fill("71")
    age.press("Enter")
    keyed(page, "age-use").locator("button").click()
    complete(page)
    expect(card).to_contain_text(re.compile(r"(0\.\d|\d of 100)"))
    expect(keyed(page, "age-use")).to_have_count(
        0, timeout=SLOW
    )  # the refused reading's, kept until a run comes to its end
    before = card.inner_text()
    bring_scan(page, "film.png", "image/png", b"this is no picture at all")
    expect(page.get_by_test_id("stAlert").first).to_be_visible(timeout=SLOW)
    complete(page)
    assert read_until(page, card.inner_text, lambda found: found == before) == before
    opened.assert_clean()


def test_a_record_of_somebody_else_blocks_the_risks_until_confirmed(opened: WatchedPage) -> None:
    page = opened.page
    keyed(page, "welcome-opacity").locator("button").click()
    complete(page)
    risk = keyed(page, "card-risk")
    expect(risk).to_contain_text(RISK)
    other = {**sample_case("opacity").patient, "identifier": "PHANTOM-999", "sex": "F"}
    bring_values(page, json.dumps(other).encode())
    confirm = keyed(page, "confirm-patient")
    expect(confirm).to_be_visible(timeout=SLOW)
    expect(risk).not_to_contain_text(RISK)
    expect(page.locator(".st-key-save-case")).to_have_count(0, timeout=SLOW)
    confirm.locator("button").click()
    expect(risk).to_contain_text(RISK, timeout=SLOW)
    opened.assert_clean()


def test_the_form_names_all_problems_and_keeps_what_was_typed(opened: WatchedPage) -> None:
    page = opened.page
    keyed(page, "edit-patient").locator("button").click()
    form = page.get_by_role("dialog")
    sodium = form.locator(".st-key-patient-sodium_mmol_l input")
    sodium.fill("900")
    form.get_by_role("textbox", name=re.compile("^Arterial pH")).fill("seven")
    form.locator("button[kind=primary]").click()
    problems = form.get_by_test_id("stAlert")
    expect(problems).to_contain_text("Sodium", timeout=SLOW)
    expect(problems).to_contain_text("Arterial pH")
    expect(sodium).to_have_value("900")
    creatinine = form.locator(".st-key-patient-creatinine_umol_l input")
    creatinine.fill("177")
    creatinine.press("Enter")
    form.get_by_text("US", exact=True).click()
    expect(creatinine).to_have_value(re.compile(r"^2\.00"), timeout=SLOW)
    opened.assert_clean()
