"""Fit one lesion network: reading, local evidence, masks and boxes together; a killed run resumes, one seed gives one network."""

from __future__ import annotations

import logging
import math
from pathlib import Path

import numpy as np
import torch
from torch.nn.utils import convert_conv2d_weight_memory_format

from model_zoo.classifiers.lesion_net import LesionNet, decode_boxes
from model_zoo.engine.device import pick_device
from model_zoo.evaluation.metrics import auroc
from model_zoo.training.augmentation import random_affine, random_exposure
from model_zoo.training.lesions.losses import box_loss, class_loss, local_loss, mask_loss, output_loss
from model_zoo.training.lesions.models import LesionModel, LesionOptions
from model_zoo.training.lesions.pictures import PictureSet
from model_zoo.training.loop import AveragedWeights, Checkpoint, cosine_rate, descend, seed_everything, set_rate

log = logging.getLogger(__name__)

# The log looks at held-out pictures this often; nothing is chosen by it.
_LOOK_EVERY = 10


def fit_lesions(
    model: LesionModel, network: LesionNet, training: PictureSet, options: LesionOptions, run: Path, look: PictureSet
) -> LesionNet:
    """Train, or resume and finish, ``network`` in folder ``run``; returns the averaged weights.

    look: pictures whose AUC goes into the log now and then.
    """
    seed_everything(options.seed)
    device = pick_device()
    network = convert_conv2d_weight_memory_format(network.to(device), torch.channels_last)
    kernels = [p for p in network.parameters() if p.ndim > 1]
    others = [p for p in network.parameters() if p.ndim <= 1]
    groups = [{"params": kernels, "weight_decay": options.weight_decay}, {"params": others, "weight_decay": 0.0}]
    optimiser = torch.optim.AdamW(groups, lr=options.peak_rate)
    average = AveragedWeights(network, options.average_decay)
    checkpoint = Checkpoint(run / "last.pt", network=network, average=average, optimiser=optimiser)
    batches = _Batches(model, training, options)
    for epoch in range(checkpoint.resume().get("epoch", 0), options.stop_after or options.epochs):
        generator = seed_everything(options.seed + 1000 * (epoch + 1))
        network.train()
        total = np.zeros(4)
        for step, rows in enumerate(batches.order(generator)):
            x, targets, masks, known, boxes = batches.draw(rows, generator)
            rate = cosine_rate(
                epoch * batches.steps + step, options.epochs * batches.steps, options.peak_rate, warmup=100
            )
            set_rate(optimiser, rate)
            with torch.autocast(device.type, torch.bfloat16):
                local, drawn, raw = network.everything(x.to(device).contiguous(memory_format=torch.channels_last))
            parts = batches.losses(network, local, drawn, raw, [t.to(device) for t in (targets, masks, known, boxes)])
            loss = sum(parts[1:], parts[0])
            descend(loss, optimiser, 5.0)
            average.update(network)
            total += [float(part.detach()) for part in parts]
        checkpoint.save(epoch=epoch + 1)
        means = " ".join(f"{value:.3f}" for value in total / batches.steps)
        seen = ""
        if (epoch + 1) % _LOOK_EVERY == 0:
            read = look.where(look.read)
            logits = predict(average.network, read.images)[0]
            areas = [auroc(read.targets[:, k].numpy(), logits[:, k]) or 0.0 for k in range(logits.shape[1])]
            seen = " held-out AUC " + " ".join(f"{area:.3f}" for area in areas)
        log.info("%s epoch %d/%d image local mask box %s%s", run.name, epoch + 1, options.epochs, means, seen)
    return average.network


@torch.no_grad()
def predict(network: LesionNet, images: torch.Tensor, batch: int = 16) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return logits (N, outputs), mask probabilities float16 (N, K, H/2, W/2) and boxes (N, M, 5), in float32 arithmetic."""
    network.eval()
    logits, masks, boxes = [], [], []
    for start in range(0, len(images), batch):
        x = images[start : start + batch]
        local, drawn, raw = network.everything(x)
        logits.append(network.read(local).numpy())
        masks.append(np.zeros((len(x), 0, 1, 1), np.float16) if drawn is None else torch.sigmoid(drawn).half().numpy())
        boxes.append(np.zeros((len(x), 0, 5), np.float32) if raw is None else decode_boxes(raw).numpy())
    return np.concatenate(logits), np.concatenate(masks), np.concatenate(boxes)


class _Batches:
    """Draws augmented batches, and weighs what the network says of them."""

    def __init__(self, model: LesionModel, pictures: PictureSet, options: LesionOptions) -> None:
        self.model, self.pictures, self.options = model, pictures, options
        self.read = torch.from_numpy(np.flatnonzero(pictures.read))
        self.drawn = torch.from_numpy(np.flatnonzero(~pictures.read))
        self.of_drawn = round(options.batch * options.drawn_share) if len(self.drawn) else 0
        self.steps = len(self.read) // (options.batch - self.of_drawn)
        counts = torch.nansum(pictures.targets, 0).clamp_min(1)
        # The root evens rare classes out halfway: in full, the rare class would be overcalled.
        self.class_weights = torch.sqrt(counts.mean() / counts)
        self.taught = [model.outputs.index(name) for name in model.local]
        self.lesion_planes = [k for k, name in enumerate(model.masks or ("",)) if name not in model.landmark_masks]

    def order(self, generator: torch.Generator) -> list[torch.Tensor]:
        """Return the rows of each batch of an epoch: every read picture once, pictures with masks alone as they fall."""
        size = self.options.batch - self.of_drawn
        shuffled = self.read[torch.randperm(len(self.read), generator=generator)]
        batches = [shuffled[i * size : (i + 1) * size] for i in range(self.steps)]
        if not self.of_drawn:
            return batches
        extra = torch.randint(len(self.drawn), (self.steps, self.of_drawn), generator=generator)
        return [torch.cat([rows, self.drawn[pick]]) for rows, pick in zip(batches, extra, strict=True)]

    def draw(
        self, rows: torch.Tensor, generator: torch.Generator
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return augmented pictures, targets, masks in [0, 1], whether these are known, and boxes."""
        options, pictures = self.options, self.pictures
        x, masks = random_affine(
            pictures.images[rows],
            pictures.masks[rows].float() / 255,
            generator,
            degrees=options.degrees,
            scale=options.scale,
            aspect=options.aspect,
            shift=options.shift,
        )
        x = random_exposure(x, generator)
        if options.calipers:
            x = random_calipers(x, generator)
        known = pictures.mask_known[rows]
        boxes = bounding_boxes(masks[:, 0]) if self.model.boxes else pictures.boxes[rows]
        return x, pictures.targets[rows], masks, known, boxes

    def losses(
        self,
        network: LesionNet,
        local: torch.Tensor,
        drawn: torch.Tensor | None,
        raw: torch.Tensor | None,
        truth: list[torch.Tensor],
    ) -> list[torch.Tensor]:
        """Return the weighted losses: image reading, local evidence, masks, boxes."""
        targets, masks, known, boxes = truth
        options, local = self.options, local.float()
        scores = network.pool(local)
        if self.model.exclusive:
            image = class_loss(scores, targets, self.class_weights.to(scores.device), options.label_smoothing)
        else:
            image = output_loss(scores, targets, options.label_smoothing)
        none = local.sum() * 0
        lesion = masks[:, self.lesion_planes].amax(1, keepdim=True)
        place = local_loss(local[:, self.taught], lesion, targets[:, self.taught], known)
        per_picture = len(self.model.masks) == 1
        outline = none if drawn is None else mask_loss(drawn.float(), masks, known, per_picture)
        box = none if raw is None else box_loss(raw.float(), boxes)
        return [image, options.local_weight * place, options.mask_weight * outline, options.box_weight * box]


def bounding_boxes(masks: torch.Tensor) -> torch.Tensor:
    """Return the box around each mask (N, H, W), float32 (N, 4) top, left, height, width; NaN where a mask is empty."""
    inside = masks > 0.5
    boxes = torch.full((len(masks), 4), math.nan)
    for i, mask in enumerate(inside):
        rows, cols = torch.nonzero(mask.any(1)).flatten(), torch.nonzero(mask.any(0)).flatten()
        if len(rows):
            top, left = int(rows[0]), int(cols[0])
            boxes[i] = torch.tensor([top, left, int(rows[-1]) + 1 - top, int(cols[-1]) + 1 - left]).float()
    return boxes


def random_calipers(images: torch.Tensor, generator: torch.Generator, share: float = 0.3) -> torch.Tensor:
    """Paint measurement crosses anywhere on ``share`` of the pictures: in the data they are commoner on lesions."""
    n, _, height, width = images.shape
    images = images.clone()
    for i, d in enumerate(torch.rand(n, 10, generator=generator).tolist()):
        if d[0] >= share:
            continue
        for k in range(2 if d[1] < 0.5 else 4):
            y, x = 3 + int(d[2 + k] * (height - 6)), 3 + int(d[6 + k] * (width - 6))
            images[i, :, y - 2 : y + 3, x] = 1.3
            images[i, :, y, x - 2 : x + 3] = 1.3
    return images
