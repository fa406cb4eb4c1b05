"""Calibrate an installed folder model on local films: Platt scaling and thresholds in a new version of its card.

The weights stay. How well the new probabilities hold is measured by cross-fitting: each film is scored with a
calibration that was fitted without its patient.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file
from scipy.special import expit
from sklearn.model_selection import GroupKFold

from model_zoo.artefact import WEIGHTS_FILE
from model_zoo.classifiers.models_folder import ModelFolder, find_model_folder
from model_zoo.engine.inference import CLASSIFIERS, InferenceEngine
from model_zoo.errors import DataNotFound, ZooError
from model_zoo.evaluation import metrics
from model_zoo.evaluation.labels import LABELS_FILE, read_labels
from model_zoo.scans import decode_scan
from model_zoo.training.calibration import fit_line, platt, threshold_at_sensitivity
from model_zoo.training.folder_models.version_folder import new_version
from model_zoo.trust.trust_card import FILE as TRUST_FILE
from model_zoo.trust.trust_card import TENSORS_FILE
from model_zoo.upkeep.held_out import ROLES_FILE, TABLE_FILE
from model_zoo.upkeep.scoring import score_folder

# Fewer positive or negative patients than this give a slope that the next film would turn around.
LEAST_PATIENTS = 10
FOLDS = 5
_CARRIED = (TABLE_FILE, ROLES_FILE, TRUST_FILE, TENSORS_FILE, "thumbnail.safetensors")


def calibrate(
    name: str,
    data: Path,
    sensitivity: float = 0.9,
    who: str | None = None,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> tuple[ModelFolder, str, dict[str, Any]]:
    """Fit every output that the labels speak of, write a new version, and return it with what was measured.

    Parameters
    ----------
    name
        Of the model.
    data
        Sub-folders by class or ``labels.csv`` with ``label`` for exclusive classes; for outputs that do not exclude each
        other ``labels.csv`` with one column of 1, 0 or nothing per output, as for ``evaluate``.
    sensitivity
        That the threshold keeps, from 0 to 1.
    who
        Name of the person; by default the account of the machine.
    on_progress
        Called with how many are done and how many there are.

    Raises
    ------
    ZooError
    """
    if name.partition("@")[0] in CLASSIFIERS.built_in():
        raise ZooError(
            f"'{name}' is one of the zoo's own; its card is written by its recipe.", "Calibrate a folder model."
        )
    model = find_model_folder(name)
    if not model.versions():
        raise ZooError(
            f"'{name}' is a plain folder, and calibrating writes a version beside it.",
            f"Move its files into a sub-folder named 1 of '{name}'.",
        )
    engine = InferenceEngine(name)
    logits, labels, patients = _scored(engine, data, on_progress)
    card = json.loads(json.dumps(dict(engine.card.raw)))
    measured: dict[str, Any] = {}
    for k, output in enumerate(card["outputs"]):
        known = np.isfinite(labels[:, k]) & np.isfinite(logits[:, k])
        y, z, owners = labels[known, k], logits[known, k], patients[known]
        counts = [np.unique(owners[y == side]).size for side in (1, 0)]
        if min(counts) < LEAST_PATIENTS:
            measured[output["name"]] = {"fitted": False, "patients_with": counts[0], "patients_without": counts[1]}
            continue
        where = f"{len(y)} local films of {np.unique(owners).size} patients"
        output["calibration"] = platt(z, y, owners, where, smoothed=True)
        output["threshold"] = threshold_at_sensitivity(z, y, owners, sensitivity, where)
        output["kind"], output["caution"] = "probability", None
        output["score_quantiles"] = [float(q) for q in np.quantile(z, np.linspace(0, 1, 101))]
        measured[output["name"]] = {"fitted": True, **_cross_fitted(z, y, owners)}
    if not any(found["fitted"] for found in measured.values()):
        raise DataNotFound(
            "No output has enough labelled patients on both sides to be calibrated.",
            f"Give at least {LEAST_PATIENTS} patients with and {LEAST_PATIENTS} without a finding.",
        )
    card["local_calibration"] = {"base_version": engine.card.version, "outputs": measured}
    source = engine.entry.folder

    def fill(folder: Path, card: dict[str, Any]) -> None:
        for file in _CARRIED:
            if (source / file).is_file():
                shutil.copyfile(source / file, folder / file)

    version = new_version(model, card, load_file(source / WEIGHTS_FILE), fill, who)
    return model, version, measured


def _scored(
    engine: InferenceEngine, data: Path, on_progress: Callable[[int, int], None]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return logits and labels, each (N, K), NaN where not known, and patients (N,)."""
    if (engine.card.raw.get("architecture_options") or {}).get("exclusive"):
        table = score_folder(engine, data, on_progress)
        return table.logits, (table.labels[:, None] == np.arange(len(table.outputs))).astype(float), table.patients
    if not (data / LABELS_FILE).is_file():
        raise DataNotFound("The folder holds no labels.csv.", "Its outputs do not exclude each other: one column each.")
    films = read_labels(data, engine.card.labels)
    population = engine.card.populations[0].name
    logits = []
    for index in range(len(films)):
        scan = decode_scan(films.path(index).read_bytes())
        logits.append(engine.logits(torch.as_tensor(engine.prepare(scan, population).tensor))[0])
        on_progress(index + 1, len(films))
    labels = np.stack([films.labels(output) for output in engine.card.labels], axis=1)
    return np.stack(logits).astype(float), labels, films.patient_ids


def _cross_fitted(z: np.ndarray, y: np.ndarray, patients: np.ndarray) -> dict[str, Any]:
    p = np.full(len(y), np.nan)
    for train, held in GroupKFold(n_splits=FOLDS).split(z, y, patients):
        if len(set(y[train])) == 2:
            slope, intercept = fit_line(z[train], y[train], smoothed=True)
            p[held] = expit(slope * z[held] + intercept)
    known = np.isfinite(p)
    found = metrics.bootstrap_interval(metrics.brier, y[known], p[known], patients[known])
    return {
        "films": len(y),
        "patients": int(np.unique(patients).size),
        "brier_cross_fitted": found.figure,
        "brier_of_the_prevalence": float(y.mean() * (1 - y.mean())),
        "expected_calibration_error": metrics.expected_calibration_error()(y[known], p[known]),
    }
