"""How many pictures go through a network at once: as much memory as a full batch of 128 px films takes, whatever their size.

A batch beyond that is no faster: on one core 170 passes of a 352 x 416 photograph took twice as long in batches of 34 as in
batches of 7, because nothing of such a batch stays in a cache and every map of it is fetched from the system anew.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from model_zoo.engine.worker import give_way
from model_zoo.explainers.method import at_once
from model_zoo.finite import finite
from model_zoo.trust.check import BATCH, MapSubject


def logits_in_parts(network: nn.Module, x: torch.Tensor) -> torch.Tensor:
    """Return the logits (N, outputs) of pictures (N, C, H, W), with no more at once than the memory of a batch allows.

    Raises NoNumber where one is NaN or infinite.
    """
    with torch.no_grad():
        return finite(torch.cat([network(part) for part in x.split(at_once(x, BATCH))]), "The network")


@dataclass(eq=False)
class PacedSubject(MapSubject):
    """A map under examination whose pictures go through the network in batches that fit their size.

    Before each batch and each map it lets those go first who wait for an answer: nothing is attached to the network there.
    """

    def logits(self, pictures: torch.Tensor) -> np.ndarray:
        """Return the target logit, float64 (N,), of pictures (N, C, H, W)."""
        found = []
        for part in pictures.split(at_once(pictures, BATCH)):
            give_way()
            found.append(logits_in_parts(self.network, part)[:, self.target])
        return torch.cat(found).double().cpu().numpy()

    def explain_again(self, x: torch.Tensor | None = None, network: nn.Module | None = None) -> np.ndarray:
        """Return the map of a changed picture or network; see ``MapSubject``."""
        give_way()
        return super().explain_again(x, network)
