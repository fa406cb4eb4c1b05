"""A Streamlit server on a free port and a Chromium that may talk to nobody else.

Nothing here skips: a browser test without a browser fails and says which variable names one.
"""

from __future__ import annotations

import ctypes
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from dashboard.navigation import PAGES

if TYPE_CHECKING:  # it leans on this file
    from tests.browser.film import Viewer

ROOT = Path(__file__).resolve().parents[2]
# Importing torch takes its time where eight others share two cores: measured beyond two minutes. Nothing waits for these to
# pass unless it fails.
START_SECONDS = 300
ACTION_SECONDS = 60
READY = '[data-testid="stApp"][data-test-script-state="notRunning"]'
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
# Streamlit looks for its server below the address of the page first, and at the root then: on every connection that begins,
# or on a busy machine begins anew, on a page other than the first.
LOOKED_FOR = tuple(f"/{page.url_path}/_stcore/{name}" for page in PAGES[1:] for name in ("health", "host-config"))
LOCAL = {"127.0.0.1", "localhost", ""}

StartApp = Callable[..., str]
OpenPage = Callable[..., "WatchedPage"]
Found = TypeVar("Found")


@dataclass
class WatchedPage:
    """A browser page with what it said and whom it asked. ``errors`` also holds warnings of the page's own scripts."""

    page: Page
    errors: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    def ready(self, timeout_s: float = START_SECONDS) -> None:
        """Wait until the script has run to its end, whether the page is covered by then or not."""
        self.page.wait_for_selector(READY, state="attached", timeout=timeout_s * 1000)

    def assert_clean(self) -> None:
        assert self.foreign == [], f"requests that left the machine: {self.foreign}"
        assert self.errors == [], f"the console is not clean: {self.errors}"


def read_until(page: Page, read: Callable[[], Found], holds: Callable[[Found], bool]) -> Found:
    """Read what a browser may still be drawing until it holds; return the last reading, for an assertion to show."""
    deadline = time.monotonic() + START_SECONDS
    while not holds(found := read()) and time.monotonic() < deadline:
        page.wait_for_timeout(50)  # what the browser says meanwhile is heard
    return found


@contextmanager
def running_app(script: Path, env: Mapping[str, str] | None = None, args: Sequence[str] = ()) -> Iterator[str]:
    """Run ``streamlit run script`` from the root of the project and yield its address; stopped on leaving."""
    port = _free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port), *args]
    # Into a file: a pipe that nobody reads is full after 64 kB, and the server waits for ever.
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **(env or {})},
            stdout=said,
            stderr=subprocess.STDOUT,
            preexec_fn=_end_with_the_tests if sys.platform == "linux" else None,
        )
        url = f"http://127.0.0.1:{port}"
        try:
            _wait_for_health(url, process, said)
            yield url
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)


def _free_port() -> int:
    """Return a port below those that the system hands out itself: nobody else takes it in the seconds until the server does."""
    while True:
        port = random.SystemRandom().randrange(20_000, 32_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def _end_with_the_tests() -> None:
    """Ask the system to end this server when the process that started it is gone: a worker that is killed tidies up nothing."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def _wait_for_health(url: str, process: subprocess.Popen[bytes], said: IO[str]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            said.seek(0)
            pytest.fail(f"The server ended with code {process.returncode}:\n{said.read()}")
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=5) as answer:
                if answer.read() == b"ok":
                    return
        except (urllib.error.URLError, OSError):
            pass
        time.sleep(0.2)
    pytest.fail(f"The server was not healthy after {START_SECONDS} s.")


@pytest.fixture(scope="session")
def start_app() -> Iterator[StartApp]:
    """``start_app(script, env=..., args=...) -> url``; the same call again gives the same server."""
    with ExitStack() as stack:
        urls: dict[tuple[object, ...], str] = {}

        def start(script: Path, env: Mapping[str, str] | None = None, args: Sequence[str] = ()) -> str:
            key = (script, tuple(sorted((env or {}).items())), tuple(args))
            if key not in urls:
                urls[key] = stack.enter_context(running_app(script, env, args))
            return urls[key]

        yield start


@pytest.fixture(scope="session")
def app_address(start_app: StartApp, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The app as it is delivered, one server for all journeys that do not ask what stands in the folder of cases.

    To start one takes seconds of processor time, most of it to import torch.
    """
    env = {"DIAPHANE_CASES": str(tmp_path_factory.mktemp("cases"))}
    return start_app(ROOT / "dashboard" / "app.py", env=env, args=("--server.headless", "true"))


@contextmanager
def running_chromium() -> Iterator[Browser]:
    """Run one Chromium: ``DIAPHANE_CHROMIUM``, else the system's own; closed on leaving."""
    path = os.environ.get("DIAPHANE_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
    if not Path(path).exists():
        pytest.fail(f"Browser tests need Chromium; there is none at {path}. Install it or set DIAPHANE_CHROMIUM.")
    expect.set_options(timeout=ACTION_SECONDS * 1000)  # its own default, five seconds, is short for a busy machine
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for the session."""
    with running_chromium() as browser:
        yield browser


@contextmanager
def watched_page(
    browser: Browser,
    url: str,
    width: int = 1500,
    height: int = 1000,
    prepare: Callable[[BrowserContext], None] | None = None,
    **context: Any,
) -> Iterator[WatchedPage]:
    """Open ``url`` in a context of its own, loaded and at rest. prepare: what is done to it before its first page."""
    own = browser.new_context(viewport={"width": width, "height": height}, **context)
    if prepare is not None:
        prepare(own)
    own.set_default_timeout(ACTION_SECONDS * 1000)
    own.set_default_navigation_timeout(START_SECONDS * 1000)
    watched = WatchedPage(own.new_page())

    def on_console(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            place = urlsplit(message.location.get("url", "")).path  # of a resource that is not there, which one
            if place.endswith(LOOKED_FOR):
                return
            watched.errors.append(f"{message.type}: {message.text} ({place})")

    def note(asked: str) -> None:
        parts = urlsplit(asked)
        if parts.scheme not in {"data", "blob"} and (parts.hostname or "") not in LOCAL:
            watched.foreign.append(asked)

    watched.page.on("console", on_console)
    watched.page.on("pageerror", lambda error: watched.errors.append(f"exception: {error}"))
    watched.page.on("request", lambda request: note(request.url))
    watched.page.on("websocket", lambda connection: note(connection.url))
    try:
        watched.page.goto(url)
        watched.ready()
        yield watched
    finally:
        own.close()


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[OpenPage]:
    """``open_page(url, width=1500, height=1000, **context) -> WatchedPage``; closed after the test."""
    with ExitStack() as stack:
        yield lambda url, **options: stack.enter_context(watched_page(chromium, url, **options))


@pytest.fixture(scope="module")
def viewer_address(start_app: StartApp) -> str:
    from tests.browser.film import PAGE

    return start_app(Path(PAGE))


@pytest.fixture(scope="module")
def viewer_opened(chromium: Browser, viewer_address: str) -> Iterator[Viewer]:
    from tests.browser.film import Viewer

    with watched_page(chromium, viewer_address) as watched:
        yield Viewer(watched)


@pytest.fixture
def viewer(viewer_opened: Viewer) -> Iterator[Viewer]:
    """The full page of the viewer, put back to the start; whatever a test does, the console stays clean."""
    viewer_opened.fresh()
    yield viewer_opened
    viewer_opened.watched.assert_clean()
