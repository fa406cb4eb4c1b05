"""The card of a patient model: what the training knows, in the form that ``load_risk_model`` checks."""

from __future__ import annotations

from typing import Any

import numpy as np

from model_zoo.patients.features import FeatureSpec
from model_zoo.patients.risk import INTERVAL_TITLE
from model_zoo.training.patient_models.common.fit import Fit
from model_zoo.training.patient_models.common.recipe import PatientModelRecipe
from model_zoo.training.patient_models.common.risk_figures import BOOTSTRAP_SEED
from model_zoo.training.patient_models.common.tables import SPLIT_RULE, PatientTable

VERSION = "1.0"
BASELINES = {
    "logistic": "logistic regression, ridge, medians for missing values with indicators",
    "logistic_spline": "the same with restricted cubic splines, five knots",
}


def new_card(
    recipe: PatientModelRecipe, table: PatientTable, training: np.ndarray, fit: Fit, weights_sha256: str
) -> dict[str, Any]:
    """Return the card without metrics. table: the model's features only. training: mask of the training patients."""
    definition = recipe.definition
    outcome = definition.outcomes[0]
    values, label = table.values[training], table.labels[training, 0]
    slope, intercept = fit.calibration
    return {
        "name": definition.name,
        "title": definition.title,
        "task": "risk",
        "version": VERSION,
        "population": definition.population,
        "warnings": list(definition.warnings),
        "intended_use": recipe.intended_use,
        "not_for": recipe.not_for,
        "interval": INTERVAL_TITLE,
        "features": [_feature(spec, values[:, i]) for i, spec in enumerate(definition.specs)],
        "outputs": {
            outcome.name: {
                "title": outcome.title,
                "horizon_days": outcome.horizon_days,
                "base_rate": round(float(label.mean()), 4),
            }
        },
        "thresholds": {
            outcome.name: {
                "value": fit.threshold,
                "rule": f"the highest threshold with an out-of-fold sensitivity of at least {recipe.sensitivity:.2f}",
            }
        },
        "calibration": {
            "method": "Platt scaling, with Platt's targets, of the mean logit, on out-of-fold logits of the training patients",
            outcome.name: {"slope": slope, "intercept": intercept},
        },
        "reference_patient": _reference(recipe, values, label),
        "metrics": {},
        "baselines": {kind: BASELINES[kind] for kind in recipe.kinds},
        "published": recipe.published,
        "excluded_columns": dict(recipe.excluded),
        "data": dict(recipe.data) | {"counts": table.counts},
        "weights_sha256": weights_sha256,
        "training": {**fit.training, "selection": fit.selection},
        "split_rule": recipe.own_split or SPLIT_RULE.format(salt=recipe.form.salt),
        "bootstrap": {"resamples": 1000, "seed": BOOTSTRAP_SEED, "level": 0.95, "unit": "patient"},
    }


def _reference(recipe: PatientModelRecipe, values: np.ndarray, label: np.ndarray) -> dict[str, Any]:
    """Return the reference patient: per feature the median of the measured, or the most frequent choice."""
    people = values if recipe.reference == "all" else values[label == 0]
    found: dict[str, float | str] = {}
    for i, spec in enumerate(recipe.definition.specs):
        seen = people[~np.isnan(people[:, i]), i]
        if spec.kind == "numeric":
            found[spec.name] = float(np.round(np.median(seen), spec.decimals[0] + 2))
        else:
            common = int(np.bincount(seen.astype(int)).argmax())
            found[spec.name] = spec.choices[common][0] if spec.kind == "choice" else float(common)
    words = "each value its median or most frequent choice, all measured"
    return {"description": f"{recipe.reference_words}: {words}", "values": found}


def _feature(spec: FeatureSpec, column: np.ndarray) -> dict[str, Any]:
    seen = column[~np.isnan(column)]
    entry: dict[str, Any] = {"name": spec.name, "title": spec.title, "kind": spec.kind, "unit": spec.si_unit}
    if spec.kind == "numeric":
        # Rounded outwards, so that no training patient lies outside the range.
        step = 10.0 ** (spec.decimals[0] + 1)
        digits = spec.decimals[0] + 1
        low, high = np.floor(seen.min() * step) / step, np.ceil(seen.max() * step) / step
        entry["training_range"] = [round(float(low), digits), round(float(high), digits)]
    elif spec.kind == "choice":
        entry["choices"] = [value for value, _ in spec.choices]
    return entry | {"measured_share": round(len(seen) / len(column), 3)}
