"""Figures of pictures that belong to one of several classes, of outlines and of boxes, with intervals by patient.

As in ``metrics`` each figure is written once, over a matrix of picture weights (resamples, pictures): all weights one
gives the value, the counts of a bootstrap by patient its interval.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from model_zoo.evaluation import metrics

_TAIL = 0.025
# weights (resamples, pictures) -> values (resamples,), NaN where not defined.
Figure = Callable[[np.ndarray], np.ndarray]


def figure_with_interval(
    figure: Figure, groups: Sequence[str] | np.ndarray, n: int | None = None, seed: int = 0
) -> dict[str, float | None]:
    """Return value, low and high of a figure: the 95 % percentile interval over ``n`` resamples of groups of pictures.

    Parameters
    ----------
    figure
        Computes the number of some of the pictures, given by their places.
    groups
        Whose each picture is, (n,).
    n
        As many as every other metric takes, unless told otherwise.
    seed
        Of every draw; the same seed gives the same answer.
    """
    n = metrics.RESAMPLES if n is None else n
    ids = np.asarray(groups)
    names, member = np.unique(ids, return_inverse=True)
    value = float(figure(np.ones((1, len(ids))))[0])
    if not np.isfinite(value):
        return {"value": None, "low": None, "high": None}
    drawn = np.random.default_rng(seed).integers(0, len(names), (n, len(names)))
    counts = np.stack([np.bincount(row, minlength=len(names)) for row in drawn]).astype(float)
    found = np.concatenate([figure(counts[i : i + 100][:, member]) for i in range(0, n, 100)])
    low, high = np.nanpercentile(found, [2.5, 97.5])
    return {"value": value, "low": float(low), "high": float(high)}


def share_with_interval(
    hits: np.ndarray, groups: Sequence[str] | np.ndarray, where: np.ndarray | None = None
) -> dict[str, float | None]:
    """Return the share of pictures with ``hits``, bool (n,), among those with ``where``, and its 95 % interval by group.

    Where all agree resampling cannot vary; the interval is then that of Clopper and Pearson (1934), over groups.

    Parameters
    ----------
    hits
        What is counted, bool (n,).
    groups
        Whose each picture is, (n,).
    where
        Among which it is counted, bool (n,); by default all.
    """
    kept = np.ones(len(hits), dtype=bool) if where is None else where
    hit, ids = np.asarray(hits, dtype=bool)[kept], np.asarray(groups)[kept]
    if len(hit) == 0:
        return {"value": None, "low": None, "high": None}
    found = figure_with_interval(mean_of(hit.astype(float)), ids)
    tail = _TAIL ** (1 / np.unique(ids).size)
    if not hit.any():
        found["high"] = float(1 - tail)
    if hit.all():
        found["low"] = float(tail)
    return found


def mean_of(values: np.ndarray, where: np.ndarray | None = None) -> Figure:
    """Return the mean of values (pictures,) over the pictures for which ``where`` is true."""
    kept = np.ones(len(values)) if where is None else where.astype(float)
    filled = np.where(kept > 0, values, 0.0)
    return lambda w: _ratio(w @ (filled * kept), w @ kept)


def macro_auroc(truth: np.ndarray, scores: np.ndarray) -> Figure:
    """Return the mean over classes of the AUC of each class against the others; truth (n,) of int, scores (n, K)."""
    parts = [
        (lambda w, k=k: metrics.auroc.weighted((truth == k).astype(float), scores[:, k].astype(float), w))
        for k in range(scores.shape[1])
    ]
    return lambda w: np.mean([part(w) for part in parts], axis=0)


def accuracy(truth: np.ndarray, chosen: np.ndarray) -> Figure:
    """Return the share of pictures whose chosen class is the true one."""
    return mean_of((truth == chosen).astype(float))


def balanced_accuracy(truth: np.ndarray, chosen: np.ndarray, classes: int) -> Figure:
    """Return the mean over classes of the share of their pictures that is called so."""
    parts = [mean_of((chosen == k).astype(float), truth == k) for k in range(classes)]
    return lambda w: np.mean([part(w) for part in parts], axis=0)


def macro_f1(truth: np.ndarray, chosen: np.ndarray, classes: int) -> Figure:
    """Return the mean over classes of the harmonic mean of precision and recall."""

    def one(w: np.ndarray, k: int) -> np.ndarray:
        hits = w @ ((truth == k) & (chosen == k)).astype(float)
        return _ratio(2 * hits, w @ (truth == k).astype(float) + w @ (chosen == k).astype(float))

    return lambda w: np.mean([one(w, k) for k in range(classes)], axis=0)


def difference(a: Figure, b: Figure) -> Figure:
    """Return a - b on the same resampled pictures."""
    return lambda w: a(w) - b(w)


def confusion(truth: np.ndarray, chosen: np.ndarray, classes: int) -> list[list[int]]:
    """Return counts: one row per true class, one column per chosen class."""
    table = np.zeros((classes, classes), int)
    np.add.at(table, (truth, chosen), 1)
    return table.tolist()


def dice_of_each(found: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Return Dice of each outline (n,), from bool (n, rows, cols) each; NaN where truth is empty."""
    overlap = (found & truth).sum((1, 2)).astype(float)
    total = found.sum((1, 2)) + truth.sum((1, 2))
    return np.where(truth.any((1, 2)), 2 * overlap / np.maximum(total, 1), np.nan)


def box_overlap(found: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Return intersection over union of boxes (..., 4): top, left, height, width; broadcasts."""
    high = np.maximum(found[..., :2], truth[..., :2])
    low = np.minimum(found[..., :2] + found[..., 2:], truth[..., :2] + truth[..., 2:])
    overlap = np.clip(low - high, 0, None).prod(-1)
    union = found[..., 2:].prod(-1) + truth[..., 2:].prod(-1) - overlap
    return overlap / np.maximum(union, 1e-9)


def average_precision_of_boxes(boxes: np.ndarray, truth: np.ndarray, least_overlap: float = 0.5) -> Figure:
    """Return AP of scored boxes (n, M, 5) against one true box per picture (n, 4), area under the monotone curve.

    Boxes are taken by falling score over all pictures; the first of a picture that overlaps enough is a hit, every other
    box a false one. Reference: Everingham et al. 2010, doi:10.1007/s11263-009-0275-4 (all-point interpolation).
    """
    n, m = boxes.shape[:2]
    enough = box_overlap(boxes[..., 1:], truth[:, None]) >= least_overlap
    first = enough & (np.cumsum(enough, 1) == 1)  # the boxes of a picture come best first
    picture = np.repeat(np.arange(n), m)
    kept = boxes[..., 0].ravel() > 0
    order = np.argsort(-boxes[..., 0].ravel(), kind="stable")
    order = order[kept[order]]
    hit, picture = first.ravel()[order].astype(float), picture[order]

    def figure(w: np.ndarray) -> np.ndarray:
        weight = w[:, picture]
        hits, named = np.cumsum(weight * hit, 1), np.cumsum(weight, 1)
        precision = np.divide(hits, named, out=np.zeros_like(hits), where=named > 0)
        precision = np.maximum.accumulate(precision[:, ::-1], axis=1)[:, ::-1]
        return _ratio((weight * hit * precision).sum(1), w.sum(1))

    return figure


def pixel_average_precision(scores: np.ndarray, truth: np.ndarray, bins: int = 512) -> Figure:
    """Return AP over all pixels of the pictures: scores (n, rows, cols) in [0, 1] counted in equal steps, truth bool."""
    place = np.minimum((scores.astype(np.float32) * bins).astype(int), bins - 1)
    positive = np.stack([np.bincount(p[t], minlength=bins) for p, t in zip(place, truth, strict=True)])[:, ::-1]
    every = np.stack([np.bincount(p.ravel(), minlength=bins) for p in place])[:, ::-1]

    def figure(w: np.ndarray) -> np.ndarray:
        gained = w @ positive
        hits, named = np.cumsum(gained, 1), np.cumsum(w @ every, 1)
        precision = np.divide(hits, named, out=np.zeros_like(hits), where=named > 0)
        return _ratio((gained * precision).sum(1), gained.sum(1))

    return figure


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.full(np.shape(part), np.nan), where=whole > 0)
