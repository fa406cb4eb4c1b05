"""The figures of a patient model: the held-out fold, the rotation of all folds, and other places, failures included.

Held out: the shipped weights on the fold that they never saw. Rotation: the whole recipe (choice of candidate and penalty,
calibration, threshold, weights) is repeated with each fold as the held-out one, and the predictions are taken together, so
that small tables give intervals that can be read. External: the shipped weights on patients of another place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import expit

from model_zoo.errors import DataNotFound
from model_zoo.evaluation.metrics import (
    auroc,
    brier,
    calibration_intercept,
    calibration_slope,
    sensitivity,
    specificity,
)
from model_zoo.patients.attribution import reference_tensors
from model_zoo.patients.prevalence import shifted
from model_zoo.patients.risk import RiskModel, age_remark, load_risk_model, range_flags, record_of
from model_zoo.training.patient_models.common.additivity import additivity
from model_zoo.training.patient_models.common.baselines import Kind
from model_zoo.training.patient_models.common.ensembles import tensors_of
from model_zoo.training.patient_models.common.fit import Fit, baseline_risks, fit_model
from model_zoo.training.patient_models.common.parts import load_baselines, platt, risks
from model_zoo.training.patient_models.common.recipe import ExternalTest, PatientModelRecipe
from model_zoo.training.patient_models.common.risk_figures import interval, outcome_figures, rounded
from model_zoo.training.patient_models.common.tables import FOLDS, PatientTable, folds_of, read_table

REPORTED = FOLDS - 1
GROUP_LEAST = 10  # patients with and without the event; below, the interval of an AUC spans nearly everything


@dataclass(frozen=True, eq=False)
class Shipped:
    """The shipped model with its baselines, as it is read back from the files."""

    recipe: PatientModelRecipe
    model: RiskModel
    lines: dict[Kind, dict[str, np.ndarray]]

    @classmethod
    def load(cls, recipe: PatientModelRecipe, folder: Path | None = None) -> Shipped:
        return cls(recipe, load_risk_model(recipe.definition, folder), load_baselines(recipe.name, folder))

    @property
    def outcome(self) -> str:
        return self.recipe.definition.outcomes[0].name

    @property
    def threshold(self) -> float:
        return float(self.model.card["thresholds"][self.outcome]["value"])


def evaluate(
    recipe: PatientModelRecipe, path: Path | None, all_folds: bool = False, folder: Path | None = None
) -> dict[str, Any]:
    """Recompute the figures of the shipped model on a table in the form it was made from; writes nothing.

    Parameters
    ----------
    recipe
        Of the model.
    path
        The table or a folder that holds it.
    all_folds
        Every patient instead of the held-out fold (training patients of the own table included: use it for other tables
        only).
    folder
        Other weights than the shipped ones.
    """
    shipped = Shipped.load(recipe, folder)
    return held_out(shipped, read_table(recipe.form, shipped.model.specs, path), all_folds)


def held_out(shipped: Shipped, table: PatientTable, all_folds: bool = False) -> dict[str, Any]:
    """Return the figures on the held-out fold, or on all patients. table: columns are the features of the model."""
    rows = np.ones(len(table.fold), bool) if all_folds else table.fold == REPORTED
    if not rows.any():
        raise DataNotFound("The table has no patients of the held-out fold.", "Evaluate all folds with --all.")
    values = table.values[rows]
    return {
        "folds": "all" if all_folds else [REPORTED],
        "patients": int(rows.sum()),
        "outcomes": {shipped.outcome: _entry(shipped, values, table.labels[rows, 0], table.row[rows])},
        "additivity": additivity(shipped.model, values),
        # Additivity is a property of the weights and not of who trained them: the whole table is asked, test patients among it.
        "additivity_of_the_table": additivity(shipped.model, table.values),
    }


def rotation(recipe: PatientModelRecipe, table: PatientTable, shipped: Fit, seed: int) -> dict[str, Any] | None:
    """Return the figures of the recipe, repeated for every held-out fold; None where the table has a split of its own.

    table: all columns of the recipe. shipped: the fit whose held-out fold is the last one.
    """
    if recipe.own_split:
        return None
    n = len(table.fold)
    risk, threshold = np.full(n, np.nan), np.full(n, np.nan)
    others: dict[str, np.ndarray] = {kind: np.full(n, np.nan) for kind in recipe.kinds}
    chosen = []
    for fold in range(FOLDS):
        held = table.fold == fold
        fit = shipped if fold == REPORTED else fit_model(recipe, table, ~held, seed)
        chosen.append(fit.selection["chosen"])
        risk[held], threshold[held] = fit.risk(table.values[held]), fit.threshold
        for kind, found in fit.baseline_risks(table.values[held]).items():
            others[kind][held] = found
    label = table.labels[:, 0]
    entry = outcome_figures(label, risk, table.row, threshold, others)
    entry["groups"] = _groups(recipe, table.values, label, risk, threshold, table.row)
    return {"patients": n, "chosen": chosen, "outcomes": {recipe.definition.outcomes[0].name: entry}}


def external(shipped: Shipped, test: ExternalTest, path: Path | None) -> dict[str, Any]:
    """Return the figures on the patients of another place, as shipped and recalibrated."""
    table = read_table(test.form, shipped.model.specs, path)
    label, values = table.labels[:, 0], table.values
    risk = risks(shipped.model, values)[:, 0]
    base_rate = float(shipped.model.card["outputs"][shipped.outcome]["base_rate"])
    specs = shipped.model.specs
    records = [record_of(specs, row) for row in values]
    # An age outside has a remark of its own beside the flags of the other values.
    flagged = [bool(range_flags(specs, record)) or age_remark(specs, record) is not None for record in records]
    never = [spec.title for i, spec in enumerate(shipped.model.specs) if np.isnan(values[:, i]).all()]
    return {
        "name": test.name,
        "title": test.title,
        "note": test.note,
        "counts": table.counts,
        "patients": len(label),
        "never_measured": never,
        "patients_with_a_value_outside_the_training_range": int(sum(flagged)),
        "outcomes": {shipped.outcome: _entry(shipped, values, label, table.row)},
        "recalibration": recalibrations(label, risk, table.row, base_rate),
        "additivity": additivity(shipped.model, values),
    }


def recalibrations(label: np.ndarray, risk: np.ndarray, row: np.ndarray, base_rate: float) -> dict[str, Any]:
    """Return how the risks fit another place: as shipped, moved to its prevalence, and with slope and intercept refitted.

    The prevalence is that of the place itself (known, not estimated from the risks). The refit is out of fold, five folds.
    """
    prevalence = float(label.mean())
    fold = folds_of(row, label, "recalibration")
    logit = np.log(np.clip(risk, 1e-9, 1 - 1e-9) / (1 - np.clip(risk, 1e-9, 1 - 1e-9)))
    refitted = np.full(len(label), np.nan)
    for held in np.unique(fold):
        inside = fold != held
        slope, intercept = platt(logit[inside], label[inside], smoothed=True)
        refitted[~inside] = expit(slope * logit[~inside] + intercept)
    versions = {
        "as shipped": risk,
        "moved to the prevalence of the place": shifted(risk, base_rate, prevalence),
        "slope and intercept refitted, out of fold": refitted,
    }
    return {
        "training_prevalence": rounded(base_rate),
        "prevalence": rounded(prevalence),
        # The trivial answer: everybody gets the share of events of the place.
        "brier_of_the_prevalence": interval(brier, label, np.full(len(label), prevalence), row),
        "versions": {
            name: {
                "mean_risk": rounded(float(found.mean())),
                "brier": interval(brier, label, found, row),
                "calibration_slope": interval(calibration_slope, label, found, row),
                "calibration_intercept": interval(calibration_intercept, label, found, row),
            }
            for name, found in versions.items()
        },
    }


def _entry(shipped: Shipped, values: np.ndarray, label: np.ndarray, row: np.ndarray) -> dict[str, Any]:
    risk = risks(shipped.model, values)[:, 0]
    entry = outcome_figures(
        label, risk, row, shipped.threshold, baseline_risks(shipped.lines, shipped.model.specs, values)
    )
    base_rate = float(shipped.model.card["outputs"][shipped.outcome]["base_rate"])
    entry["brier_of_the_training_share"] = interval(brier, label, np.full(len(label), base_rate), row)
    entry["missing_values"] = _missing(values)
    entry["auc_of_what_was_measured_alone"] = _auc_of_the_mask(shipped.model, values, label)
    entry["groups"] = _groups(shipped.recipe, values, label, risk, np.full(len(label), shipped.threshold), row)
    return entry


def _missing(values: np.ndarray) -> dict[str, float]:
    """Return how many of the model's features are not known: the least, the median and the most over the patients."""
    missing = np.isnan(values).sum(axis=1)
    return {
        "of": values.shape[1],
        "least": int(missing.min()),
        "median": float(np.median(missing)),
        "most": int(missing.max()),
    }


def _auc_of_the_mask(model: RiskModel, values: np.ndarray, label: np.ndarray) -> float | None:
    """AUC of the reference patient's risk behind each patient's mask: what the choice of measurements tells by itself."""
    mask = tensors_of(values)[1].double()
    if bool((mask == mask[0]).all()):
        return None
    reference = reference_tensors(model)[0].expand(len(values), -1)
    return rounded(auroc(label, np.asarray(model.probabilities(reference, mask)[0])[:, 0]))


def _groups(
    recipe: PatientModelRecipe,
    values: np.ndarray,
    label: np.ndarray,
    risk: np.ndarray,
    threshold: np.ndarray,
    row: np.ndarray,
) -> dict[str, dict[str, Any]]:
    """Return AUC, sensitivity, specificity, and mean risk beside the share of events, of each group that is large enough."""
    found: dict[str, dict[str, Any]] = {}
    for name, member in recipe.groups(recipe.specs, values).items():
        y, events = label[member], int(label[member].sum())
        found[name] = {"patients": int(member.sum()), "events": events, "too_few": True}
        if min(events, int(member.sum()) - events) < GROUP_LEAST:
            continue
        above = risk[member] - threshold[member]
        found[name] |= {
            "too_few": False,
            "auc": interval(auroc, y, risk[member], row[member]),
            "sensitivity": interval(sensitivity(0.0), y, above, row[member]),
            "specificity": interval(specificity(0.0), y, above, row[member]),
            "mean_risk": rounded(float(risk[member].mean())),
            "share_of_events": rounded(float(y.mean())),
        }
    return found


def named_figures(metrics: Mapping[str, Any], outcome: str) -> list[tuple[str, Mapping[str, Any]]]:
    """Return (words, figures) of the held-out fold, the rotation and every external test, in this order."""
    found = [("held-out patients", metrics["outcomes"][outcome])]
    if metrics.get("rotation"):
        found.append(("all five folds in turn", metrics["rotation"]["outcomes"][outcome]))
    return [
        *found,
        *((f"external: {test['title']}", test["outcomes"][outcome]) for test in metrics.get("external", ())),
    ]
