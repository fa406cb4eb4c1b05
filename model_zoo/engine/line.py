"""The line in front of a network: what a person waits for goes before what fills in behind, each in order of arrival."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import IntEnum
from typing import Generic, TypeVar

Waiting = TypeVar("Waiting")


class Priority(IntEnum):
    """FIRST: a person waits for it. BEHIND: checks of maps, outlines that are not on the screen, warming up."""

    FIRST = 0
    BEHIND = 1


PRIORITY: ContextVar[Priority] = ContextVar("priority", default=Priority.FIRST)


@contextmanager
def behind() -> Iterator[None]:
    """Ask networks, inside the ``with`` block, for what nobody waits for."""
    token = PRIORITY.set(Priority.BEHIND)
    try:
        yield
    finally:
        PRIORITY.reset(token)


class Line(Generic[Waiting]):
    """Who waits, by priority. Safe to use from any thread."""

    def __init__(self) -> None:
        self._waiting: dict[Priority, deque[Waiting]] = {priority: deque() for priority in Priority}
        self._ready = threading.Condition()  # re-entrant: ``end`` may be called by the garbage collector
        self._ended = False

    def put(self, entry: Waiting, priority: Priority) -> None:
        with self._ready:
            self._waiting[priority].append(entry)
            self._ready.notify()

    def take(self) -> Waiting | None:
        """Wait for the next one and return it; ``None`` when the line was ended and nobody is left in it."""
        with self._ready:
            while not any(self._waiting.values()):
                if self._ended:
                    return None
                self._ready.wait()
            return next(entries for entries in self._waiting.values() if entries).popleft()

    def take_first(self) -> Waiting | None:
        """Return the next one that a person waits for, ``None`` where there is none now."""
        with self._ready:
            entries = self._waiting[Priority.FIRST]
            return entries.popleft() if entries else None

    def hurry(self, entry: Waiting) -> None:
        """Move one that waits behind to the end of those that a person waits for."""
        with self._ready:
            if entry in self._waiting[Priority.BEHIND]:
                self._waiting[Priority.BEHIND].remove(entry)
                self._waiting[Priority.FIRST].append(entry)

    def end(self) -> None:
        with self._ready:
            self._ended = True
            self._ready.notify_all()
