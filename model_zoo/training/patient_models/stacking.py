"""Do two models together tell more of an outcome than either alone? Measured on patients who have both, out of fold.

Each model's log odds, standardised, enter a logistic regression with a ridge; alone they enter the same regression by
themselves, so that the comparison is of what they know and not of who was calibrated. Patients are dealt to folds with and
without the event apart; the ridge is chosen inside the training folds; the log odds of some repetitions with other folds
are averaged. Together counts as better only where both the AUC and the Brier score are, beyond their 95 % intervals.

References: Wolpert 1992, Neural Networks 5:241-259 (stacking); Varma and Simon 2006, BMC Bioinformatics 7:91 (nested folds).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy.special import expit
from sklearn.model_selection import StratifiedKFold

from model_zoo.evaluation.metrics import auroc, brier
from model_zoo.fusion.measured import NOT_SHOWN, SHOWN, TOO_FEW
from model_zoo.training.patient_models.common.risk_figures import compared, interval, rounded

PENALTIES = (0.03, 0.1, 0.3, 1.0)  # C of scikit-learn on standardised log odds
REPETITIONS = 20  # with so few events one dealing of the folds decides much; the mean of 20 hardly moves
MOST_FOLDS = 5
LEAST_EVENTS = 10  # below, no interval of a difference is narrow enough to show anything
SEED = 7
_NEWTON_STEPS = 8  # with a ridge this strong the sixth moves nothing
BOTH = "both"


def stacked(parts: Mapping[str, np.ndarray], label: np.ndarray) -> dict[str, Any]:
    """Return the figures of each part alone, of both, of the share of events alone, and the differences.

    parts: two of them, log odds (n,). label: (n,), 1 or 0, at least three of each.
    """
    columns = {name: values[:, None] for name, values in parts.items()} | {BOTH: np.stack([*parts.values()], axis=1)}
    risk = {name: out_of_fold(values, label) for name, values in columns.items()}
    share = _share_out_of_fold(label)
    people = np.arange(len(label))
    events = int(label.sum())
    against = {name: _difference(label, risk[BOTH], risk[name], people) for name in parts}
    clear = all(found["auc"]["low"] is not None and found["auc"]["low"] > 0 for found in against.values()) and all(
        found["brier"]["high"] is not None and found["brier"]["high"] < 0 for found in against.values()
    )
    few = min(events, len(label) - events) < LEAST_EVENTS
    return {
        "patients": len(label),
        "events": events,
        "alone_and_both": {
            name: {"auc": interval(auroc, label, found, people), "brier": interval(brier, label, found, people)}
            for name, found in risk.items()
        },
        "brier_of_the_share_of_events": interval(brier, label, share, people),
        "both_minus": against,
        "correlation_of_the_parts": rounded(float(np.corrcoef(np.stack([*parts.values()]))[0, 1])),
        "verdict": TOO_FEW if few else SHOWN if clear else NOT_SHOWN,
    }


def out_of_fold(values: np.ndarray, label: np.ndarray, repetitions: int = REPETITIONS) -> np.ndarray:
    """Return out-of-fold risks (n,). values: (n, k) log odds."""
    total = np.zeros(len(label))
    for repetition in range(repetitions):
        for inside, held in _folds(label, repetition):
            penalty = _best_penalty(values[inside], label[inside], repetition)
            total[held] += _fitted(values[inside], label[inside], values[held], penalty)
    return expit(total / repetitions)


def _best_penalty(values: np.ndarray, label: np.ndarray, seed: int) -> float:
    """Return the penalty with the lowest log loss over folds of the training patients alone."""
    losses = dict.fromkeys(PENALTIES, 0.0)
    for inside, held in _folds(label, seed):
        for penalty in PENALTIES:
            logit = _fitted(values[inside], label[inside], values[held], penalty)
            losses[penalty] += float(np.sum(np.logaddexp(0.0, logit) - label[held] * logit))
    return min(losses, key=lambda penalty: losses[penalty])


def _fitted(values: np.ndarray, label: np.ndarray, held: np.ndarray, penalty: float) -> np.ndarray:
    """Return the logits of ``held`` by a ridge regression on ``values``, both standardised by ``values``.

    Newton's steps: the problem has at most three unknowns and thousands of fits are asked for.
    """
    mean, spread = values.mean(axis=0), np.maximum(values.std(axis=0), 1e-9)
    design = np.column_stack([np.ones(len(values)), (values - mean) / spread])
    ridge = np.diag([0.0, *[1 / penalty] * values.shape[1]])  # the intercept is free
    line = np.zeros(design.shape[1])
    line[0] = np.log(label.mean() / (1 - label.mean()))
    for _ in range(_NEWTON_STEPS):
        risk = expit(design @ line)
        slope = design.T @ (risk - label) + ridge @ line
        curvature = (design * (risk * (1 - risk))[:, None]).T @ design + ridge
        line = line - np.linalg.solve(curvature, slope)
    return np.asarray(np.column_stack([np.ones(len(held)), (held - mean) / spread]) @ line)


def _folds(label: np.ndarray, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return (training, held) places. Every training part has patients with and without the event."""
    rarer = int(min(label.sum(), (1 - label).sum()))
    dealt = StratifiedKFold(min(MOST_FOLDS, rarer), shuffle=True, random_state=SEED + seed)
    return [(inside, held) for inside, held in dealt.split(label[:, None], label)]


def _share_out_of_fold(label: np.ndarray) -> np.ndarray:
    found = np.zeros(len(label))
    for inside, held in _folds(label, 0):
        found[held] = label[inside].mean()
    return found


def _difference(label: np.ndarray, both: np.ndarray, alone: np.ndarray, people: np.ndarray) -> dict[str, Any]:
    found = compared(label, both, alone, people)
    return {"auc": found["auc_difference"], "brier": found["brier_difference"]}
