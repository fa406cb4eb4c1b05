"""Reload, second tab, another browser, back, an idle screen, and a server that begins anew: in a real browser."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from dashboard.catalogue import text
from dashboard.viewmodels.stay.vitals import hour_title
from model_zoo.phantoms.all_samples import samples_of
from model_zoo.phantoms.samples import sample_case
from tests.browser.conftest import READY, ROOT, StartApp, WatchedPage, running_app, watched_page
from tests.browser.reading_page import (
    SLOW,
    bring_scan,
    checked,
    go,
    keyed,
    open_drawer,
    open_sidebar,
    start_reading_app,
)
from tests.browser.screen import box

pytestmark = [pytest.mark.browser, pytest.mark.slow]

APP = ROOT / "dashboard" / "app.py"
NUMBER = re.compile(r"0\.\d\d")


@pytest.fixture(scope="module")
def address(start_app: StartApp, tmp_path_factory: pytest.TempPathFactory) -> str:
    return start_reading_app(start_app, tmp_path_factory.mktemp("cases"))


@pytest.fixture
def opened(chromium: Browser, address: str) -> Iterator[WatchedPage]:
    with watched_page(chromium, address) as watched:
        welcome(watched.page)
        yield watched


def welcome(page: Page) -> None:
    expect(page.locator(".st-key-welcome-opacity")).to_be_visible(timeout=SLOW)


def bring(page: Page) -> str:
    """Bring a film and return its number."""
    bring_scan(page, "film.dcm", "application/dicom", sample_case("opacity").scan_bytes())
    return number(page)


def number(page: Page) -> str:
    """Return the number of the finding, once film and number are there; maps and remarks may still be on the way."""
    expect(page.locator("section.viewer")).to_have_attribute("aria-busy", "false", timeout=2 * SLOW)
    expect(finding(page)).to_contain_text(NUMBER, timeout=2 * SLOW)
    return first_number(page)


def first_number(page: Page) -> str:
    found = NUMBER.search(finding(page).text_content() or "")
    return "" if found is None else found[0]


def finding(page: Page) -> Locator:
    return keyed(page, "card-finding")


def asked(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + SLOW / 1000
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


def gone(page: Page) -> None:
    expect(page.locator(".st-key-case-gone")).to_be_visible(timeout=SLOW)
    expect(page.get_by_role("region", name="Scan viewer")).to_have_count(0)
    expect(page.get_by_test_id("stSidebar")).to_have_attribute("data-collapsed", "false")  # to bring it again


def test_reload_second_tab_and_another_browser(opened: WatchedPage, chromium: Browser) -> None:
    page = opened.page
    before = bring(page)
    until(lambda: "case" in asked(page), "the case has no address")
    assert re.fullmatch(r"[\w-]{43}", asked(page)["case"][0])
    cookies = {cookie["name"]: cookie for cookie in page.context.cookies()}
    assert cookies["diaphane_browser"]["httpOnly"]
    assert cookies["diaphane_browser"]["sameSite"] == "Strict"

    page.reload()
    until(lambda: number(page) == before, "another number than before")

    second = page.context.new_page()
    second.goto(page.url)
    until(lambda: number(second) == before, "another number than before")
    checked(second)  # a run that goes on would hear that the case is gone, and take it from the address
    with watched_page(chromium, page.url) as foreign:
        gone(foreign.page)
        foreign.assert_clean()

    page.locator(".st-key-forget-case button").click()
    welcome(page)
    until(lambda: asked(page) == {}, "the address still names the case")
    second.reload()
    gone(second)
    opened.assert_clean()


def test_the_sidebar_closes_over_another_film_too(opened: WatchedPage) -> None:
    page = opened.page
    bring(page)
    for _ in range(2):
        bring_scan(page, "another.dcm", "application/dicom", sample_case("heart-effusion").scan_bytes())
        expect(keyed(page, "header-facts")).to_contain_text("another.dcm", timeout=SLOW)
        expect(page.get_by_test_id("stSidebar")).to_have_attribute("data-collapsed", "true", timeout=SLOW)
    opened.assert_clean()


def test_a_synthetic_case_opens_in_any_browser_by_its_plain_address(chromium: Browser, address: str) -> None:
    with watched_page(chromium, f"{address}/?case=sample-1&finding=report_effusion") as watched:
        # The finding of the address, though another stands out more.
        expect(finding(watched.page).get_by_role("radio").nth(1)).to_be_checked(timeout=2 * SLOW)
        assert asked(watched.page) == {"case": ["sample-1"], "finding": ["report_effusion"]}
        watched.assert_clean()


def test_back_and_forward(opened: WatchedPage) -> None:
    page = opened.page
    page.locator(".st-key-welcome-opacity button").click()
    number(page)
    until(lambda: asked(page) == {"case": ["sample-1"]}, "the case has no address")
    page.go_back()  # while maps are still computed
    welcome(page)
    expect(page.get_by_role("region", name="Scan viewer")).to_have_count(0)
    assert asked(page) == {}
    page.go_forward()
    number(page)
    assert asked(page) == {"case": ["sample-1"]}
    go(page, "models")
    expect(page.get_by_role("heading", name=text("models.title"), exact=True)).to_be_visible(timeout=SLOW)
    page.go_back()
    number(page)
    assert asked(page) == {"case": ["sample-1"]}
    opened.assert_clean()


def test_back_goes_one_page_back_with_the_case(opened: WatchedPage) -> None:
    page = opened.page
    before = bring(page)
    for beside in ("monitoring", "quality", "notes"):
        go(page, beside)
        expect(page).to_have_url(re.compile(rf"/{beside}\?case="), timeout=SLOW)
        page.reload()
        opened.ready()
        go(page, "")
        assert number(page) == before
        expect(page).to_have_url(re.compile(r"/\?case="), timeout=SLOW)
        page.go_back()
        expect(page).to_have_url(re.compile(rf"/{beside}\?case="), timeout=SLOW)
        page.go_back()
        expect(page).to_have_url(re.compile(r"/\?case="), timeout=SLOW)
        assert number(page) == before
    opened.assert_clean()


def test_two_quick_steps_back_are_two_steps(chromium: Browser, address: str) -> None:
    with watched_page(chromium, f"{address}/?case=sample-1") as watched:
        page = watched.page
        checked(page)
        go(page, "monitoring")
        expect(page).to_have_url(re.compile(r"/monitoring\?case="), timeout=SLOW)
        watched.ready()
        go(page, "")
        expect(page).to_have_url(re.compile(r"/\?case="), timeout=SLOW)
        watched.ready()
        place = page.evaluate("navigation.currentEntry.index")
        # As the page of the first step comes late: after the second.
        page.evaluate("""async () => {
            const step = () => new Promise(done => { addEventListener("popstate", done, {once: true}); history.back(); });
            await step();
            await step();
            history.pushState(null, "", "/monitoring?case=sample-1");
        }""")
        assert (urlsplit(page.url).path, asked(page)) == ("/", {"case": ["sample-1"]})
        page.wait_for_timeout(2_000)
        watched.ready()
        assert page.evaluate("navigation.currentEntry.index") == place - 2
        assert (urlsplit(page.url).path, asked(page)) == ("/", {"case": ["sample-1"]})
        number(page)
        go(page, "monitoring")  # a press leads on as ever
        expect(page).to_have_url(re.compile(r"/monitoring\?case="), timeout=SLOW)
        watched.assert_clean()


def test_while_presenting_keys_step_through_the_prepared_cases(chromium: Browser, address: str) -> None:
    with watched_page(chromium, f"{address}/?case=sample-1&present=1") as watched:
        page = watched.page
        number(page)
        watched.ready()
        # Nothing of the page around the case: its line begins at the edge of the window.
        assert box(page, ".st-key-header").top < 20
        assert not page.get_by_test_id("stHeader").is_visible()
        for key, case in (("PageDown", 2), ("PageDown", 3), ("PageUp", 2)):
            page.keyboard.press(key)
            expect(page).to_have_url(re.compile(rf"[?&]case=sample-{case}(&|$)"), timeout=SLOW)
            expect(keyed(page, "header").locator("h1")).to_contain_text(f"case {case}", timeout=SLOW)
            number(page)
            watched.ready()
        watched.assert_clean()


def test_a_reload_of_any_page_keeps_the_case(opened: WatchedPage) -> None:
    page = opened.page
    before = bring(page)
    for beside in ("notes", "cases", "models", "guide"):
        go(page, beside)
        expect(page).to_have_url(re.compile(r"[?&]case="), timeout=SLOW)
        page.reload()
        opened.ready()
        go(page, "")
        assert number(page) == before
    opened.assert_clean()


def test_a_server_that_begins_anew_says_that_the_case_is_gone(chromium: Browser, tmp_path: Path) -> None:
    env, args = {"DIAPHANE_CASES": str(tmp_path)}, ("--server.headless", "true")
    with running_app(APP, env, args) as first, watched_page(chromium, first) as watched:
        page = watched.page
        welcome(page)
        bring(page)
        until(lambda: "case" in asked(page), "the case has no address")
        key = asked(page)["case"][0]
        state = page.context.storage_state()
    with running_app(APP, env, args) as url:
        place = f"{url}/?case={key}"
        with watched_page(chromium, place, storage_state=state) as watched:
            gone(watched.page)
            watched.assert_clean()


def uncovered(page: Page) -> str:
    """Show the case as often as it is covered until its number is there, and return it.

    A slow machine reads longer than the minute after which a case is covered, by the browser or by the server.
    """
    said = ""

    def shown() -> bool:
        nonlocal said
        for button in (page.locator(".st-key-show-case button"), page.locator("dialog.diaphane-idle-cover button")):
            if button.is_visible():
                with suppress(PlaywrightTimeout):  # what was about to be pressed is gone meanwhile
                    button.click(timeout=5_000)
        if page.locator("section.viewer[aria-busy=false]").count() and finding(page).is_visible():
            said = first_number(page)
        return bool(said)

    until(shown, "the case stays covered")
    return said


def test_an_idle_screen_is_covered_until_one_press(chromium: Browser, tmp_path: Path) -> None:
    env, args = {"DIAPHANE_CASES": str(tmp_path), "DIAPHANE_IDLE_MINUTES": "0.5"}, ("--server.headless", "true")
    with running_app(APP, env, args) as url, watched_page(chromium, f"{url}/?case=sample-1") as watched:
        page = watched.page
        cover = page.locator("dialog.diaphane-idle-cover, .st-key-case-covered").first
        before = uncovered(page)
        expect(cover).to_be_visible(timeout=SLOW)
        assert not finding(page).is_visible()
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
        expect(cover).to_be_visible()
        # Once nothing runs any more, the server has heard of it; what a cover hides is there all the same.
        page.wait_for_timeout(1000)
        page.wait_for_selector(READY, state="attached", timeout=SLOW)
        page.reload()
        expect(page.locator(".st-key-case-covered")).to_be_visible(timeout=SLOW)
        expect(page.locator("section.viewer")).to_have_count(0)
        assert uncovered(page) == before
        expect(cover).to_be_visible(timeout=SLOW)
        assert not finding(page).is_visible()
        assert uncovered(page) == before
        watched.assert_clean()


@pytest.mark.parametrize("apart_ms", [0, 300, 1200])
def test_of_films_brought_one_upon_the_other_the_last_is_read(opened: WatchedPage, apart_ms: int) -> None:
    page, data = opened.page, sample_case("opacity").scan_bytes()
    open_sidebar(page)
    field = page.locator("[class*='st-key-scan-upload-'] input[type=file]").last
    names = ["first.dcm", "second.dcm", "last.dcm"]
    for name in names:
        field.set_input_files({"name": name, "mimeType": "application/dicom", "buffer": data})
        page.wait_for_timeout(apart_ms)
    expect(keyed(page, "header").locator("h1")).to_contain_text(names[-1], timeout=2 * SLOW)
    number(page)
    expect(keyed(page, "header").locator("h1")).to_contain_text(names[-1])


def test_a_film_brought_in_the_instant_of_another_press_is_read(opened: WatchedPage) -> None:
    page = opened.page
    open_sidebar(page)
    field = page.locator("[class*='st-key-scan-upload-'] input[type=file]")
    keyed(page, f"sample-{samples_of('chest')[1].name}").locator("button").first.click()
    field.set_input_files(
        {"name": "mine.dcm", "mimeType": "application/dicom", "buffer": sample_case("opacity").scan_bytes()}
    )
    expect(keyed(page, "header").locator("h1")).to_contain_text("mine.dcm", timeout=2 * SLOW)
    number(page)
    open_sidebar(page)
    expect(page.get_by_test_id("stFileChip").filter(visible=True)).to_have_count(0)


def hour_in_address(page: Page, hour: int) -> None:
    expect(page).to_have_url(re.compile(rf"[?&]hour={hour}(&|$)"), timeout=SLOW)


def test_the_address_names_the_hour_as_soon_as_it_is_shown_and_opens_it(chromium: Browser, address: str) -> None:
    with watched_page(chromium, f"{address}/monitoring?case=sample-1&hour=10") as watched:
        page = watched.page
        heading = keyed(page, "monitoring-hour").locator("h2")
        expect(heading).to_contain_text(hour_title(10), timeout=SLOW)
        for hour in (11, 12):  # a step inside a part of the page, without the page around it
            keyed(page, "monitoring-step").locator("button").click()
            hour_in_address(page, hour)
            expect(heading).to_contain_text(hour_title(hour), timeout=SLOW)
        assert asked(page)["case"] == ["sample-1"]

        second = page.context.new_page()
        second.goto(page.url)
        expect(keyed(second, "monitoring-hour").locator("h2")).to_contain_text(hour_title(12), timeout=SLOW)
        second.close()

        go(page, "")  # and beside the film
        number(page)
        open_drawer(page, "beside")
        keyed(page, "beside-on").locator("button").click()
        hour_in_address(page, 13)
        page.go_back()
        hour_in_address(page, 12)
        watched.assert_clean()
