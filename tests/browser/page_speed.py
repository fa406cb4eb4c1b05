"""How long the page takes in a real browser: ``python -m tests.browser.page_speed --json``.

Each round starts a server of its own, opens the first sample case in it, then a film that no process has seen, then a stay.
Everything is timed as the reader meets it: from the press, or from the file, to what stands on the page. What the engine alone
takes is measured by ``python -m model_zoo bench``.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import platform
import random
import signal
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Request, WebSocket

from model_zoo.bench.timing import summary
from model_zoo.cli.arguments import whole_number
from model_zoo.cli.terminal import print_json, say, say_table
from model_zoo.phantoms.chest.lesions import LesionSpec
from model_zoo.phantoms.chest.phantom import render_phantom
from model_zoo.phantoms.files import write_phantom_dicom
from model_zoo.phantoms.samples import FILM_SIZE, SAMPLE_CASES
from model_zoo.phantoms.settings import SAMPLE_SETTINGS
from tests.browser.conftest import ROOT, running_app, running_chromium
from tests.browser.reading_page import SLOW, checked, go, keyed, open_drawer, open_sidebar

SCHEMA_VERSION = "1.0"
ROUNDS, MOST_ROUNDS = 5, 100
WINDOW = {"width": 1440, "height": 900}

# What is waited for, looked at in every frame. The viewer stands in a shadow root.
_AT_REST = """document.querySelector('[data-testid="stApp"]')?.dataset.testScriptState === "notRunning" """
_IN_VIEWER = "[...document.querySelectorAll('.st-key-film-box *')].flatMap(e => [...(e.shadowRoot?.querySelectorAll('%s') ?? [])])"
_MAPS = _IN_VIEWER % 'select[aria-label="Map"] option'
_FILM = _IN_VIEWER % 'section[aria-busy="false"]'
_SAMPLE = f"document.querySelector('.st-key-welcome-{SAMPLE_CASES[0].name}')?.checkVisibility()"
_NUMBER = "document.querySelector('.st-key-card-finding [class*=\"st-key-target-\"]')?.checkVisibility()"
_FEWER_MAPS = f"({_MAPS}).length < 2"
_BOTH_MAPS = f"({_MAPS}).length === 2 && ({_FILM}).length > 0"
_HOUR = "document.querySelector('.st-key-monitoring-hour h2')?.innerText"
_TRIED = "document.querySelector('.st-key-what-if-use')?.checkVisibility()"


class Traffic:
    """What a browser was sent, in bytes as they came: answers with their headers, and what the connection carried."""

    def __init__(self) -> None:
        self._answered: list[Request] = []
        self._carried: list[int] = []

    def watch(self, page: Page) -> None:
        page.on("requestfinished", lambda request: self._answered.append(request))
        page.on("websocket", self._listen)

    def begin(self) -> None:
        """Forget what came so far."""
        self._answered.clear()
        self._carried.clear()

    def total(self) -> dict[str, int]:
        """Return the bytes of the answers, of the messages, and of those answers that had come before."""
        answers = twice = 0
        seen: set[str] = set()  # an address of a film or map is made of its content
        for request in tuple(self._answered):
            sizes = request.sizes()
            size = sizes["responseBodySize"] + sizes["responseHeadersSize"]
            answers += size
            twice += size if request.url in seen else 0
            seen.add(request.url)
        return {"answers": answers, "messages": sum(self._carried), "twice": twice}

    def _listen(self, connection: WebSocket) -> None:
        connection.on("framereceived", lambda payload: self._carried.append(len(payload)))


@contextmanager
def _fresh_page(browser: Browser, address: str, traffic: Traffic | None = None) -> Iterator[Page]:
    """Open the page in a browser that has never been there; closed on leaving."""
    own = browser.new_context(viewport=WINDOW)
    own.set_default_timeout(SLOW)
    page = own.new_page()
    if traffic is not None:
        traffic.watch(page)
    try:
        page.goto(address, wait_until="commit")
        _until(page, _SAMPLE)
        yield page
    finally:
        own.close()


def _until(page: Page, holds: str, argument: object = None) -> None:
    page.wait_for_function(f"(before) => {holds}", arg=argument, timeout=SLOW)


def _new_film(folder: Path, seed: int) -> Path:
    """Write a film of an adult with an opacity: nobody has seen its anatomy or its noise."""
    lesion = LesionSpec("opacity", "R", (0.55, 0.74), 0.19, 0.9)
    phantom = render_phantom(SAMPLE_SETTINGS, seed, (lesion,), FILM_SIZE, "PA", "adult", False, seed + 1)
    path = folder / "film.dcm"
    path.write_bytes(write_phantom_dicom(phantom, "PHANTOM-900", 58, "M", compression="rle"))
    return path


def measure(browser: Browser, rounds: int) -> dict[str, Any]:
    """Return the answer of ``--json``."""
    machine = _machine()
    taken: dict[str, list[float]] = defaultdict(list)
    sent: dict[str, list[float]] = defaultdict(list)
    for _ in range(rounds):
        with tempfile.TemporaryDirectory(prefix="diaphane-page-speed-") as folder:
            _round(browser, Path(folder), taken, sent)
    return {
        "schema_version": SCHEMA_VERSION,
        "machine": {**machine, "chromium": browser.version},
        "rounds": rounds,
        "seconds": {name: summary(values) for name, values in taken.items()},
        "bytes_of_one_case": {name: summary(values) for name, values in sent.items()},
    }


def _round(browser: Browser, folder: Path, taken: dict[str, list[float]], sent: dict[str, list[float]]) -> None:
    """Measure everything once, on a server that begins anew."""
    film = _new_film(folder, random.SystemRandom().randrange(10_000, 2**31))
    env = {"DIAPHANE_CASES": str(folder / "cases")}
    start = time.perf_counter()
    with running_app(ROOT / "dashboard" / "app.py", env=env, args=("--server.headless", "true")) as address:
        with _fresh_page(browser, address) as page:
            taken["start_to_first_page"].append(time.perf_counter() - start)
            _sample(page, taken)
        traffic = Traffic()
        with _fresh_page(browser, address, traffic) as page:
            _film(page, film, traffic, taken, sent)
        with _fresh_page(browser, address) as page:
            _stay(page, taken)


def _sample(page: Page, taken: dict[str, list[float]]) -> None:
    """The first sample case, and one of its patient's values changed."""
    start = time.perf_counter()
    keyed(page, f"welcome-{SAMPLE_CASES[0].name}").locator("button").click()
    _until(page, _NUMBER)
    taken["first_page_to_sample_number"].append(time.perf_counter() - start)
    _until(page, _BOTH_MAPS)
    checked(page)
    drawer = open_drawer(page, "patient")
    number = drawer.locator("[class*='st-key-what-if-number-'] input")
    _until(page, _AT_REST)  # until then it may be drawn without its value, or drawn again over what was filled in
    number.fill(str(round(float(number.input_value()) * 1.1)))
    start = time.perf_counter()
    number.press("Enter")
    _until(page, f"{_TRIED} && {_AT_REST}")
    taken["what_if_step"].append(time.perf_counter() - start)


def _film(
    page: Page, film: Path, traffic: Traffic, taken: dict[str, list[float]], sent: dict[str, list[float]]
) -> None:
    """A film that was never seen: its number, its maps, their judgements; then another finding."""
    _until(page, _AT_REST)
    open_sidebar(page)
    traffic.begin()
    start = time.perf_counter()
    page.locator("[class*='st-key-scan-upload-'] input[type=file]").set_input_files(film)
    for name, holds in (("file_to_first_number", _NUMBER), ("file_to_both_maps", _BOTH_MAPS)):
        _until(page, holds)
        taken[name].append(time.perf_counter() - start)
    checked(page)
    taken["file_to_judgements"].append(time.perf_counter() - start)
    for name, size in traffic.total().items():
        sent[name].append(size)
    sent["all"].append(sent["answers"][-1] + sent["messages"][-1])
    other = keyed(page, "card-finding").locator("[data-testid=stRadioOption], [role=radiogroup] label").nth(2)
    start = time.perf_counter()
    other.click()
    _until(page, _FEWER_MAPS)
    _until(page, _BOTH_MAPS)
    taken["finding_to_its_maps"].append(time.perf_counter() - start)
    checked(page)


def _stay(page: Page, taken: dict[str, list[float]]) -> None:
    """The first sample stay of the page for monitoring, one hour back."""
    go(page, "monitoring")
    page.locator("[class*='st-key-welcome-stay-'] button").first.click()
    _until(page, f"{_HOUR} && {_AT_REST}")
    before = page.evaluate(_HOUR)
    start = time.perf_counter()
    keyed(page, "monitoring-back").locator("button").filter(visible=True).first.click()
    _until(page, f"{_HOUR} && {_HOUR} !== before && {_AT_REST}", before)
    taken["hour_step"].append(time.perf_counter() - start)


def _machine() -> dict[str, Any]:
    """Say what was measured on, and how busy it was before: figures of a busy machine are no figures of the page."""
    versions = {name: importlib.metadata.version(name) for name in ("streamlit", "torch", "playwright")}
    return {
        "cpu_cores": os.cpu_count(),
        "load_before": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        **versions,
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.browser.page_speed", description=__doc__)
    parser.add_argument("--json", action="store_true", help="answer in JSON")
    parser.add_argument(
        "--rounds", metavar="N", type=whole_number(1, MOST_ROUNDS), default=ROUNDS, help=f"default: {ROUNDS}"
    )
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what is ended from outside tidies up as well
    with running_chromium() as browser:
        answer = measure(browser, arguments.rounds)
    if arguments.json:
        print_json(answer)
        return
    say(", ".join(f"{name.replace('_', ' ')} {value}" for name, value in answer["machine"].items()))
    for title, unit, scale in (("seconds", "s", 1.0), ("bytes_of_one_case", "MB", 1e-6)):
        say_table([
            (name.replace("_", " "), f"{m['median'] * scale:.2f} {unit} ({m['min'] * scale:.2f} to {m['max'] * scale:.2f})")
            for name, m in answer[title].items()
        ])  # fmt: skip


if __name__ == "__main__":
    main()
