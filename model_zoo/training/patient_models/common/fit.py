"""The fit of a patient model on some folds: select, calibrate and set the threshold out of fold, then train on all of them.

Everything that is learned, the choice among candidates and penalties included, comes from the patients given; whoever
is not given can be reported.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from scipy.special import expit

from model_zoo.artefact import constants, half
from model_zoo.evaluation.metrics import auroc
from model_zoo.patients.ensemble import RiskEnsemble
from model_zoo.patients.features import FeatureSpec
from model_zoo.training.patient_models.common.baselines import Kind, fit_logistic, logistic_logits
from model_zoo.training.patient_models.common.ensembles import Recipe, fit_ensemble
from model_zoo.training.patient_models.common.parts import (
    float16_change,
    mean_logits,
    platt,
    threshold_for,
)
from model_zoo.training.patient_models.common.recipe import PatientModelRecipe
from model_zoo.training.patient_models.common.risk_figures import rounded
from model_zoo.training.patient_models.common.tables import PatientTable

MEMBERS = 20  # as for the SUPPORT model: the 5th percentile rests on the two lowest members
SELECTION_MEMBERS = 6


@dataclass(frozen=True, eq=False)
class Fit:
    """A fitted model. columns: places of its features in the table. state: the tensors that are shipped; network: read
    back from them. lines: the baselines by kind, with their calibration."""

    columns: tuple[int, ...]
    specs: tuple[FeatureSpec, ...]
    state: Mapping[str, torch.Tensor]
    network: RiskEnsemble
    calibration: tuple[float, float]
    threshold: float
    lines: dict[Kind, dict[str, np.ndarray]]
    selection: dict[str, Any]
    training: dict[str, Any]

    def risk(self, values: np.ndarray) -> np.ndarray:
        """Return calibrated risks (n,) of rows of the table."""
        slope, intercept = self.calibration
        return expit(slope * mean_logits(self.network, values[:, self.columns])[:, 0] + intercept)

    def baseline_risks(self, values: np.ndarray) -> dict[str, np.ndarray]:
        return baseline_risks(self.lines, self.specs, values[:, self.columns])


def baseline_risks(
    lines: dict[Kind, dict[str, np.ndarray]], specs: tuple[FeatureSpec, ...], values: np.ndarray
) -> dict[str, np.ndarray]:
    """Return the calibrated risks (n,) of each baseline. values: (n, F) in the model's features."""
    return {
        kind: expit(
            numbers["calibration"][0, 0] * logistic_logits(values, specs, numbers)[:, 0] + numbers["calibration"][0, 1]
        )
        for kind, numbers in lines.items()
    }


def fit_model(recipe: PatientModelRecipe, table: PatientTable, rows: np.ndarray, seed: int) -> Fit:
    """Fit on the patients of ``rows`` (mask). Deterministic on one machine."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # the order of sums, and so the weights, depend on the number of threads
    try:
        return _fit_model(recipe, table, rows, seed)
    finally:
        torch.set_num_threads(threads)


def _fit_model(recipe: PatientModelRecipe, table: PatientTable, rows: np.ndarray, seed: int) -> Fit:
    label = table.labels[rows, 0]
    tried = {name: _out_of_fold(recipe, table, rows, candidate, seed) for name, candidate in recipe.candidates.items()}
    losses = {name: _loss(logits, label) for name, logits in tried.items()}
    chosen = min(losses, key=lambda name: losses[name])
    calibration = platt(tried[chosen], label, smoothed=True)
    columns = _columns(recipe, table, rows)
    specs = tuple(recipe.specs[i] for i in columns)
    values = table.values[rows][:, columns]
    network, epochs = fit_ensemble(values, table.labels[rows], specs, recipe.candidates[chosen], MEMBERS, seed)
    state = half(network.state_dict(), constants(network))
    reloaded = RiskEnsemble.from_state(state)
    lines: dict[Kind, dict[str, np.ndarray]] = {}
    line_selection: dict[str, Any] = {}
    for kind in recipe.kinds:
        held = {penalty: _out_of_fold_line(recipe, table, rows, kind, penalty) for penalty in recipe.penalties}
        penalty = min(held, key=lambda c: _loss(held[c], label))
        lines[kind] = fit_logistic(values, table.labels[rows], specs, kind, penalty)
        lines[kind]["calibration"] = np.array([platt(held[penalty], label, smoothed=True)])
        line_selection[kind] = {"C": penalty, **_figures(held[penalty], label)}
    risk = expit(calibration[0] * tried[chosen] + calibration[1])
    return Fit(
        columns,
        specs,
        state,
        reloaded,
        calibration,
        threshold_for(label, risk, recipe.sensitivity),
        lines,
        {
            "rule": "lowest out-of-fold log loss after Platt scaling",
            "patients": int(rows.sum()),
            "recipes": {name: _figures(logits, label) for name, logits in tried.items()},
            "chosen": chosen,
            "baselines": line_selection,
        },
        {
            "seed": seed,
            "members": MEMBERS,
            "recipe": {key: value for key, value in recipe.candidates[chosen].__dict__.items() if key != "log_floors"},
            "patients": int(rows.sum()),
            "events": int(label.sum()),
            "best_epoch_median": float(np.median(epochs)),
            "float16_largest_change_in_logit": float16_change(network, reloaded, values),
        },
    )


def _columns(recipe: PatientModelRecipe, table: PatientTable, rows: np.ndarray) -> tuple[int, ...]:
    if recipe.narrow is None:
        return tuple(range(len(recipe.specs)))
    return recipe.narrow(table.values[rows], table.labels[rows, 0], recipe.specs)


def _out_of_fold(
    recipe: PatientModelRecipe, table: PatientTable, rows: np.ndarray, candidate: Recipe, seed: int
) -> np.ndarray:
    logits = np.full(len(rows), np.nan)
    for fold in np.unique(table.fold[rows]):
        inside, held = rows & (table.fold != fold), rows & (table.fold == fold)
        columns = _columns(recipe, table, inside)
        specs = tuple(recipe.specs[i] for i in columns)
        network, _ = fit_ensemble(
            table.values[inside][:, columns], table.labels[inside], specs, candidate, SELECTION_MEMBERS, seed
        )
        logits[held] = mean_logits(network, table.values[held][:, columns])[:, 0]
    return logits[rows]


def _out_of_fold_line(
    recipe: PatientModelRecipe, table: PatientTable, rows: np.ndarray, kind: Kind, penalty: float
) -> np.ndarray:
    logits = np.full(len(rows), np.nan)
    for fold in np.unique(table.fold[rows]):
        inside, held = rows & (table.fold != fold), rows & (table.fold == fold)
        columns = _columns(recipe, table, inside)
        specs = tuple(recipe.specs[i] for i in columns)
        model = fit_logistic(table.values[inside][:, columns], table.labels[inside], specs, kind, penalty)
        logits[held] = logistic_logits(table.values[held][:, columns], specs, model)[:, 0]
    return logits[rows]


def _loss(logits: np.ndarray, label: np.ndarray) -> float:
    slope, intercept = platt(logits, label, smoothed=True)
    line = slope * logits + intercept
    return float(np.mean(np.logaddexp(0.0, line) - label * line))


def _figures(logits: np.ndarray, label: np.ndarray) -> dict[str, float | None]:
    return {"auc": rounded(auroc(label, logits)), "log_loss": rounded(_loss(logits, label))}
