"""Low-rank adapters on convolutions: what a trained convolution computes, plus a narrow detour that alone is trained.

A k x k convolution to ``rank`` channels and a 1 x 1 convolution back, begun at zero. Both together are one k x k kernel,
so that they are merged into the weights at the end: what is shipped has the form of the base model.

Reference: Hu et al. 2021, arXiv:2106.09685, there for linear layers; Houlsby-style scaling (alpha over rank) is kept at 1.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import nn

# Kernels that are adapted. Larger ones (the stem) see edges, which differ least between data sets.
KERNELS = ((1, 1), (3, 3))


class AdaptedConv2d(nn.Module):
    """A frozen convolution and its detour. ``merged`` gives the one convolution that computes the same."""

    def __init__(self, base: nn.Conv2d, rank: int) -> None:
        super().__init__()
        self.base = base
        # In one place: for a two-dimensional convolution these are pairs, which its type does not say.
        shape: dict[str, Any] = {name: getattr(base, name) for name in ("kernel_size", "stride", "padding", "dilation")}
        self.down = nn.Conv2d(base.in_channels, rank, bias=False, **shape)
        self.up = nn.Conv2d(rank, base.out_channels, 1, bias=False)
        nn.init.kaiming_uniform_(self.down.weight, a=math.sqrt(5))
        nn.init.zeros_(self.up.weight)
        for parameter in base.parameters():
            parameter.requires_grad_(False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.base(x) + self.up(self.down(x))

    @torch.no_grad()
    def merged(self) -> nn.Conv2d:
        """Return the base convolution with the detour added to its kernel."""
        detour = torch.einsum("or,rikl->oikl", self.up.weight[:, :, 0, 0], self.down.weight)
        self.base.weight += detour
        return self.base


def add_adapters(network: nn.Module, rank: int) -> int:
    """Put an adapter on every plain 1 x 1 and 3 x 3 convolution, in place; return how many.

    Grouped convolutions and those that the rank would not make smaller stay as they are.
    """
    chosen = [
        name
        for name, module in network.named_modules()
        if type(module) is nn.Conv2d
        and module.kernel_size in KERNELS
        and module.groups == 1
        and module.padding_mode == "zeros"
        and rank < min(module.in_channels, module.out_channels)
    ]
    for name in chosen:
        base = network.get_submodule(name)
        if isinstance(base, nn.Conv2d):
            _put(network, name, AdaptedConv2d(base, rank))
    return len(chosen)


def merge_adapters(network: nn.Module) -> None:
    """Merge every adapter into its convolution, in place: the network then has the weights' names of its base."""
    for name in [name for name, module in network.named_modules() if isinstance(module, AdaptedConv2d)]:
        adapted = network.get_submodule(name)
        if isinstance(adapted, AdaptedConv2d):
            _put(network, name, adapted.merged())


def _put(network: nn.Module, name: str, module: nn.Module) -> None:
    parent, _, last = name.rpartition(".")
    setattr(network.get_submodule(parent), last, module)
