"""One new hour of many patients at once: their series -> the risk of every hourly model and NEWS2 at their last hour.

Stays of unlike length share one pass of the network: a risk knows nothing of later hours, so that empty hours behind the
end of a stay change nothing, and every number is the one that the stay alone gets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from model_zoo.icu.hourly_models import IcuHourlyModel
from model_zoo.vital_signs.news2 import News2
from model_zoo.vital_signs.news2_hours import score_hours
from model_zoo.vital_signs.series import InvalidSeries, VitalSeries


@dataclass(frozen=True, eq=False)
class WardHour:
    """risk: by name of the model, (N,) probabilities of the last hour; alert: bool (N,), at or above the threshold.

    news2: of the last hour.
    """

    risk: Mapping[str, np.ndarray]
    alert: Mapping[str, np.ndarray]
    news2: tuple[News2, ...]


def new_hour(
    models: Sequence[IcuHourlyModel], stays: Sequence[VitalSeries], facts: Sequence[Mapping[str, float]] | None = None
) -> WardHour:
    """Return what stands in the new hour of every stay.

    Parameters
    ----------
    models
        Those that are installed.
    stays
        One a patient.
    facts
        By stay, such as "age_years"; default: nothing is known.

    Raises
    ------
    InvalidSeries
        For a stay without rows or without anything that a model reads.
    """
    known = [{}] * len(stays) if facts is None else facts
    if any(not len(stay.hours) for stay in stays):
        raise InvalidSeries(["a stay has no rows"], "Leave it out until something was measured.")
    risk, alert = {}, {}
    for model in models:
        grids = [model.grid(stay, own) for stay, own in zip(stays, known, strict=True)]
        last = np.array([len(grid.values) - 1 for grid in grids])
        laid = np.full((len(grids), int(last.max()) + 1, len(model.inner.variables)), np.nan)
        for place, grid in enumerate(grids):
            laid[place, : len(grid.values)] = grid.values
        found = model.inner.risks(laid, np.stack([grid.facts for grid in grids]))[np.arange(len(grids)), last]
        risk[model.inner.name], alert[model.inner.name] = found, found >= model.inner.threshold
    scores = tuple(score_hours(stay, hours=[float(np.ceil(stay.hours[-1]))]).scores[0] for stay in stays)
    return WardHour(risk, alert, scores)
