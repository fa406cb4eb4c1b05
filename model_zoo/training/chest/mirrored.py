"""Recipe of the network that notices mirrored chest films: ``python -m model_zoo train chest-mirrored``.

Rule, written before the first fit: folds 0 to 2 train, fold 3 gives the threshold (at most 1 % of its films as they are get the
remark), fold 4 is reported once. No label is used: every film as it is stands for itself, its mirror image for a mirrored one.
Films that were stored mirrored, and hearts that truly lie on the right, count as films as they are, in training and in every
figure.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional
from torch.nn.utils import convert_conv2d_weight_memory_format

from model_zoo.artefact import WEIGHTS_FILE, fill, half, write_card, write_tensors
from model_zoo.card import WEIGHTS_ROOT
from model_zoo.scans.intensity import stretch
from model_zoo.training.augmentation import random_affine, random_borders, random_exposure
from model_zoo.training.chest.films import load_adult_films
from model_zoo.training.loop import AveragedWeights, Checkpoint, cosine_rate, descend, seed_everything, set_rate
from model_zoo.trust.mirrored import NAME, SideNet, SideReader, kept_part, shrunk

log = logging.getLogger(__name__)

SEED = 31
EPOCHS = 6
BATCH = 64
PEAK_RATE = 2e-3
TRAINING_FOLDS, THRESHOLD_FOLD, HELD_OUT_FOLD = (0, 1, 2), 3, 4
# Half of what is promised (2 %), so that the promise holds on other films too.
FLAGGED_SHARE = 0.01
LEAST_THRESHOLD = 0.5


def fit_side_net(run: Path, epochs: int = EPOCHS, seed: int = SEED, tick: Callable[[str], None] = log.info) -> SideNet:
    """Train, or resume and finish, the network in folder ``run``; returns the averaged network."""
    seed_everything(seed)
    films = small_films(load_adult_films(TRAINING_FOLDS).images)
    network = convert_conv2d_weight_memory_format(SideNet(), torch.channels_last)
    optimiser = torch.optim.AdamW(network.parameters(), lr=PEAK_RATE, weight_decay=0.05)
    average = AveragedWeights(network, 0.995)
    checkpoint = Checkpoint(run / "last.pt", network=network, average=average, optimiser=optimiser)
    steps = len(films) // BATCH
    for epoch in range(checkpoint.resume().get("epoch", 0), epochs):
        generator = seed_everything(seed + 1000 * (epoch + 1))
        order = torch.randperm(len(films), generator=generator)
        total = 0.0
        network.train()
        for step in range(steps):
            x = augmented(films[order[step * BATCH : (step + 1) * BATCH]], generator)
            rate = cosine_rate(epoch * steps + step, epochs * steps, PEAK_RATE)
            set_rate(optimiser, rate)
            # Antisymmetric: the loss of the mirror images, labelled mirrored, would be the same.
            loss = functional.softplus(-network(x.contiguous(memory_format=torch.channels_last))).mean()
            descend(loss, optimiser)
            average.update(network)
            total += float(loss.detach())
        checkpoint.save(epoch=epoch + 1)
        tick(f"chest-mirrored epoch {epoch + 1}/{epochs} loss {total / steps:.4f}")
    return average.network


def small_films(images: np.ndarray) -> torch.Tensor:
    """Return films uint8 (N, H, W) at the size that is read, uint8 (N, 1, 96, 96)."""
    parts = [
        shrunk(torch.from_numpy(images[start : start + 256])[:, None].float()).round().clamp(0, 255).to(torch.uint8)
        for start in range(0, len(images), 256)
    ]
    return torch.cat(parts)


def augmented(films: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Return what the network reads of films uint8 (N, 1, 96, 96): moved, re-exposed, the rim and corners of any other film.

    What lies where markers are is taken from another film of the batch, mirrored or not by chance, before the film is moved:
    a marker that a shift brings into the part that is read then says nothing of the side. Painted blocks and borders are put
    on either side alike.
    """
    x = stretch(films)
    kept = kept_part()
    other = _either_way(x[torch.randperm(len(x), generator=generator)], generator)[0]
    x = kept * x + (1 - kept) * other
    x, _ = random_affine(x, x[:, :0], generator, degrees=15, scale=0.2, aspect=0.25, shift=0.08, flip=0)
    x, turned = _either_way(random_exposure(x, generator), generator)
    x = random_borders(x, generator)
    return torch.where(turned, x.flip(-1), x) * kept


def _either_way(x: torch.Tensor, generator: torch.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    """Return pictures of which a random half is mirrored, and which, bool (N, 1, 1, 1)."""
    turned = torch.rand(len(x), 1, 1, 1, generator=generator) < 0.5
    return torch.where(turned, x.flip(-1), x), turned


def train_chest_mirrored(runs: Path, weights: Path = WEIGHTS_ROOT) -> dict[str, Any]:
    """Train or resume in ``runs``; write float16 weights, card and page; return the card."""
    from model_zoo.training.chest.mirrored_card import build_card, card_page
    from model_zoo.training.chest.mirrored_figures import measure_mirrored

    network = fitted_side_net(runs / NAME)
    folder = weights / NAME
    sha256 = write_tensors(folder / WEIGHTS_FILE, half(network.state_dict()))
    # The threshold belongs to the weights as they are shipped, rounded to float16.
    shipped = SideNet()
    fill(shipped, folder / WEIGHTS_FILE, sha256)
    films = load_adult_films((THRESHOLD_FOLD,))
    threshold = threshold_of(side_scores(SideReader(shipped, 1.0), torch.from_numpy(films.images)[:, None]))
    card = build_card(sha256, threshold, len(films), len(set(films.patient_ids)))
    write_card(folder, card)  # the engine that measures loads it
    card["metrics"] = measure_mirrored(SideReader(shipped, threshold), log.info)
    write_card(folder, card, card_page(card))
    return card


def fitted_side_net(run: Path) -> SideNet:
    """Return the network of a run folder, training it first where needed."""
    path = run / "averaged.safetensors"
    if not path.exists():
        fitted = fit_side_net(run)
        write_tensors(path, fitted.state_dict())
    network = SideNet()
    fill(network, path)
    return network


def side_scores(reader: SideReader, films: torch.Tensor) -> np.ndarray:
    """Return the score of each film (N, 1, 128, 128), 0 to 255, read as the engine does, float64 (N,)."""
    return np.concatenate([reader.scores(stretch(part)) for part in films.split(128)])


def threshold_of(scores: np.ndarray, share: float = FLAGGED_SHARE) -> float:
    """Return the smallest threshold that at most ``share`` of films as they are fall below with its sign turned.

    At least ``LEAST_THRESHOLD``: of a score around 0 nothing is said, however seldom it is wrong.
    """
    allowed = int(share * len(scores))
    return max(LEAST_THRESHOLD, float(-np.sort(scores)[allowed]))
