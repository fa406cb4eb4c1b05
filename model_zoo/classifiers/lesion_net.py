"""One family of networks for pictures with lesions: a reading of the whole picture, and beside it where the lesions lie.

A picture goes in as (N, 1, H, W). ``forward`` gives image logits, as every explanation method expects; ``lesions`` gives
mask logits at half the resolution and ``boxes`` decoded boxes with scores, both from a decoder that goes up from the last
map of the trunk with skips. The decoder reads the map before it is centred, so that centring changes neither.

References: Ronneberger et al. 2015, arXiv:1505.04597 (decoder with skips); Zhou et al. 2019, arXiv:1904.07850 (boxes as
peaks of a heat map); Tian et al. 2019, arXiv:1904.01355 (distances to the four sides).
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn
from torch.nn import functional

from model_zoo.classifiers.residual import ConvNormAct, LocalResidualNet

# A box side is predicted as the exponent of a factor on this many pixels: the middle of what the brain slices hold.
SIDE_UNIT = 16.0
# Exponents beyond it would give sides of more than a thousand pixels and overflow under attribution noise.
LARGEST_EXPONENT = 4.0
BOX_STRIDE = 4
# More than the lesions that any training picture holds; the caller keeps those above the threshold of the card.
BOXES = 8
# Variance below which a field counts as flat, on inputs stretched to -1..1: the black surround must not become noise.
FLAT = 0.02


class LocalContrast(nn.Module):
    """Put the local contrast beside a grey picture: (N, 1, H, W) to (N, 2, H, W); H and W multiples of 8.

    The second channel is the picture minus its mean over a field of 24 pixels, over the root of the variance there: uneven
    light of a fundus photograph goes, small dark and bright spots stay. Mean and variance are taken on cells of 8 pixels
    and interpolated, which costs a hundredth of a sliding window. All is differentiable, so attributions reach the pixels.
    """

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        away = x - _field_mean(x)
        return torch.cat([x, away / torch.sqrt(_field_mean(away * away) + FLAT)], 1)


def _field_mean(x: torch.Tensor) -> torch.Tensor:
    cells = functional.avg_pool2d(functional.avg_pool2d(x, 8), 3, 1, 1, count_include_pad=False)
    return functional.interpolate(cells, scale_factor=8.0, mode="bilinear", align_corners=False)


class LesionNet(LocalResidualNet):
    """Residual trunk with image logits, lesion masks and lesion boxes.

    Parameters
    ----------
    outputs: number of image logits. exclusive: the outputs are classes of which exactly one holds; each logit is then the
        log-odds of its class in a softmax, so that it can be calibrated and explained like any other.
    masks: number of lesion masks, 0 for none. boxes: whether boxes are predicted.
    local_contrast: whether the network reads the local contrast beside the picture.

    H and W are multiples of 16.
    """

    def __init__(
        self,
        outputs: int,
        exclusive: bool = False,
        masks: int = 0,
        boxes: bool = False,
        local_contrast: bool = False,
        widths: Sequence[int] = (24, 48, 96, 192),
        depths: Sequence[int] = (1, 2, 2, 2),
        fused: int = 96,
        dropout: float = 0.3,
    ) -> None:
        super().__init__(outputs, widths, depths, fused, dropout)
        self.exclusive, self.n_masks, self.has_boxes = exclusive, masks, boxes
        self.contrast: nn.Module = nn.Identity()
        if local_contrast:
            self.contrast = LocalContrast()
            self.stem = ConvNormAct(2, widths[0], kernel=5, stride=2)
        self.up4 = _Up(fused, widths[1], widths[1])
        if masks:
            self.up2 = _Up(widths[1], widths[0], widths[0])
            self.mask_head = nn.Conv2d(widths[0], masks, 1)
        if boxes:
            self.box_tower = ConvNormAct(widths[1], widths[1])
            self.box_head = nn.Conv2d(widths[1], 5, 1)

    def trunk(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return the maps at stride 2, 4 and 8; the last is fused and not yet centred."""
        half = self.stages[0](self.stem(self.contrast(x)))
        quarter = self.stages[1](half)
        fine = self.stages[2](quarter)
        up = functional.interpolate(self.top_down(self.stages[3](fine)), scale_factor=2.0, mode="nearest")
        return half, quarter, self.fuse(self.lateral(fine) + up)

    def features(self, x: torch.Tensor) -> torch.Tensor:
        return self.centre(self.trunk(x)[2])

    def everything(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor | None, torch.Tensor | None]:
        """Return local class scores at stride 8, mask logits at stride 2 and raw boxes at stride 4 in one pass."""
        half, quarter, fused = self.trunk(x)
        local = self.local_head(self.dropout(self.centre(fused)))
        rising = self.up4(fused, quarter)
        masks = self.mask_head(self.up2(rising, half)) if self.n_masks else None
        return local, masks, self.box_head(self.box_tower(rising)) if self.has_boxes else None

    def read(self, local: torch.Tensor) -> torch.Tensor:
        """Return image logits (N, outputs) from local class scores."""
        scores = self.pool(local.float())
        return log_odds(scores) if self.exclusive else scores

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.read(self.local_logits(x))

    def lesions(self, x: torch.Tensor) -> torch.Tensor:
        """Return mask logits, float32 (N, masks, H/2, W/2)."""
        found = self.everything(x)[1]
        return x.new_zeros(len(x), 0, x.shape[2] // 2, x.shape[3] // 2) if found is None else found.float()

    def boxes(self, x: torch.Tensor) -> torch.Tensor:
        """Return boxes float32 (N, M, 5), best first: score, top, left, height, width, in pixels of the model grid."""
        found = self.everything(x)[2]
        return x.new_zeros(len(x), 0, 5) if found is None else decode_boxes(found.float())


class _Up(nn.Module):
    """Twice as fine: the coarse map enlarged, the skip beside it, one convolution."""

    def __init__(self, coarse: int, skip: int, channels: int) -> None:
        super().__init__()
        self.down = nn.Conv2d(coarse, channels, 1)
        self.skip = nn.Conv2d(skip, channels, 1)
        self.join = ConvNormAct(channels, channels)

    def forward(self, coarse: torch.Tensor, skip: torch.Tensor) -> torch.Tensor:
        up = functional.interpolate(self.down(coarse), scale_factor=2.0, mode="nearest")
        return self.join(up + self.skip(skip))


def log_odds(scores: torch.Tensor) -> torch.Tensor:
    """Return log(p / (1 - p)) of each class of a softmax of scores (N, K): the score minus the log-sum-exp of the others."""
    own = torch.eye(scores.shape[1], dtype=torch.bool, device=scores.device)
    others = scores[:, None, :].expand(-1, scores.shape[1], -1).masked_fill(own, -torch.inf)
    return scores - torch.logsumexp(others, dim=2)


def box_sides(raw: torch.Tensor) -> torch.Tensor:
    """Return the box at each place, (N, 4, h, w): top, left, bottom, right in pixels, from raw boxes (N, 5, h, w)."""
    away = SIDE_UNIT * torch.exp(raw[:, 1:].clamp(-LARGEST_EXPONENT, LARGEST_EXPONENT))
    y = (torch.arange(raw.shape[2], device=raw.device) + 0.5)[None, :, None] * BOX_STRIDE
    x = (torch.arange(raw.shape[3], device=raw.device) + 0.5)[None, None, :] * BOX_STRIDE
    return torch.stack([y - away[:, 0], x - away[:, 1], y + away[:, 2], x + away[:, 3]], 1)


def decode_boxes(raw: torch.Tensor, count: int = BOXES) -> torch.Tensor:
    """Return the boxes at the highest peaks of the heat map, (N, count, 5); clipped to the grid, score 0 where none."""
    heat = torch.sigmoid(raw[:, 0])
    peak = functional.max_pool2d(heat[:, None], 5, 1, 2)[:, 0] == heat
    rows, cols = raw.shape[2] * BOX_STRIDE, raw.shape[3] * BOX_STRIDE
    score, place = (heat * peak).flatten(1).topk(count, dim=1)
    sides = box_sides(raw).flatten(2).gather(2, place[:, None].expand(-1, 4, -1))
    top, left, bottom, right = sides.unbind(1)
    top, bottom = top.clamp(0, rows), bottom.clamp(0, rows)
    left, right = left.clamp(0, cols), right.clamp(0, cols)
    return torch.stack([score, top, left, bottom - top, right - left], 2)
