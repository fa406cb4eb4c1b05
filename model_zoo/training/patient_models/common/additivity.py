"""Do reference plus contributions reach the risk, for every patient? Measured by the recipes of all patient models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from model_zoo.patients.attribution import shared_out
from model_zoo.patients.risk import RiskModel, record_of

DECIDING = 10  # quantities that the card names as deciding
LARGEST_SHARE_OF_RESIDUAL = 0.01  # of the risk: contributions plus reference have to reach it


def additivity(model: RiskModel, values: np.ndarray) -> dict[str, Any]:
    """Return by how much reference plus contributions miss the risk, at most over the patients, and what decides.

    The miss is given in risk and as a share of it, over all outcomes. deciding: mean size of each quantity's contribution,
    largest first.
    """
    residuals, shares = [], []
    sizes = np.zeros(len(model.specs))
    for row in values:
        for found in shared_out(model, record_of(model.specs, row)):
            residuals.append(abs(found.residual))
            shares.append(abs(found.residual) / found.risk)
            sizes += [abs(part.contribution) for part in found.contributions]
    order = np.argsort(-sizes)[:DECIDING]
    return {
        "patients": len(values),
        "largest_residual": float(f"{max(residuals):.2e}"),
        "largest_share_of_risk": float(f"{max(shares):.2e}"),
        "within_1_percent": bool(max(shares) <= LARGEST_SHARE_OF_RESIDUAL),
        "deciding": [
            {
                "name": model.specs[i].name,
                "title": model.specs[i].title,
                "mean_size": round(float(sizes[i]) / len(residuals), 4),
            }
            for i in order
        ],
    }


def measured_sets(metrics: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """Return (words, additivity) of every set of patients of a card that was asked."""
    found = [("held-out patients", metrics["additivity"])]
    if "additivity_of_the_table" in metrics:
        found.append(("every patient of the table", metrics["additivity_of_the_table"]))
    return [*found, *((test["title"], test["additivity"]) for test in metrics.get("external", ()))]
