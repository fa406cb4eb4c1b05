"""What every training loop here shares: seeding, a cosine schedule with warm-up, averaged weights, checkpoints that resume."""

from __future__ import annotations

import copy
import math
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np
import torch
from torch import nn

Network = TypeVar("Network", bound=nn.Module)


def seed_everything(seed: int) -> torch.Generator:
    """Seed every source of chance and return the generator that the augmentation draws from."""
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)
    return torch.Generator().manual_seed(seed)


def cosine_rate(step: int, total: int, peak: float, warmup: int = 100) -> float:
    """Learning rate at ``step``: linear warm-up, then a half cosine down to 1 % of the peak."""
    if step < warmup:
        return peak * (step + 1) / warmup
    progress = min((step - warmup) / max(total - warmup, 1), 1.0)
    return peak * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * progress)))


class AveragedWeights(Generic[Network]):
    """Exponential moving average of a network's weights and buffers; what is evaluated and shipped."""

    def __init__(self, network: Network, decay: float) -> None:
        self.decay = decay
        self.network = copy.deepcopy(network)
        self.network.eval()
        for parameter in self.network.parameters():
            parameter.requires_grad_(False)
        self.updates = 0

    @torch.no_grad()
    def update(self, network: nn.Module) -> None:
        """Move the average towards ``network``; early updates move faster, so that the random start is forgotten."""
        self.updates += 1
        decay = min(self.decay, (1 + self.updates) / (10 + self.updates))
        for mine, theirs in zip(self.network.state_dict().values(), network.state_dict().values(), strict=True):
            if mine.dtype.is_floating_point:
                mine.lerp_(theirs.to(mine.dtype), 1 - decay)
            else:
                mine.copy_(theirs)


@dataclass
class Checkpoint:
    """The state of a run after a whole epoch, on disk; a killed run goes on from it."""

    path: Path

    def save(self, epoch: int, network: nn.Module, average: AveragedWeights, optimiser: torch.optim.Optimizer) -> None:
        """Write atomically: a kill while writing leaves the previous checkpoint whole."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        state: dict[str, Any] = {
            "epoch": epoch,
            "network": network.state_dict(),
            "average": average.network.state_dict(),
            "updates": average.updates,
            "optimiser": optimiser.state_dict(),
        }
        partial = self.path.with_suffix(".partial")
        torch.save(state, partial)
        partial.replace(self.path)

    def resume(self, network: nn.Module, average: AveragedWeights, optimiser: torch.optim.Optimizer) -> int:
        """Load the last state, if any, and return the number of epochs already done."""
        if not self.path.exists():
            return 0
        state = torch.load(self.path, map_location="cpu", weights_only=True)
        network.load_state_dict(state["network"])
        average.network.load_state_dict(state["average"])
        average.updates = int(state["updates"])
        optimiser.load_state_dict(state["optimiser"])
        return int(state["epoch"])
