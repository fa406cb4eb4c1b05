"""Synthetic ICU stays of 48 hours, made by code: no patient's values. One per scenario, the same numbers from the same seed.

Each quantity follows a course between a start and an end, with noise, and is measured at the rhythm that a ward would keep:
vital signs every hour or two, laboratory every few hours. The numbers show the page; they say nothing about real patients.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from model_zoo.errors import UnknownName
from model_zoo.icu.variables import FORMS

HOURS = 48
SYNTHETIC = "Synthetic stay, made by code; not a patient."
SCENARIOS = {
    "stable": "Stable after planned surgery",
    "deteriorating": "Deteriorating with sepsis from the second day on",
    "recovering": "Recovering from septic shock",
}
_SEEDS = {"stable": 101, "deteriorating": 102, "recovering": 103}
_SEX_AGE = {"stable": (0.0, 58.0), "deteriorating": (1.0, 71.0), "recovering": (0.0, 66.0)}


@dataclass(frozen=True)
class _Quantity:
    """well, ill: the value of a patient who is well, and of one in septic shock. every: hours between measurements."""

    columns: tuple[str, ...]
    well: float
    ill: float
    noise: float
    every: int
    decimals: int = 0


# Values as in the definitions of septic shock and in textbooks of normal values; chosen by hand for this demonstration.
_QUANTITIES = (
    _Quantity(("HR",), 76, 124, 3, 1),
    _Quantity(("RespRate", "Resp"), 15, 29, 1.2, 1),
    _Quantity(("SysABP", "SBP"), 124, 84, 5, 1),
    _Quantity(("DiasABP", "DBP"), 66, 44, 3, 1),
    _Quantity(("MAP",), 84, 56, 3, 1),
    _Quantity(("Temp",), 36.9, 39.2, 0.15, 4, 1),
    _Quantity(("O2Sat",), 97.5, 90, 0.7, 1),
    _Quantity(("SaO2",), 97, 90, 0.7, 8),
    _Quantity(("FiO2",), 0.3, 0.7, 0.0, 4, 2),
    _Quantity(("GCS",), 15, 10, 0.3, 4),
    _Quantity(("Urine",), 85, 16, 8, 1),
    _Quantity(("PaO2",), 110, 66, 5, 8),
    _Quantity(("PaCO2",), 39, 31, 1.5, 8),
    _Quantity(("pH",), 7.41, 7.24, 0.01, 8, 2),
    _Quantity(("Lactate",), 1.0, 5.8, 0.15, 8, 1),
    _Quantity(("WBC",), 8.2, 21, 0.6, 12, 1),
    _Quantity(("Creatinine",), 0.9, 2.6, 0.06, 12, 1),
    _Quantity(("BUN",), 15, 44, 1.5, 12),
    _Quantity(("Platelets",), 235, 88, 8, 12),
    _Quantity(("K", "Potassium"), 4.1, 4.9, 0.12, 12, 1),
    _Quantity(("Na",), 139, 142, 1.0, 12),
    _Quantity(("Glucose",), 112, 188, 8, 6),
    _Quantity(("HCO3",), 25, 16, 0.7, 12),
    _Quantity(("BaseExcess",), 0, -9, 0.6, 8, 1),
    _Quantity(("HCT", "Hct"), 36, 31, 0.6, 12, 1),
    _Quantity(("Hgb",), 12, 10.3, 0.2, 12, 1),
    _Quantity(("Bilirubin_total",), 0.7, 2.6, 0.08, 24, 1),
    _Quantity(("PTT",), 31, 48, 1.5, 24, 1),
    _Quantity(("Calcium",), 8.8, 7.6, 0.15, 24, 1),
    _Quantity(("Chloride",), 104, 109, 1.0, 12),
    _Quantity(("Magnesium",), 2.0, 1.7, 0.08, 24, 1),
    _Quantity(("Phosphate",), 3.4, 4.6, 0.2, 24, 1),
    _Quantity(("AST",), 28, 140, 6, 24),
)
_LIMITS = {"GCS": (3.0, 15.0), "O2Sat": (60.0, 100.0), "SaO2": (60.0, 100.0), "Urine": (0.0, 500.0)}


@dataclass(frozen=True, eq=False)
class SyntheticStay:
    """values: (48, V) in the columns of the model, NaN: not measured. facts: by name. words: what the stay is, marked synthetic."""

    scenario: str
    title: str
    words: str
    variables: tuple[str, ...]
    hours: np.ndarray
    values: np.ndarray
    facts: dict[str, float]


def synthetic_stay(scenario: str, model: str = "icu-mortality") -> SyntheticStay:
    """Return the stay of a scenario in the columns of a model. Raises UnknownName."""
    if scenario not in SCENARIOS:
        raise UnknownName("scenario", scenario, SCENARIOS)
    if model not in FORMS:
        raise UnknownName("ICU model", model, FORMS)
    form = FORMS[model]
    names = [variable.name for variable in form.variables]
    rng = np.random.default_rng(_SEEDS[scenario])
    illness = _illness(scenario)
    values = np.full((HOURS, len(names)), np.nan)
    for quantity in _QUANTITIES:
        # Drawn for every quantity, so that both models see the same patient.
        course = quantity.well + (quantity.ill - quantity.well) * illness + quantity.noise * rng.standard_normal(HOURS)
        phase = int(rng.integers(0, quantity.every))
        measured = np.arange(HOURS) % quantity.every == phase
        # Whoever is ill is measured more often: laboratory at half the interval.
        often = max(1, quantity.every // 2)
        measured |= (illness > 0.5) & (np.arange(HOURS) % often == phase % often)
        low, high = next((_LIMITS[name] for name in quantity.columns if name in _LIMITS), (-np.inf, np.inf))
        written = np.round(np.clip(course, low, high), quantity.decimals)
        for name in quantity.columns:
            if name in names:
                values[:, names.index(name)] = np.where(measured, written, np.nan)
    sex, age = _SEX_AGE[scenario]
    facts = {"Age": age, "Gender": sex, "ICUType": 4.0 if scenario == "stable" else 3.0, "HoursBefore": 6.0,
             "Unit": 2.0 if scenario == "stable" else 1.0}  # fmt: skip
    known = {fact.name for fact in form.statics}
    return SyntheticStay(
        scenario=scenario,
        title=SCENARIOS[scenario],
        words=SYNTHETIC,
        variables=tuple(names),
        hours=np.arange(HOURS),
        values=values,
        facts={name: value for name, value in facts.items() if name in known},
    )


def _illness(scenario: str) -> np.ndarray:
    """Return how ill the patient is every hour, 0 well to 1 septic shock: (48,)."""
    hour = np.arange(HOURS)
    if scenario == "deteriorating":
        return np.asarray(0.1 + 0.9 / (1 + np.exp(-(hour - 33) / 3.5)))
    if scenario == "recovering":
        return np.asarray(0.08 + 0.85 / (1 + np.exp((hour - 16) / 4.5)))
    return np.full(HOURS, 0.05)
