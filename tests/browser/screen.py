"""What the tests of the one screen measure in the browser: boxes, visible words, shifts, and every frame between two cases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import START_SECONDS, WatchedPage, watched_page
from tests.browser.reading_page import SLOW, checked, complete, keyed

CARDS = ("card-finding", "card-map", "card-risk", "card-together")
PARTS = ("header", "film-box", *CARDS, "drawers")

# In every frame that changed anything: where the parts stand, and what they show. The film as 16 by 16 pixels of its canvas.
RECORDER = """
(() => {
  const cards = %(cards)s, parts = %(parts)s;
  window.recorded = {frames: [], shifts: [], film_ms: null};
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries())
      if (!entry.hadRecentInput) window.recorded.shifts.push({value: entry.value, ms: entry.startTime});
  }).observe({type: "layout-shift", buffered: true});
  const small = document.createElement("canvas");
  small.width = small.height = 16;
  const within = (box, key) => box.querySelector(`.st-key-${key}`);
  const film = (box) => {
    const host = [...box.querySelectorAll(".st-key-film-box *")].find((e) => e.shadowRoot?.querySelector("canvas"));
    const canvas = host?.shadowRoot.querySelector("canvas");
    if (!canvas?.width || !canvas.checkVisibility()) return "";
    const context = small.getContext("2d", {willReadFrequently: true});
    context.clearRect(0, 0, 16, 16);
    context.drawImage(canvas, 0, 0, 16, 16);
    const seen = [...context.getImageData(0, 0, 16, 16).data];
    return new Set(seen).size > 8 ? seen.join() : "";
  };
  const place = (part) => {
    const {x, y, width, height} = part.getBoundingClientRect();
    return [x, y + document.scrollingElement.scrollTop, width, height].map(Math.round).join();
  };
  const look = () => [...document.querySelectorAll('[class*="st-key-open-case-"]')].map((box) => ({
    case: [...box.classList].find((name) => name.startsWith("st-key-open-case-")),
    title: within(box, "header")?.querySelector("h1")?.innerText ?? "",
    cards: Object.fromEntries(cards.map((key) => [key, within(box, key)?.innerText ?? ""])),
    film: film(box),
    places: Object.fromEntries(parts.map((key) => [key, within(box, key)]).filter(([, e]) => e)
      .map(([key, part]) => [key, place(part)])),
  }));
  let last = "";
  const frame = () => {
    const boxes = look(), said = JSON.stringify(boxes);
    if (window.recorded.film_ms === null && boxes.some((box) => box.film)) window.recorded.film_ms = performance.now();
    if (said !== last) window.recorded.frames.push(boxes);
    last = said;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
})();
"""

# Every text that is rendered inside the window: of the page, of the viewer in its shadow root, of the chosen option of a list.
WORDS = """
() => {
  const shown = (rect, element) => {
    let [left, top, right, bottom] = [Math.max(rect.left, 0), Math.max(rect.top, 0),
      Math.min(rect.right, innerWidth), Math.min(rect.bottom, innerHeight)];
    for (let e = element; e; e = e.parentElement ?? e.getRootNode().host)
      if (getComputedStyle(e).overflow !== "visible") {
        const own = e.getBoundingClientRect();
        [left, top] = [Math.max(left, own.left), Math.max(top, own.top)];
        [right, bottom] = [Math.min(right, own.right), Math.min(bottom, own.bottom)];
      }
    return right - left > 1 && bottom - top > 1;
  };
  const left_out = ".st-key-notice, [data-testid=stIconMaterial], [role=img][translate=no], script, style";
  const found = [];
  const read = (root) => {
    for (const node of root.childNodes) {
      if (node.nodeType === Node.TEXT_NODE) {
        const element = node.parentElement ?? root.host, range = document.createRange();
        range.selectNodeContents(node);
        const seen = element.checkVisibility({opacityProperty: true, visibilityProperty: true});
        if (seen && [...range.getClientRects()].some((rect) => shown(rect, element))) found.push(node.data);
      } else if (node.nodeType === Node.ELEMENT_NODE && !node.matches(left_out)) {
        if (node.tagName === "SELECT") {
          if (node.checkVisibility() && shown(node.getBoundingClientRect(), node)) found.push(node.selectedOptions[0].text);
        } else read(node);
        if (node.shadowRoot) read(node.shadowRoot);
      }
    }
  };
  read(document.body);
  return found;
}
"""


@dataclass(frozen=True)
class Box:
    """A rectangle of the page in CSS pixels, from the left upper corner of the window."""

    left: float
    top: float
    width: float
    height: float

    def inside(self, width: int, height: int) -> bool:
        """Whether it lies in a window; a pixel of rounding is no matter."""
        bottom, right = self.top + self.height, self.left + self.width
        return self.width > 0 and self.left >= -1 and self.top >= -1 and right <= width + 1 and bottom <= height + 1

    def overlaps(self, other: Box) -> bool:
        """Whether two share more than an edge; a pixel of rounding is no matter."""
        across = min(self.left + self.width, other.left + other.width) - max(self.left, other.left)
        down = min(self.top + self.height, other.top + other.height) - max(self.top, other.top)
        return across > 1 and down > 1


def open_recorded(browser: Browser, address: str, width: int, height: int, **context: Any) -> Any:
    """Open a page whose frames are recorded from the first on; a context manager of ``WatchedPage``."""
    script = RECORDER % {"cards": list(CARDS), "parts": list(PARTS)}

    def prepare(own: BrowserContext) -> None:
        own.add_init_script(script)

    return watched_page(browser, address, width=width, height=height, prepare=prepare, **context)


def wait_for_case(watched: WatchedPage) -> None:
    """Wait until a case has all its parts, every check has run, and the page is at rest."""
    page = watched.page
    complete(page)
    expect(keyed(page, "card-map").locator("img")).to_be_visible(timeout=SLOW)
    checked(page)
    watched.ready(START_SECONDS)


def box(page: Page, selector: str) -> Box:
    """Return where an element stands in the window."""
    found = page.locator(selector).first.bounding_box()
    assert found is not None, selector
    return Box(found["x"], found["y"], found["width"], found["height"])


def cut(page: Page, key: str) -> float:
    """Return by how many pixels the content of a part is higher than the part."""
    over: float = keyed(page, key).evaluate("e => e.scrollHeight - e.clientHeight")
    return over


def visible_words(page: Page) -> list[str]:
    """Return the words that can be seen without a press: what holds a letter or a digit."""
    texts: list[str] = page.evaluate(WORDS)
    return [word for text in texts for word in text.split() if any(sign.isalnum() for sign in word)]


def frames(page: Page) -> list[list[dict[str, Any]]]:
    """Return the recorded frames; each is a list of the cases that stood on the page in it."""
    found: list[list[dict[str, Any]]] = page.evaluate("() => window.recorded.frames")
    return found


def shift(page: Page) -> float:
    """Return by how much the page shifted after the film was there, in the browser's own measure."""
    moved: float = page.evaluate(
        "() => window.recorded.shifts.filter(s => s.ms > window.recorded.film_ms).reduce((sum, s) => sum + s.value, 0)"
    )
    return moved
