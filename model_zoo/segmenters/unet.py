"""A small U-Net: (N, 1, H, W) in, one logit per pixel (N, 1, H, W) out, H and W multiples of 16.

Reference: Ronneberger et al. 2015, arXiv:1505.04597, with batch normalisation and nearest-neighbour up-sampling. The
first convolution strides by two and the logits are enlarged at the end: organ outlines are smooth at 128 pixels, and
the network costs a quarter.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn
from torch.nn import functional

from model_zoo.classifiers.residual import ConvNormAct


class UNet(nn.Module):
    """Encoder and decoder of ``len(widths)`` levels with skip connections."""

    def __init__(self, widths: Sequence[int] = (16, 32, 64, 128)) -> None:
        super().__init__()
        self.down = nn.ModuleList()
        channels = 1
        for width in widths:
            first = ConvNormAct(channels, width, kernel=5, stride=2) if channels == 1 else ConvNormAct(channels, width)
            self.down.append(nn.Sequential(first, ConvNormAct(width, width)))
            channels = width
        self.up = nn.ModuleList()
        for skip in reversed(widths[:-1]):
            self.up.append(nn.Sequential(ConvNormAct(channels + skip, skip), ConvNormAct(skip, skip)))
            channels = skip
        self.head = nn.Conv2d(channels, 1, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        skips: list[torch.Tensor] = []
        for index, level in enumerate(self.down):
            x = level(x if index == 0 else functional.max_pool2d(x, 2))
            skips.append(x)
        skips.pop()
        for level in self.up:
            x = functional.interpolate(x, scale_factor=2.0, mode="nearest")
            x = level(torch.cat([x, skips.pop()], dim=1))
        return functional.interpolate(self.head(x), scale_factor=2.0, mode="bilinear", align_corners=False)
