"""Timing calls against each other: in turns, so that a busy machine slows all of them alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from typing import Any

from model_zoo.engine.store import anew

WARMING_ROUNDS = 1  # the first call fills caches and allocators


def timed_in_turns(calls: Mapping[str, Callable[[], Any]], repeats: int) -> dict[str, dict[str, Any]]:
    """Time calls ``repeats`` times each, one after the other, after a round that warms up."""
    taken: dict[str, list[float]] = {name: [] for name in calls}
    with anew():
        for call in [*calls.values()] * WARMING_ROUNDS:
            call()
        for _ in range(repeats):
            for name, call in calls.items():
                taken[name].append(seconds_of(call))
    return {name: summary(values) for name, values in taken.items()}


def seconds_of(call: Callable[[], Any]) -> float:
    """Return the wall time of one call in seconds."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def summary(values: list[float]) -> dict[str, Any]:
    """Return median, smallest and largest of times in seconds, and how many there are."""
    return {"median": statistics.median(values), "min": min(values), "max": max(values), "repeats": len(values)}
