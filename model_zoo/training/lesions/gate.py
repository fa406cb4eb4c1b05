"""Fits and measures the in-distribution gate of a lesion model: section "gate" of its trust card.

Training folds give directions and centres, fold 3 the threshold that lets at least 95 % pass, fold 4 is reported. Foreign
pictures, of the other modalities and of no anatomy, come in two halves: one chooses the layer, the other is reported.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from model_zoo.classifiers.lesion_net import LesionNet
from model_zoo.evaluation.classes import figure_with_interval, mean_of
from model_zoo.scans.geometry import Box, Geometry
from model_zoo.scans.intensity import stretch_one
from model_zoo.scans.scan import Scan
from model_zoo.training.lesions.foreign_pictures import families
from model_zoo.training.lesions.models import LesionModel
from model_zoo.training.lesions.pictures import PictureSet
from model_zoo.training.lesions.runs import CALIBRATION_FOLD, FIT_FOLDS, REPORT_FOLD
from model_zoo.trust.in_distribution import FeatureGate, fit_gate, load_gates, pooled_features, save_gates
from model_zoo.trust.trust_card import TENSORS_FILE, write_trust

log = logging.getLogger(__name__)

# Layer and fields along a side; the first that refuses the most of the worst foreign family is taken. The breast model has
# under 500 training pictures for 1,536 features on 4 x 4 fields of the third stage: so many spread out so far that pixel
# noise lay among them. A quarter of the fields, or an earlier stage with fewer channels, leaves less room.
CANDIDATES = (("stages.3", 4), ("centre", 4), ("stages.2", 4), ("stages.2", 2), ("stages.1", 4), ("stages.0", 4))
DIRECTIONS = 48
ACCEPT = 0.95
RESAMPLES = 400
SEED = 41
POPULATION = "adult"

Features = list[np.ndarray]


def write_gate(
    model: LesionModel, network: LesionNet, pictures: PictureSet, folder: Path, weights_sha256: str
) -> dict[str, Any]:
    """Fit the gate, measure it as it is read back, write ``trust.json`` and ``trust.safetensors``; return the section."""
    log.info("%s: fitting the gate", model.name)
    training, held = pictures.in_folds(*FIT_FOLDS), pictures.in_folds(CALIBRATION_FOLD)
    mine, theirs = _features(network, training.images), _features(network, held.images)
    foreign = families(model.data)
    choosing = {name: _features(network, _inputs(model, f.chosen_on)) for name, f in foreign.items() if f.chosen_on}
    groups = _neighbourhoods(model, training)
    directions = min(DIRECTIONS, len(training) // 4)  # more than a few hundred pictures can hold would be noise
    tried: dict[str, Any] = {}
    best: tuple[float, int, FeatureGate] | None = None
    for c, candidate in enumerate(CANDIDATES):
        gate = fit_gate(POPULATION, mine[c], groups, theirs[c], directions, ACCEPT)
        gate = replace(gate, threshold=_upper_threshold(gate.distances(theirs[c]), held.groups))
        refused = {name: float(_refused(gate, found[c]).mean()) for name, found in choosing.items()}
        worst = min(refused.values())
        tried[f"{candidate[0]}, {candidate[1]} x {candidate[1]} fields"] = {"refused": refused, "worst": worst}
        if best is None or worst > best[0]:
            best = (worst, c, gate)
    if best is None:
        raise ValueError("no candidate")
    chosen, gate = best[1], best[2]
    section: dict[str, Any] = {
        "layer": CANDIDATES[chosen][0],
        "cells": CANDIDATES[chosen][1],
        "directions": directions,
        "accept": ACCEPT,
        "threshold": "upper end of the 95 % interval, by group, of the distance that lets this share of fold 3 pass",
        "distance": "log Mahalanobis distance inside the principal directions + log squared remainder outside them",
        "chosen_on": {
            "families": list(choosing),
            "pictures": "every other picture of each; of computed ones, a seed of its own",
            "tried": tried,
        },
        "populations": save_gates([gate], {}, folder / TENSORS_FILE),
    }
    installed = load_gates(section, folder / TENSORS_FILE)[POPULATION]
    reported = pictures.in_folds(REPORT_FOLD)
    measured = {
        "held-out pictures": _share(_refused(installed, _features(network, reported.images)[chosen]), reported.groups)
    }
    for name, family in foreign.items():
        turned_away = _refused(installed, _features(network, _inputs(model, family.reported))[chosen])
        measured[name] = _share(turned_away, family.sources)
    only = [name for name in foreign if name not in choosing]
    section["measured"] = {POPULATION: measured, "reported_only": ["held-out pictures", *only]}
    write_trust(folder, {"model": model.name, "weights_sha256": weights_sha256, "gate": section})
    return section


def _upper_threshold(distances: np.ndarray, groups: np.ndarray) -> float:
    """Return the upper end of the 95 % interval, by group, of the distance that lets ``ACCEPT`` of the pictures pass.

    The pictures of fold 3 come from few patients; at the quantile itself, brain slices of other patients were refused two
    to three times as often as stated.
    """
    names, member = np.unique(groups, return_inverse=True)
    rows = [distances[member == g] for g in range(len(names))]
    generator = np.random.default_rng(SEED)
    draws = [
        np.quantile(np.concatenate([rows[g] for g in generator.integers(len(names), size=len(names))]), ACCEPT)
        for _ in range(RESAMPLES)
    ]
    return float(np.quantile(draws, 0.975))


def _features(network: LesionNet, images: torch.Tensor) -> Features:
    parts = [pooled_features(network, CANDIDATES, images[i : i + 16]) for i in range(0, len(images), 16)]
    return [np.concatenate(layer) for layer in zip(*parts, strict=True)]


def _refused(gate: FeatureGate, features: np.ndarray) -> np.ndarray:
    return gate.distances(features) > gate.threshold


def _share(refused: np.ndarray, groups: np.ndarray) -> dict[str, Any]:
    found = figure_with_interval(mean_of(refused.astype(float)), groups)
    return {
        "refused": found["value"],
        "low": found["low"],
        "high": found["high"],
        "n_pictures": len(refused),
        "n_patients": int(np.unique(groups).size),
    }


def _neighbourhoods(model: LesionModel, training: PictureSet) -> Sequence[str]:
    if model.exclusive:
        return [f"pictures labelled {model.labels[k]}" for k in training.classes]
    referable = torch.nan_to_num(training.targets[:, 0], nan=1.0).numpy() > 0
    return ["photographs with referable retinopathy" if r else "photographs without it" for r in referable]


def _inputs(model: LesionModel, scans: Sequence[Scan]) -> torch.Tensor:
    prepared = []
    for scan in scans:
        geometry = Geometry(scan.shape, Box(0, 0, *scan.shape), model.shape)
        prepared.append(stretch_one(geometry.to_model(scan.presentation(0))))
    return torch.cat(prepared)
