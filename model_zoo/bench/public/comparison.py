"""One thing computed twice, by us and by a public package: do the values agree, and how long do both take?"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import spearmanr

from model_zoo.bench.timing import timed_in_turns


@dataclass(frozen=True)
class Comparison:
    """One thing computed twice. ours, theirs: calls that return arrays of the same shape, float.

    relative: whether the difference is divided by the largest absolute value of theirs. tolerance: ``None`` where the
    definitions differ and only the rank correlation is told. timed_theirs: what a user of the package would call, where
    ``theirs`` is not that.
    """

    package: str
    public: str
    compared: str
    unit: str
    tolerance: float | None
    relative: bool
    ours: Callable[[], np.ndarray]
    theirs: Callable[[], np.ndarray]
    timed_theirs: Callable[[], Any] | None = None
    remark: str | None = None

    def agreement(self) -> dict[str, Any]:
        """Return the largest difference, the tolerance, whether it is kept, and the rank correlation."""
        with quiet():
            mine, other = np.asarray(self.ours(), np.float64), np.asarray(self.theirs(), np.float64)
        difference = float(np.max(np.abs(mine - other)))
        if self.relative:
            difference /= max(float(np.max(np.abs(other))), float(np.finfo(np.float32).tiny))
        flat = np.ptp(mine) == 0 or np.ptp(other) == 0
        return {
            "largest_difference": difference,
            "tolerance": self.tolerance,
            "agrees": None if self.tolerance is None else difference <= self.tolerance,
            "rank_correlation": None if flat else float(spearmanr(mine.ravel(), other.ravel()).statistic),
        }

    def answer(self, repeats: int) -> dict[str, Any]:
        """Return the agreement, the times of both in seconds, and the ratio of their medians, ours divided by theirs."""
        agreement = self.agreement()
        with quiet():
            times = timed_in_turns({"ours": self.ours, "public": self.timed_theirs or self.theirs}, repeats)
        facts = {"package": self.package, "public": self.public, "compared": self.compared, "unit": self.unit}
        ratio = times["ours"]["median"] / times["public"]["median"]
        return {**facts, **agreement, "seconds": times, "ratio": ratio, "remark": self.remark}


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep what the public packages print away from the answer on standard output."""
    with contextlib.redirect_stdout(io.StringIO()):
        yield
