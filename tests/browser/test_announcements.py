"""What a reader who does not see the screen is told, where the focus goes, and what lies under what: in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from dashboard.viewmodels.case.state import state_word
from model_zoo.phantoms.all_samples import samples_of
from model_zoo.phantoms.files import write_phantom_png
from model_zoo.phantoms.samples import sample_case
from model_zoo.trust.state import State
from tests.browser.conftest import WatchedPage, read_until, watched_page
from tests.browser.reading_page import SLOW, bring_scan, complete, keyed, open_drawer, open_sidebar
from tests.browser.screen import wait_for_case

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# Everything that is ever put into a region that is read out, with the case that is on the screen then.
RECORDER = """
(() => {
  window.heard = [];
  const shown = () => [...(document.querySelector('[class*="st-key-open-case-"]')?.classList ?? [])]
    .find((name) => name.startsWith("st-key-open-case-")) ?? "";
  new MutationObserver((changes) => {
    for (const {addedNodes, target} of changes)
      for (const node of addedNodes)
        if (target.id?.startsWith("diaphane-said-"))
          window.heard.push({case: shown(), role: target.getAttribute("role"), words: node.textContent});
  }).observe(document, {childList: true, subtree: true});
})();
"""
# The element with the focus, in the viewer too, and whether any of nine points of it can be seen.
SEEN = """
() => {
  let held = document.activeElement;
  while (held?.shadowRoot?.activeElement) held = held.shadowRoot.activeElement;
  const box = held.getBoundingClientRect();
  const root = held.getRootNode();
  const points = [0.05, 0.5, 0.95].flatMap((across) => [0.05, 0.5, 0.95].map((down) =>
    [box.left + across * box.width, box.top + down * box.height]));
  const seen = points.some(([x, y]) => {
    const hit = root.elementFromPoint(x, y);
    return hit && (held.contains(hit) || hit.contains(held) || held.closest("label")?.contains(hit));
  });
  return {name: held.getAttribute("aria-label") ?? held.innerText ?? held.tagName, tag: held.tagName, seen};
}
"""


@pytest.fixture
def opened(chromium: Browser, app_address: str) -> Iterator[WatchedPage]:
    """The first page, as a visitor sees it."""
    with watched_page(chromium, app_address, prepare=lambda own: own.add_init_script(RECORDER)) as watched:
        expect(watched.page.locator("[class*='st-key-welcome-'] button").first).to_be_visible(timeout=SLOW)
        yield watched


def heading(page: Page) -> Locator:
    return page.locator("[class*='st-key-open-case-'] h1").last


def said(page: Page, role: str = "status") -> list[str]:
    words: list[str] = page.locator(f"#diaphane-said-{role} p").all_inner_texts()
    return words


def heard(page: Page) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.evaluate("() => window.heard")
    return found


def test_a_case_is_said_once_and_nothing_of_another(opened: WatchedPage) -> None:
    page = opened.page
    first, second = samples_of("chest")[:2]
    keyed(page, f"welcome-{first.name}").locator("button").click()
    expect(heading(page)).to_be_focused(timeout=SLOW)
    wait_for_case(opened)
    number = keyed(page, "card-finding").locator("strong").first.inner_text()
    title = keyed(page, "card-finding").locator("h2").inner_text().split(state_word(State.FLAGGED))[0].strip()
    lines = read_until(page, lambda: said(page), lambda found: len(found) == 3)
    assert len([line for line in lines if number in line and line.startswith(title)]) == 1
    before = read_until(page, lambda: heard(page), lambda found: len(found) == 4)
    assert [one["role"] for one in before] == ["status"] * len(before)
    assert len({one["words"] for one in before}) == len(before) == 4  # the map came before its judgement
    expect(heading(page)).to_be_focused()

    open_sidebar(page)
    keyed(page, f"sample-{second.name}").locator("button").first.click()
    expect(page.locator(f".{before[0]['case']}")).to_have_count(0, timeout=SLOW)
    expect(heading(page)).to_be_focused(timeout=SLOW)
    complete(page)
    read_until(page, lambda: said(page), lambda found: len(found) > 1)
    after = [one for one in heard(page) if one["case"] != before[0]["case"]]
    assert len({one["words"] for one in after}) == len(after) > 1
    own = set(said(page))
    assert own
    assert own <= {one["words"] for one in after}
    opened.assert_clean()


def test_a_file_opens_at_its_heading_and_a_refusal_is_said_at_once(opened: WatchedPage) -> None:
    page = opened.page
    bring_scan(page, "film.dcm", "application/dicom", sample_case("opacity").scan_bytes())
    expect(heading(page)).to_be_focused(timeout=SLOW)
    complete(page)
    # A plain picture: nobody says how old its patient is.
    bring_scan(page, "film.png", "image/png", write_phantom_png(sample_case("heart-effusion").phantom()))
    (alert,) = read_until(page, lambda: said(page, "alert"), lambda found: len(found) == 1)
    assert keyed(page, "card-finding").locator("h2").inner_text() in alert
    assert said(page) == []
    expect(heading(page)).to_be_focused(timeout=SLOW)


def test_who_types_keeps_the_focus(opened: WatchedPage) -> None:
    page = opened.page
    keyed(page, f"welcome-{samples_of('chest')[0].name}").locator("button").click()
    expect(heading(page)).to_be_focused(timeout=SLOW)
    open_sidebar(page)
    field = page.locator("[class*='st-key-age-'] input").last
    field.focus()
    complete(page)
    expect(field).to_be_focused()


def test_the_focus_is_never_under_a_drawer_and_never_lost_by_one(opened: WatchedPage) -> None:
    page = opened.page
    page.set_viewport_size({"width": 1280, "height": 720})
    keyed(page, f"welcome-{samples_of('chest')[0].name}").locator("button").click()
    wait_for_case(opened)
    open_drawer(page, "numbers")
    opened.ready()
    name = keyed(page, "drawers").locator("button[aria-checked='true'], button[data-selected='true']").first
    expect(name).to_be_focused(timeout=SLOW)
    page.locator("[data-testid=stMain] h1").first.evaluate("e => e.focus()")
    stops = []
    for _ in range(120):
        page.keyboard.press("Tab")
        stops.append(page.evaluate(SEEN))
        if stops[-1]["tag"] == "BODY":
            break
    assert len(stops) > 15
    assert [stop for stop in stops if not stop["seen"] and stop["tag"] != "BODY"] == []
    keyed(page, "drawer-close").locator("button").click()
    expect(page.locator(".st-key-drawer")).to_have_count(0, timeout=SLOW)
    expect(keyed(page, "drawers").locator("button:focus")).to_have_count(1, timeout=SLOW)
    opened.assert_clean()


def test_no_letter_reaches_the_keys_of_the_page_around(opened: WatchedPage) -> None:
    page = opened.page
    opened.ready()
    page.evaluate("() => document.addEventListener('keydown', ({key}) => (window.passed ??= []).push(key))")
    for key in ("r", "c", "R", "Escape"):
        page.keyboard.press(key)
    assert page.evaluate("() => window.passed") == ["Escape"]
