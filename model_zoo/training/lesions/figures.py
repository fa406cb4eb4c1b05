"""What a lesion network is worth on pictures it never saw, each figure beside its trivial baseline.

Class: a 16x16 thumbnail with logistic regression. Masks: the mean mask of the training pictures. Boxes: the mean box of
the training slices of the true class (the baseline is told the class, the network is not).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from torch.nn import functional

from model_zoo.classifiers.lesion_net import LesionNet
from model_zoo.evaluation import classes, metrics
from model_zoo.evaluation.classes import figure_with_interval, mean_of, share_with_interval
from model_zoo.evaluation.labels import FilmLabels, LabelTable
from model_zoo.evaluation.predictions import OutputScores, PredictionTable
from model_zoo.training.data_folder import imaging_folder
from model_zoo.training.lesions.fit import predict, random_calipers
from model_zoo.training.lesions.models import LesionModel
from model_zoo.training.lesions.pictures import PictureSet, lesion_free, painted_pictures

# Probabilities among which the threshold of a mask is chosen, by the largest mean Dice on the calibration fold.
MASK_THRESHOLDS = tuple(np.round(np.arange(0.1, 0.95, 0.05), 2).tolist())
HIT = 0.5
_CALIPER_SEED = 23
_CALIPER_ROUNDS = 2


@dataclass(frozen=True, eq=False)
class Predictions:
    """What a network says of some pictures: logits (N, outputs), mask probabilities at half size, boxes (N, M, 5)."""

    pictures: PictureSet
    logits: np.ndarray
    masks: np.ndarray
    boxes: np.ndarray

    @classmethod
    def of(cls, network: LesionNet, pictures: PictureSet) -> Predictions:
        return cls(pictures, *predict(network, pictures.images))

    def where(self, keep: np.ndarray) -> Predictions:
        return Predictions(self.pictures.where(keep), self.logits[keep], self.masks[keep], self.boxes[keep])


def label_table(model: LesionModel, pictures: PictureSet) -> LabelTable:
    """Return the read pictures as the table that every report starts from; a group stands for a patient."""
    rows = tuple(
        FilmLabels(
            file=str(file),
            patient_id=str(group),
            labels={name: int(value) for name, value in zip(model.outputs, target.tolist(), strict=True)},
            fold=int(fold),
            population="adult",
        )
        for file, group, fold, target in zip(
            pictures.files, pictures.groups, pictures.folds, pictures.targets, strict=True
        )
    )
    return LabelTable(imaging_folder(model.data), model.outputs, rows)


def prediction_table(
    model: LesionModel, predicted: Predictions, card: dict[str, Any], thumbnail: np.ndarray
) -> PredictionTable:
    """Return the scores of the read pictures with calibrated probabilities and the baseline beside them."""
    scores = {}
    for k, entry in enumerate(card["outputs"]):
        fit = entry["calibration"]
        p = expit(fit["slope"] * predicted.logits[:, k] + fit["intercept"])
        scores[entry["name"]] = OutputScores(predicted.logits[:, k].astype(float), p, {"thumbnail": thumbnail[:, k]})
    return PredictionTable(label_table(model, predicted.pictures), scores)


def class_figures(truth: np.ndarray, logits: np.ndarray, thumbnail: np.ndarray, groups: np.ndarray) -> dict[str, Any]:
    """Return the figures of exclusive classes for network, thumbnail and their paired difference."""
    n = logits.shape[1]

    def figures(scores: np.ndarray) -> dict[str, classes.Figure]:
        chosen = scores.argmax(1)
        return {
            "macro_auroc": classes.macro_auroc(truth, scores),
            "accuracy": classes.accuracy(truth, chosen),
            "balanced_accuracy": classes.balanced_accuracy(truth, chosen, n),
            "macro_f1": classes.macro_f1(truth, chosen, n),
        }

    mine, theirs = figures(logits), figures(thumbnail)
    return {
        "n_pictures": len(truth),
        "n_groups": int(np.unique(groups).size),
        "network": {name: figure_with_interval(f, groups) for name, f in mine.items()},
        "thumbnail": {name: figure_with_interval(f, groups) for name, f in theirs.items()},
        "difference": {
            name: figure_with_interval(classes.difference(f, theirs[name]), groups) for name, f in mine.items()
        },
        "confusion": classes.confusion(truth, logits.argmax(1), n),
    }


def mask_thresholds(model: LesionModel, predicted: Predictions) -> list[tuple[float, float]]:
    """Return per mask the probability from which a pixel counts and the smallest share of a picture that is drawn.

    Chosen together by the largest mean Dice, where a lesion-free picture counts 1 without an outline and 0 with one; for a
    model with ``balanced_outlines`` pictures with and without the lesion weigh the same together.
    """
    chosen = []
    for k, name in enumerate(model.masks):
        some = predicted.where(_judged(model, predicted.pictures, name))
        truth = _truth(some.pictures, k)
        p = _full(some.masks[:, k], truth.shape[1:])
        best: tuple[float, float, float] | None = None
        for threshold in MASK_THRESHOLDS:
            found = p >= threshold
            shares, dice = found.mean((1, 2)), classes.dice_of_each(found, truth)
            for least in model.least_shares:
                with_lesion = np.where(shares >= least, dice, 0.0)[~np.isnan(dice)]
                without = (shares < least).astype(float)[np.isnan(dice)]
                parts = [part for part in (with_lesion, without) if len(part)]
                value = float(
                    np.mean([part.mean() for part in parts])
                    if model.balanced_outlines
                    else np.concatenate(parts).mean()
                )
                if best is None or value > best[0]:
                    best = (value, float(threshold), least)
        if best is None:
            raise ValueError("no threshold to choose from")
        chosen.append(best[1:])
    return chosen


def mask_figures(
    model: LesionModel,
    predicted: Predictions,
    training: PictureSet,
    calibration: PictureSet,
    limits: list[tuple[float, float]],
) -> list[dict[str, Any]]:
    """Return per mask: Dice, empty outlines, false outlines, pixel AP, and Dice and AP of the mean training mask.

    limits: threshold and least share of each mask. Dice is of the outlines as they are drawn: 0 where none is.
    """
    rows = []
    for k, name in enumerate(model.masks):
        known = predicted.where(predicted.pictures.mask_known.numpy())
        truth, groups = _truth(known.pictures, k), known.pictures.groups
        p = _full(known.masks[:, k], truth.shape[1:])
        present = np.asarray(truth.any((1, 2)))
        found, drawn = _drawn(p, limits[k])
        dice = classes.dice_of_each(found, truth)
        mean_mask = training.masks[training.mask_known, k].float().mean(0).numpy() / 255
        mean_p = np.broadcast_to(mean_mask, truth.shape)
        mean_dice = classes.dice_of_each(mean_p >= _mean_mask_threshold(mean_mask, calibration, k), truth)
        row: dict[str, Any] = {
            "name": name,
            "threshold": limits[k][0],
            "least_share": limits[k][1],
            "n_pictures": len(truth),
            "n_with_lesion": int(present.sum()),
            "dice": figure_with_interval(mean_of(dice, present), groups),
            "dice_median": float(np.nanmedian(dice)),
            "mean_mask_dice": figure_with_interval(mean_of(mean_dice, present), groups),
            "dice_difference": figure_with_interval(mean_of(dice - mean_dice, present), groups),
            "pixel_average_precision": figure_with_interval(classes.pixel_average_precision(p, truth), groups),
            "mean_mask_average_precision": figure_with_interval(classes.pixel_average_precision(mean_p, truth), groups),
            "share_without_outline": share_with_interval(~drawn, groups, present),
        }
        judged = predicted.where(_judged(model, predicted.pictures, name))
        free = np.asarray(~_truth(judged.pictures, k).any((1, 2)))
        if free.any():
            outlined = _drawn(_full(judged.masks[:, k], truth.shape[1:]), limits[k])[1]
            row["n_without_lesion"] = int(free.sum())
            row["n_seen_by_grade_alone"] = int((free & ~judged.pictures.mask_known.numpy()).sum())
            row["share_false_outline"] = share_with_interval(outlined, judged.pictures.groups, free)
        rows.append(row)
    return rows


def box_threshold(predicted: Predictions) -> float:
    """Return the score with the largest F1 of boxes that overlap the true one by half, on the calibration fold."""
    truth = predicted.pictures.boxes.numpy()
    hit = classes.box_overlap(predicted.boxes[..., 1:], truth[:, None]) >= HIT
    first = hit & (np.cumsum(hit, 1) == 1)
    scores = predicted.boxes[..., 0]

    def f1(t: float) -> float:
        shown = scores >= t
        return float(2 * (shown & first).sum() / max(shown.sum() + len(truth), 1))

    return max(np.round(np.arange(0.05, 0.95, 0.01), 2).tolist(), key=f1)


def box_figures(predicted: Predictions, training: PictureSet, threshold: float) -> dict[str, Any]:
    """Return overlap of the best box, hits, AP at 0.5, boxes above the threshold; and the mean box of the true class."""
    truth, groups = predicted.pictures.boxes.numpy(), predicted.pictures.groups
    best = classes.box_overlap(predicted.boxes[:, 0, 1:], truth)
    means = np.stack([training.boxes.numpy()[training.classes == k].mean(0) for k in range(predicted.logits.shape[1])])
    mean_box = means[predicted.pictures.classes]
    theirs = classes.box_overlap(mean_box, truth)
    as_box = np.concatenate([np.ones((len(truth), 1)), mean_box], 1)[:, None]
    mine_ap = classes.average_precision_of_boxes(predicted.boxes, truth)
    their_ap = classes.average_precision_of_boxes(as_box, truth)
    shown = (predicted.boxes[..., 0] >= threshold).sum(1)
    inside = _middle_inside(predicted.boxes[:, 0, 1:], truth)

    def rows(overlap: np.ndarray, ap: classes.Figure) -> dict[str, classes.Figure]:
        return {
            "mean_overlap": mean_of(overlap),
            "share_overlap_half": mean_of((overlap >= HIT).astype(float)),
            "average_precision_50": ap,
        }

    mine, other = rows(best, mine_ap), rows(theirs, their_ap)
    return {
        "n_pictures": len(truth),
        "threshold": threshold,
        "network": {name: figure_with_interval(f, groups) for name, f in mine.items()}
        | {"share_middle_inside": figure_with_interval(mean_of(inside.astype(float)), groups)},
        "mean_box_of_true_class": {name: figure_with_interval(f, groups) for name, f in other.items()},
        "difference": {
            name: figure_with_interval(classes.difference(f, other[name]), groups) for name, f in mine.items()
        },
        "boxes_shown_per_picture": float(shown.mean()),
        "share_without_box": float((shown == 0).mean()),
    }


def boxes_on_painted(
    model: LesionModel, network: LesionNet, predicted: Predictions, threshold: float
) -> dict[str, Any]:
    """Return how often a box is shown on slices whose tumour is painted over: what a box on a slice without one is worth."""
    boxes = predict(network, painted_pictures(model, predicted.pictures))[2]
    return {
        "n_pictures": len(boxes),
        "threshold": threshold,
        "share_with_box": share_with_interval(
            np.asarray((boxes[..., 0] >= threshold).any(1)), predicted.pictures.groups
        ),
    }


def position_alone(training: PictureSet, reported: PictureSet) -> dict[str, Any]:
    """Return what middle and size of the true box alone say of the class: how far the type follows the place."""
    model = LogisticRegression(C=1.0, max_iter=500).fit(_box_features(training), training.classes)
    truth, logits = reported.classes, model.decision_function(_box_features(reported))
    return {
        "macro_auroc": figure_with_interval(classes.macro_auroc(truth, logits), reported.groups),
        "balanced_accuracy": figure_with_interval(
            classes.balanced_accuracy(truth, logits.argmax(1), logits.shape[1]), reported.groups
        ),
    }


def calipers_painted(network: LesionNet, predicted: Predictions, output: int) -> dict[str, Any]:
    """Return what measurement crosses painted at random places do to one output."""
    read, generator = predicted.where(predicted.pictures.read), torch.Generator().manual_seed(_CALIPER_SEED)
    y, groups = read.pictures.targets[:, output].numpy(), read.pictures.groups
    painted = np.mean(
        [
            predict(network, random_calipers(read.pictures.images, generator, share=1.0))[0][:, output]
            for _ in range(_CALIPER_ROUNDS)
        ],
        axis=0,
    )
    return {
        "mean_logit_change": figure_with_interval(mean_of(painted - read.logits[:, output]), groups),
        "auroc_without": figure_with_interval(
            lambda w: metrics.auroc.weighted(y, read.logits[:, output].astype(float), w), groups
        ),
        "auroc_with": figure_with_interval(lambda w: metrics.auroc.weighted(y, painted.astype(float), w), groups),
    }


def _middle_inside(found: np.ndarray, truth: np.ndarray) -> np.ndarray:
    middle = found[:, :2] + found[:, 2:] / 2
    return ((middle >= truth[:, :2]) & (middle <= truth[:, :2] + truth[:, 2:])).all(1)


def _box_features(pictures: PictureSet) -> np.ndarray:
    boxes = pictures.boxes.numpy() / np.array([*pictures.images.shape[2:]] * 2)
    middle = boxes[:, :2] + boxes[:, 2:] / 2
    # Squares let a class lie in the middle of the others, as the pituitary does.
    return np.concatenate([middle, middle**2, boxes[:, 2:]], 1)


def _judged(model: LesionModel, pictures: PictureSet, mask: str) -> np.ndarray:
    """Return the pictures of which it is known where a mask belongs, or that it belongs nowhere, bool (n,)."""
    known = pictures.mask_known.numpy()
    return known if mask in model.landmark_masks else known | lesion_free(model, pictures)


def _drawn(p: np.ndarray, limits: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
    """Return outlines as they are drawn, bool (n, H, W), and whether there is one, bool (n,)."""
    found = p >= limits[0]
    drawn = found.mean((1, 2)) >= limits[1]
    return found & drawn[:, None, None], drawn


def _truth(pictures: PictureSet, plane: int) -> np.ndarray:
    return pictures.masks[:, plane].numpy() > 127


def _full(masks: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Enlarge mask probabilities (n, h, w) to the model grid, float32."""
    big = functional.interpolate(
        torch.from_numpy(masks.astype(np.float32))[:, None], size=tuple(shape), mode="bilinear", align_corners=False
    )
    return big[:, 0].numpy()


def _mean_mask_threshold(mean_mask: np.ndarray, calibration: PictureSet, plane: int) -> float:
    """Return the level of the mean mask with the largest mean Dice on the calibration fold: as strong as its form allows."""
    known = calibration.where(calibration.mask_known.numpy())
    truth = _truth(known, plane)
    levels = np.unique(np.quantile(mean_mask, np.linspace(0.3, 0.999, 40)))
    levels = levels[levels > 0]
    means = [np.nanmean(classes.dice_of_each(np.broadcast_to(mean_mask >= t, truth.shape), truth)) for t in levels]
    return float(levels[int(np.argmax(means))])
