"""What the recipes of all patient models share: thresholds, Platt scaling, how weights are stored and read back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from model_zoo.artefact import read_tensors
from model_zoo.errors import DataNotFound
from model_zoo.patients.ensemble import RiskEnsemble
from model_zoo.patients.risk import BASELINES_FILE, WEIGHTS_FOLDER, RiskModel
from model_zoo.training.calibration import fit_line, highest_flagging
from model_zoo.training.patient_models.common.baselines import KINDS, Kind
from model_zoo.training.patient_models.common.ensembles import tensors_of


def threshold_for(label: np.ndarray, risk: np.ndarray, sensitivity: float) -> float:
    """Return the highest threshold at which at least ``sensitivity`` of the events lie at or above it."""
    return highest_flagging(risk[label == 1], sensitivity, decimals=4)


def platt(logit: np.ndarray, label: np.ndarray, smoothed: bool = False) -> tuple[float, float]:
    """Return slope and intercept of Platt scaling, rounded to six decimals (what the card holds is what is used)."""
    slope, intercept = fit_line(logit, label, smoothed)
    return round(slope, 6), round(intercept, 6)


def risks(model: RiskModel, values: np.ndarray) -> np.ndarray:
    """Return calibrated risks (n, outcomes) of values (n, F) with NaN for missing."""
    x, mask = tensors_of(values)
    return np.asarray(model.probabilities(x.double(), mask.double())[0])


def load_baselines(name: str, folder: Path | None = None) -> dict[Kind, dict[str, np.ndarray]]:
    """Return the numbers of the logistic regressions that lie beside the weights of a model."""
    file = (folder or WEIGHTS_FOLDER / name) / BASELINES_FILE
    if not file.is_file():
        raise DataNotFound("The baseline weights are not there.", f"Run: python -m model_zoo train {name}")
    tensors = read_tensors(file)
    found: dict[Kind, dict[str, np.ndarray]] = {}
    for kind in KINDS:
        numbers = {k.split(".", 1)[1]: t.numpy() for k, t in tensors.items() if k.startswith(f"{kind}.")}
        if numbers:
            found[kind] = numbers
    return found


def mean_logits(network: RiskEnsemble, values: np.ndarray) -> np.ndarray:
    dtype = network.bias.dtype
    x, mask = (tensor.to(dtype) for tensor in tensors_of(values))
    with torch.no_grad():
        return np.asarray(network(x, mask), dtype=np.float64)


def float16_change(network: RiskEnsemble, reloaded: RiskEnsemble, values: np.ndarray) -> float:
    return round(float(np.abs(mean_logits(network, values) - mean_logits(reloaded, values)).max()), 5)
