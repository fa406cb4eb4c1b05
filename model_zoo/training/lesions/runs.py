"""The runs behind a lesion model: the shipped network, and one per held-out fold where cross-validation is asked for."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np

from model_zoo.artefact import fill, write_tensors
from model_zoo.classifiers.lesion_net import LesionNet
from model_zoo.engine.inference import CLASSIFIERS
from model_zoo.training.lesions.fit import fit_lesions, predict
from model_zoo.training.lesions.models import LesionModel, LesionOptions
from model_zoo.training.lesions.pictures import PictureSet, load_pictures
from model_zoo.training.loop import seed_everything

log = logging.getLogger(__name__)

FIT_FOLDS, CALIBRATION_FOLD, REPORT_FOLD = (0, 1, 2), 3, 4
ALL_FOLDS = (0, 1, 2, 3, 4)


@dataclass(frozen=True, eq=False)
class OutOfFold:
    """What networks that never saw a picture say of it: logits (N, outputs), and the pictures' targets, groups, folds."""

    logits: np.ndarray
    targets: np.ndarray
    groups: np.ndarray
    folds: np.ndarray
    files: np.ndarray


def build_network(model: LesionModel, seed: int) -> LesionNet:
    """Return the untrained network of a model, drawn from a seed."""
    seed_everything(seed)
    return cast(LesionNet, CLASSIFIERS.get(model.name).build(len(model.outputs)))


def run_shipped(model: LesionModel, runs: Path) -> LesionNet:
    """Fit the network that ships, on folds 0 to 2, or load it when the run is done."""
    return _run(model, runs / model.name / "shipped", model.options, FIT_FOLDS, CALIBRATION_FOLD)


def run_cross_validation(model: LesionModel, runs: Path) -> OutOfFold | None:
    """Fit one network per held-out fold on the four others and return what each says of its fold; ``None`` if not asked for."""
    if model.cross_validation is None:
        return None
    parts = [np.load(run_fold(model, runs, fold), allow_pickle=False) for fold in ALL_FOLDS]
    return OutOfFold(
        *(np.concatenate([part[name] for part in parts]) for name in ("logits", "targets", "groups", "folds", "files"))
    )


def run_fold(model: LesionModel, runs: Path, fold: int) -> Path:
    """Fit without one fold and store what the network says of it; folds may run in processes of their own."""
    run = runs / model.name / f"fold{fold}"
    stored = run / "held_out.npz"
    if not stored.exists():
        network = _run(model, run, model.cross_validation or model.options, tuple(set(ALL_FOLDS) - {fold}), fold)
        held = load_pictures(model, (fold,))
        held = held.where(held.read)
        np.savez_compressed(
            stored,
            logits=predict(network, held.images)[0],
            targets=held.targets.numpy(),
            groups=held.groups,
            folds=held.folds,
            files=held.files,
        )
    return stored


def mean_features(network: LesionNet, pictures: PictureSet) -> np.ndarray:
    """Return the mean of the last map over all places of the pictures, float32 (channels,)."""
    import torch

    with torch.no_grad():
        parts = [
            network.features(pictures.images[i : i + 16]).double().mean((2, 3)) for i in range(0, len(pictures), 16)
        ]
    return torch.cat(parts).mean(0).float().numpy()


def _run(model: LesionModel, run: Path, options: LesionOptions, fit_folds: tuple[int, ...], look: int) -> LesionNet:
    network = build_network(model, options.seed)
    path = run / "averaged.safetensors"
    if not path.exists():
        pictures = load_pictures(model, (*fit_folds, look))
        fitted = fit_lesions(model, network, pictures.in_folds(*fit_folds), options, run, pictures.in_folds(look))
        write_tensors(path, fitted.state_dict())
        log.info("%s is done", run)
    fill(network, path)
    return network
