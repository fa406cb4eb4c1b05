"""What every training loop here shares: seeding, a cosine schedule with warm-up, averaged weights, checkpoints that resume."""

from __future__ import annotations

import copy
import math
import random
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

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

    def state_dict(self) -> dict[str, Any]:
        """Return what a checkpoint keeps."""
        return {"network": self.network.state_dict(), "updates": self.updates}

    def load_state_dict(self, state: dict[str, Any], /) -> None:
        """Go on from what a checkpoint kept."""
        self.network.load_state_dict(state["network"])
        self.updates = int(state["updates"])


class _Stateful(Protocol):
    def state_dict(self) -> dict[str, Any]: ...

    def load_state_dict(self, state_dict: dict[str, Any], /) -> object: ...


class Checkpoint:
    """The state of a run after a whole epoch, on disk; a killed run goes on from it.

    Parameters
    ----------
    path
        The file; its folder is made.
    **parts
        What is trained and what trains it, by name: networks, averages, optimisers, schedules.
    """

    def __init__(self, path: Path, **parts: _Stateful) -> None:
        self.path, self._parts = path, parts

    def save(self, **said: Any) -> None:
        """Write the state of the parts beside plain values and tensors.

        Atomic: a kill while writing leaves the previous checkpoint whole.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        partial = self.path.with_suffix(".partial")
        torch.save({**said, **{name: part.state_dict() for name, part in self._parts.items()}}, partial)
        partial.replace(self.path)

    def resume(self, **same: Any) -> dict[str, Any]:
        """Load the parts and return the plain values; nothing where there is no checkpoint, or one of other settings.

        Parameters
        ----------
        **same
            Plain values that have to be what they are now, such as the settings.
        """
        if not self.path.is_file():
            return {}
        state = torch.load(self.path, map_location="cpu", weights_only=True)
        if any(state.get(name) != value for name, value in same.items()):
            return {}
        for name, part in self._parts.items():
            part.load_state_dict(state.pop(name))
        return dict(state)


def set_rate(optimiser: torch.optim.Optimizer, rate: float) -> None:
    """Set the learning rate of all groups."""
    for group in optimiser.param_groups:
        group["lr"] = rate


def descend(loss: torch.Tensor, optimiser: torch.optim.Optimizer, longest: float = math.inf) -> None:
    """Take one step down a loss; a gradient longer than ``longest``, over all parameters, is shortened to it."""
    optimiser.zero_grad(set_to_none=True)
    loss.backward()
    if longest < math.inf:
        nn.utils.clip_grad_norm_([p for group in optimiser.param_groups for p in group["params"]], longest)
    optimiser.step()
