"""What a file in this package declares to be a model, and how its network is loaded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import nn

from model_zoo.card import WEIGHTS_ROOT, ModelCard, file_sha256, read_card
from model_zoo.errors import WeightsMismatch
from model_zoo.finite import finite_weights


@dataclass(frozen=True)
class ClassifierEntry:
    """An image model: its name, its network as a function of the number of outputs, and the segmenter its crop needs."""

    name: str
    build: Callable[[int], nn.Module]
    segmenter: str | None = None

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
        load_checked(network, self.folder, card.weights_sha256)
        return network


def load_checked(network: nn.Module, folder: Path, expected_sha256: str) -> None:
    """Fill ``network`` from ``folder/model.safetensors`` after comparing the sha256; float16 becomes float32.

    Raises WeightsMismatch when the file is missing, altered, of another architecture, or holds NaN or infinity.
    """
    path = folder / "model.safetensors"
    hint = "Restore the weights from the repository, or train the model again."
    if not path.is_file():
        raise WeightsMismatch(f"The weights of '{folder.name}' are missing.", hint)
    if file_sha256(path) != expected_sha256:
        raise WeightsMismatch(f"The weights of '{folder.name}' are not those its card describes.", hint)
    try:
        state = {key: _as_loaded(value) for key, value in load_file(path).items()}
        network.load_state_dict(finite_weights(state, f"'{folder.name}'"))
    except (SafetensorError, RuntimeError, OSError) as error:
        raise WeightsMismatch(f"The weights of '{folder.name}' do not fit the network.", hint) from error
    network.eval()
    for parameter in network.parameters():
        parameter.requires_grad_(False)


def _as_loaded(value: torch.Tensor) -> torch.Tensor:
    return value.float() if value.dtype.is_floating_point else value
