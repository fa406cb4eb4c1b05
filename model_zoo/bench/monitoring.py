"""The part of ``bench`` on monitoring: a new hour of 100 patients in every installed hourly model, with NEWS2."""

from __future__ import annotations

import os
import time
from typing import Any

import numpy as np
import torch

from model_zoo.bench.timing import timed_in_turns
from model_zoo.icu.hourly_models import IcuHourlyModel, hourly_models
from model_zoo.icu.ward import new_hour
from model_zoo.vital_signs.news2_hours import score_hours
from model_zoo.vital_signs.series import VitalSeries

LIMIT_SECONDS = 1.0  # for a ward of a hundred beds; the hour itself leaves more
CORES = 2  # the machine that the limit is stated for
PATIENTS = 100
# As long as the longest stay that the mortality model reads: its dearest hour. Longer stays cost the sepsis model more.
HOURS = 48
SEED = 5
# Stored name -> (centre, spread, hours between measurements): invented stays, measured as a ward would.
_COURSE = {
    "respiratory_rate_per_min": (20, 4, 1),
    "spo2_percent": (95, 2, 1),
    "systolic_pressure_mmhg": (112, 15, 1),
    "diastolic_pressure_mmhg": (62, 8, 1),
    "heart_rate_per_min": (92, 14, 1),
    "temperature_celsius": (37.4, 0.6, 4),
    "gcs_points": (14, 0.5, 4),
    "fio2_fraction": (0.4, 0.05, 8),
    "lactate_mmol_l": (2.0, 0.6, 8),
    "creatinine_umol_l": (110, 25, 12),
    "urea_mmol_l": (8, 2, 12),
    "sodium_mmol_l": (139, 3, 12),
    "potassium_mmol_l": (4.2, 0.3, 12),
    "leucocytes_10e9_l": (11, 3, 12),
    "platelets_10e9_l": (210, 40, 12),
}


def measure_monitoring(repeats: int) -> dict[str, Any]:
    """Return the times of one new hour of PATIENTS stays, on at most CORES threads: both models with NEWS2, and each part."""
    stays, facts = ward()
    models = [model for model in hourly_models()[0] if isinstance(model, IcuHourlyModel)]
    threads = torch.get_num_threads()
    used = min(CORES, os.cpu_count() or 1)
    torch.set_num_threads(used)
    try:
        times = timed_in_turns(
            {
                "hour_of_all": lambda: new_hour(models, stays, facts),
                "news2": lambda: [score_hours(stay, hours=[float(HOURS - 1)]) for stay in stays],
                **{
                    model.inner.name.replace("-", "_"): lambda model=model: new_hour([model], stays, facts)  # type: ignore[misc]
                    for model in models
                },
            },
            repeats,
        )
        # On one thread: several, on a busy machine, spend processor time waiting for each other.
        torch.set_num_threads(1)
        started = time.process_time()
        new_hour(models, stays, facts)
        processor = time.process_time() - started
    finally:
        torch.set_num_threads(threads)
    return {
        "threads": used,
        "limit_seconds": LIMIT_SECONDS,
        "patients": PATIENTS,
        "hours_of_each_stay": HOURS,
        "models": [model.inner.name for model in models],
        "seconds": times,
        # On one thread: what the hour takes where other work keeps the machine busy.
        "processor_seconds": processor,
    }


def ward(patients: int = PATIENTS, hours: int = HOURS) -> tuple[list[VitalSeries], list[dict[str, float]]]:
    """Return invented stays and what is known at admission, the same from the same seed."""
    generator = np.random.default_rng(SEED)
    clock = np.arange(hours, dtype=np.float64)
    stays, facts = [], []
    for _ in range(patients):
        values = np.full((hours, len(_COURSE)), np.nan)
        for column, (centre, spread, every) in enumerate(_COURSE.values()):
            measured = np.arange(hours) % every == int(generator.integers(0, every))
            course = centre + spread * generator.standard_normal() / 2 + spread * generator.standard_normal(hours) / 2
            values[measured, column] = course[measured]
        stays.append(VitalSeries(clock, tuple(_COURSE), values, "Invented for timing", synthetic=True))
        facts.append({"age_years": float(generator.integers(25, 90))})
    return stays, facts
