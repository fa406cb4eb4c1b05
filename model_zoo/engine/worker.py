"""One thread that holds a network: requests queue for it, can be left by who asked, and it can be found not to answer.

The same question is computed once: who asks what is on its way waits for that, and what was answered is kept (``store``). What a
person waits for goes before what fills in behind (``line``): the latter is never interrupted, but lets others go first between
its steps (``give_way``).

Who waits may stop waiting (a page that is drawn anew, a closed one). A request that is left goes on for ``GRACE_S``, because
the page usually asks for the same again at once and then takes it up; after that, or when the session says that it moved on,
it is dropped: before it runs, or at its next pass through the network (``step``).
"""

from __future__ import annotations

import os
import threading
import time
import weakref
from collections.abc import Callable, Hashable
from contextvars import ContextVar
from typing import Any, TypeVar

from model_zoo.engine.line import PRIORITY, Line, Priority
from model_zoo.engine.store import ANEW, MISSING, ResultStore
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
        # How many requests run before the one that is waited for; 0: it runs. ``None``: nothing is waited for.
        self.place: int | None = None
        self._left: list[Request] = []

    def leave(self, request: Request) -> None:
        """Keep a request that nobody waits for at the moment; where the page is closed, drop it."""
        request.leave()
        if request.left_at is None:
            return
        if self.closed:
            request.drop()
        else:
            self._left = [*(kept for kept in self._left if not kept.done.is_set()), request]

    @property
    def on_the_way(self) -> int:
        """How many of the requests that were left are still on their way."""
        return sum(not request.done.is_set() and request.left_at is not None for request in self._left)

    def drop(self) -> None:
        """Drop everything that was left: the session is about something else now."""
        left, self._left = self._left, []
        for request in left:
            if request.left_at is not None:
                request.drop()


_UNTIL_ANSWERED = Wanted()
WANTED: ContextVar[Wanted] = ContextVar("wanted", default=_UNTIL_ANSWERED)


class Request:
    """A job on its way. key: what is asked, for a job whose answer depends on nothing else; ``None``: never taken up again.

    store: where the answer is kept. waiting: how many sessions wait for it.
    """

    def __init__(
        self,
        job: Callable[[], Any],
        key: Hashable = None,
        priority: Priority = Priority.FIRST,
        store: ResultStore | None = None,
    ) -> None:
        self.job = job
        self.key = key
        self.priority = priority
        self.store = store
        self.waiting = 1
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

    def join(self) -> None:
        """Wait for it as well."""
        self.waiting += 1
        self.left_at = None

    def leave(self) -> None:
        """Wait for it no more; with the last who waited it is left."""
        self.waiting -= 1
        if self.waiting <= 0:
            self.left_at = time.monotonic()

    def drop(self) -> None:
        self._dropped = True

    def run(self) -> None:
        """Do the job in this thread; what it raises is given to who waits, and not kept."""
        outer, _running.request = getattr(_running, "request", None), self
        try:
            self.step()
            self.result = self.job()
            if self.store is not None:
                self.store.keep(self.key, self.result)
        except BaseException as error:  # comes back to the caller, whatever it is
            self.error = error
        finally:
            _running.request = outer
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


def give_way() -> None:
    """Between two steps of a job that nobody waits for, do what a person waits for. Raises RequestDropped.

    Called only where the job has nothing attached to the network: what is done meanwhile uses the same one.
    """
    step()
    request: Request | None = getattr(_running, "request", None)
    if request is None or request.priority is Priority.FIRST:
        return
    while (other := _running.line.take_first()) is not None:
        other.run()
    request.step()


class Worker:
    """The thread of one engine, started with the first request; it ends with the engine.

    A thread of its own and not a pool: a pool would wait at the end of the program for a request that hangs.
    """

    def __init__(self, name: str, store: ResultStore | None = None) -> None:
        self.name = name
        self.stalled = False
        self.store = ResultStore() if store is None else store
        self._line: Line[Request] = Line()
        self._requests: list[Request] = []
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    @property
    def length(self) -> int:
        """Requests that wait or run and that somebody wants."""
        with self._lock:
            return sum(not request.dropped for request in self._open())

    def ahead(self, request: Request | None = None) -> int:
        """Return how many requests that somebody wants run before one; by default before one that a person asks for now."""
        with self._lock:
            entries = [entry for entry in self._open() if not entry.dropped]
        if request is not None and request.stepped_at is not None:
            return 0
        # One that runs behind is cut into steps, but it has to end the present one.
        running = sum(entry.stepped_at is not None for entry in entries)
        waiting = [entry for entry in entries if entry.stepped_at is None]
        if request is None:
            return running + sum(entry.priority is Priority.FIRST for entry in waiting)
        before = waiting[: waiting.index(request)] if request in waiting else []
        same = sum(entry.priority is request.priority for entry in before)
        sooner = sum(entry.priority < request.priority for entry in waiting)
        return running + same + sooner

    def ask(self, job: Callable[[], Result], key: Hashable = None) -> Result:
        """Queue a job, wait for its answer and return it; what the job raises is raised here.

        key: what is asked: the same question on its way is waited for and not asked twice, a kept answer is returned at once.
        Raises EngineStalled when the network does not answer, and whatever ``Wanted.still`` raises.
        """
        key = None if ANEW.get() else key
        while True:
            request = self._request(job, key)
            self._wait(request, WANTED.get())
            if isinstance(request.error, RequestDropped):  # dropped in the moment in which it was joined
                continue
            if request.error is not None:
                raise request.error
            result: Result = request.result
            return result

    def begin(self, job: Callable[[], Any], key: Hashable) -> None:
        """Queue a job whose answer will be asked for soon, and do not wait: until then it counts as left by who asks.

        key: as in ``ask``. Raises EngineStalled when the network does not answer.
        """
        request = self._request(job, key)
        with self._lock:
            WANTED.get().leave(request)

    def _wait(self, request: Request, wanted: Wanted) -> None:
        try:
            while not request.done.wait(_LOOK_S):
                self._watch()
                wanted.place = self.ahead(request)
                try:
                    wanted.still()
                except BaseException:
                    with self._lock:
                        wanted.leave(request)
                    raise
        finally:
            wanted.place = None
        with self._lock:
            self._open()

    def _request(self, job: Callable[[], Any], key: Hashable) -> Request:
        """Return the request that is on its way with the same key, one that the store answers, or a new one in the line."""
        priority = PRIORITY.get()
        with self._lock:
            if self.stalled:
                raise _stalled()
            # Looked at before the store: what is done by then has been kept.
            for known in self._open():
                if key is not None and known.key == key and not known.dropped:
                    return self._joined(known, priority)
            request = Request(job, key, priority, self.store)
            answer = self.store.get(key)
            if answer is not MISSING:
                request.result = answer
                request.done.set()
                return request
            self._requests.append(request)
            self._line.put(request, priority)
            if self._thread is None:
                self._thread = threading.Thread(target=_work, args=(self._line,), name=self.name, daemon=True)
                weakref.finalize(self, self._line.end)
                self._thread.start()
            return request

    def _joined(self, request: Request, priority: Priority) -> Request:
        request.join()
        if priority < request.priority:
            request.priority = priority
            self._line.hurry(request)
        return request

    def _open(self) -> list[Request]:
        self._requests = [request for request in self._requests if not request.done.is_set()]
        return self._requests

    def _watch(self) -> None:
        """Give every waiting request an error when the one that runs makes no step for too long."""
        limit = limit_s()
        with self._lock:
            steps = [r.stepped_at for r in self._requests if r.stepped_at is not None and not r.done.is_set()]
            if not steps or time.monotonic() - max(steps) <= limit:
                return
            self.stalled = True
            for request in tuple(self._open()):
                request.drop()
                request.error = _stalled()
                request.done.set()
            self._line.end()


def limit_s() -> float:
    """Return after how many seconds without a pass a network counts as hanging: ``DIAPHANE_ENGINE_LIMIT_S`` or the default."""
    try:
        stated = float(os.environ.get(LIMIT_VARIABLE, LIMIT_S))
    except ValueError:
        return LIMIT_S
    return stated if 0 < stated < threading.TIMEOUT_MAX else LIMIT_S


def _work(line: Line[Request]) -> None:
    """Run requests until the line has ended; holds no reference to the worker, which may go meanwhile."""
    _running.line = line
    while (request := line.take()) is not None:
        request.run()
        del request  # else its answer would live until the next one comes


def _stalled() -> EngineStalled:
    return EngineStalled(
        "The network does not answer.",
        "Try again: it is started anew. If it happens again, restart Diaphane and run: python -m model_zoo verify",
    )
