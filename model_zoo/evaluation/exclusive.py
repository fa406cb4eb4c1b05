"""Figures of exclusive classes together: accuracy, macro AUC and the like, with intervals from resampling patients.

Each figure is a function of (labels, logits, weights), as in ``metrics``: the value and its interval cannot come from two
formulas. Two sets of logits of the same pictures are compared on the same resampled patients.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from scipy.special import expit

from model_zoo.evaluation import metrics

# (labels (n,), logits (n, K), weights (resamples, n)) -> (resamples,)
Figure = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]
Found = dict[str, float | None]


def macro_auc(labels: np.ndarray, logits: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Mean over the classes of the AUC of one class against the rest; with two classes, the AUC."""
    return np.mean([metrics.auroc.weighted(*_one(labels, logits, k), weights) for k in range(logits.shape[1])], axis=0)


def macro_auprc(labels: np.ndarray, logits: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Mean over the classes of the average precision of one class against the rest."""
    found = [metrics.average_precision.weighted(*_one(labels, logits, k), weights) for k in range(logits.shape[1])]
    return np.mean(found, axis=0)


def accuracy(labels: np.ndarray, logits: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Share of pictures whose class has the highest logit."""
    return weights @ (logits.argmax(1) == labels) / weights.sum(1)


def macro_f1(labels: np.ndarray, logits: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Mean over the classes of F1, the class with the highest logit being the answer; 0 where a class has no hit."""
    answers, found = logits.argmax(1), []
    for k in range(logits.shape[1]):
        hits = weights @ ((answers == k) & (labels == k)).astype(float)
        named = weights @ (answers == k).astype(float) + weights @ (labels == k).astype(float)
        found.append(np.divide(2 * hits, named, out=np.zeros_like(hits), where=named > 0))
    return np.mean(found, axis=0)


def brier(labels: np.ndarray, logits: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Mean over the classes of the squared distance between the (softmax) probability and the label."""
    p = expit(logits.astype(float))
    truth = labels[:, None] == np.arange(logits.shape[1])
    return weights @ ((p - truth) ** 2).mean(1) / weights.sum(1)


FIGURES: dict[str, Figure] = {
    "macro_auc": macro_auc, "macro_auprc": macro_auprc, "accuracy": accuracy, "macro_f1": macro_f1,
    "brier_softmax": brier,
}  # fmt: skip


def interval(
    figure: Figure,
    labels: np.ndarray,
    logits: np.ndarray,
    patients: Sequence[str] | np.ndarray,
    other: np.ndarray | None = None,
    resamples: int = metrics.RESAMPLES,
    seed: int = 0,
) -> Found:
    """Return a figure, or its difference to that of ``other`` logits, with the 95 % interval over resampled patients."""
    _, member = np.unique(np.asarray(patients), return_inverse=True)
    count = int(member.max()) + 1
    drawn = np.random.default_rng(seed).integers(0, count, size=(resamples, count))
    drawn += np.arange(resamples)[:, None] * count
    times = np.bincount(drawn.ravel(), minlength=resamples * count).reshape(resamples, count).astype(float)

    def of(weights: np.ndarray) -> np.ndarray:
        values = figure(labels, logits, weights)
        return values if other is None else values - figure(labels, other, weights)

    value = float(of(np.ones((1, len(labels))))[0])
    if not np.isfinite(value):
        return {"value": None, "low": None, "high": None}
    values = of(times[:, member])
    defined = values[np.isfinite(values)]
    # As in ``metrics``: an interval from resamples that mostly fail would describe the lucky ones only.
    if defined.size < 0.9 * resamples:
        return {"value": value, "low": None, "high": None}
    low, high = np.quantile(defined, [(1 - metrics.LEVEL) / 2, (1 + metrics.LEVEL) / 2])
    return {"value": value, "low": float(low), "high": float(high)}


def all_classes(classes: Sequence[str], labels: np.ndarray, logits: np.ndarray, patients: np.ndarray) -> dict[str, Any]:
    """Return every figure with its interval, the confusion matrix, and what always naming the commonest class scores."""
    counts = np.zeros((len(classes), len(classes)), dtype=int)
    np.add.at(counts, (labels, logits.argmax(1)), 1)
    return {
        "figures": {name: interval(figure, labels, logits, patients) for name, figure in FIGURES.items()},
        "commonest_class_accuracy": float(np.bincount(labels).max() / len(labels)),
        "confusion": {"classes": list(classes), "counts": counts.tolist()},
    }


def _one(labels: np.ndarray, logits: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    return (labels == k).astype(float), logits[:, k].astype(float)
