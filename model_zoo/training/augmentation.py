"""Augmentation of whole batches on the training device: geometry, exposure, borders, markers, exchanged surroundings.

Images are float32 (N, 1, H, W) after ``stretch``; masks ride along through the same geometry. Each transform breaks a
shortcut that the data sets are known to hold: film borders, exposure, side markers and the area around the lungs all
predict the label in at least one of them.
"""

from __future__ import annotations

import math

import torch
from torch.nn import functional


def random_affine(
    images: torch.Tensor,
    masks: torch.Tensor,
    generator: torch.Generator,
    degrees: float = 12.0,
    scale: float = 0.15,
    aspect: float = 0.10,
    shift: float = 0.07,
    flip: float = 0.5,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Rotate, scale, squeeze, shift and mirror each image and its masks (N, M, H, W) together."""
    n = images.shape[0]

    def uniform(limit: float) -> torch.Tensor:
        return (torch.rand(n, generator=generator) * 2 - 1) * limit

    angle = uniform(math.radians(degrees))
    zoom = torch.exp(uniform(scale))
    squeeze = torch.exp(uniform(aspect) / 2)
    mirror = torch.where(torch.rand(n, generator=generator) < flip, -1.0, 1.0)
    theta = torch.zeros(n, 2, 3)
    theta[:, 0, 0] = torch.cos(angle) * zoom * squeeze * mirror
    theta[:, 0, 1] = -torch.sin(angle) * zoom
    theta[:, 1, 0] = torch.sin(angle) * zoom * mirror
    theta[:, 1, 1] = torch.cos(angle) * zoom / squeeze
    theta[:, 0, 2] = uniform(shift * 2)
    theta[:, 1, 2] = uniform(shift * 2)
    theta = theta.to(images.device)
    grid = functional.affine_grid(theta, list(images.shape), align_corners=False)
    moved = functional.grid_sample(images, grid, mode="bilinear", padding_mode="border", align_corners=False)
    moved_masks = functional.grid_sample(masks, grid, mode="bilinear", padding_mode="zeros", align_corners=False)
    return moved, moved_masks


def random_exposure(images: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Change gamma, contrast, brightness, sharpness and noise as detectors and window settings do."""
    n = images.shape[0]

    def rand(low: float, high: float) -> torch.Tensor:
        return (low + (high - low) * torch.rand(n, 1, 1, 1, generator=generator)).to(images.device)

    unit = ((images + 1) / 2).clamp(0, 1)
    unit = unit ** torch.exp(rand(-0.45, 0.45))
    images = (unit * 2 - 1) * rand(0.75, 1.2) + rand(-0.2, 0.2)
    blurred = functional.avg_pool2d(functional.pad(images, (1, 1, 1, 1), mode="replicate"), 3, 1)
    amount = rand(-0.6, 0.9).clamp_min(-0.6)  # below 0 sharpens, above 0 blurs
    images = images + amount * (blurred - images)
    noise = torch.randn(images.shape, generator=generator).to(images.device) * rand(0.0, 0.06)
    return images + noise


def random_borders(images: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Paint collimation borders of random width and grey, markers near the corners, and erased patches."""
    n, _, height, width = images.shape
    images = images.clone()
    draws = torch.rand(n, 16, generator=generator).tolist()
    for i, d in enumerate(draws):
        if d[0] < 0.35:
            grey = d[1] * 2.4 - 1.2
            top, bottom = int(d[2] ** 2 * 0.12 * height), int(d[3] ** 2 * 0.12 * height)
            left, right = int(d[4] ** 2 * 0.12 * width), int(d[5] ** 2 * 0.12 * width)
            images[i, :, :top] = grey
            images[i, :, height - bottom :] = grey
            images[i, :, :, :left] = grey
            images[i, :, :, width - right :] = grey
        if d[6] < 0.25:
            h, w = 4 + int(d[7] * 8), 4 + int(d[8] * 14)
            y = int(d[9] * 0.15 * height) if d[10] < 0.7 else height - h - int(d[9] * 0.1 * height)
            x = int(d[11] * 0.2 * width) if d[10] < 0.35 else width - w - int(d[11] * 0.2 * width)
            images[i, :, y : y + h, x : x + w] = 1.3 if d[12] < 0.8 else -1.0
        if d[13] < 0.3:
            h, w = int((0.1 + 0.15 * d[14]) * height), int((0.1 + 0.15 * d[15]) * width)
            y, x = int(d[1] * (height - h)), int(d[2] * (width - w))
            images[i, :, y : y + h, x : x + w] = images[i].mean()
    return images


def exchange_surroundings(
    images: torch.Tensor, lungs: torch.Tensor, generator: torch.Generator, share: float = 0.5
) -> torch.Tensor:
    """Put the lungs of each film into the surroundings of another film of the batch, for ``share`` of the films.

    The label stays with the lungs. What lies around the lungs then says nothing about the label, which the children's
    set would otherwise allow to reach AUC 0.96 without any lung.

    lungs: float32 (N, 1, H, W), probability of lung.
    """
    n = images.shape[0]
    if n < 2:
        return images
    order = torch.randperm(n, generator=generator).to(images.device)
    chosen = (torch.rand(n, 1, 1, 1, generator=generator) < share).to(images.device)
    # Widened by a few pixels and softened, so that the seam lies outside the lung and carries no sharp edge.
    keep = functional.max_pool2d((lungs > 0.5).float(), 5, 1, 2)
    keep = functional.avg_pool2d(keep, 5, 1, 2, count_include_pad=False)
    mixed = keep * images + (1 - keep) * images[order]
    return torch.where(chosen, mixed, images)
