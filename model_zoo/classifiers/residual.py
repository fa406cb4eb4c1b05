"""Residual convolutional trunk with a fine last map, made for reading rather than for ranking.

A scan goes in as (N, 1, H, W); local logits at stride 8 and image logits come out. The trunk narrows to stride 16 for
context and is then fused back to stride 8, so that the last convolutional map points at a lesion and not at a quadrant.
No ReLU works in place: in-place ReLU gives wrong gradients under attribution hooks.

References: He et al. 2016, arXiv:1512.03385 (residual blocks); He et al. 2019, arXiv:1812.01187 (average-pooled
shortcut); Lin et al. 2017, arXiv:1612.03144 (top-down fusion); Pinheiro and Collobert 2015, arXiv:1411.6228
(log-sum-exp pooling of local scores).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import nn
from torch.nn import functional


class ConvNormAct(nn.Sequential):
    """Convolution, batch normalisation, ReLU that keeps its input."""

    def __init__(self, channels_in: int, channels_out: int, kernel: int = 3, stride: int = 1) -> None:
        super().__init__(
            nn.Conv2d(channels_in, channels_out, kernel, stride, kernel // 2, bias=False),
            nn.BatchNorm2d(channels_out),
            nn.ReLU(inplace=False),
        )


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions around a shortcut; a stride is taken by average pooling on the shortcut."""

    def __init__(self, channels_in: int, channels_out: int, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels_in, channels_out, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(channels_out)
        self.conv2 = nn.Conv2d(channels_out, channels_out, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(channels_out)
        self.relu1 = nn.ReLU(inplace=False)
        self.relu2 = nn.ReLU(inplace=False)
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1 or channels_in != channels_out:
            self.shortcut = nn.Sequential(
                nn.AvgPool2d(stride) if stride != 1 else nn.Identity(),
                nn.Conv2d(channels_in, channels_out, 1, bias=False),
                nn.BatchNorm2d(channels_out),
            )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.norm2(self.conv2(self.relu1(self.norm1(self.conv1(x)))))
        return self.relu2(y + self.shortcut(x))


class LogSumExpPool(nn.Module):
    """Pool local logits (N, K, h, w) to image logits (N, K): between the mean and the maximum, learned per output.

    ``logit = scale / r * log(mean(exp(r * local))) + shift`` with r > 0; r near 0 is the mean, r large the maximum.
    """

    def __init__(self, outputs: int, sharpness: float = 1.5) -> None:
        super().__init__()
        # softplus(raw) = sharpness: starts between mean and maximum, where every location receives a gradient.
        self.raw_sharpness = nn.Parameter(torch.full((outputs,), math.log(math.expm1(sharpness))))
        self.scale = nn.Parameter(torch.ones(outputs))
        self.shift = nn.Parameter(torch.zeros(outputs))

    def forward(self, local: torch.Tensor) -> torch.Tensor:
        r = functional.softplus(self.raw_sharpness)[None, :, None] + 0.05
        flat = local.flatten(2)
        pooled = (torch.logsumexp(r * flat, dim=2) - math.log(flat.shape[2])) / r[..., 0]
        return self.scale * pooled + self.shift


class Centre(nn.Module):
    """Subtract the mean activation (channels,) of the training films; set once, after training.

    The features are not negative and mostly speak *against* a finding, so that a Grad-CAM of them is empty even over a
    lesion. Centred, zero means "as at an average place of an average film", and the map shows what stands out from it.
    The function of the network does not change: the bias of the local head takes up the difference.
    """

    mean: torch.Tensor

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(channels))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x - self.mean[None, :, None, None]


class LocalResidualNet(nn.Module):
    """Residual trunk, top-down fusion to stride 8, local logits, log-sum-exp pooling.

    Parameters
    ----------
    outputs: number of logits.
    widths: channels at strides 2, 4, 8 and 16.
    depths: residual blocks at strides 2, 4, 8 and 16.
    fused: channels of the last convolutional map (centred, it is the Grad-CAM target layer ``centre``).

    ``forward`` maps float32 (N, 1, H, W), H and W multiples of 16, to logits (N, outputs).
    """

    stride = 8

    def __init__(
        self,
        outputs: int,
        widths: Sequence[int] = (32, 64, 128, 256),
        depths: Sequence[int] = (1, 2, 3, 2),
        fused: int = 128,
        dropout: float = 0.2,
    ) -> None:
        super().__init__()
        self.stem = ConvNormAct(1, widths[0], kernel=5, stride=2)
        stages: list[nn.Module] = []
        channels = widths[0]
        for index, (width, depth) in enumerate(zip(widths, depths, strict=True)):
            blocks: list[nn.Module] = []
            for block in range(depth):
                blocks.append(ResidualBlock(channels, width, 2 if block == 0 and index > 0 else 1))
                channels = width
            stages.append(nn.Sequential(*blocks))
        self.stages = nn.ModuleList(stages)
        self.top_down = nn.Conv2d(widths[3], fused, 1)
        self.lateral = nn.Conv2d(widths[2], fused, 1)
        self.fuse = ConvNormAct(fused, fused)
        self.centre = Centre(fused)
        self.dropout = nn.Dropout2d(dropout)
        self.local_head = nn.Conv2d(fused, outputs, 1)
        self.pool = LogSumExpPool(outputs)

    def features(self, x: torch.Tensor) -> torch.Tensor:
        """Return the last convolutional map, centred, float32 (N, fused, H/8, W/8)."""
        x = self.stages[1](self.stages[0](self.stem(x)))
        fine = self.stages[2](x)
        coarse = self.top_down(self.stages[3](fine))
        up = functional.interpolate(coarse, scale_factor=2.0, mode="nearest")
        return self.centre(self.fuse(self.lateral(fine) + up))

    @torch.no_grad()
    def centre_on(self, mean: torch.Tensor) -> None:
        """Make ``mean`` (fused,), counted from the present centre, the new zero of the features; logits stay the same."""
        self.centre.mean += mean
        bias = self.local_head.bias
        if bias is not None:
            bias += self.local_head.weight[:, :, 0, 0] @ mean

    def local_logits(self, x: torch.Tensor) -> torch.Tensor:
        """Return the logit at each place, (N, outputs, H/8, W/8)."""
        return self.local_head(self.dropout(self.features(x)))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.pool(self.local_logits(x).float())


def log_odds(z: torch.Tensor) -> torch.Tensor:
    """Turn scores of exclusive classes (N, K) into log-odds: z_k minus the log-sum-exp of the others.

    ``sigmoid`` of it is the softmax probability of the class, so that each output can be explained and calibrated alone.
    """
    own = torch.eye(z.shape[1], dtype=torch.bool, device=z.device)
    others = z[:, None, :].expand(-1, z.shape[1], -1).masked_fill(own, float("-inf"))
    return z - others.logsumexp(2)
