"""Recipe of the lung segmenter: ``python -m model_zoo train lungs``.

Trained on the 4,936 masks of the children's films, folds 0 to 2; fold 3 is watched, fold 4 reported once.
"""

from __future__ import annotations

import csv
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.nn import functional
from torch.nn.utils import convert_conv2d_weight_memory_format

from model_zoo.artefact import WEIGHTS_FILE, fill, half, write_card, write_tensors
from model_zoo.card import WEIGHTS_ROOT
from model_zoo.engine.device import pick_device
from model_zoo.scans.intensity import stretch
from model_zoo.segmenters import SEGMENTERS
from model_zoo.segmenters.lungs import SIZE
from model_zoo.segmenters.unet import UNet
from model_zoo.training.augmentation import random_affine, random_borders, random_exposure
from model_zoo.training.data_folder import imaging_folder
from model_zoo.training.data_sources import CHILD_DATA
from model_zoo.training.loop import AveragedWeights, Checkpoint, cosine_rate, descend, seed_everything, set_rate
from model_zoo.words import ends, head, number, table_row

log = logging.getLogger(__name__)

SEED = 20
EPOCHS = 14
BATCH = 32
PEAK_RATE = 2e-3


def load_masks(folds: tuple[int, ...]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, list[str]]:
    """Return images uint8 (N, 1, 128, 128), lung share 0..255 alike, a known-pixel mask alike, and patient groups."""
    folder = imaging_folder("chest_xray_child")
    with (folder / "labels.csv").open(newline="", encoding="utf-8") as handle:
        rows = [row for row in csv.DictReader(handle) if row["lung_mask"] and int(row["fold"]) in folds]
    images: list[np.ndarray] = []
    lungs: list[np.ndarray] = []
    known: list[np.ndarray] = []
    for row in rows:
        with Image.open(folder / row["file"]) as picture:
            images.append(np.asarray(picture.convert("L").resize((SIZE, SIZE), Image.Resampling.BOX)))
        with Image.open(folder / row["lung_mask"]) as picture:
            mask = np.asarray(picture.convert("L"))
        # 127 marks a device over the lung, neither lung nor background: no loss there.
        for target, store in ((mask > 200, lungs), ((mask < 60) | (mask > 200), known)):
            part = Image.fromarray((target * 255).astype(np.uint8)).resize((SIZE, SIZE), Image.Resampling.BOX)
            store.append(np.asarray(part))
    stack = [torch.from_numpy(np.stack(part))[:, None] for part in (images, lungs, known)]
    return stack[0], stack[1], stack[2], [row["group"] for row in rows]


def fit_lungs(run: Path, epochs: int = EPOCHS, tick: Callable[[str], None] = log.info) -> UNet:
    """Train, or resume and finish, the segmenter in folder ``run``; returns the averaged network."""
    generator = seed_everything(SEED)
    device = pick_device()
    images, lungs, known, _ = load_masks((0, 1, 2))
    network = convert_conv2d_weight_memory_format(UNet().to(device), torch.channels_last)
    optimiser = torch.optim.AdamW(network.parameters(), lr=PEAK_RATE, weight_decay=0.01)
    average = AveragedWeights(network, 0.99)
    checkpoint = Checkpoint(run / "last.pt", network=network, average=average, optimiser=optimiser)
    steps = len(images) // BATCH
    for epoch in range(checkpoint.resume().get("epoch", 0), epochs):
        generator = seed_everything(SEED + 1000 * (epoch + 1))
        order = torch.randperm(len(images), generator=generator)
        total = 0.0
        network.train()
        for step in range(steps):
            pick = order[step * BATCH : (step + 1) * BATCH]
            x = stretch(images[pick].to(device))
            masks = torch.cat([lungs[pick], known[pick]], 1).to(device).float() / 255
            x, masks = random_affine(x, masks, generator, degrees=15, scale=0.25, aspect=0.25, shift=0.10)
            x = random_borders(random_exposure(x, generator), generator)
            rate = cosine_rate(epoch * steps + step, epochs * steps, PEAK_RATE)
            set_rate(optimiser, rate)
            with torch.autocast(device.type, torch.bfloat16):
                logits = network(x.contiguous(memory_format=torch.channels_last))
            loss = _loss(logits.float(), masks[:, :1], masks[:, 1:])
            descend(loss, optimiser)
            average.update(network)
            total += float(loss.detach())
        checkpoint.save(epoch=epoch + 1)
        tick(f"lungs epoch {epoch + 1}/{epochs} loss {total / steps:.4f}")
    return average.network


@torch.no_grad()
def dice_per_film(network: nn.Module, images: torch.Tensor, lungs: torch.Tensor, known: torch.Tensor) -> np.ndarray:
    """Return the Dice coefficient of each film at 128 x 128, float64 (N,); pixels marked unknown do not count."""
    network.eval()
    device = next(network.parameters()).device
    scores = []
    for start in range(0, len(images), 64):
        part = slice(start, start + 64)
        predicted = (network(stretch(images[part].to(device))) > 0).cpu()
        valid = known[part] > 127
        truth = (lungs[part] > 127) & valid
        predicted &= valid
        overlap = (predicted & truth).flatten(1).sum(1).double()
        scores.append(2 * overlap / (predicted.flatten(1).sum(1) + truth.flatten(1).sum(1)).clamp_min(1))
    return torch.cat(scores).numpy()


def _loss(logits: torch.Tensor, lungs: torch.Tensor, known: torch.Tensor) -> torch.Tensor:
    """Cross-entropy plus soft Dice over the pixels whose class is known."""
    pixel = functional.binary_cross_entropy_with_logits(logits, lungs, weight=known)
    probability = torch.sigmoid(logits) * known
    overlap = (probability * lungs).flatten(1).sum(1)
    dice = (2 * overlap + 1) / (probability.flatten(1).sum(1) + (lungs * known).flatten(1).sum(1) + 1)
    return pixel + (1 - dice).mean()


def train_lungs(runs: Path, weights: Path = WEIGHTS_ROOT) -> dict[str, Any]:
    """Train or resume the segmenter in ``runs``; write float16 weights and card; return the card."""
    network = fitted_lungs(runs)
    folder = weights / "lungs"
    card: dict[str, Any] = {
        "schema_version": 1,
        "name": "lungs",
        "title": "Lungs on a frontal chest film",
        "task": "segmentation",
        "version": "1.0",
        "input": {"shape": [1, SIZE, SIZE], "value_range": [-1.5, 1.5]},
        "intended_use": "Cropping films of children aged 1 to 5 to the lungs; on adults only as a rough outline.",
        "not_for": ["heart size or cardiothoracic ratio: the masks include the lung behind the heart"],
        "data": [CHILD_DATA],
        "weights_sha256": write_tensors(folder / WEIGHTS_FILE, half(network.state_dict())),
        "training": {
            "recipe": "python -m model_zoo train lungs",
            "epochs": EPOCHS,
            "batch": BATCH,
            "seed": SEED,
            "trained_on_folds": [0, 1, 2],
        },
    }
    write_card(folder, card)
    reloaded = SEGMENTERS.get("lungs").load()
    images, lungs, known, patients = load_masks((4,))
    dice = dice_per_film(reloaded, images, lungs, known)
    mean = film_mean_interval(dice, patients)
    card["metrics"] = {
        "fold": 4,
        "n_films": len(dice),
        "n_patients": len(set(patients)),
        "dice": mean,
        "dice_of_mean_mask": film_mean_interval(_mean_mask_dice(images, lungs, known), patients),
        "share_under_0.90": float((dice < 0.90).mean()),
    }
    write_card(folder, card, _markdown(card))
    return card


def fitted_lungs(runs: Path) -> UNet:
    """Return the segmenter of a run folder, training it first where needed."""
    path = runs / "lungs" / "averaged.safetensors"
    if not path.exists():
        fitted = fit_lungs(runs / "lungs")
        write_tensors(path, fitted.state_dict())
    network = UNet()
    fill(network, path)
    return network


def film_mean_interval(values: np.ndarray, patients: list[str], resamples: int = 1000) -> dict[str, float]:
    """Return the mean over films with its 95 % percentile interval over resampled patients."""
    names, group = np.unique(patients, return_inverse=True)
    total = np.bincount(group, values)
    count = np.bincount(group)
    generator = np.random.default_rng(0)
    picks = generator.integers(len(names), size=(resamples, len(names)))
    means = total[picks].sum(1) / count[picks].sum(1)
    low, high = np.percentile(means, [2.5, 97.5])
    return {"value": float(values.mean()), "low": float(low), "high": float(high)}


def _mean_mask_dice(images: torch.Tensor, lungs: torch.Tensor, known: torch.Tensor) -> np.ndarray:
    """The trivial baseline: the mean mask of the training folds, cut at one half, for every film."""
    _, trained, _, _ = load_masks((0, 1, 2))
    mean = (trained.float().mean(0, keepdim=True) > 127.5).expand(len(images), -1, -1, -1)
    valid = known > 127
    truth, guess = (lungs > 127) & valid, mean & valid
    overlap = (guess & truth).flatten(1).sum(1).double()
    return (2 * overlap / (guess.flatten(1).sum(1) + truth.flatten(1).sum(1)).clamp_min(1)).numpy()


def _markdown(card: dict[str, Any]) -> str:
    figures = card["metrics"]
    dice, trivial = figures["dice"], figures["dice_of_mean_mask"]
    return "\n".join(
        [
            f"# {card['title']} ({card['name']} {card['version']})",
            "",
            card["intended_use"],
            "",
            f"Not for: {'; '.join(card['not_for'])}.",
            "",
            f"Held-out patients (fold 4): {figures['n_films']} films of {figures['n_patients']} children aged 1 to 5.",
            "",
            *head("measure | value | 95 % interval"),
            table_row(("Dice, mean over films", number(dice["value"]), ends(dice))),
            table_row(("Dice of the mean mask (trivial)", number(trivial["value"]), ends(trivial))),
            f"| share of films under 0.90 | {figures['share_under_0.90']:.3f} | |",
            "",
            "No figure for adults: no masks of adults are available.",
            "",
            f"Data: {card['data'][0]['citation']} ({card['data'][0]['licence']}).",
            "",
        ]
    )
