"""What the recipes of all patient models share: thresholds, Platt scaling, how weights are stored and read back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression

from model_zoo.artefact import read_tensors
from model_zoo.errors import DataNotFound
from model_zoo.patients.ensemble import RiskEnsemble
from model_zoo.patients.risk import BASELINES_FILE, WEIGHTS_FOLDER, RiskModel
from model_zoo.training.patient_models.common.baselines import KINDS, Kind
from model_zoo.training.patient_models.common.ensembles import tensors_of


def threshold_for(label: np.ndarray, risk: np.ndarray, sensitivity: float) -> float:
    """Return the highest threshold at which at least ``sensitivity`` of the events lie at or above it."""
    events = np.sort(risk[label == 1])
    below = int(np.floor((1 - sensitivity) * len(events) + 1e-9))  # (1 - 0.8) * 5 is a hair under 1
    # Rounded down to four decimals: the card then holds what is used, and the sensitivity cannot fall by rounding.
    return float(np.floor(events[below] * 1e4) / 1e4)


def platt(logit: np.ndarray, label: np.ndarray) -> tuple[float, float]:
    """Return slope and intercept of Platt scaling, rounded to six decimals (what the card holds is what is used)."""
    fit = LogisticRegression(C=1e6, max_iter=1000).fit(logit[:, None], label)
    return round(float(fit.coef_[0, 0]), 6), round(float(fit.intercept_[0]), 6)


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


def smoothed_platt(logit: np.ndarray, label: np.ndarray) -> tuple[float, float]:
    """Return slope and intercept of Platt scaling with Platt's own targets, rounded to six decimals.

    The targets (n+ + 1) / (n+ + 2) and 1 / (n- + 2) instead of 1 and 0 keep the slope finite where few patients are
    separated without an error.

    References: Platt 1999, Advances in Large Margin Classifiers, 61-74.
    """
    events, others = float(label.sum()), float((1 - label).sum())
    target = np.where(label == 1, (events + 1) / (events + 2), 1 / (others + 2))
    twice = np.concatenate([logit, logit])[:, None]
    side = np.concatenate([np.ones_like(label), np.zeros_like(label)])
    weight = np.concatenate([target, 1 - target])
    fit = LogisticRegression(C=1e6, max_iter=1000).fit(twice, side, sample_weight=weight)
    return round(float(fit.coef_[0, 0]), 6), round(float(fit.intercept_[0]), 6)


def mean_logits(network: RiskEnsemble, values: np.ndarray) -> np.ndarray:
    dtype = network.bias.dtype
    x, mask = (tensor.to(dtype) for tensor in tensors_of(values))
    with torch.no_grad():
        return np.asarray(network(x, mask), dtype=np.float64)


def float16_change(network: RiskEnsemble, reloaded: RiskEnsemble, values: np.ndarray) -> float:
    return round(float(np.abs(mean_logits(network, values) - mean_logits(reloaded, values)).max()), 5)
