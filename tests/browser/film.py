"""The viewer as a reader handles it, for the browser tests: controls by role and label, the picture by its pixels."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import ROOT, WatchedPage

PAGE = ROOT / "tests" / "browser" / "viewer_page.py"
TWO_FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


class Viewer:
    """The viewer as a reader handles it."""

    def __init__(self, watched: WatchedPage) -> None:
        self.watched = watched
        self.page: Page = watched.page
        self.root = self.page.get_by_role("region", name="Scan viewer")

    def settle(self) -> None:
        expect(self.root).to_have_attribute("aria-busy", "false")
        self.page.evaluate(TWO_FRAMES)
        expect(self.root).to_have_attribute("aria-busy", "false")

    def button(self, name: str) -> Locator:
        return self.root.get_by_role("button", name=name, exact=True)

    def pressed(self, name: str) -> bool:
        """Tell whether a button is pressed, seen or not."""
        button = self.root.get_by_role("button", name=name, exact=True, include_hidden=True)
        return button.get_attribute("aria-pressed") == "true"

    def more(self, opened: bool = True) -> None:
        """Open or close what lies behind the one row."""
        button = self.button("More")
        if (button.get_attribute("aria-expanded") == "true") != opened:
            button.click()
        self.settle()

    def press(self, name: str) -> None:
        """Press a button behind "More", which is closed again: it lies over the film."""
        self.more()
        self.button(name).click()
        self.more(False)

    def overlay(self, on: bool = True) -> None:
        switch = self.root.get_by_role("switch", name="Overlay")
        if (switch.get_attribute("aria-checked") == "true") != on:
            switch.click()
        self.settle()

    def mode(self, name: str) -> None:
        self.more()
        self.root.get_by_role("radio", name=name).check()
        self.more(False)

    def slide(self, name: str, value: float) -> None:
        slider = self.root.get_by_role("slider", name=name, exact=True)
        hidden = not slider.is_visible()
        if hidden:
            self.more()
        slider.fill(str(value))
        if hidden:
            self.more(False)
        self.settle()

    def map(self, name: str) -> None:
        self.root.get_by_label("Map", exact=True).select_option(name)
        self.settle()

    def second_map(self, name: str) -> None:
        self.more()
        self.root.get_by_label("Second map").select_option(name)
        self.more(False)

    def tool(self, name: str) -> None:
        self.root.get_by_label("Tool", exact=True).select_option(name)
        self.settle()

    def key(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.settle()

    def focus(self) -> None:
        self.root.get_by_role("application").focus()

    def canvases(self) -> Locator:
        return self.root.get_by_role("img", name=re.compile(r"^(Scan|Prior film)( with .*)?$"))

    def pixels(self, index: int = 0) -> np.ndarray:
        """Return the canvas as int (height, width, 3)."""
        self.settle()
        url = self.canvases().nth(index).evaluate("canvas => canvas.toDataURL('image/png')")
        picture = Image.open(io.BytesIO(base64.b64decode(url.split(",")[1]))).convert("RGB")
        return np.asarray(picture).astype(int)

    def place(self, index: int = 0) -> tuple[float, float, float, float]:
        """Return where the scan lies on the canvas: left, top, and the size of one scan pixel."""
        self.settle()
        left, top, sx, sy = self.canvases().nth(index).evaluate("c => c.dataset.place").split(" ")
        return float(left), float(top), float(sx), float(sy)

    def film_box(self, index: int = 0) -> dict[str, float]:
        """Return where the picture stands on the page: x, y, width, height."""
        box = self.canvases().nth(index).bounding_box()
        assert box is not None
        return dict(box)

    def at(self, x: float, y: float, index: int = 0) -> tuple[float, float]:
        """Return the point of the page that shows scan pixel (x, y)."""
        box = self.canvases().nth(index).bounding_box()
        assert box is not None
        left, top, sx, sy = self.place(index)
        return box["x"] + left + x * sx, box["y"] + top + y * sy

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        self.page.mouse.move(*start)
        self.page.mouse.down()
        self.page.mouse.move(*end, steps=4)
        self.page.mouse.up()
        self.settle()

    def readout(self) -> str:
        return self.root.get_by_role("group", name="Readout", exact=True).inner_text()

    def runs(self) -> int:
        return int(self.page.get_by_text(re.compile(r"^Runs: \d+$")).inner_text().split()[1])

    def rerun(self, act: Callable[[], Any]) -> None:
        before = self.runs()
        act()
        expect(self.page.get_by_text(re.compile(rf"^Runs: {before + 1}$"))).to_be_visible()
        self.watched.ready()
        self.settle()

    def fresh(self) -> None:
        """Bring a page that other tests used back to the start: the bare film, with Grad-CAM ready."""
        self.page.mouse.move(5, 5)
        self.focus()
        for _ in range(3):
            self.key("Escape")
        self.press("Reset")
        self.tool("window")
        self.more()
        for name in ("Prior film", "Marked boxes"):  # the boxes would stand between the pixels and the map
            if self.button(name).is_visible() and self.pressed(name):
                self.button(name).click()
        self.more(False)
        self.mode("One map")
        self.map("Grad-CAM")
        self.overlay(False)


def changed(one: np.ndarray, other: np.ndarray, by: int = 12) -> np.ndarray:
    return np.abs(one - other).max(axis=2) > by
