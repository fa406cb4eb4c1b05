"""What a page asks of a network goes when the page does, and a network that hangs is replaced: run by Streamlit itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import streamlit as st
from streamlit import runtime
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage
from streamlit.runtime.scriptrunner import RerunData
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.local_script_runner import LocalScriptRunner

from dashboard import services
from dashboard.session import DEFAULT_MODEL, Session
from dashboard.viewmodels.models import choice as models
from model_zoo.engine import outlines
from model_zoo.engine.worker import LIMIT_VARIABLE, WANTED, Worker
from model_zoo.errors import EngineStalled

JOBS: list[str] = []
ASK = threading.Event()


class _Engine:
    """An engine that is nothing but its queue."""

    def __init__(self, name: str) -> None:
        self._worker = Worker(name)

    @property
    def stalled(self) -> bool:
        return self._worker.stalled

    def ask(self, job: Callable[[], Any], key: object = None) -> Any:
        return self._worker.ask(job, key)


def _page(jobs: list[str], asks) -> None:  # no name of this module is known where it runs
    """The page: asks as long as it is about this case."""
    from dashboard.services import engine
    from dashboard.session import session

    state = session()
    shared = engine(state.model)
    if asks.is_set():
        jobs.append("begun")
        shared.ask(lambda: jobs.append("ran"), "map")
        jobs.append("drawn")
    else:
        state.forget_reading()


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[_Engine, threading.Event]]:
    """Return the engine of the page, busy with somebody else's request until the event is set."""
    JOBS.clear()
    ASK.set()
    monkeypatch.setattr(outlines, "open_engine", _Engine)
    monkeypatch.setattr(models, "installed_state", lambda name: "as it is")
    shared: Any = services.engine(DEFAULT_MODEL)
    leave = threading.Event()
    with ThreadPoolExecutor(1) as other:
        other.submit(shared.ask, lambda: leave.wait(120))
        yield shared, leave
        leave.set()


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], LocalScriptRunner]]:
    """Start the page in a thread and return the runner of its script; the thread has ended before anything is put back."""
    started: list[LocalScriptRunner] = []
    threads: list[threading.Thread] = []
    run = LocalScriptRunner.run

    def kept(self: LocalScriptRunner, *args: Any, **options: Any) -> Any:
        started.append(self)
        return run(self, *args, **options)

    monkeypatch.setattr(LocalScriptRunner, "run", kept)

    def start() -> LocalScriptRunner:
        app = AppTest.from_function(_page, default_timeout=60, args=(JOBS, ASK))
        threads.append(threading.Thread(target=app.run, daemon=True))
        threads[-1].start()
        _until(lambda: bool(started))
        return started[0]

    yield start
    for thread in threads:
        thread.join(60)


def _until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, "the condition never held"
        time.sleep(0.02)


def test_another_case_on_the_page_takes_its_request_out_of_the_queue(
    queue: tuple[_Engine, threading.Event], runner: Callable[[], LocalScriptRunner]
) -> None:
    shared, leave = queue
    page = runner()
    _until(lambda: shared._worker.length == 2)
    ASK.clear()
    page.request_rerun(RerunData())
    _until(lambda: shared._worker.length == 1)
    leave.set()
    shared.ask(lambda: None)
    assert JOBS == ["begun"]


def test_a_page_drawn_anew_keeps_its_place_and_gets_its_answer(
    queue: tuple[_Engine, threading.Event], runner: Callable[[], LocalScriptRunner]
) -> None:
    shared, leave = queue
    page = runner()
    _until(lambda: shared._worker.length == 2)
    asked = shared._worker._requests[-1]
    page.request_rerun(RerunData())
    _until(lambda: JOBS.count("begun") == 2 and asked.left_at is None)
    assert shared._worker.length == 2
    leave.set()
    _until(lambda: JOBS == ["begun", "begun", "ran", "drawn"])


def test_a_session_that_is_ended_leaves_nothing_in_the_queue(
    queue: tuple[_Engine, threading.Event],
    runner: Callable[[], LocalScriptRunner],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shared, leave = queue
    runner()
    _until(lambda: shared._worker.length == 2)

    class _Server:
        media_file_mgr = MediaFileManager(MemoryMediaFileStorage("/media"))  # a run that ends lets go of its files

        def is_active_session(self, session_id: str) -> bool:
            return False

    monkeypatch.setattr(runtime, "exists", lambda: True)
    monkeypatch.setattr(runtime, "get_instance", _Server)
    _until(lambda: shared._worker.length == 1)
    leave.set()
    shared.ask(lambda: None)
    assert JOBS == ["begun"]


def test_the_next_request_after_a_hang_goes_to_a_new_engine(
    queue: tuple[_Engine, threading.Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    shared, _ = queue
    monkeypatch.setenv(LIMIT_VARIABLE, "0.2")
    with pytest.raises(EngineStalled):
        shared.ask(lambda: 1)
    monkeypatch.delenv(LIMIT_VARIABLE)  # a new engine needs its time on a busy machine
    fresh: Any = services.engine(DEFAULT_MODEL)
    assert fresh is not shared
    assert fresh.ask(lambda: 2) == 2
    assert services.engine(DEFAULT_MODEL) is fresh


def test_a_thread_without_a_page_waits_for_its_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "session_state", {})
    state = Session()
    WANTED.set(state.wanted)
    services._still_wanted(state.wanted)
    assert not state.wanted.closed
