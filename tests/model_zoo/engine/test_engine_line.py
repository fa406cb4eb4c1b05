"""What a person waits for goes before what fills in behind, and waits at most one step of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from model_zoo.engine.line import Line, Priority, behind
from model_zoo.engine.study import read_study
from model_zoo.engine.worker import WANTED, Wanted, Worker, give_way
from model_zoo.errors import RequestDropped
from tests.tiny_zoo import made_scan, tiny_engine


class LeavePage(BaseException):
    """What a page raises when it is closed: not an Exception, as in Streamlit."""


def _until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end, "the condition never held"
        time.sleep(0.01)


def _asked(pool: ThreadPoolExecutor, worker: Worker, job: Callable[[], Any], key: object = None) -> Future[Any]:
    return pool.submit(copy_context().run, worker.ask, job, key)


def test_a_line_is_ordered_by_priority_then_by_arrival() -> None:
    line: Line[str] = Line()
    for name, priority in (("a", 1), ("b", 0), ("c", 1), ("d", 0)):
        line.put(name, Priority(priority))
    line.hurry("c")
    line.end()
    assert [line.take() for _ in range(5)] == ["b", "d", "c", "a", None]


def test_what_is_asked_first_goes_first_and_a_joined_one_is_hurried() -> None:
    worker, done, held = Worker("test"), [], threading.Event()
    with ThreadPoolExecutor(6) as pool:
        answers = [_asked(pool, worker, lambda: held.wait(30))]
        _until(lambda: worker.ahead() == 1 and worker._requests[0].stepped_at is not None)
        with behind():
            for count, name in enumerate(("check", "joined"), start=2):
                answers.append(_asked(pool, worker, lambda name=name: done.append(name), name))
                _until(lambda count=count: worker.length == count)
        assert worker.ahead() == 1  # what fills in behind is not waited for
        answers.append(_asked(pool, worker, lambda: done.append("map"), "map"))
        _until(lambda: worker.length == 4)
        assert worker.ahead() == 2
        answers.append(_asked(pool, worker, lambda: done.append("twice"), "joined"))
        _until(lambda: worker.ahead() == 3)
        held.set()
        for answer in answers:
            answer.result(30)
    assert done == ["map", "joined", "check"]


def test_between_two_steps_of_a_check_a_map_is_answered() -> None:
    worker, order, begun, asked = Worker("test"), [], threading.Event(), threading.Event()

    def check() -> None:
        for part in range(3):
            give_way()
            order.append(part)
            begun.set()
            assert asked.wait(30)

    with ThreadPoolExecutor(2) as pool:
        with behind():
            slow = _asked(pool, worker, check)
        assert begun.wait(30)
        quick = _asked(pool, worker, lambda: order.append("map"))
        _until(lambda: worker.length == 2)
        asked.set()
        quick.result(30)
        slow.result(30)
    assert order == [0, "map", 1, 2]


def test_what_is_done_between_two_steps_changes_neither(tmp_path: Path) -> None:
    alone, disturbed = tiny_engine(tmp_path / "a"), tiny_engine(tmp_path / "b")
    items = [engine.prepare(made_scan(), "adult") for engine in (alone, disturbed)]
    other = disturbed.prepare(made_scan(seed=3), "adult")
    expected_map = alone.explain(alone.prepare(made_scan(seed=3), "adult"), "grad-cam", "lung_opacity").values
    known = alone.explain(items[0], "grad-cam", "lung_opacity")
    expected = alone.check_map(items[0], known, "faithfulness"), alone.check_map(items[0], known, "randomisation")
    shown = disturbed.explain(items[1], "grad-cam", "lung_opacity")
    passed, asked = threading.Event(), threading.Event()

    def hold(*_: object) -> None:
        passed.set()
        asked.wait(30)

    handle = disturbed._network.register_forward_pre_hook(hold)
    with ThreadPoolExecutor(2) as pool:
        checks = pool.submit(
            lambda: tuple(disturbed.check_map(items[1], shown, name) for name in ("faithfulness", "randomisation"))
        )
        assert passed.wait(30)
        between = pool.submit(disturbed.explain, other, "grad-cam", "lung_opacity")
        _until(lambda: disturbed.queue_length == 2)
        asked.set()
        assert np.array_equal(between.result(60).values, expected_map)
        assert checks.result(60) == expected
    handle.remove()


def test_the_place_in_the_line_is_told_while_waiting() -> None:
    worker, held, wanted = Worker("test"), threading.Event(), Wanted()

    def ask() -> None:
        WANTED.set(wanted)
        worker.ask(lambda: None)

    with ThreadPoolExecutor(2) as pool:
        first = _asked(pool, worker, lambda: held.wait(30))
        _until(lambda: worker.length == 1)
        second = pool.submit(copy_context().run, ask)
        _until(lambda: wanted.place == 1)
        held.set()
        first.result(30)
        second.result(30)
    assert wanted.place is None


@pytest.mark.parametrize("work", ["check", "map", "study"])
def test_work_for_a_closed_page_ends_at_the_next_step(tmp_path: Path, work: str) -> None:
    engine = tiny_engine(tmp_path)
    scan = made_scan()
    item = engine.prepare(scan, "adult")
    shown = engine.explain(item, "grad-cam", "lung_opacity")
    leave, begun, passes = threading.Event(), threading.Event(), []

    def still() -> None:
        if leave.is_set():
            raise LeavePage

    wanted = Wanted(still)
    wanted.closed = True

    def slow(*_: object) -> None:
        begun.set()
        passes.append(1)
        _until(leave.is_set)
        time.sleep(0.2)  # longer than a waiting thread takes to look

    def ask() -> Any:
        WANTED.set(wanted)
        if work == "check":
            return engine.check_map(item, shown, "faithfulness")
        if work == "map":
            return engine.explain(item, "integrated-gradients", "lung_opacity", {"steps": 400})
        return read_study(engine, scan, "adult")

    engine._network.register_forward_pre_hook(slow)
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(copy_context().run, ask)
        assert begun.wait(30)
        leave.set()
        with pytest.raises(LeavePage):
            answer.result(60)
    _until(lambda: engine.queue_length == 0 and not engine._worker._open())
    assert len(passes) <= 2
    assert torch.is_grad_enabled()


def test_a_dropped_job_is_told_so_where_it_gives_way() -> None:
    from model_zoo.engine.worker import Request

    request = Request(lambda: (request.drop(), give_way()), priority=Priority.FIRST)
    request.run()
    assert isinstance(request.error, RequestDropped)
