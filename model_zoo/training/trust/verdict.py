"""From measured maps to limits, verdicts and hit rates: section "maps" of the trust card.

Limits: for each check the value that nine of ten maps which point into the outline satisfy; a check whose measure does
not tell hits from misses on the fitting folds (the 95 % interval of its area under the curve, over resampled patients, leaves
out a half) gets no limit: it informs, or decides by principle alone. Cross-fitted: the verdicts of one fold come from
limits fitted on the others; the limits that ship come from folds 0 to 3, so that fold 4 is judged by what is installed. A
verdict is validated when believed maps hit more often than all others, the interval of the difference leaves out zero,
and the interval of believed maps lies above what one fixed point reaches on the same films.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from model_zoo.evaluation.metrics import auroc, bootstrap_interval
from model_zoo.training.trust.maps import TARGET, TRIVIAL
from model_zoo.training.trust.shortcuts import rate
from model_zoo.trust.alarm import LIMIT_NAME
from model_zoo.trust.alarm import OTHERWISE as ELSEWHERE_OTHERWISE
from model_zoo.trust.check import FAILED, FATAL, MAP_CHECKS, PASSED
from model_zoo.trust.verdict import BELIEVED, DOUBTFUL, NOT_TO_BE_USED

Row = Mapping[str, Any]
# Share of hitting maps that each limit lets pass.
PASS = 0.90
# Checks whose limit is fitted, and whether larger is better. The others have limits of principle.
FITTED = {"anatomy": True, "covering": True, "faithfulness": True, "stability": False}
SHIPPED_FOLDS = (0, 1, 2, 3)
REPORTED_FOLD = 4
# Of these no limit below zero is of use: what counts no more than a random region or an edge detector fails by principle.
AT_LEAST_ZERO = ("covering", "faithfulness")
RESAMPLES, SEED = 2000, 0
SEPARATION_RESAMPLES = 400


def summarise_maps(rows: Sequence[Row], phantoms: Sequence[Row] = ()) -> dict[str, Any]:
    """Return the section: per method its limits, verdict rates and saliency benchmark; and the trivial maps."""
    methods: dict[str, Any] = {}
    for method in sorted({row["method"] for row in rows}):
        mine = [row for row in rows if row["method"] == method]
        entry: dict[str, Any] = {"benchmark": benchmark(rows, method)}
        if all("checks" in row for row in mine) and method not in TRIVIAL:
            limits = fit_limits([row for row in mine if row["fold"] in SHIPPED_FOLDS])
            entry["limits"] = limits
            point = [row for row in rows if row["method"] == "mean-box"]
            entry["verdict"] = {TARGET: verdict_rates(mine, cross_fitted(mine), point)}
            held = [row for row in mine if row["fold"] == REPORTED_FOLD]
            entry["verdict_fold_4"] = {TARGET: verdict_rates(held, [word(row, limits) for row in held], point)}
            made = [row for row in phantoms if row["method"] == method]
            if made:
                entry["verdict_phantoms"] = {TARGET: verdict_rates(made, [word(row, limits) for row in made])}
            entry["checks"] = {
                check: {"separation": found, "hits_that_pass": passing(mine, check, limits)}
                for check, found in check_separation(mine).items()
            }
        methods[method] = entry
    films = {(row["file"], row["patient"], row["fold"]) for row in rows}
    return {
        "methods": methods,
        "n_films": len(films),
        "n_patients": len({patient for _, patient, _ in films}),
        "limit_rule": (
            f"folds 0 to 3: the value that {PASS:.0%} of the maps that point into the outline satisfy, where the measure is shown "
            "to tell hits from misses; of covering and faithfulness never below 0, whatever share then passes (hits_that_pass)"
        ),
    }


def fit_limits(rows: Sequence[Row]) -> dict[str, float | None]:
    """Return the limits that ``PASS`` of the hitting maps satisfy, ``None`` where the check is not shown to tell hits apart."""
    hits = [row for row in rows if row["hit"]]
    separation = check_separation(rows)
    limits: dict[str, float | None] = {}
    for check, larger in FITTED.items():
        values = [row["checks"][check]["measure"] for row in hits if row["checks"][check]["measure"] is not None]
        found = separation.get(check)
        if found is None or found["low"] is None or found["low"] <= 0.5:
            limits[check] = None
            continue
        limit = float(np.quantile(values, 1 - PASS if larger else PASS))
        limits[check] = max(0.0, limit) if check in AT_LEAST_ZERO else limit
    elsewhere = [row["elsewhere"] for row in rows if row.get("elsewhere") is not None]
    if elsewhere:
        limits[LIMIT_NAME] = max(ELSEWHERE_OTHERWISE, float(np.quantile(elsewhere, 0.99)))
    return limits


def word(row: Row, limits: Mapping[str, float | None]) -> str:
    """Return the verdict of a measured map under limits, by the rule of ``judge``."""
    figures = {"elsewhere": row.get("elsewhere") or 0.0, "gain_over_random": row.get("over_random") or 0.0}
    outcomes = []
    for name, found in row["checks"].items():
        outcome = found["outcome"]
        if name in FITTED and found["measure"] is not None:
            limit = limits.get(name)
            outcome = MAP_CHECKS.get(name).decide(found["measure"], limit, figures)
        outcomes.append(outcome)
    allowed = limits.get(LIMIT_NAME)
    if figures["elsewhere"] > (ELSEWHERE_OTHERWISE if allowed is None else allowed):
        outcomes.append(FAILED)  # the wrong-reason alarm of a map is a doubt
    return NOT_TO_BE_USED if FATAL in outcomes else DOUBTFUL if FAILED in outcomes else BELIEVED


def cross_fitted(rows: Sequence[Row]) -> list[str]:
    """Return the verdict of each map under limits that were fitted on the other folds."""
    limits = {fold: fit_limits([row for row in rows if row["fold"] != fold]) for fold in {row["fold"] for row in rows}}
    return [word(row, limits[row["fold"]]) for row in rows]


def passing(rows: Sequence[Row], check: str, limits: Mapping[str, float | None]) -> float | None:
    """Return the share of the maps that point into the outline that a check lets pass under limits."""
    hits = [row for row in rows if row["hit"] and row["checks"][check]["measure"] is not None]
    if not hits or (limits.get(check) is None and check not in AT_LEAST_ZERO):
        return None
    entry = MAP_CHECKS.get(check)
    figures = {"elsewhere": 0.0, "gain_over_random": 1.0}  # the limit alone is judged
    outcomes = [entry.decide(row["checks"][check]["measure"], limits.get(check), figures) for row in hits]
    return float(np.mean([outcome == PASSED for outcome in outcomes]))


def verdict_rates(rows: Sequence[Row], words: Sequence[str], point: Sequence[Row] = ()) -> dict[str, Any]:
    """Return how often maps of each verdict hit, how much of them lies inside, and the difference with its interval.

    point: rows of the mean box, of which the same films are counted; without them nothing is validated.
    """
    hit = np.array([bool(row["hit"]) for row in rows])
    mass = np.array([row["mass"] if row["mass"] is not None else np.nan for row in rows], dtype=float)
    patients = np.array([row["patient"] for row in rows])
    verdicts = np.array(words)
    believed = verdicts == BELIEVED
    found: dict[str, Any] = {
        "n_films": len(rows),
        "n_patients": len(set(patients.tolist())),
        "believed": rate(hit[believed], patients[believed]),
        "doubtful": rate(hit[~believed], patients[~believed]),
        "only_doubtful": rate(hit[verdicts == DOUBTFUL], patients[verdicts == DOUBTFUL]),
        "not_to_be_used": rate(hit[verdicts == NOT_TO_BE_USED], patients[verdicts == NOT_TO_BE_USED]),
        "mass_believed": _mean(mass[believed], patients[believed]),
        "mass_doubtful": _mean(mass[~believed], patients[~believed]),
        "difference": _difference(hit.astype(float), believed, patients),
    }
    low = found["difference"]["low"]
    files = {row["file"] for row in rows}
    same = [row for row in point if row["file"] in files]
    found["one_point"] = rate(np.array([bool(r["hit"]) for r in same]), np.array([r["patient"] for r in same]))
    fixed, least = found["one_point"]["value"], found["believed"]["low"]
    found["told_apart"] = low is not None and low > 0
    found["validated"] = bool(found["told_apart"] and fixed is not None and least is not None and least > fixed)
    return found


def benchmark(rows: Sequence[Row], method: str) -> dict[str, Any]:
    """Return hit rate and mass in the box of a method, and its paired gain over the mean box; all folds, and fold 4."""
    found = {}
    for name, folds in (("all_folds", (*SHIPPED_FOLDS, REPORTED_FOLD)), ("fold_4", (REPORTED_FOLD,))):
        mine = {row["file"]: row for row in rows if row["method"] == method and row["fold"] in folds}
        trivial = {row["file"]: row for row in rows if row["method"] == "mean-box" and row["fold"] in folds}
        both = sorted(set(mine) & set(trivial))
        patients = np.array([mine[f]["patient"] for f in both])
        hits = np.array([float(mine[f]["hit"]) for f in both])
        gain = hits - np.array([float(trivial[f]["hit"]) for f in both])
        mass = np.array([np.nan if mine[f]["mass"] is None else mine[f]["mass"] for f in both], dtype=float)
        found[name] = {
            "hit_rate": rate(hits == 1, patients),
            "mean_box_on_the_same_films": rate(hits - gain == 1, patients),
            "mass_in_box": _mean(mass, patients),
            "mean_box_area": _mean(np.array([mine[f]["box_share"] for f in both]), patients),
            "gain_over_mean_box": _mean(gain, patients),
            "empty_maps": int(np.isnan(mass).sum()),
        }
    return found


def check_separation(rows: Sequence[Row]) -> dict[str, dict[str, Any]]:
    """Return for each check how well its measure alone tells hits from misses: area under the curve, 95 % interval."""
    found = {}
    hit = np.array([bool(row["hit"]) for row in rows])
    patients = np.array([row["patient"] for row in rows])
    for check, larger in FITTED.items():
        values = np.array([row["checks"][check]["measure"] for row in rows], dtype=float)
        known = np.isfinite(values)
        if hit[known].all() or not hit[known].any():
            continue
        scores = values[known] if larger else -values[known]
        interval = bootstrap_interval(auroc, hit[known].astype(float), scores, patients[known], n=SEPARATION_RESAMPLES)
        found[check] = interval.figure
    return found


def _mean(values: np.ndarray, patients: np.ndarray) -> dict[str, Any]:
    known = np.isfinite(values)
    return rate(values[known], patients[known])


def _difference(hit: np.ndarray, believed: np.ndarray, patients: np.ndarray) -> dict[str, Any]:
    """Return the hit rate of believed maps minus that of all others; no interval where a resample lacks one of them."""
    if believed.all() or not believed.any():
        return {"value": None, "low": None, "high": None}
    names, group = np.unique(patients, return_inverse=True)
    parts = [
        np.bincount(group, w, len(names)) for w in (hit * believed, believed * 1.0, hit * ~believed, ~believed * 1.0)
    ]
    draws = np.random.default_rng(SEED).integers(len(names), size=(RESAMPLES, len(names)))
    a, n, b, m = (part[draws].sum(1) for part in parts)
    defined = (n > 0) & (m > 0)
    differences = a[defined] / n[defined] - b[defined] / m[defined]
    low, high = np.percentile(differences, [2.5, 97.5]) if defined.mean() > 0.9 else (None, None)
    value = float(hit[believed].mean() - hit[~believed].mean())
    return {"value": value, "low": None if low is None else float(low), "high": None if high is None else float(high)}
