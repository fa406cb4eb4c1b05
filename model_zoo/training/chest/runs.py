"""The runs behind the chest network: one per held-out fold, resumable, each leaving its held-out predictions.

Fold k is held out of a run over folds 0 to 3; the run that holds out fold 3 is the one that ships, so that fold 3 can
calibrate it. Fold 4 is in no run. The runs are independent and can be spread over processes.
"""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np

from model_zoo.artefact import fill, write_tensors
from model_zoo.classifiers.residual import LocalResidualNet
from model_zoo.training.chest.films import load_adult_films, load_child_films
from model_zoo.training.chest.fit import FitOptions, build_network, fit_chest, predict_films
from model_zoo.training.chest.lungs import fitted_lungs

log = logging.getLogger(__name__)

SELECTION_FOLDS = (0, 1, 2, 3)
SHIPPED_FOLD = 3
SELECTION_OPTIONS = FitOptions(epochs=12)
SHIPPED_OPTIONS = FitOptions(epochs=30)


def run_fold(runs: Path, held_out: int, options: FitOptions, name: str) -> Path:
    """Fit without fold ``held_out`` (and without fold 4); write weights and held-out logits; return the run folder."""
    run = runs / name
    done = run / "held_out.npz"
    if done.exists():
        log.info("%s is done", name)
        return run
    segmenter = fitted_lungs(runs)
    fit_folds = tuple(k for k in SELECTION_FOLDS if k != held_out)
    network = fit_chest(load_adult_films(fit_folds), load_child_films(fit_folds, segmenter), options, run)
    write_tensors(run / "averaged.safetensors", network.state_dict())
    store: dict[str, np.ndarray] = {}
    for population, films in (
        ("adult", load_adult_films((held_out,))),
        ("child", load_child_films((held_out,), segmenter)),
    ):
        store[f"{population}_logits"] = predict_films(network, films.images)
        store[f"{population}_targets"] = films.targets
        store[f"{population}_files"] = np.array(films.files)
        store[f"{population}_patients"] = np.array(films.patient_ids)
        store[f"{population}_views"] = np.array(films.views)
    np.savez_compressed(done, allow_pickle=False, **store)
    return run


def load_run(run: Path) -> LocalResidualNet:
    """Return the averaged network of a finished run."""
    network = build_network()
    fill(network, run / "averaged.safetensors")
    return network
