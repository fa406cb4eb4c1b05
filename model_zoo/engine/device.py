"""Which device a network runs on."""

from __future__ import annotations

import os

import torch


def pick_device() -> torch.device:
    """Return the GPU when there is one, else the CPU; DIAPHANE_DEVICE overrides ("cpu", "cuda", "cuda:1")."""
    named = os.environ.get("DIAPHANE_DEVICE", "")
    if named:
        return torch.device(named)
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")
