"""What the hourly ICU models are held against: partial NEWS2, SAPS-I and SOFA, and gradient-boosted tables.

The scores are turned into risks by a logistic regression on the training stays, so that Brier scores can be compared. The
boosted trees are trained with the same folds left out as the networks; they serve the figures and are not shipped.

NEWS2 is "partial": what was not measured in the last 24 hours scores nothing, and of consciousness only a coma score below
15 counts. The 2012 set has no pulse oximetry (the arterial saturation stands for it), the 2019 set no coma score.

References: Royal College of Physicians, National Early Warning Score (NEWS) 2, London 2017; Friedman 2001, Ann Stat 29:1189.
"""

from __future__ import annotations

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from model_zoo.icu.variables import IcuModelForm
from model_zoo.training.icu.tables import IcuTable

CARRIED_HOURS = 24  # a vital sign of the day before is no longer a sign of now
# Which columns of a form carry each component; the first that was measured counts.
_COLUMNS = {
    "respiration": ("RespRate", "Resp"),
    "saturation": ("SaO2", "O2Sat"),
    "oxygen": ("FiO2",),
    "systolic": ("SysABP", "NISysABP", "SBP"),
    "pulse": ("HR",),
    "coma": ("GCS",),
    "temperature": ("Temp",),
}
# (upper end of the band, points), as published; beyond the last end the last entry counts.
_BANDS = {
    "respiration": ((8, 3), (11, 1), (20, 0), (24, 2), (np.inf, 3)),
    "saturation": ((91, 3), (93, 2), (95, 1), (np.inf, 0)),
    "oxygen": ((0.215, 0), (np.inf, 2)),
    "systolic": ((90, 3), (100, 2), (110, 1), (219, 0), (np.inf, 3)),
    "pulse": ((40, 3), (50, 1), (90, 0), (110, 1), (130, 2), (np.inf, 3)),
    "coma": ((14, 3), (np.inf, 0)),
    "temperature": ((35.0, 3), (36.0, 1), (38.0, 0), (39.0, 1), (np.inf, 2)),
}


def carried_forward(values: np.ndarray, hours: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Return the last measured value (N, T, V), NaN: none yet or older than ``hours``, and how many hours ago it was."""
    index = np.arange(values.shape[1])[None, :, None]
    last = np.maximum.accumulate(np.where(np.isnan(values), -1, index), axis=1)
    found = np.take_along_axis(values, np.maximum(last, 0), axis=1)
    ago = np.where(last < 0, np.nan, index - last)
    gone = np.isnan(ago) if hours is None else np.isnan(ago) | (ago >= hours)
    return np.where(gone, np.nan, found), np.where(gone, np.nan, ago).astype(np.float32)


def partial_news2(form: IcuModelForm, values: np.ndarray) -> np.ndarray:
    """Return the partial NEWS2 of every hour, (N, T), from 0. values: (N, T, V), NaN: not measured."""
    names = [variable.name for variable in form.variables]
    total = np.zeros(values.shape[:2])
    for component, columns in _COLUMNS.items():
        known = np.full(values.shape[:2], np.nan)
        for name in columns:
            if name in names:
                own = carried_forward(values[..., [names.index(name)]], CARRIED_HOURS)[0][..., 0]
                known = np.where(np.isnan(known), own, known)
        ends, points = np.array(_BANDS[component]).T
        total += np.where(np.isnan(known), 0, points[np.searchsorted(ends, np.nan_to_num(known))])
    return total


def score_risk(score: np.ndarray, label: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return the risks of ``other`` scores by a logistic regression of ``label`` on the training ``score``; NaN: the median."""
    middle = float(np.nanmedian(score))
    fit = LogisticRegression(C=1e6).fit(np.nan_to_num(score, nan=middle)[:, None], label)
    return np.asarray(fit.predict_proba(np.nan_to_num(other, nan=middle)[:, None])[:, 1])


def boosted(
    table: np.ndarray, label: np.ndarray, fold: np.ndarray, other: np.ndarray, rounds: int, leaf: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return out-of-fold risks (n,) of the training rows and the mean risk of the same models on other rows.

    leaf: rows in a leaf, at least: hours of one stay resemble each other, so a table of hours needs more.
    """
    oof, mean = np.zeros(len(label)), np.zeros(len(other))
    folds = np.unique(fold)
    for held in folds:
        model = _trees(table[fold != held], label[fold != held], rounds, leaf, seed)
        oof[fold == held] = model.predict_proba(table[fold == held])[:, 1]
        mean += model.predict_proba(other)[:, 1] / len(folds)
    return oof, mean


def taught_risks(table: IcuTable, rounds: int, leaf: int, seed: int) -> np.ndarray:
    """Return the risks (folds, N, T) of boosted trees that left out each fold, on the stays they were fitted to.

    NaN on the stays of the fold that was left out, and beyond a stay. rounds, leaf, seed: as in ``boosted``.
    """
    rows, label, place = hour_table(table)
    inside, fold = ~np.isnan(table.labels), table.fold[place]
    folds = np.unique(table.fold)
    found = np.full((len(folds), *table.labels.shape), np.nan, np.float32)
    for i, held in enumerate(folds):
        found[i][inside] = _trees(rows[fold != held], label[fold != held], rounds, leaf, seed).predict_proba(rows)[:, 1]
        found[i][table.fold == held] = np.nan
    return found


def _trees(table: np.ndarray, label: np.ndarray, rounds: int, leaf: int, seed: int) -> HistGradientBoostingClassifier:
    return HistGradientBoostingClassifier(
        learning_rate=0.06, max_iter=rounds, max_leaf_nodes=15, min_samples_leaf=leaf, l2_regularization=5.0,
        max_bins=63, early_stopping=False, random_state=seed,
    ).fit(table, label)  # fmt: skip


def hour_table(table: IcuTable) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return rows of all hours with a label (n, columns), their labels (n,) and the place of their stay (n,).

    Columns: the hour, the facts, the last value of every variable, how long ago it was, and its change since 6 hours before.
    """
    last, ago = carried_forward(table.values)
    before = np.concatenate([np.full_like(last[:, :6], np.nan), last[:, :-6]], axis=1)
    inside = ~np.isnan(table.labels)
    stay, hour = np.nonzero(inside)
    columns = (hour[:, None], table.facts[stay], last[inside], ago[inside], (last - before)[inside])
    return np.concatenate(columns, axis=1).astype(np.float32), table.labels[inside], stay
