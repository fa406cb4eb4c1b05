"""What a page may ask of a model that gives a risk for every hour of a stay, whatever network stands behind it.

A series flows in as it was read; the model lays out its own columns. ``hourly_models`` lists what is installed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from model_zoo.vital_signs.series import VitalSeries


@dataclass(frozen=True, eq=False)
class HourlyRisk:
    """The risk of one outcome, hour by hour. hours, risk, low, high: (H,), probabilities from 0 to 1.

    low, high: as ``interval`` says in words. threshold: of the card. alert_hours: at which the card's rule alerts. notes:
    what was not read as it stands, and what was never measured.
    """

    model: str
    title: str
    hours: np.ndarray
    risk: np.ndarray
    low: np.ndarray
    high: np.ndarray
    threshold: float
    interval: str = ""
    alert_hours: tuple[float, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class HourlyAttribution:
    """The risk of one hour shared out over (hour, variable), in probability.

    risk = reference_risk + pattern + facts + values.sum() + completeness_delta. values: (H, V), zero where nothing was
    measured. measured: bool (H, V). hours: (H,). variables: titles (V). reference: what the reference is, in words.
    pattern: the part of which measurements were made; facts: the part of what was known at admission.
    """

    model: str
    hour: float
    risk: float
    reference_risk: float
    reference: str
    hours: np.ndarray
    variables: tuple[str, ...]
    values: np.ndarray
    measured: np.ndarray
    pattern: float = 0.0
    facts: float = 0.0
    completeness_delta: float = 0.0


@dataclass(frozen=True)
class HourlyModelCard:
    """What stands beside the number: population, horizon, warnings."""

    name: str
    title: str
    horizon: str
    population: str
    warnings: tuple[str, ...] = field(default=())


class HourlyRiskModel(Protocol):
    """A model that reads a series. facts: by name, such as "age_years"; what is not there is not known."""

    @property
    def card(self) -> HourlyModelCard:
        """Return what the model is."""

    def risk_by_hour(self, series: VitalSeries, facts: Mapping[str, float]) -> HourlyRisk:
        """Return the risk of every hour up to the last row. Raises ZooError where the stay cannot be read."""

    def attribute(self, series: VitalSeries, facts: Mapping[str, float], hour: float) -> HourlyAttribution:
        """Share the risk of an hour out over the measurements before it. Raises ZooError for an hour outside the stay."""
