"""When an hourly risk raises an alert: at or above the threshold, and not again for a shift."""

from __future__ import annotations

import numpy as np

SILENCE_HOURS = 8  # one shift: whoever was told once in a shift knows


def alert_hours(above: np.ndarray, silence_hours: int = SILENCE_HOURS) -> np.ndarray:
    """Return the places in ``above`` (T,) bool at which an alert is raised: int (alerts,).

    A risk that stays high alerts again when ``silence_hours`` have passed since the last alert.
    """
    found: list[int] = []
    for hour in np.flatnonzero(above):
        if not found or hour - found[-1] >= silence_hours:
            found.append(int(hour))
    return np.array(found, dtype=int)
