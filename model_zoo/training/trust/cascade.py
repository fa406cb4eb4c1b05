"""The full cascade of weight randomisation: how each method's map fades as the network is re-drawn, output first.

Adebayo et al. 2018, arXiv:1810.03292. On the page three depths are computed for one scan; here every method, more depths
and several held-out films. A method that keeps its map with every weight re-drawn fails the sanity check.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from model_zoo.engine.inference import InferenceEngine
from model_zoo.errors import ExplainerNotApplicable
from model_zoo.training.trust.maps import TARGET, boxed_films, film_scan
from model_zoo.training.trust.shortcuts import rate
from model_zoo.trust.checks.randomisation import LIMIT

DEPTHS = (0.05, 0.25, 0.5, 0.75, 1.0)
FILMS = 8
FOLD = 4


def measure_cascade(engine: InferenceEngine, methods: tuple[str, ...]) -> dict[str, Any]:
    """Return per method the mean rank correlation with the original map at each depth, and whether the method fails.

    Films: the first of eight patients of fold 4. The interval of the deepest value resamples them.
    """
    films = boxed_films((FOLD,))
    patients: dict[str, int] = {}
    for index, patient in enumerate(films.patient_ids):
        patients.setdefault(patient, index)
    chosen = list(patients.values())[:FILMS]
    inputs = [engine.prepare(film_scan(films.images[i]), "adult") for i in chosen]
    found: dict[str, Any] = {}
    for method in methods:
        curves = []
        for item in inputs:
            try:
                curves.append(engine.randomise(item, method, TARGET, DEPTHS))
            except ExplainerNotApplicable:
                continue
        if not curves:
            continue
        table = np.array(curves)
        deepest = table[:, -1]
        low, high = np.percentile(np.random.default_rng(0).choice(deepest, (1000, len(deepest))).mean(1), [2.5, 97.5])
        found[method] = {
            "depths": list(DEPTHS),
            "mean_rank_correlation": table.mean(0).tolist(),
            "deepest": {"value": float(deepest.mean()), "low": float(low), "high": float(high)},
            "n_films": len(curves),
            "share_failing": rate(deepest >= LIMIT, np.arange(len(deepest)).astype(str)),
            "fails": bool(deepest.mean() >= LIMIT),
        }
    return {"limit": LIMIT, "methods": found}
