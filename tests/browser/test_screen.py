"""One case on one screen, measured in a real browser: nothing to scroll for, nothing cut, nothing that moves, few words.

Two windows for every change; the others, in both themes, with ``pytest -m long``.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from model_zoo.phantoms.all_samples import samples_of
from tests.browser.conftest import WatchedPage
from tests.browser.reading_page import SLOW, keyed, open_sidebar
from tests.browser.screen import (
    CARDS,
    PARTS,
    box,
    cut,
    frames,
    open_recorded,
    shift,
    visible_words,
    wait_for_case,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MOST_WORDS = 150
# The marker of the side and the line of a synthetic film are pixels of it: "R" and "SYNTHETIC PHANTOM case 1".
WORDS_OF_THE_FILM = 5
MOST_SHIFT = 0.05
WIDE = 1280  # from here on everything is in view; below, the cards stand under the film

EVERY_CHANGE = [(1440, 900, "light"), (1024, 768, "dark")]
LONG = [(w, h, theme) for w, h in ((1920, 1080), (1280, 720), (820, 1180)) for theme in ("light", "dark")]


@pytest.fixture(
    scope="module",
    params=[*EVERY_CHANGE, *(pytest.param(one, marks=pytest.mark.long) for one in LONG)],
    ids=lambda one: "-".join(map(str, one)),
)
def screen(request: pytest.FixtureRequest, chromium: Browser, app_address: str) -> Iterator[WatchedPage]:
    """Case 1 with everything given, opened by its address, complete and checked."""
    width, height, theme = request.param
    with open_recorded(chromium, f"{app_address}/?case=sample-1", width, height, color_scheme=theme) as watched:
        wait_for_case(watched)
        yield watched


def window(watched: WatchedPage) -> tuple[int, int]:
    size = watched.page.viewport_size
    assert size is not None
    return size["width"], size["height"]


def test_everything_is_in_view_without_scrolling(screen: WatchedPage) -> None:
    page, (width, height) = screen.page, window(screen)
    wide = width >= WIDE
    boxes = {key: box(page, f".st-key-{key}") for key in PARTS}
    seen = boxes | {
        "map": box(page, ".st-key-card-map img"),
        "number": box(page, ".st-key-card-finding strong"),
        "save": box(page, ".st-key-save-case button"),
        "report": box(page, ".st-key-report button"),
        "forget": box(page, ".st-key-forget-case button"),
    }
    outside = {key: one for key, one in seen.items() if not one.inside(width, height)}
    scrolls = page.get_by_test_id("stMain").evaluate(
        "e => [e.scrollHeight - e.clientHeight, e.scrollWidth - e.clientWidth]"
    )
    if wide:
        assert outside == {}
        assert scrolls == [0, 0]
    else:
        assert scrolls[1] == 0
        assert all(boxes[card].top >= boxes["drawers"].top + boxes["drawers"].height for card in CARDS)
        assert boxes["film-box"].inside(width, height)
    # No part lies over another, and the film is large.
    ordered = [boxes[card] for card in CARDS]
    assert not any(one.overlaps(other) for one, other in combinations(ordered, 2))
    assert boxes["header"].top + boxes["header"].height <= min(boxes["film-box"].top, ordered[0].top) + 1
    assert boxes["film-box"].height >= min(500, 0.6 * height)
    if (width, height) == (1440, 900):
        assert boxes["film-box"].height >= 500


def test_no_card_is_cut(screen: WatchedPage) -> None:
    page, height = screen.page, window(screen)[1]
    if height >= 768:  # lower windows have the cards at their short height, and their last line by scrolling in them
        assert {card: cut(page, card) for card in CARDS if cut(page, card) > 0} == {}
    top = {card: box(page, f".st-key-{card} h2").top - box(page, f".st-key-{card}").top for card in CARDS}
    assert all(0 <= distance < 40 for distance in top.values()), top
    header = keyed(page, "header").evaluate("e => e.scrollWidth - e.clientWidth")
    assert header <= 0


def test_words(screen: WatchedPage) -> None:
    words = visible_words(screen.page)
    not_assessed = keyed(screen.page, "drawers").locator("button").last.inner_text().split()
    count = len(words) + WORDS_OF_THE_FILM - len(not_assessed)
    assert "Grad-CAM" in words  # the viewer, in its shadow root, is counted too
    assert count <= MOST_WORDS, (count, " ".join(words))


def test_nothing_moves_once_the_film_is_there(screen: WatchedPage) -> None:
    assert shift(screen.page) < MOST_SHIFT
    stood: dict[str, list[str]] = {}
    for frame in frames(screen.page):
        assert len(frame) <= 1, "a case is on the page twice"
        for key, place in (frame[0]["places"] if frame else {}).items():
            stood.setdefault(key, [])
            if place not in stood[key]:
                stood[key].append(place)
    assert set(stood) == set(PARTS)
    assert {key: places for key, places in stood.items() if len(places) > 1} == {}


def lines(found: dict[str, Any]) -> set[str]:
    return {line.strip() for card in CARDS for line in found["cards"][card].splitlines() if line.strip()}


@pytest.mark.parametrize(
    ("width", "height"),
    [(1440, 900), *(pytest.param(*size, marks=pytest.mark.long) for size in ((1920, 1080), (1280, 720), (820, 1180)))],
)
def test_no_frame_shows_two_cases(chromium: Browser, app_address: str, width: int, height: int) -> None:
    other = samples_of("chest")[1].name
    with open_recorded(chromium, f"{app_address}/?case=sample-1", width, height) as watched:
        page = watched.page
        wait_for_case(watched)
        before = frames(page)[-1][0]
        start = len(frames(page))
        open_sidebar(page)
        keyed(page, f"sample-{other}").locator("button").first.click()
        expect(page.locator(f".{before['case']}")).to_have_count(0, timeout=SLOW)
        wait_for_case(watched)
        recorded = frames(page)[start:]
        # In every size that the window gave the film: the sidebar moves it.
        old_films = {one["film"] for frame in frames(page) for one in frame if one["case"] == before["case"]}
        after = recorded[-1][0]
        assert after["case"] != before["case"]
        assert after["title"] not in ("", before["title"])
        assert after["film"] not in ("", before["film"])
        old_alone = lines(before) - lines(after)
        assert len(old_alone) >= 3
        fresh = False
        for frame in recorded:
            assert len(frame) <= 1, [one["case"] for one in frame]
            for one in frame:
                if one["case"] == before["case"]:  # still here: all of it, and nothing of the next
                    assert not fresh
                    assert (one["title"], lines(one)) == (before["title"], lines(before))
                    continue
                fresh = True
                assert one["title"] != before["title"]
                assert not lines(one) & old_alone
                assert not one["film"] or one["film"] not in old_films
        assert fresh
        watched.assert_clean()
