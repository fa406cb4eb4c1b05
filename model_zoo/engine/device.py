"""Which device a network runs on."""

from __future__ import annotations

import os

import torch
from torch import nn


def pick_device() -> torch.device:
    """Return the GPU when there is one, else the CPU; DIAPHANE_DEVICE overrides ("cpu", "cuda", "cuda:1")."""
    named = os.environ.get("DIAPHANE_DEVICE", "")
    if named:
        return torch.device(named)
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def laid_out(network: nn.Module) -> nn.Module:
    """Return a network with the channels of its convolutions side by side: on processors a fifth to a third faster."""
    return network.to(memory_format=torch.channels_last)
