"""A tiny hourly model on made-up stays: three variables, two facts, trained for two epochs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from model_zoo.icu.network import IcuNetwork
from model_zoo.icu.risk import IcuRiskModel
from model_zoo.icu.variables import IcuModelForm, IcuStatic, IcuVariable
from model_zoo.training.icu.fit import FitSettings, IcuFit, fit_icu
from model_zoo.training.icu.tables import IcuTable, folds_by_patient

FORM = IcuModelForm(
    name="tiny-icu",
    title="Tiny",
    horizon="an event that was made up",
    variables=(
        IcuVariable("HR", "Heart rate", "/min", (10, 300)),
        IcuVariable("Lactate", "Lactate", "mmol/L", (0.1, 40), 0.3),
        IcuVariable("GCS", "Glasgow coma scale", "points", (3, 15)),
    ),
    statics=(
        IcuStatic("Age", "Age", "years"),
        IcuStatic("Gender", "Sex", "", ((0.0, "female"), (1.0, "male"))),
    ),
    hours=12,
    population="Made up.",
    warnings=(),
)
SETTINGS = FitSettings(hidden=6, replicas=1, epochs=2, batch=20, learning_rate=0.02)
SEED = 3


def tiny_table(stays: int = 60, seed: int = SEED) -> IcuTable:
    """Stays of 6 to 12 hours; the event goes with fast hearts and high lactate."""
    rng = np.random.default_rng(seed)
    hours = FORM.hours
    ill = rng.random(stays)
    values = np.stack(
        [
            70 + 60 * ill[:, None] + rng.normal(0, 5, (stays, hours)),
            np.exp(1.5 * ill[:, None] + rng.normal(0, 0.2, (stays, hours))),
            np.clip(np.round(15 - 6 * ill[:, None] + rng.normal(0, 1, (stays, hours))), 3, 15),
        ],
        axis=2,
    )
    values[rng.random(values.shape) < 0.6] = np.nan
    length = rng.integers(6, hours + 1, stays)
    event = (rng.random(stays) < ill).astype(float)
    beyond = np.arange(hours)[None] >= length[:, None]
    values[beyond] = np.nan
    labels = np.where(beyond, np.nan, event[:, None])
    facts = np.stack([rng.normal(60, 10, stays), rng.integers(0, 2, stays).astype(float)], axis=1)
    ids = np.arange(stays)
    fold = folds_by_patient([str(i) for i in ids], event, "tiny")
    return IcuTable(ids, values.astype(np.float32), facts.astype(np.float32), labels, event, length, fold, 0)


def tiny_fit(runs=None, epochs: int = SETTINGS.epochs, beside: int = 0, teacher=None, taught: float = 0.0) -> IcuFit:
    settings = replace(SETTINGS, epochs=epochs, beside=beside, taught=taught)
    return fit_icu(FORM, tiny_table(), settings, SEED, runs, teacher)


def tiny_model(beside: int = 0) -> IcuRiskModel:
    """Return a model; beside: hidden units of the second reader."""
    fit = tiny_fit(beside=beside)
    card = {
        "weights_sha256": "0" * 64,
        "calibration": {"slope": 1.1, "slope_by_clock": 0.1, "intercept": -0.1, "intercept_by_clock": 0.2},
        "thresholds": {"alert": {"value": 0.5}},
        "variables": [
            {"name": "HR", "training_range": [55.0, 150.0]},
            {"name": "Lactate", "training_range": [0.5, 7.0]},
            {"name": "GCS", "training_range": [5.0, 15.0]},
        ],
        "reference_risk": {"description": "average", "by_hour": [0.4] * FORM.hours},
    }
    return IcuRiskModel(FORM, card, IcuNetwork.from_state(fit.state))
