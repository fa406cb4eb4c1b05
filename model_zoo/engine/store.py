"""Answers of a network kept in memory, so that the same question is computed once: bounded in number and bytes.

What was not asked for longest goes first. Nothing is written to disk and nothing can be listed: an answer is found only by who
can name the question, and a question is named by what the network saw. Failures are not kept.
"""

from __future__ import annotations

import sys
import threading
from collections import OrderedDict
from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

# A reading of one film with two maps and their checks takes about thirty answers and two megabytes.
MOST_ANSWERS, MOST_BYTES = 512, 64 * 2**20
# Told apart from an answer that is ``None``.
MISSING = object()
ANEW: ContextVar[bool] = ContextVar("anew", default=False)


@contextmanager
def anew() -> Iterator[None]:
    """Ask networks, inside the ``with`` block, for what they compute now: no kept answer is taken, and none is kept.

    For whoever measures the network itself, its numbers or its time.
    """
    token = ANEW.set(True)
    try:
        yield
    finally:
        ANEW.reset(token)


class ResultStore:
    """Answers by question. Safe to use from any thread."""

    def __init__(self, most_answers: int = MOST_ANSWERS, most_bytes: int = MOST_BYTES) -> None:
        self.most_answers, self.most_bytes = most_answers, most_bytes
        self._kept: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    @property
    def bytes(self) -> int:
        """Bytes of what is kept, as ``bytes_of`` counts them."""
        return self._bytes

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: Hashable) -> Any:
        """Return the answer to a question, or ``MISSING``."""
        with self._lock:
            if key is None or key not in self._kept:
                return MISSING
            self._kept.move_to_end(key)
            return self._kept[key][0]

    def keep(self, key: Hashable, answer: Any) -> None:
        """Keep an answer; what was not asked for longest goes. One that is larger than the whole store is not kept."""
        size = bytes_of(answer)
        if key is None or size > self.most_bytes:
            return
        with self._lock:
            self._bytes -= self._kept.pop(key, (None, 0))[1]
            self._kept[key] = (answer, size)
            self._bytes += size
            while len(self._kept) > self.most_answers or self._bytes > self.most_bytes:
                self._bytes -= self._kept.popitem(last=False)[1][1]


def bytes_of(answer: Any) -> int:
    """Return about how many bytes an answer takes: its arrays and tensors exactly, everything else by its own size."""
    if isinstance(answer, np.ndarray):
        return int(answer.nbytes)
    if hasattr(answer, "element_size"):  # a tensor, told without importing torch
        return int(answer.element_size() * answer.nelement())
    if is_dataclass(answer) and not isinstance(answer, type):
        return sum(bytes_of(getattr(answer, field.name)) for field in fields(answer))
    if isinstance(answer, Mapping):
        return sum(bytes_of(key) + bytes_of(value) for key, value in answer.items())
    if isinstance(answer, tuple | list):
        return sum(bytes_of(entry) for entry in answer)
    return sys.getsizeof(answer)
