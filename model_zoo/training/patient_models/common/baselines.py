"""The models to beat: logistic regression on the same inputs, plain and with splines, as plain numbers.

Missing values are replaced by the median and marked by an indicator. Everything needed to recompute the comparison lies
in one safetensors file: knots, medians, means, deviations and coefficients, each under "<kind>.<name>".

References: Harrell 2015, Regression Modeling Strategies, 2nd ed., section 2.4.5 (restricted cubic splines, knot places).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
from sklearn.linear_model import LogisticRegression

from model_zoo.patients.features import FeatureSpec

Kind = Literal["logistic", "logistic_spline"]
KINDS: tuple[Kind, ...] = ("logistic", "logistic_spline")
_KNOT_QUANTILES = (0.05, 0.275, 0.5, 0.725, 0.95)


def fit_logistic(
    values: np.ndarray, labels: np.ndarray, specs: tuple[FeatureSpec, ...], kind: Kind, penalty: float
) -> dict[str, np.ndarray]:
    """Return the numbers of one regression per outcome. values: (n, F), NaN missing. penalty: C of scikit-learn."""
    median = np.nanmedian(values, axis=0)
    model: dict[str, np.ndarray] = {"median": median}
    if kind == "logistic_spline":
        model["knots"] = np.nanquantile(values, _KNOT_QUANTILES, axis=0)
    design = _design(values, specs, model)
    model["mean"], spread = design.mean(axis=0), design.std(axis=0)
    model["spread"] = np.where(spread > 1e-9, spread, 1.0)
    standard = (design - model["mean"]) / model["spread"]
    fits = [LogisticRegression(C=penalty, max_iter=5000).fit(standard, column) for column in labels.T]
    model["coefficients"] = np.stack([fit.coef_[0] for fit in fits], axis=1)
    model["intercept"] = np.array([fit.intercept_[0] for fit in fits])
    return {name: np.asarray(array, dtype=np.float64) for name, array in model.items()}


def logistic_logits(values: np.ndarray, specs: tuple[FeatureSpec, ...], model: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return the logits (n, outcomes) of values (n, F)."""
    standard = (_design(values, specs, model) - model["mean"]) / model["spread"]
    logits: np.ndarray = standard @ model["coefficients"] + model["intercept"]
    return logits


def _design(values: np.ndarray, specs: tuple[FeatureSpec, ...], model: Mapping[str, np.ndarray]) -> np.ndarray:
    columns: list[np.ndarray] = []
    for i, spec in enumerate(specs):
        missing = np.isnan(values[:, i])
        filled = np.where(missing, model["median"][i], values[:, i])
        if spec.kind == "choice":
            columns += [(filled == code).astype(float) for code in range(len(spec.choices))]
        else:
            columns.append(filled)
            if spec.kind == "numeric" and "knots" in model:
                columns += _restricted_cubic(filled, np.unique(model["knots"][:, i]))
        columns.append(missing.astype(float))
    return np.stack(columns, axis=1)


def _restricted_cubic(x: np.ndarray, knots: np.ndarray) -> list[np.ndarray]:
    """Return the non-linear terms of a spline that is linear beyond its outer knots; none with fewer than three."""
    if len(knots) < 3:
        return []
    last, before = knots[-1], knots[-2]
    terms = []
    for knot in knots[:-2]:
        cubes = [np.maximum(x - place, 0) ** 3 for place in (knot, before, last)]
        joined = cubes[0] - (cubes[1] * (last - knot) - cubes[2] * (before - knot)) / (last - before)
        terms.append(joined / (last - knots[0]) ** 2)
    return terms
