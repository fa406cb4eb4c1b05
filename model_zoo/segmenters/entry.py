"""What a file in this package declares to be a segmenter, and how its network is loaded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import nn

from model_zoo.card import WEIGHTS_ROOT
from model_zoo.classifiers.entry import load_checked
from model_zoo.errors import CardInvalid
from model_zoo.finite import read_json


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
        try:
            return read_json((self.folder / "card.json").read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise CardInvalid(f"The card of '{self.name}' cannot be read.", "Restore it, or train again.") from error

    def load(self) -> nn.Module:
        """Return the network in eval mode and float32, its weights checked against the card."""
        network = self.build()
        card = self.card
        if not isinstance(card, dict) or "weights_sha256" not in card:
            raise CardInvalid(f"The card of '{self.name}' names no weights.", "Restore it, or train again.")
        load_checked(network, self.folder, card["weights_sha256"])
        return network
