"""What a file in this package declares to be a model, and how its network is loaded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from torch import nn

from model_zoo.artefact import WEIGHTS_FILE, fill
from model_zoo.card import WEIGHTS_ROOT, ModelCard, read_card


@dataclass(frozen=True)
class ClassifierEntry:
    """An image model: its name, its network as a function of the number of outputs, and the segmenter its crop needs.

    notices_mirrored: its scans are frontal chest films, of which a mirrored one is noticed (``trust.mirrored``).
    """

    name: str
    build: Callable[[int], nn.Module]
    segmenter: str | None = None
    notices_mirrored: bool = False

    @property
    def folder(self) -> Path:
        return WEIGHTS_ROOT / self.name

    @property
    def card(self) -> ModelCard:
        """The card as it lies beside the weights now; an engine keeps the one it was started with."""
        return read_card(self.folder)

    def load(self) -> nn.Module:
        """Return the network in eval mode and float32, its weights checked against the card."""
        card = self.card
        network = self.build(len(card.outputs))
        fill(network, self.folder / WEIGHTS_FILE, card.weights_sha256)
        return network
