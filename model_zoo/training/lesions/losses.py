"""The parts of the loss of a lesion network: image reading, local evidence, masks, boxes."""

from __future__ import annotations

import torch
from torch.nn import functional

from model_zoo.classifiers.lesion_net import BOX_STRIDE, box_sides

# A lesion covers a few per cent of a picture: weight 3 on it keeps a map from settling at "nothing anywhere".
_LESION_WEIGHT = 3.0
# Places this near the middle of a box, by the height of its Gaussian, learn its sides.
_LEARNS_SIDES = 0.5
# Of the Gaussian around the middle of a box, as a share of its side.
_SPREAD = 0.2


def class_loss(scores: torch.Tensor, targets: torch.Tensor, weights: torch.Tensor, smoothing: float) -> torch.Tensor:
    """Cross-entropy of a softmax over scores (N, K) of the pictures with a known class; weights: of the classes (K,)."""
    known = torch.isfinite(targets[:, 0])
    if not bool(known.any()):
        return scores.sum() * 0
    return functional.cross_entropy(scores[known], targets[known].argmax(1), weight=weights, label_smoothing=smoothing)


def output_loss(logits: torch.Tensor, targets: torch.Tensor, smoothing: float) -> torch.Tensor:
    """Binary cross-entropy of each known output (N, K)."""
    known = torch.isfinite(targets)
    if not bool(known.any()):
        return logits.sum() * 0
    softened = targets[known] * (1 - smoothing) + smoothing / 2
    return functional.binary_cross_entropy_with_logits(logits[known], softened)


def local_loss(local: torch.Tensor, lesion: torch.Tensor, targets: torch.Tensor, known: torch.Tensor) -> torch.Tensor:
    """Place-by-place cross-entropy: the evidence for an output belongs on the lesion of a picture that has it.

    local: (N, K, h, w) of the taught outputs. lesion: (N, 1, H, W) in [0, 1]. targets: (N, K). known: (N,) masks known.
    """
    if not bool(known.any()):
        return local.sum() * 0
    covered = functional.adaptive_avg_pool2d(lesion[known], (local.shape[-2], local.shape[-1]))
    wanted = covered * torch.nan_to_num(targets[known], nan=1.0)[:, :, None, None]
    weight = 1 + (_LESION_WEIGHT - 1) * wanted
    return functional.binary_cross_entropy_with_logits(local[known], wanted, weight=weight)


def mask_loss(logits: torch.Tensor, masks: torch.Tensor, known: torch.Tensor, per_picture: bool) -> torch.Tensor:
    """Cross-entropy and soft Dice of mask logits (N, K, h, w) against masks of twice the size.

    per_picture: Dice of each picture that has a lesion, so that a small one counts as much as a large one; otherwise over
    the batch, for lesions of a few pixels whose Dice in one picture is noise. Then a half-size pixel is lesion when any
    of its four is.
    """
    if not bool(known.any()):
        return logits.sum() * 0
    shrink = functional.avg_pool2d if per_picture else functional.max_pool2d
    wanted, found = shrink(masks[known], 2), logits[known]
    cross = functional.binary_cross_entropy_with_logits(found, wanted, weight=1 + (_LESION_WEIGHT - 1) * wanted)
    p = torch.sigmoid(found)
    axes = (2, 3) if per_picture else (0, 2, 3)
    overlap, total = (p * wanted).sum(axes), (p + wanted).sum(axes)
    present = wanted.sum(axes) > 0
    dice = (2 * overlap + 1) / (total + 1)
    return cross + ((1 - dice) * present).sum() / present.sum().clamp_min(1)


def box_loss(raw: torch.Tensor, boxes: torch.Tensor) -> torch.Tensor:
    """Focal loss of the heat map and generalised IoU of the sides; boxes (N, 4) top, left, height, width or NaN.

    References: Law and Deng 2018, arXiv:1808.01244 (focal loss around a Gaussian); Rezatofighi et al. 2019,
    arXiv:1902.09630 (generalised IoU).
    """
    heat, near = box_heat(boxes, (raw.shape[2], raw.shape[3]))
    p = torch.sigmoid(raw[:, 0]).clamp(1e-4, 1 - 1e-4)
    positive = heat >= 0.999
    focal = torch.where(
        positive, -((1 - p) ** 2) * torch.log(p), -((1 - heat) ** 4) * p**2 * torch.log(1 - p)
    ).sum() / positive.sum().clamp_min(1)
    teaches = near > _LEARNS_SIDES
    if not bool(teaches.any()):
        return focal
    found = box_sides(raw).permute(0, 2, 3, 1)[teaches]
    truth = torch.stack([boxes[:, 0], boxes[:, 1], boxes[:, 0] + boxes[:, 2], boxes[:, 1] + boxes[:, 3]], 1)
    wanted = truth[:, None, None].expand(-1, raw.shape[2], raw.shape[3], -1)[teaches]
    weight = near[teaches]
    return focal + ((1 - generalised_iou(found, wanted)) * weight).sum() / weight.sum()


def box_heat(boxes: torch.Tensor, grid: tuple[int, int]) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the target heat, 1 at the place nearest the middle of each box, and the Gaussian itself; both (N, h, w)."""
    y = (torch.arange(grid[0]) + 0.5)[None, :, None] * BOX_STRIDE
    x = (torch.arange(grid[1]) + 0.5)[None, None, :] * BOX_STRIDE
    top, left, height, width = (side[:, None, None] for side in boxes.unbind(1))
    down = (y - top - height / 2) / (_SPREAD * height).clamp_min(BOX_STRIDE / 2)
    across = (x - left - width / 2) / (_SPREAD * width).clamp_min(BOX_STRIDE / 2)
    gaussian = torch.nan_to_num(torch.exp(-(down**2 + across**2) / 2), nan=0.0)
    highest = gaussian.amax((1, 2), keepdim=True)
    return torch.where((gaussian == highest) & (highest > 0), torch.ones_like(gaussian), gaussian), gaussian


def generalised_iou(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """Return the generalised intersection over union of boxes (n, 4): top, left, bottom, right."""
    high, low = torch.maximum(a[:, :2], b[:, :2]), torch.minimum(a[:, 2:], b[:, 2:])
    overlap = (low - high).clamp_min(0).prod(1)
    union = (a[:, 2:] - a[:, :2]).prod(1) + (b[:, 2:] - b[:, :2]).prod(1) - overlap
    hull = (torch.maximum(a[:, 2:], b[:, 2:]) - torch.minimum(a[:, :2], b[:, :2])).prod(1)
    return overlap / union - (hull - union) / hull
