"""The cases that are open in some browser, in the memory of the server and nowhere else.

A case goes in under a key that nobody can guess and comes out only for the browser that opened it. Nothing is written to disk, and
nothing can be listed. The time is that of the wall clock: another one stands still while a laptop is closed.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from dashboard.catalogue import text
from model_zoo.errors import ZooError

MOST_CASES = 64
MOST_BYTES = 2 * 2**30
# Somebody is reading it now: no other case takes its place.
BUSY_S = 60.0
# A shift: what nobody looked at for longer is not kept over night.
FORGET_AFTER_S = 12 * 3600.0
# Keys alone, so that a tab that still shows a forgotten case does not bring it back.
_MOST_FORGOTTEN = 1000


class OpenCasesFull(ZooError):
    """As many cases are open and in use as the server holds."""


@dataclass
class Entry:
    """One open case. n_bytes: what it holds in memory. used_at: the last press in any tab, in seconds of the wall clock.

    covered: a browser covered it by its own clock; until the next press no tab shows it.
    """

    case: Any
    n_bytes: int
    used_at: float
    covered: bool = False


class OpenCases:
    """Open cases by owner and key; the least recently used make room.

    owner: of a browser, as ``browser.owner_of`` gives it. Every method may be called from any thread.
    """

    def __init__(
        self, most: int = MOST_CASES, most_bytes: int = MOST_BYTES, clock: Callable[[], float] = time.time
    ) -> None:
        self._most, self._most_bytes, self._clock = most, most_bytes, clock
        self._entries: OrderedDict[tuple[str, str], Entry] = OrderedDict()
        self._forgotten: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._lock = threading.RLock()

    def open(self, owner: str, case: Any, n_bytes: int, key: str | None = None) -> str:
        """Keep a case from now on and return its key. key: of a case without a patient, which has a name of its own.

        Raises OpenCasesFull, and keeps nothing, where every case that would have to go was used within ``BUSY_S``.
        """
        key = secrets.token_urlsafe(32) if key is None else key
        with self._lock:
            self._forgotten.pop((owner, key), None)
            self._put(owner, key, Entry(case, n_bytes, self._clock()))
        return key

    def find(self, key: str, owner: str) -> Entry | None:
        """Return what the owner keeps under a key; ``None`` alike for a key of nobody and for one of somebody else."""
        with self._lock:
            return self._entries.get((owner, key))

    def keep(self, key: str, owner: str, case: Any, n_bytes: int) -> bool:
        """Put the latest state of a case under its key; that it is kept is no use of it. Returns False for a forgotten one.

        A case that made room for others comes back. Raises OpenCasesFull where there is no room for it.
        """
        with self._lock:
            if (owner, key) in self._forgotten:
                return False
            held = self._entries.get((owner, key))
            used_at, covered = (self._clock(), False) if held is None else (held.used_at, held.covered)
            self._put(owner, key, Entry(case, n_bytes, used_at, covered))
        return True

    def touch(self, key: str, owner: str) -> None:
        """Note that somebody uses a case now."""
        with self._lock:
            held = self._entries.get((owner, key))
            if held is not None:
                held.used_at, held.covered = self._clock(), False
                self._entries.move_to_end((owner, key))

    def cover(self, key: str, owner: str) -> None:
        """Note that a browser covered a case: drawing it goes on touching it, a reload must not show it."""
        with self._lock:
            held = self._entries.get((owner, key))
            if held is not None:
                held.covered = True

    def forget(self, key: str, owner: str) -> None:
        """Let go of a case in all tabs."""
        with self._lock:
            self._entries.pop((owner, key), None)
            self._forgotten[owner, key] = None
            while len(self._forgotten) > _MOST_FORGOTTEN:
                self._forgotten.popitem(last=False)

    def forget_unused(self) -> int:
        """Let go of the cases that nobody used for ``FORGET_AFTER_S``; returns how many."""
        with self._lock:
            before = self._clock() - FORGET_AFTER_S
            old = [place for place, held in self._entries.items() if held.used_at < before]
            for owner, key in old:
                self.forget(key, owner)
        return len(old)

    def is_covered(self, entry: Entry, idle_s: float) -> bool:
        """Tell whether a case lay without a press for so long that it is covered. idle_s: 0 for never."""
        return entry.covered or (idle_s > 0 and self._clock() - entry.used_at >= idle_s)

    def _put(self, owner: str, key: str, entry: Entry) -> None:
        """Take room from the least recently used, all of it or none."""
        others = [(place, held) for place, held in self._entries.items() if place != (owner, key)]
        count, size = len(others), sum(held.n_bytes for _, held in others)
        gone = []
        for place, held in others:
            if count < self._most and size + entry.n_bytes <= self._most_bytes:
                break
            if self._clock() - held.used_at < BUSY_S:
                continue
            gone.append(place)
            count, size = count - 1, size - held.n_bytes
        if count >= self._most or size + entry.n_bytes > self._most_bytes:
            raise OpenCasesFull(text("open_case.full"), text("open_case.full.hint"))
        for place in gone:
            del self._entries[place]
        self._entries[owner, key] = entry


@cache
def open_cases() -> OpenCases:
    """Return the one store of this server."""
    return OpenCases()
