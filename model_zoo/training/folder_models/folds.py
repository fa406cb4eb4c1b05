"""Folds by patient with the classes evenly dealt; what an earlier version was measured on is never trained on."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold

from model_zoo.evaluation.labels import InvalidLabels

# Of the dealing, and not of the training: versions trained with other seeds are measured on the same pictures.
SPLIT_SEED = 2
HELD_OUT, TRAINED = "held out", "trained"


def deal_folds(
    labels: np.ndarray,
    patients: np.ndarray,
    folds: int,
    scans: np.ndarray | None = None,
    earlier: Mapping[str, str] | None = None,
) -> np.ndarray:
    """Return the fold of each picture, int (N,): the last is held out of everything, the one before calibrates.

    earlier: what an earlier version did with a picture, "held out" or "trained", by sha256. Its held-out patients stay
    in the last fold, those it trained on stay out of it, and new ones are dealt over all folds.
    Raises InvalidLabels where a class has too few patients for every fold to have one.
    """
    _, member = np.unique(patients, return_inverse=True)
    _check_patients(labels, member, folds)
    roles = np.array([(earlier or {}).get(scan, "") for scan in (scans if scans is not None else patients)])
    kept = np.isin(member, member[roles == HELD_OUT])
    known = np.isin(member, member[roles == TRAINED]) & ~kept
    new = ~kept & ~known
    fold = np.full(len(labels), folds - 1)
    for chosen, count in ((new, folds), (known, folds - 1)):
        if chosen.any():
            fold[chosen] = _dealt(labels[chosen], member[chosen], count)
    for index in range(folds):
        if set(labels[fold == index]) != set(labels):
            raise InvalidLabels(
                [f"a class is missing in fold {index + 1} of {folds}"], "Add pictures, or lower --folds."
            )
    return fold


def _dealt(labels: np.ndarray, member: np.ndarray, count: int) -> np.ndarray:
    if np.unique(member).size < count:
        return np.arange(len(labels)) % count if np.unique(member).size == len(labels) else member % count
    splitter = StratifiedGroupKFold(n_splits=count, shuffle=True, random_state=SPLIT_SEED)
    found = np.empty(len(labels), dtype=int)
    for index, (_, held) in enumerate(splitter.split(np.zeros(len(labels)), labels, member)):
        found[held] = index
    return found


def _check_patients(labels: np.ndarray, member: np.ndarray, folds: int) -> None:
    fewest = min(np.unique(member[labels == label]).size for label in np.unique(labels))
    if fewest < folds:
        raise InvalidLabels(
            [f"the rarest class has {fewest} patients; {folds} folds need at least {folds}"],
            "Add pictures of it, or lower --folds.",
        )
