"""One thread that holds a network: requests queue for it, can be left by who asked, and it can be found not to answer.

Who waits may stop waiting (a page that is drawn anew, a closed one). A request that is left goes on for ``GRACE_S``, because
the page usually asks for the same again at once and then takes it up; after that, or when the session says that it moved on,
it is dropped: before it runs, or at its next pass through the network (``step``).
"""

from __future__ import annotations

import os
import queue
import threading
import time
import weakref
from collections.abc import Callable, Hashable
from contextvars import ContextVar
from typing import Any, TypeVar

from model_zoo.errors import EngineStalled, RequestDropped

Result = TypeVar("Result")

# A page is drawn up to the place where it asks again within seconds, also on a slow machine.
GRACE_S = 10.0
# Without a single pass through the network for this long it hangs: the slowest pass takes seconds.
LIMIT_VARIABLE, LIMIT_S = "DIAPHANE_ENGINE_LIMIT_S", 180.0
# How often a waiting thread looks whether it is still wanted; an answer that comes earlier is not kept waiting by it.
_LOOK_S = 0.1

_running = threading.local()


class Wanted:
    """On whose behalf a thread asks. One object for a session; without one a thread waits until the answer comes."""

    def __init__(self, still: Callable[[], None] = lambda: None) -> None:
        """still: asked again and again while a request waits; whatever it raises ends the waiting."""
        self.still = still
        self.closed = False
        self._left: list[Request] = []

    def leave(self, request: Request) -> None:
        """Keep a request that nobody waits for at the moment; where the page is closed, drop it."""
        request.left_at = time.monotonic()
        if self.closed:
            request.drop()
        else:
            self._left = [*(kept for kept in self._left if not kept.done.is_set()), request]

    def drop(self) -> None:
        """Drop everything that was left: the session is about something else now."""
        left, self._left = self._left, []
        for request in left:
            if request.left_at is not None:
                request.drop()


_UNTIL_ANSWERED = Wanted()
WANTED: ContextVar[Wanted] = ContextVar("wanted", default=_UNTIL_ANSWERED)


class Request:
    """A job on its way. key: what is asked, for a job whose answer depends on nothing else; ``None``: never taken up again."""

    def __init__(self, job: Callable[[], Any], key: Hashable = None) -> None:
        self.job = job
        self.key = key
        self.done = threading.Event()
        self.result: Any = None
        self.error: BaseException | None = None
        self.left_at: float | None = None
        self.stepped_at: float | None = None  # None: waits in the queue
        self._dropped = False

    @property
    def dropped(self) -> bool:
        if self._dropped or self.left_at is None:
            return self._dropped
        return self.key is None or time.monotonic() - self.left_at > GRACE_S

    def drop(self) -> None:
        self._dropped = True

    def run(self) -> None:
        """Do the job in this thread; what it raises is kept for who waits."""
        _running.request = self
        try:
            self.step()
            self.result = self.job()
        except BaseException as error:  # comes back to the caller, whatever it is
            self.error = error
        finally:
            _running.request = None
            self.done.set()

    def step(self) -> None:
        """Note that the job goes on. Raises RequestDropped when nobody wants it any more."""
        if self.dropped:
            raise RequestDropped("Nobody waits for this answer any more.", "Ask again.")
        self.stepped_at = time.monotonic()


def step(*_: Any) -> None:
    """Say that the request of this thread goes on; hung before every pass through a network. Raises RequestDropped."""
    request: Request | None = getattr(_running, "request", None)
    if request is not None:
        request.step()


class Worker:
    """The thread of one engine, started with the first request; it ends with the engine.

    A thread of its own and not a pool: a pool would wait at the end of the program for a request that hangs.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.stalled = False
        self._queue: queue.SimpleQueue[Request | None] = queue.SimpleQueue()
        self._requests: list[Request] = []
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    @property
    def length(self) -> int:
        """Requests that wait or run and that somebody wants."""
        with self._lock:
            return sum(not request.dropped for request in self._open())

    def ask(self, job: Callable[[], Result], key: Hashable = None) -> Result:
        """Queue a job, wait for its answer and return it; what the job raises is raised here.

        Raises EngineStalled when the network does not answer, and whatever ``Wanted.still`` raises.
        """
        wanted = WANTED.get()
        request = self._request(job, key)
        while not request.done.wait(_LOOK_S):
            self._watch()
            try:
                wanted.still()
            except BaseException:
                wanted.leave(request)
                raise
        with self._lock:
            self._open()
        if request.error is not None:
            raise request.error
        result: Result = request.result
        return result

    def _request(self, job: Callable[[], Any], key: Hashable) -> Request:
        """Return the request that was left with the same key, or a new one at the end of the queue."""
        with self._lock:
            if self.stalled:
                raise _stalled()
            for left in self._requests:
                if key is not None and left.key == key and left.left_at is not None and not left.dropped:
                    left.left_at = None
                    return left
            request = Request(job, key)
            self._requests.append(request)
            self._queue.put(request)
            if self._thread is None:
                self._thread = threading.Thread(target=_work, args=(self._queue,), name=self.name, daemon=True)
                weakref.finalize(self, self._queue.put, None)
                self._thread.start()
            return request

    def _open(self) -> list[Request]:
        self._requests = [request for request in self._requests if not request.done.is_set() or request.left_at]
        self._requests = [request for request in self._requests if not (request.done.is_set() and request.dropped)]
        return [request for request in self._requests if not request.done.is_set()]

    def _watch(self) -> None:
        """Give every waiting request an error when the one that runs makes no step for too long."""
        limit = limit_s()
        with self._lock:
            steps = [r.stepped_at for r in self._requests if r.stepped_at is not None and not r.done.is_set()]
            if not steps or time.monotonic() - max(steps) <= limit:
                return
            self.stalled = True
            for request in self._open():
                request.drop()
                request.error = _stalled()
                request.done.set()
            self._queue.put(None)


def limit_s() -> float:
    """Return after how many seconds without a pass a network counts as hanging: ``DIAPHANE_ENGINE_LIMIT_S`` or the default."""
    try:
        stated = float(os.environ.get(LIMIT_VARIABLE, LIMIT_S))
    except ValueError:
        return LIMIT_S
    return stated if 0 < stated < threading.TIMEOUT_MAX else LIMIT_S


def _work(requests: queue.SimpleQueue[Request | None]) -> None:
    """Run requests until there is a ``None``; holds no reference to the worker, which may go meanwhile."""
    while (request := requests.get()) is not None:
        request.run()
        del request  # else its answer would live until the next one comes


def _stalled() -> EngineStalled:
    return EngineStalled(
        "The network does not answer.",
        "Try again: it is started anew. If it happens again, restart Diaphane and run: python -m model_zoo verify",
    )
