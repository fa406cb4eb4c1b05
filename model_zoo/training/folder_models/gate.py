"""The in-distribution gate of a network trained on somebody's pictures, and what it refuses of those held out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn

from model_zoo.scans.intensity import stretch
from model_zoo.training.folder_models.card import POPULATION
from model_zoo.trust.in_distribution import fit_gate, pooled_features, save_gates
from model_zoo.trust.trust_card import TENSORS_FILE, write_trust

if TYPE_CHECKING:
    from model_zoo.training.folder_models.run import TrainingPictures

# As the gate of the chest films: of the calibration pictures 97 % pass.
ACCEPT = 0.97
# A 97th percentile of fewer pictures is the largest of them: it would be a gate in name only.
LEAST_PICTURES = 34
MOST_DIRECTIONS = 64
_NOISE_SEED, _NOISE_PICTURES = 7, 100


def write_gate(
    folder: Path, card: dict[str, Any], network: nn.Module, layer: str, material: TrainingPictures
) -> dict[str, Any]:
    """Fit the gate and write it as the trust card of the version; return what the card says of it.

    Directions from the training folds, threshold from the calibration fold, both rates from pictures that neither saw.
    """
    tune, train, held = material.tune, material.train, material.held
    if int(tune.sum()) < LEAST_PICTURES:
        words = f"Not fitted: {int(tune.sum())} calibration pictures are too few; {LEAST_PICTURES} are needed."
        return {"fitted": False, "words": words}
    features, cells = _features(network, layer, torch.from_numpy(material.pictures.images))
    groups = [f"pictures of the class {material.pictures.classes[label]}" for label in material.pictures.labels[train]]
    directions = min(MOST_DIRECTIONS, int(train.sum()) // 4, features.shape[1])
    gate = fit_gate(POPULATION, features[train], groups, features[tune], directions, ACCEPT)
    noise = torch.rand(
        _NOISE_PICTURES, *material.pictures.images.shape[1:], generator=torch.Generator().manual_seed(_NOISE_SEED)
    )
    refused = gate.distances(features[held]) > gate.threshold
    refused_noise = gate.distances(_features(network, layer, noise)[0]) > gate.threshold
    measured = {"held_out_refused": float(refused.mean()), "noise_refused": float(refused_noise.mean())}
    section = {
        "layer": layer,
        "cells": cells,
        "directions": directions,
        "accept": ACCEPT,
        "measured": measured | {"n_held_out": int(held.sum()), "n_noise": _NOISE_PICTURES},
        "populations": save_gates([gate], {}, folder / TENSORS_FILE),
    }
    write_trust(folder, {"weights_sha256": card["weights_sha256"], "gate": section})
    words = (
        f"Refuses {100 * measured['held_out_refused']:.1f} % of {int(held.sum())} held-out pictures and "
        f"{100 * measured['noise_refused']:.0f} % of {_NOISE_PICTURES} pictures of noise; other foreign pictures were not tried."
    )
    return {"fitted": True, "words": words, **measured}


def _features(network: nn.Module, layer: str, images: torch.Tensor) -> tuple[np.ndarray, int]:
    parts, cells = [], 4
    for start in range(0, len(images), 32):
        parts.append(pooled_features(network, ((layer, cells),), stretch(images[start : start + 32]))[0])
    return np.concatenate(parts), cells
