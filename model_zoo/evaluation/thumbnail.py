"""The baseline that a network has to beat: the film shrunk to 16x16 grey values, and a logistic regression on them.

At 16x16 hardly more remains than position, exposure, collimation and the coarse shape of heart and lungs. A network
that does not beat it has not been shown to read more than that. The weights are small enough to be kept beside each
model.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file
from sklearn.linear_model import LogisticRegression

from model_zoo.errors import DataNotFound, WeightsMismatch
from model_zoo.evaluation.metrics import auroc

SIDE = 16
PENALTIES = (1e-4, 1e-3, 1e-2, 1e-1, 1.0)
"""The C of scikit-learn among which inner folds choose: from nearly no weight on any pixel to nearly no penalty."""

_FORMAT = "thumbnail-baseline-1"
_INNER_FOLDS = 4
# A pixel that never varies (a black collimator edge) is left at 0 and not divided by 0.
_LEAST_SCALE = 1e-4
_CHUNK = 256  # films shrunk at once: 50 MB of float32 at 224x224


@dataclass(frozen=True, eq=False)
class ThumbnailBaseline:
    """One logistic regression per output. mean, scale, coef: float32 (outputs, 256); intercept: float32 (outputs,)."""

    outputs: tuple[str, ...]
    mean: np.ndarray
    scale: np.ndarray
    coef: np.ndarray
    intercept: np.ndarray
    penalty: tuple[float, ...]  # the C chosen per output, for the record

    def score(self, images: np.ndarray) -> np.ndarray:
        """Return the logits, float32 (films, outputs), of images as ``thumbnails`` takes them."""
        return self.score_thumbnails(thumbnails(images))

    def score_thumbnails(self, pixels: np.ndarray) -> np.ndarray:
        """Return the logits, float32 (films, outputs), of thumbnails (films, 256)."""
        weight = self.coef / self.scale
        shift = self.intercept - (self.mean * weight).sum(axis=1)
        return (pixels @ weight.T + shift).astype(np.float32)

    def save(self, path: Path) -> None:
        """Write the baseline as safetensors."""
        arrays = {name: np.ascontiguousarray(getattr(self, name)) for name in ("mean", "scale", "coef", "intercept")}
        about = {"format": _FORMAT, "outputs": json.dumps(self.outputs), "penalty": json.dumps(self.penalty)}
        save_file(arrays, path, metadata=about)

    @classmethod
    def load(cls, path: Path) -> ThumbnailBaseline:
        """Read a saved baseline. Raises: DataNotFound, or WeightsMismatch when the file holds something else."""
        if not path.is_file():
            raise DataNotFound("The weights of the thumbnail baseline are not there.", "Train the model again.")
        hint = "Restore the file from the repository, or train the model again."
        try:
            with safe_open(path, framework="np") as stream:
                about = stream.metadata() or {}
                arrays = {name: stream.get_tensor(name) for name in stream.keys()}  # noqa: SIM118 - no mapping
            outputs, penalty = tuple(json.loads(about["outputs"])), tuple(json.loads(about["penalty"]))
            baseline = cls(outputs=outputs, penalty=penalty, **arrays)
        except (SafetensorError, KeyError, TypeError, ValueError) as e:
            raise WeightsMismatch("The weights of the thumbnail baseline cannot be read.", hint) from e
        shape = (len(outputs), SIDE * SIDE)
        matrices = (baseline.mean, baseline.scale, baseline.coef)
        if about.get("format") != _FORMAT or any(m.shape != shape for m in matrices) or len(penalty) != len(outputs):
            raise WeightsMismatch("The file holds no thumbnail baseline of this form.", hint)
        if baseline.intercept.shape != shape[:1] or not all(np.isfinite(m).all() for m in arrays.values()):
            raise WeightsMismatch("The file holds no thumbnail baseline of this form.", hint)
        return baseline


def thumbnails(images: np.ndarray) -> np.ndarray:
    """Shrink films to 16x16 by exact area averaging: float32 (films, 256), row by row, values in [0, 1].

    Parameters: images: (films, rows, cols), at least 16 pixels each way; uint8, or float already in [0, 1]. The picture
    is taken as it is: aspect and borders are what the network was given too. Raises: ValueError on anything else.
    """
    if images.ndim != 3 or min(images.shape[1:]) < SIDE:
        raise ValueError(f"expected films (n, rows, cols) of at least {SIDE} pixels each way, got {images.shape}")
    if images.dtype != np.uint8 and not np.issubdtype(images.dtype, np.floating):
        raise ValueError(f"expected uint8 or float films, got {images.dtype}")
    unit = np.float32(255 if images.dtype == np.uint8 else 1)
    down, across = _area_weights(images.shape[1]), _area_weights(images.shape[2])
    out = np.empty((len(images), SIDE * SIDE), dtype=np.float32)
    for start in range(0, len(images), _CHUNK):
        part = images[start : start + _CHUNK].astype(np.float32) / unit
        if not (part.min() >= 0 and part.max() <= 1):
            raise ValueError("float films must have values from 0 to 1")
        out[start : start + _CHUNK] = (down @ part @ across.T).reshape(len(part), -1)
    return out


def fit_thumbnail(
    images: np.ndarray,
    y: np.ndarray,
    patient_ids: Sequence[str] | np.ndarray,
    outputs: Sequence[str],
    penalties: Sequence[float] = PENALTIES,
    seed: int = 0,
) -> ThumbnailBaseline:
    """Fit the baseline to training films; see ``fit_thumbnail_pixels``.

    Parameters
    ----------
    images
        As ``thumbnails`` takes them.
    y
        (films, outputs) of 1, 0 or NaN.
    patient_ids
        Whose each film is, (films,); films of one are drawn together.
    outputs
        Names of the outputs, in the order of the columns.
    penalties
        L2 penalties that are tried.
    seed
        Of the inner folds.
    """
    return fit_thumbnail_pixels(thumbnails(images), y, patient_ids, outputs, penalties, seed)


def fit_thumbnail_pixels(
    pixels: np.ndarray,
    y: np.ndarray,
    patient_ids: Sequence[str] | np.ndarray,
    outputs: Sequence[str],
    penalties: Sequence[float] = PENALTIES,
    seed: int = 0,
) -> ThumbnailBaseline:
    """Fit the baseline to thumbnails.

    Each pixel is standardised, then a logistic regression with L2 penalty is fitted per output. The penalty is the one with the
    largest mean AUC over four inner folds by patient of these films alone, so that the baseline is as strong as its form allows
    and a network does not win against a badly tuned one.

    Parameters
    ----------
    pixels
        (films, 256).
    y
        (films, outputs) of 1, 0 or NaN (not known; such films are left out of that output).
    patient_ids
        (films,).
    outputs
        Names of the outputs, in the order of the columns.
    penalties
        L2 penalties that are tried.
    seed
        Of the inner folds.

    Raises
    ------
    ValueError
        When an output lacks one of the classes.
    """
    labels, ids = np.asarray(y, dtype=np.float64), np.asarray(patient_ids)
    if labels.shape != (len(pixels), len(outputs)) or ids.shape != (len(pixels),):
        raise ValueError(f"labels {labels.shape} do not fit {len(pixels)} films and {len(outputs)} outputs")
    fits = [_fit_output(pixels, labels[:, column], ids, penalties, seed) for column in range(len(outputs))]
    mean, scale, coef, intercept = (np.stack([f[part] for f in fits]).astype(np.float32) for part in range(4))
    return ThumbnailBaseline(tuple(outputs), mean, scale, coef, intercept, tuple(f[4] for f in fits))


def _fit_output(
    pixels: np.ndarray, y: np.ndarray, ids: np.ndarray, penalties: Sequence[float], seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, float]:
    known = np.isfinite(y)
    x, label = pixels[known].astype(np.float64), y[known]
    if np.unique(label).size != 2:
        raise ValueError("an output needs positive and negative films to be fitted")
    mean, spread = x.mean(axis=0), x.std(axis=0)
    scale = np.where(spread > _LEAST_SCALE, spread, 1.0)
    z = np.where(spread > _LEAST_SCALE, (x - mean) / scale, 0.0)
    chosen = _choose_penalty(z, label, ids[known], penalties, seed)
    model = _regression(chosen).fit(z, label)
    return mean, scale, np.where(spread > _LEAST_SCALE, model.coef_[0], 0.0), np.asarray(model.intercept_[0]), chosen


def _choose_penalty(z: np.ndarray, y: np.ndarray, ids: np.ndarray, penalties: Sequence[float], seed: int) -> float:
    if len(penalties) == 1:
        return float(penalties[0])
    fold = _inner_folds(y, ids, seed)
    sums = np.zeros(len(penalties))
    for k in range(_INNER_FOLDS):
        train, held = fold != k, fold == k
        if np.unique(y[train]).size != 2 or np.unique(y[held]).size != 2:
            continue
        for i, penalty in enumerate(penalties):
            scores = _regression(penalty).fit(z[train], y[train]).decision_function(z[held])
            sums[i] += auroc(y[held], scores) or 0.0
    # argmax takes the first of equals: the strongest penalty.
    return float(sorted(penalties)[int(np.argmax(sums[np.argsort(penalties)]))])


def _inner_folds(y: np.ndarray, ids: np.ndarray, seed: int) -> np.ndarray:
    """Deal patients into folds, those with a positive film and the others separately: (films,) of int."""
    patients, member = np.unique(ids, return_inverse=True)
    positive = np.bincount(member, weights=y, minlength=patients.size) > 0
    fold = np.empty(patients.size, dtype=int)
    rng = np.random.default_rng(seed)
    for group in (positive, ~positive):
        fold[rng.permutation(np.flatnonzero(group))] = np.arange(int(group.sum())) % _INNER_FOLDS
    return fold[member]


def _regression(penalty: float) -> LogisticRegression:
    # Newton steps with a Cholesky solve: exact, deterministic and fast for 256 columns.
    return LogisticRegression(C=penalty, solver="newton-cholesky", max_iter=200)


def _area_weights(length: int) -> np.ndarray:
    """Return the (16, length) share of each source pixel in each thumbnail row; each row adds up to 1."""
    edges = np.arange(SIDE + 1) * (length / SIDE)
    left, right = edges[:-1, None], edges[1:, None]
    pixel = np.arange(length)[None, :]
    overlap = np.clip(np.minimum(right, pixel + 1) - np.maximum(left, pixel), 0, None)
    return (overlap / overlap.sum(axis=1, keepdims=True)).astype(np.float32)
