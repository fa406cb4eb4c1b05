"""One format run over many changed inputs, with the bounds that every single one has to keep."""

from __future__ import annotations

import resource
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from types import FrameType

from hypothesis import HealthCheck, Phase, given, seed, settings

from model_zoo.errors import ZooError
from tests.fuzz.formats import Format

SECONDS_EACH = 20.0  # a changed header may announce the largest picture that is still read, on a busy machine
PEAK_MIB = 2_500  # of the whole process, libraries and network of the tiny zoo included


@dataclass
class Outcome:
    """read: inputs that gave a result. refused: by the class of their ZooError. slowest: seconds. peak_mib: of the process.

    last: the input that was read last, which is the shrunk one where a run failed.
    """

    format: str
    read: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    peak_mib: int = 0
    last: bytes = b""

    @property
    def inputs(self) -> int:
        return self.read + self.refused.total()


def run_format(chosen: Format, count: int, start: int, outcome: Outcome | None = None) -> Outcome:
    """Give ``count`` changed inputs to the readers of a format. start: seed of the draw. outcome: filled in on the way.

    Raises what is no ZooError, shrunk to few changes; TimeoutError and MemoryError for what is beyond the bounds.
    """
    outcome = Outcome(chosen.name) if outcome is None else outcome
    seeds = chosen.seeds()
    for unchanged in seeds:
        chosen.read(unchanged)  # each is read as it stands; what is loaded on first use is not counted below

    @seed(start)
    @settings(
        max_examples=count, deadline=None, database=None, print_blob=False, suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
    )  # fmt: skip
    @given(chosen.change(seeds))
    def every(data: bytes) -> None:
        began, outcome.last = time.perf_counter(), data
        signal.setitimer(signal.ITIMER_REAL, SECONDS_EACH)
        try:
            chosen.read(data)
            outcome.read += 1
        except ZooError as error:
            outcome.refused[type(error).__name__] += 1
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        outcome.slowest = max(outcome.slowest, time.perf_counter() - began)

    before = signal.signal(signal.SIGALRM, _too_long)
    try:
        every()
    finally:
        signal.signal(signal.SIGALRM, before)
    outcome.peak_mib = peak_mib()
    return outcome


def peak_mib() -> int:
    """Return the most memory that this process has held, in MiB."""
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(held / (2**20 if sys.platform == "darwin" else 2**10))


def _too_long(number: int, frame: FrameType | None) -> None:
    raise TimeoutError(f"an input took longer than {SECONDS_EACH:g} s")
