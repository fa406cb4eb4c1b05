"""A network of torchxrayvision as a folder model: its card says what its scores are, and what they are not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from torch import nn

from model_zoo.artefact import half
from model_zoo.card import OLDEST_YEARS
from model_zoo.classifiers.architectures import find_target_layer
from model_zoo.classifiers.models_folder import ModelFolder, models_root
from model_zoo.classifiers.third_party.torchxrayvision_nets import PRETRAINED, Pretrained, pretrained_state
from model_zoo.errors import DuplicateName, UnknownName
from model_zoo.evaluation.folder_pictures import output_names
from model_zoo.training.folder_models.version_folder import new_version

RESCALED = "rescaled"
_CAUTION = (
    "Rescaled by its makers so that 50 is their operating point: neither a probability nor a rank, and not calibrated on films "
    "from here. Learned from labels that a program read out of radiology reports."
)
# Probabilities are kept this far from 0 and 1, where their logit is infinite.
_MARGIN = 1e-4


def fetch(name: str, cache: Path | None = None) -> tuple[ModelFolder, str]:
    """Fetch one of the package's models through the package and write it as a folder model."""
    pretrained = next((entry for entry in PRETRAINED if entry.name == name), None)
    if pretrained is None:
        raise UnknownName("model to fetch", name, (entry.name for entry in PRETRAINED))
    return write_model(pretrained, *pretrained_state(pretrained, cache))


def write_model(
    pretrained: Pretrained, network: nn.Module, labels: list[str], points: list[float]
) -> tuple[ModelFolder, str]:
    """Write a network of the package as a version of a folder model. Raises DuplicateName where it is there already."""
    model = ModelFolder(pretrained.name, models_root())
    if model.versions():
        raise DuplicateName(f"'{pretrained.name}' is there already.", "Calibrate it, or remove its folder first.")
    model.place.mkdir(parents=True, exist_ok=True)
    return model, new_version(
        model, _card(pretrained, network, labels, points), half(network.state_dict()), lambda *_: None
    )


def rescaled_quantiles(point: float) -> list[float]:
    """Return the logits at which the package's rescaled score is 0, 1, ... 100 %: 50 % lies at the operating point."""
    share = np.linspace(0, 1, 101)
    p = np.where(share <= 0.5, 2 * point * share, 1 - 2 * (1 - point) * (1 - share)).clip(point * _MARGIN, 1 - _MARGIN)
    return [float(value) for value in np.log(p / (1 - p))]


def _card(pretrained: Pretrained, network: nn.Module, labels: list[str], points: list[float]) -> dict[str, Any]:
    side = pretrained.side
    outputs = [
        {
            "name": name,
            "title": label.replace("_", " ").capitalize(),
            "population": "adult",
            "kind": "report_score",
            "threshold": {"logit": float(np.log(point / (1 - point))), "rule": "the operating point of its makers"},
            "score_quantiles": rescaled_quantiles(point),
            "calibration": None,
            "condition": None,
            "caution": _CAUTION,
        }
        for name, label, point in zip(output_names(labels), labels, points, strict=True)
    ]
    return {
        "schema_version": 1,
        "name": pretrained.name,
        "title": pretrained.title,
        "task": "classification",
        "architecture": pretrained.architecture,
        "input": {
            "shape": [1, side, side],
            "value_range": [-1.0, 1.0],
            "scaling": "range",
            "preprocessing": "display window, central square, resize; -1 to 1, which the network takes times 1024",
            "target_layer": find_target_layer(network, (1, side, side)),
            "modalities": ["CR", "DX", "DR", "RG", "OT"],
            "body_parts": ["CHEST", "THORAX", "LUNG"],
            "aspect_range": [0.6, 1.8],
            "min_side": 128,
        },
        "populations": [
            {
                "name": "adult",
                "title": "Adults (18 and over)",
                "age_years": [18, OLDEST_YEARS],
                "crop": "centre",
                "views": ["PA", "AP"],
                "note": "Trained on several public sets of adults' films; held-out figures are in the makers' paper.",
            }
        ],
        "outputs": outputs,
        "score_meaning": RESCALED,
        "not_assessed": ["anything but the outputs listed"],
        "intended_use": "Reading aid for demonstration, model review and research on frontal chest films of adults.",
        "not_for": ["diagnosis, triage or treatment of patients", "children", "ruling anything out"],
        "data": [
            {
                "name": f"torchxrayvision {pretrained.weights}",
                "citation": "Cohen et al. 2022, arXiv:2111.00595",
                "licence": "Apache 2.0 (code); the licences of the training sets are their own",
            }
        ],
    }
