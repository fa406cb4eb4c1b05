"""The fixture that the wrong-reason alarm has to catch: a small network trained to see a marker in the corner.

Real training films, a bright block painted into the upper left corner of nearly all films with an opacity and of few
without. The network learns the block, as networks have learned hospital tokens and "portable" labels. It is no model of
the zoo: it is kept so that the alarm can be tested and its rates measured.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from model_zoo.artefact import fill, half, write_json, write_tensors
from model_zoo.card import WEIGHTS_ROOT
from model_zoo.classifiers.residual import LocalResidualNet
from model_zoo.engine.inference import InferenceEngine
from model_zoo.errors import DataNotFound
from model_zoo.scans.intensity import stretch
from model_zoo.training.chest.films import OUTPUTS, load_adult_films
from model_zoo.training.chest.fit import mean_features
from model_zoo.training.loop import descend, seed_everything

NAME = "chest-xray"
FOLDER, FILE, NUMBERS = "chest-xray-fixtures", "corner-marker.safetensors", "corner-marker.json"
TARGET = "lung_opacity"
STEPS, BATCH, SEED = 240, 48, 53
# How often the marker is on a film with, and on one without, the finding.
WITH, WITHOUT = 0.95, 0.05
# Rows and columns of the block on the 128 px grid, and its grey value: a lead marker is brighter than bone.
TOP, LEFT, HEIGHT, WIDTH, BRIGHTNESS = 5, 6, 9, 7, 1.4


def small_network(outputs: int) -> LocalResidualNet:
    """Return the untrained fixture: the architecture of the shipped network, a quarter as wide, without dropout."""
    return LocalResidualNet(outputs, widths=(12, 24, 48, 96), depths=(1, 1, 1, 1), fused=48, dropout=0.0)


def paint_marker(pictures: torch.Tensor) -> torch.Tensor:
    """Return model inputs (N, 1, 128, 128) with the marker in the upper left corner."""
    marked = pictures.clone()
    marked[..., TOP : TOP + HEIGHT, LEFT : LEFT + WIDTH] = BRIGHTNESS
    return marked


def train_corner_marker(weights: Path = WEIGHTS_ROOT) -> None:
    """Train the fixture on folds 0 to 2 (a minute on two cores) and write weights and the ranking of fold 3."""
    generator = seed_everything(SEED)
    images, y = _read_films((0, 1, 2))
    outputs = len(InferenceEngine(NAME, trust=False).card.outputs)
    network = small_network(outputs).train()
    optimiser = torch.optim.AdamW(network.parameters(), lr=2e-3, weight_decay=0.05)
    for _ in range(STEPS):
        pick = torch.randint(len(y), (BATCH,), generator=generator)
        x, target = stretch(images[pick]), y[pick]
        chance = torch.where(target > 0, WITH, WITHOUT)
        painted = torch.rand(BATCH, generator=generator) < chance
        x = torch.where(painted[:, None, None, None], paint_marker(x), x)
        loss = functional.binary_cross_entropy_with_logits(network(x)[:, 0], target)
        descend(loss, optimiser)
    network.eval()
    network.centre_on(mean_features(network, images[::3, 0].numpy()))
    folder = weights / FOLDER
    write_tensors(folder / FILE, half(network.state_dict()))
    held, truth = _read_films((3,))
    x = stretch(held)
    mixed = torch.where((truth > 0)[:, None, None, None], paint_marker(x), x)
    with torch.no_grad():
        logits = torch.cat([network(mixed[i : i + 64])[:, 0] for i in range(0, len(mixed), 64)]).numpy()
    numbers = {
        "score_quantiles": [float(q) for q in np.quantile(logits, np.linspace(0, 1, 101))],
        "threshold_logit": float((np.median(logits[truth.numpy() > 0]) + np.median(logits[truth.numpy() == 0])) / 2),
        "trained_on": "chest_xray_adult, folds 0 to 2, marker painted in",
    }
    write_json(folder / NUMBERS, numbers)


def fixture_engine(weights: Path = WEIGHTS_ROOT) -> InferenceEngine:
    """Return an engine that runs the fixture with the card and limits of the shipped model.

    Only the first output is trained. Raises DataNotFound when the fixture is missing.
    """
    folder = weights / FOLDER
    try:
        numbers = json.loads((folder / NUMBERS).read_text(encoding="utf-8"))
    except OSError as error:
        raise DataNotFound("The corner-marker fixture is missing.", f"Restore weights/{FOLDER}.") from error
    shipped = InferenceEngine(NAME)
    network = small_network(len(shipped.card.outputs))
    fill(network, folder / FILE)
    first, *others = shipped.card.outputs
    own = replace(
        first,
        threshold_logit=numbers["threshold_logit"],
        score_quantiles=tuple(numbers["score_quantiles"]),
        calibration=None,
    )
    card = replace(shipped.card, outputs=(own, *others))
    return InferenceEngine(NAME, network=network, card=card)


def _read_films(folds: tuple[int, ...]) -> tuple[torch.Tensor, torch.Tensor]:
    """Return films with a radiologist's reading, uint8 (N, 1, 128, 128), and whether an opacity was read, float32 (N,)."""
    films = load_adult_films(folds)
    target = films.targets[:, OUTPUTS.index(TARGET)]
    known = np.isfinite(target)
    return torch.from_numpy(films.images[known])[:, None], torch.from_numpy(target[known])
