"""A request that nobody waits for is dropped, and a network that does not answer is found out."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from pathlib import Path
from typing import Any

import pytest
import torch

from model_zoo.engine import worker as worker_module
from model_zoo.engine.worker import LIMIT_VARIABLE, WANTED, Wanted, Worker, limit_s, step
from model_zoo.errors import EngineStalled, RequestDropped
from tests.tiny_zoo import SIDE, made_scan, tiny_engine


class LeavePage(BaseException):
    """What a page raises when it is to be drawn anew: not an Exception, as in Streamlit."""


@pytest.fixture
def worker() -> Worker:
    return Worker("test")


@pytest.fixture
def held(worker: Worker) -> Iterator[threading.Event]:
    """Keep the worker busy with somebody else's request until the event is set."""
    leave, entered = threading.Event(), threading.Event()

    def job() -> None:
        entered.set()
        leave.wait(120)

    thread = threading.Thread(target=worker.ask, args=(job,), daemon=True)
    thread.start()
    assert entered.wait(60)
    yield leave
    leave.set()
    thread.join(60)


@pytest.fixture
def readers() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as pool:
        yield pool


def _asked(
    readers: ThreadPoolExecutor, worker: Worker, wanted: Wanted, job: Callable[[], Any], key: object = None
) -> Future[Any]:
    """Ask from another thread on behalf of a session."""

    def ask() -> Any:
        WANTED.set(wanted)
        return worker.ask(job, key)

    return readers.submit(copy_context().run, ask)


def _until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, "the condition never held"
        time.sleep(0.01)


def _leaving() -> tuple[Wanted, threading.Event]:
    """Return a session whose page is left when the event is set."""
    leave = threading.Event()

    def still() -> None:
        if leave.is_set():
            raise LeavePage

    return Wanted(still), leave


def test_a_queued_request_of_a_page_that_is_left_never_runs(
    worker: Worker, held: threading.Event, readers: ThreadPoolExecutor
) -> None:
    ran: list[str] = []
    wanted, leave = _leaving()
    answer = _asked(readers, worker, wanted, lambda: ran.append("left"))
    _until(lambda: worker.length == 2)
    leave.set()
    with pytest.raises(LeavePage):
        answer.result(60)
    assert worker.length == 1
    held.set()
    worker.ask(lambda: ran.append("next"))
    assert ran == ["next"]


def test_the_page_is_free_while_the_network_is_busy(
    worker: Worker, held: threading.Event, readers: ThreadPoolExecutor
) -> None:
    wanted, leave = _leaving()
    answer = _asked(readers, worker, wanted, lambda: 1)
    leave.set()
    start = time.monotonic()
    with pytest.raises(LeavePage):
        answer.result(60)
    # The network stays held for two minutes; on a busy machine a thread may wait seconds for its turn.
    assert time.monotonic() - start < 30


def test_what_is_asked_again_at_once_is_taken_up_and_not_done_twice(
    worker: Worker, held: threading.Event, readers: ThreadPoolExecutor
) -> None:
    ran: list[int] = []
    wanted, leave = _leaving()
    answer = _asked(readers, worker, wanted, lambda: ran.append(1) or len(ran), "map")
    _until(lambda: worker.length == 2)
    leave.set()
    with pytest.raises(LeavePage):
        answer.result(60)
    assert worker.length == 2
    leave.clear()
    again = _asked(readers, worker, wanted, lambda: ran.append(2) or len(ran), "map")
    held.set()
    assert again.result(60) == 1
    assert ran == [1]
    assert worker.length == 0


def test_what_is_begun_ahead_is_taken_up_by_who_asks_for_it(
    worker: Worker, held: threading.Event, readers: ThreadPoolExecutor
) -> None:
    ran: list[str] = []
    wanted = Wanted()
    token = WANTED.set(wanted)
    try:
        worker.begin(lambda: ran.append("begun"), "map")  # does not wait
    finally:
        WANTED.reset(token)
    assert (worker.length, wanted.on_the_way) == (2, 1)
    answer = _asked(readers, worker, wanted, lambda: ran.append("asked"), "map")
    _until(lambda: wanted.on_the_way == 0)
    held.set()
    answer.result(60)
    assert ran == ["begun"]


def test_what_is_begun_ahead_is_dropped_with_a_session_that_moves_on(worker: Worker, held: threading.Event) -> None:
    ran: list[str] = []
    wanted = Wanted()
    token = WANTED.set(wanted)
    try:
        worker.begin(lambda: ran.append("begun"), "map")
    finally:
        WANTED.reset(token)
    wanted.drop()
    held.set()
    worker.ask(lambda: ran.append("next"))
    assert ran == ["next"]


def test_an_answer_that_came_while_the_page_was_drawn_anew_is_not_computed_again(
    worker: Worker, held: threading.Event, readers: ThreadPoolExecutor
) -> None:
    ran: list[int] = []
    wanted, leave = _leaving()
    answer = _asked(readers, worker, wanted, lambda: ran.append(1), "map")
    _until(lambda: worker.length == 2)
    leave.set()
    with pytest.raises(LeavePage):
        answer.result(60)
    held.set()
    _until(lambda: ran == [1] and worker.length == 0)
    leave.clear()
    _asked(readers, worker, wanted, lambda: ran.append(2), "map").result(60)
    assert ran == [1]


@pytest.mark.parametrize("how", ["moved on", "closed", "waited too long"])
def test_what_was_left_is_dropped(
    worker: Worker, held: threading.Event, readers: ThreadPoolExecutor, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[int] = []
    wanted, leave = _leaving()
    answer = _asked(readers, worker, wanted, lambda: ran.append(1), "map")
    _until(lambda: worker.length == 2)
    wanted.closed = how == "closed"
    leave.set()
    with pytest.raises(LeavePage):
        answer.result(60)
    if how == "moved on":
        wanted.drop()
    elif how == "waited too long":
        monkeypatch.setattr(worker_module, "GRACE_S", 0.0)
    assert worker.length == 1
    held.set()
    worker.ask(lambda: None)
    assert ran == []


def test_what_another_session_waits_for_is_not_dropped_with_the_first(
    worker: Worker, held: threading.Event, readers: ThreadPoolExecutor
) -> None:
    first, leave = _leaving()
    answer = _asked(readers, worker, first, lambda: 1, "map")
    _until(lambda: worker.length == 2)
    leave.set()
    with pytest.raises(LeavePage):
        answer.result(60)
    second = _asked(readers, worker, Wanted(), lambda: 2, "map")
    _until(lambda: all(request.left_at is None for request in worker._requests))
    first.drop()
    held.set()
    assert second.result(60) == 1


def test_a_request_that_runs_ends_at_its_next_pass(worker: Worker, readers: ThreadPoolExecutor) -> None:
    wanted, leave = _leaving()
    passes: list[int] = []
    ended = threading.Event()

    def job() -> None:
        try:
            for i in range(1000):
                step()
                passes.append(i)
                time.sleep(0.02)
        finally:
            ended.set()

    answer = _asked(readers, worker, wanted, job)
    _until(lambda: len(passes) > 1)
    leave.set()
    with pytest.raises(LeavePage):
        answer.result(60)
    assert ended.wait(60)
    assert len(passes) < 500


def test_a_map_that_nobody_waits_for_ends_between_two_passes_and_leaves_no_hook(
    tmp_path: Path, readers: ThreadPoolExecutor
) -> None:
    engine = tiny_engine(tmp_path)
    item = engine.prepare(made_scan(), "adult")
    hooks = [len(module._forward_hooks) for module in engine._network.modules()]
    wanted, leave = _leaving()
    wanted.closed = True
    begun = threading.Event()
    passes: list[int] = []

    def slow(*_: object) -> None:
        begun.set()
        passes.append(1)
        time.sleep(0.05)

    handle = engine._network.register_forward_pre_hook(slow)

    def ask() -> Any:
        WANTED.set(wanted)
        return engine.explain(item, "occlusion", "lung_opacity")

    answer = readers.submit(copy_context().run, ask)
    assert begun.wait(60)
    leave.set()
    with pytest.raises(LeavePage):
        answer.result(60)
    _until(lambda: engine._worker._requests == [] or engine._worker._requests[-1].done.is_set())
    handle.remove()
    assert [len(module._forward_hooks) for module in engine._network.modules()] == hooks
    assert engine.queue_length == 0
    assert engine.predict(item).findings  # the engine goes on


def test_a_network_that_hangs_is_reported_to_all_who_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(LIMIT_VARIABLE, "0.3")
    engine = tiny_engine(tmp_path)
    release = threading.Event()
    engine._network.register_forward_pre_hook(lambda *_: release.wait(30))
    try:
        with ThreadPoolExecutor(3) as pool:
            waiting = [pool.submit(engine.logits, torch.zeros(1, 1, SIDE, SIDE)) for _ in range(3)]
            for answer in waiting:
                with pytest.raises(EngineStalled, match="does not answer") as caught:
                    answer.result(60)
                assert caught.value.hint
        assert engine.stalled
        assert engine.queue_length == 0
        with pytest.raises(EngineStalled):
            engine.logits(torch.zeros(1, 1, SIDE, SIDE))
    finally:
        release.set()


def test_a_slow_request_that_makes_steps_is_no_hang(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(LIMIT_VARIABLE, "2")  # a busy machine may leave a thread without a turn for a second

    def job() -> str:
        for _ in range(25):
            step()
            time.sleep(0.1)
        return "done"

    assert worker.ask(job) == "done"
    assert not worker.stalled


@pytest.mark.parametrize("stated", ["", "soon", "0", "-3", "nan", "inf", "1e300"])
def test_a_limit_that_is_none_leaves_the_default(stated: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(LIMIT_VARIABLE, stated)
    assert limit_s() == worker_module.LIMIT_S


def test_the_thread_ends_with_its_engine() -> None:
    worker = Worker("short-lived")
    worker.ask(lambda: None)
    thread = worker._thread
    assert thread is not None
    del worker
    thread.join(5)
    assert not thread.is_alive()


def test_a_dropped_request_says_so(worker: Worker) -> None:
    request = worker_module.Request(lambda: 1)
    request.drop()
    request.run()
    assert isinstance(request.error, RequestDropped)
