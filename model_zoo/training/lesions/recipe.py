"""Recipe of the lesion models: ``python -m model_zoo train breast-ultrasound | brain-mri-tumour | fundus-retinopathy``.

Folds 0 to 2 train the network that ships, fold 3 calibrates it and sets every threshold, fold 4 is reported once, of the
float16 weights as they are loaded again. Where cross-validation is asked for, five further networks give out-of-fold
figures, marked as such. The in-distribution gate is fitted on the same folds.
"""

from __future__ import annotations

import logging
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from scipy.special import expit

from model_zoo.artefact import WEIGHTS_FILE, file_sha256, half, write_tensors
from model_zoo.card import WEIGHTS_ROOT
from model_zoo.classifiers.lesion_net import LesionNet
from model_zoo.engine.inference import CLASSIFIERS
from model_zoo.engine.scoring import BASELINE_FILE
from model_zoo.evaluation.report import ReportedOutput, summarise
from model_zoo.evaluation.thumbnail import ThumbnailBaseline, fit_thumbnail_pixels
from model_zoo.training.calibration import platt, threshold_at_even_odds, threshold_at_sensitivity
from model_zoo.training.data_folder import imaging_folder
from model_zoo.training.lesions.card import card_skeleton, write_lesion_card
from model_zoo.training.lesions.figures import (
    Predictions,
    box_figures,
    box_threshold,
    boxes_on_painted,
    calipers_painted,
    class_figures,
    mask_figures,
    mask_thresholds,
    position_alone,
    prediction_table,
)
from model_zoo.training.lesions.gate import write_gate
from model_zoo.training.lesions.models import LesionModel, lesion_model
from model_zoo.training.lesions.number import write_number
from model_zoo.training.lesions.pictures import PictureSet, load_pictures
from model_zoo.training.lesions.runs import (
    ALL_FOLDS,
    CALIBRATION_FOLD,
    FIT_FOLDS,
    REPORT_FOLD,
    OutOfFold,
    mean_features,
    run_cross_validation,
    run_shipped,
)
from model_zoo.training.lesions.verdict import verdict
from model_zoo.training.lesions.words import LESION_WORDS

log = logging.getLogger(__name__)

# The zero of the maps is the mean place of about 155 training pictures; more move it by nothing that shows.
_LEAST_STEP, _SAMPLE = 3, 155


def train_lesion_model(name: str, runs: Path, weights: Path = WEIGHTS_ROOT) -> dict[str, Any]:
    """Run or resume the whole recipe in folder ``runs``; write weights, baseline, gate and card; return the card."""
    model = lesion_model(name)
    imaging_folder(model.data)
    network = run_shipped(model, runs)
    out_of_fold = run_cross_validation(model, runs)
    pictures = load_pictures(model)
    training = pictures.in_folds(*FIT_FOLDS)
    sample = training.where(np.arange(len(training)) % max(_LEAST_STEP, len(training) // _SAMPLE) == 0)
    network.centre_on(torch.from_numpy(mean_features(network, sample)))
    folder = weights / name
    folder.mkdir(parents=True, exist_ok=True)
    baseline = fit_baseline(model, training)
    baseline.save(folder / BASELINE_FILE)
    card = card_skeleton(model)
    card["weights_sha256"] = write_tensors(folder / WEIGHTS_FILE, half(network.state_dict()))
    card["thumbnail_sha256"] = file_sha256(folder / BASELINE_FILE)
    write_lesion_card(folder, card)
    reloaded = cast(LesionNet, CLASSIFIERS.get(name).load())
    log.info("%s: calibrating on fold %d", name, CALIBRATION_FOLD)
    calibration = Predictions.of(reloaded, pictures.in_folds(CALIBRATION_FOLD))
    calibrate(model, card, calibration)
    log.info("%s: reporting fold %d", name, REPORT_FOLD)
    report(
        model, card, reloaded, Predictions.of(reloaded, pictures.in_folds(REPORT_FOLD)), training, calibration, baseline
    )
    if out_of_fold is not None:
        card["cross_validation"] = out_of_fold_figures(model, pictures, out_of_fold)
    card["training"] = {
        "recipe": f"python -m model_zoo train {name}",
        "shipped_run": asdict(model.options),
        "shipped_trained_on_folds": list(FIT_FOLDS),
        "calibrated_on_fold": CALIBRATION_FOLD,
        "reported_fold": REPORT_FOLD,
        "cross_validation_run": None if model.cross_validation is None else asdict(model.cross_validation),
        "n_training_pictures": len(training),
        "torch": torch.__version__,
    }
    card["verdict"] = verdict(card)
    write_lesion_card(folder, card)
    gate = write_gate(model, reloaded, pictures, folder, card["weights_sha256"])
    write_number(model, reloaded, pictures, folder, gate)
    return card


def fit_baseline(model: LesionModel, training: PictureSet) -> ThumbnailBaseline:
    """Fit the thumbnail baseline on the read pictures of the training folds."""
    read = training.where(training.read)
    return fit_thumbnail_pixels(read.thumbnails, read.targets.numpy(), read.groups, model.outputs)


def calibrate(model: LesionModel, card: dict[str, Any], predicted: Predictions) -> None:
    """Set thresholds, scores and calibration of every output, mask and box from the calibration fold."""
    where, words = f"fold {CALIBRATION_FOLD}, held out of training", LESION_WORDS[model.name]
    read = predicted.where(predicted.pictures.read)
    for k, entry in enumerate(card["outputs"]):
        logits, y = read.logits[:, k].astype(float), read.pictures.targets[:, k].numpy().astype(float)
        wanted, groups = words.outputs[entry["name"]].sensitivity, read.pictures.groups
        # With so few pictures some resamples separate the kinds: without smoothing, intervals would span 0 to 1.
        fit = platt(logits, y, groups, where, smoothed=True)
        entry["calibration"] = fit
        entry["score_quantiles"] = np.quantile(logits, np.linspace(0, 1, 101)).tolist()
        entry["threshold"] = (
            threshold_at_even_odds(fit, logits, y, groups, where)
            if wanted is None
            else threshold_at_sensitivity(logits, y, groups, wanted, where)
        )
    rule = (
        f"the largest mean Dice on {where}, chosen together with the least share of the picture; a lesion-free picture counts 1 "
        "without an outline" + (", and both kinds of picture weigh the same" if model.balanced_outlines else "")
    )
    for entry, (threshold, least) in zip(
        card.get("masks", []), mask_thresholds(model, predicted) if model.masks else [], strict=True
    ):
        entry |= {"threshold": threshold, "least_share": least, "rule": rule}
    if model.boxes:
        card["boxes"] |= {"threshold": box_threshold(predicted), "rule": f"the largest F1 at IoU 0.5 on {where}"}


def report(
    model: LesionModel,
    card: dict[str, Any],
    network: LesionNet,
    predicted: Predictions,
    training: PictureSet,
    calibration: Predictions,
    baseline: ThumbnailBaseline,
) -> None:
    """Fill in every figure of the reported fold."""
    read = predicted.where(predicted.pictures.read)
    thumbnail = baseline.score_thumbnails(read.pictures.thumbnails).astype(float)
    reported = [
        ReportedOutput(o["name"], _probability(o["calibration"], o["threshold"]["logit"])) for o in card["outputs"]
    ]
    population = card["populations"][0]["name"]
    summary = summarise(prediction_table(model, read, card, thumbnail), reported, model.name)
    for output in summary["outputs"]:
        output["subgroups"] = {}  # no set says age, sex or view of a picture
    card["metrics"] = {population: summary}
    if model.exclusive:
        card["classes"] = class_figures(read.pictures.classes, read.logits, thumbnail, read.pictures.groups)
    if model.masks:
        limits = [(m["threshold"], m["least_share"]) for m in card["masks"]]
        card["mask_metrics"] = mask_figures(model, predicted, training, calibration.pictures, limits)
    if model.boxes:
        card["box_metrics"] = box_figures(predicted, training, card["boxes"]["threshold"])
        card["box_metrics"]["tumour_painted_over"] = boxes_on_painted(
            model, network, predicted, card["boxes"]["threshold"]
        )
        card["confounders"] = {"position_alone": position_alone(training, predicted.pictures)}
    if model.options.calipers:
        card["confounders"] = {"calipers": calipers_painted(network, predicted, model.outputs.index("malignant"))}


def out_of_fold_figures(model: LesionModel, pictures: PictureSet, found: OutOfFold) -> dict[str, Any]:
    """Return the class figures over all folds, each picture read by a network that was trained without its fold.

    The thumbnail is fitted on the same folds as the network it stands beside.
    """
    thumbnail = np.zeros_like(found.logits, dtype=float)
    for fold in ALL_FOLDS:
        baseline = fit_baseline(model, pictures.where(pictures.folds != fold))
        held = pictures.where((pictures.folds == fold) & pictures.read)
        rows = np.flatnonzero(found.folds == fold)
        if list(found.files[rows]) != list(held.files):
            raise ValueError(f"the run of fold {fold} was made from other pictures")
        thumbnail[rows] = baseline.score_thumbnails(held.thumbnails)
    return class_figures(found.targets.argmax(1), found.logits.astype(float), thumbnail, found.groups)


def _probability(fit: dict[str, Any], logit: float) -> float:
    return float(expit(fit["slope"] * logit + fit["intercept"]))
