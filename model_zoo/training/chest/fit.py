"""Fit one chest network: adults and children share the trunk, each output learns only from films that say something of it.

The heads never see the other population: which data set a film comes from cannot become a label.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional
from torch.nn.utils import convert_conv2d_weight_memory_format

from model_zoo.classifiers.residual import LocalResidualNet
from model_zoo.engine.device import pick_device
from model_zoo.phantoms import TRAINING_SETTINGS, random_phantom
from model_zoo.scans.geometry import Box, Geometry
from model_zoo.scans.intensity import stretch
from model_zoo.segmenters.lungs import lung_crop
from model_zoo.training.augmentation import exchange_surroundings, random_affine, random_borders, random_exposure
from model_zoo.training.chest.films import (
    ADULT_OUTPUTS,
    AUXILIARY_OUTPUTS,
    CHILD_OUTPUTS,
    OUTPUTS,
    SIZE,
    FilmSet,
    box_mask,
)
from model_zoo.training.loop import AveragedWeights, Checkpoint, cosine_rate, descend, seed_everything, set_rate

log = logging.getLogger(__name__)

OPACITY = OUTPUTS.index("lung_opacity")
# Weight of each kind of output in the loss: few films carry a radiologist's reading, so each counts more.
LOSS_WEIGHTS = {
    **dict.fromkeys(ADULT_OUTPUTS, 1.0 / 6),
    **dict.fromkeys(CHILD_OUTPUTS, 0.7),
    **dict.fromkeys(AUXILIARY_OUTPUTS, 0.1),
    "lung_opacity": 2.0,
    "read_as_normal": 0.7,
}


@dataclass(frozen=True)
class FitOptions:
    """How one network is fitted; every field goes into the card."""

    epochs: int
    seed: int = 7
    adults_per_batch: int = 46
    children_per_batch: int = 12
    phantoms_per_batch: int = 6
    peak_rate: float = 2.5e-3
    weight_decay: float = 0.05
    average_decay: float = 0.995
    # A film with a radiologist's reading is drawn three times as often as one with a text-mined label alone.
    reading_weight: float = 3.0
    local_weight: float = 1.0
    phantoms: int = 1500


def build_network() -> LocalResidualNet:
    """Return the untrained network with every output, auxiliary ones included."""
    return LocalResidualNet(len(OUTPUTS))


def training_phantoms(count: int, seed: int) -> tuple[FilmSet, torch.Tensor]:
    """Render ``count`` phantoms of the training settings, half of them without lesion; also their opacity masks.

    A quarter are children. Returned masks: uint8 (count, 1, 128, 128).
    """
    images, targets, masks = [], [], []
    for index in range(count):
        child = index % 4 == 3
        phantom = random_phantom(
            TRAINING_SETTINGS, seed=seed * 1_000_003 + index, size=SIZE, body="child" if child else "adult"
        )
        kinds = {lesion.kind for lesion in phantom.lesions}
        target = np.full(len(OUTPUTS), np.nan, np.float32)
        if child:
            target[OUTPUTS.index("pneumonia")] = float("opacity" in kinds)
        else:
            target[OPACITY] = float("opacity" in kinds)
            target[OUTPUTS.index("read_as_normal")] = float(not kinds)
            target[OUTPUTS.index("report_effusion")] = float("effusion" in kinds)
            target[OUTPUTS.index("report_cardiomegaly")] = float("enlarged_heart" in kinds)
            target[OUTPUTS.index("report_any_finding")] = float(bool(kinds))
        mask = np.zeros(phantom.image.shape, np.float32)
        for lesion in phantom.lesions:
            if lesion.kind == "opacity":
                mask = np.maximum(mask, lesion.mask)
        whole = Box(0, 0, *phantom.image.shape)
        crop = lung_crop(phantom.lung_mask.astype(np.float32)) if child else whole
        geometry = Geometry((phantom.image.shape[0], phantom.image.shape[1]), crop, (SIZE, SIZE))
        images.append(np.clip(np.rint(geometry.to_model(phantom.image) * 255), 0, 255).astype(np.uint8))
        targets.append(target)
        masks.append(np.clip(np.rint(geometry.to_model(mask) * 255), 0, 255).astype(np.uint8))
    n = len(images)
    films = FilmSet(
        np.stack(images), np.stack(targets), [""] * n, [""] * n, np.zeros(n, int), [None] * n, [""] * n, None
    )
    return films, torch.from_numpy(np.stack(masks))[:, None]


def cached_phantoms(count: int, seed: int, folder: Path) -> tuple[FilmSet, torch.Tensor]:
    """Return ``training_phantoms``, rendered once per run folder: rendering costs minutes, reading a second."""
    path = folder / f"phantoms-{count}-{seed}.npz"
    if not path.exists():
        films, masks = training_phantoms(count, seed)
        folder.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(f".{os.getpid()}.partial.npz")
        np.savez_compressed(partial, images=films.images, targets=films.targets, masks=masks.numpy())
        partial.replace(path)
    stored = np.load(path, allow_pickle=False)
    n = len(stored["images"])
    films = FilmSet(
        stored["images"], stored["targets"], [""] * n, [""] * n, np.zeros(n, int), [None] * n, [""] * n, None
    )
    return films, torch.from_numpy(stored["masks"])


def fit_chest(
    adults: FilmSet,
    children: FilmSet,
    options: FitOptions,
    run: Path,
    tick: Callable[[str], None] = log.info,
) -> LocalResidualNet:
    """Train, or resume and finish, one network in folder ``run``; returns the averaged weights."""
    seed_everything(options.seed)
    device = pick_device()
    sampler = _Batches(adults, children, options, run.parent)
    network = convert_conv2d_weight_memory_format(build_network().to(device), torch.channels_last)
    optimiser = torch.optim.AdamW(_groups(network, options.weight_decay), lr=options.peak_rate)
    average = AveragedWeights(network, options.average_decay)
    checkpoint = Checkpoint(run / "last.pt", network=network, average=average, optimiser=optimiser)
    for epoch in range(checkpoint.resume().get("epoch", 0), options.epochs):
        generator = seed_everything(options.seed + 1000 * (epoch + 1))
        network.train()
        total = np.zeros(2)
        for step in range(sampler.steps):
            images, targets, masks, known = sampler.draw(generator, device)
            rate = cosine_rate(
                epoch * sampler.steps + step, options.epochs * sampler.steps, options.peak_rate, warmup=200
            )
            set_rate(optimiser, rate)
            with torch.autocast(device.type, torch.bfloat16):
                local = network.local_logits(images.contiguous(memory_format=torch.channels_last))
            local = local.float()
            image_loss = _image_loss(network.pool(local), targets)
            local_loss = _local_loss(local[:, OPACITY : OPACITY + 1], masks, known)
            loss = image_loss + options.local_weight * local_loss
            descend(loss, optimiser, 5.0)
            average.update(network)
            total += (float(image_loss.detach()), float(local_loss.detach()))
        checkpoint.save(epoch=epoch + 1)
        means = total / sampler.steps
        tick(f"{run.name} epoch {epoch + 1}/{options.epochs} image {means[0]:.4f} local {means[1]:.4f}")
    return average.network


@torch.no_grad()
def predict_films(network: LocalResidualNet, images: np.ndarray, batch: int = 64) -> np.ndarray:
    """Return logits float32 (N, outputs) for uint8 images (N, 128, 128), in float32 arithmetic."""
    network.eval()
    device = next(network.parameters()).device
    parts = []
    for start in range(0, len(images), batch):
        x = stretch(torch.from_numpy(images[start : start + batch])[:, None].to(device))
        parts.append(network(x).cpu().numpy())
    return np.concatenate(parts) if parts else np.zeros((0, len(OUTPUTS)), np.float32)


@torch.no_grad()
def mean_features(network: LocalResidualNet, images: np.ndarray, batch: int = 64) -> torch.Tensor:
    """Return the mean of the last map over all places of uint8 images (N, 128, 128), float32 (channels,)."""
    network.eval()
    total = torch.zeros(network.centre.mean.shape, dtype=torch.float64)
    for start in range(0, len(images), batch):
        x = stretch(torch.from_numpy(images[start : start + batch])[:, None])
        total += network.features(x).double().mean((2, 3)).sum(0)
    return (total / len(images)).float()


class _Batches:
    """Draws mixed batches: adults weighted towards radiologist-read films, children, phantoms."""

    def __init__(self, adults: FilmSet, children: FilmSet, options: FitOptions, folder: Path) -> None:
        self.options = options
        parts = [adults, children]
        phantom_masks = torch.zeros(0, 1, SIZE, SIZE, dtype=torch.uint8)
        self.counts = [options.adults_per_batch, options.children_per_batch]
        if options.phantoms:
            phantoms, phantom_masks = cached_phantoms(options.phantoms, options.seed, folder)
            parts.append(phantoms)
            self.counts.append(options.phantoms_per_batch)
        self.images = [torch.from_numpy(part.images)[:, None] for part in parts]
        self.targets = [torch.from_numpy(part.targets) for part in parts]
        if children.lungs is None:
            raise ValueError("children must come with lung probabilities")
        self.lungs = torch.from_numpy(children.lungs)[:, None]
        adult_masks = torch.zeros(len(adults), 1, SIZE, SIZE, dtype=torch.uint8)
        for index, boxes in enumerate(adults.opacity_boxes):
            if boxes:
                adult_masks[index, 0] = (box_mask(boxes) * 255).to(torch.uint8)
        self.masks = [adult_masks, torch.zeros(len(children), 1, 1, 1, dtype=torch.uint8), phantom_masks]
        read = ~np.isnan(adults.targets[:, OPACITY])
        self.adult_weights = torch.from_numpy(np.where(read, options.reading_weight, 1.0))
        self.steps = len(adults) // options.adults_per_batch

    def draw(self, generator: torch.Generator, device: torch.device) -> tuple[torch.Tensor, ...]:
        """Return images, targets, opacity masks (N, 1, H, W) and whether the mask of a film is known (N,)."""
        images, targets, masks, known = [], [], [], []
        for part, count in enumerate(self.counts):
            if part == 0:
                pick = torch.multinomial(self.adult_weights, count, replacement=False, generator=generator)
            else:
                pick = torch.randint(len(self.images[part]), (count,), generator=generator)
            x = stretch(self.images[part][pick].to(device))
            if part == 1:
                x = exchange_surroundings(x, self.lungs[pick].to(device).float() / 255, generator)
            target = self.targets[part][pick]
            images.append(x)
            targets.append(target)
            masks.append(self.masks[part][pick].float().expand(-1, 1, SIZE, SIZE) / 255)
            known.append(~torch.isnan(target[:, OPACITY]))
        x, mask = random_affine(torch.cat(images), torch.cat(masks).to(device), generator)
        x = random_borders(random_exposure(x, generator), generator)
        return x, torch.cat(targets).to(device), mask, torch.cat(known).to(device)


def _image_loss(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    known = ~torch.isnan(targets)
    filled = torch.where(known, targets, torch.zeros_like(targets))
    losses = functional.binary_cross_entropy_with_logits(logits, filled.clamp(0, 1), reduction="none")
    age = OUTPUTS.index("age_decades")
    regression = (logits[:, age] - filled[:, age]).abs()
    losses = torch.cat([losses[:, :age], regression[:, None], losses[:, age + 1 :]], 1)
    weights = torch.tensor([LOSS_WEIGHTS[name] for name in OUTPUTS], device=logits.device)
    # Each output is averaged over the films that know it, so that rare readings are not drowned.
    per_output = (losses * known).sum(0) / known.sum(0).clamp_min(1)
    return (per_output * weights).sum()


def _local_loss(local: torch.Tensor, masks: torch.Tensor, known: torch.Tensor) -> torch.Tensor:
    """Place-by-place cross-entropy of the opacity map against the radiologists' boxes."""
    if not bool(known.any()):
        return local.sum() * 0
    target = functional.adaptive_avg_pool2d(masks[known], (local.shape[-2], local.shape[-1]))
    # A box is 4 to 30 % of a film: weight 3 keeps the map from settling at "nothing anywhere".
    weight = 1 + 2 * target
    return functional.binary_cross_entropy_with_logits(local[known], target, weight=weight)


def _groups(network: torch.nn.Module, decay: float) -> Sequence[dict[str, object]]:
    """Weight decay on kernels only: norms, biases and pooling sharpness are left alone."""
    kernels = [p for p in network.parameters() if p.ndim > 1]
    others = [p for p in network.parameters() if p.ndim <= 1]
    return [{"params": kernels, "weight_decay": decay}, {"params": others, "weight_decay": 0.0}]
