"""What a file in this package declares to be a segmenter, and how its network is loaded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import nn

from model_zoo.artefact import WEIGHTS_FILE, WeightsCard, fill, read_card_json
from model_zoo.card import WEIGHTS_ROOT


@dataclass(frozen=True)
class SegmenterEntry:
    """A segmentation model: its name and its untrained network.

    reads_like: the classifier that it serves, whose intended use and gate hold for it when it reads a scan by itself (see
    ``engine.outlines``); ``None`` for one that only serves others.
    """

    name: str
    build: Callable[[], nn.Module]
    reads_like: str | None = None

    @property
    def folder(self) -> Path:
        return WEIGHTS_ROOT / self.name

    @property
    def card(self) -> dict[str, Any]:
        """The card beside the weights, as read."""
        return read_card_json(self.folder, WeightsCard)

    def load(self) -> nn.Module:
        """Return the network in eval mode and float32, its weights checked against the card."""
        network = self.build()
        fill(network, self.folder / WEIGHTS_FILE, self.card["weights_sha256"])
        return network
