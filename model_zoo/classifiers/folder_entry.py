"""A model that is a folder: a card, safetensors weights, and in the card the name of an architecture; and what is refused.

A pickle runs code of whoever made it, and TorchScript is a program that cannot be looked into: neither is ever opened.
They are told by their first bytes and the names inside the archive, without loading anything.
"""

from __future__ import annotations

import json
import os
import stat
import zipfile
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from torch import nn

from model_zoo.artefact import WEIGHTS_FILE, fill
from model_zoo.card import ModelCard, read_card
from model_zoo.classifiers.architectures import AUTOMATIC, build_architecture, find_target_layer
from model_zoo.classifiers.entry import ClassifierEntry
from model_zoo.classifiers.folder_page import folder_page
from model_zoo.disk import open_plain, trouble
from model_zoo.errors import CardInvalid, ZooError

# The largest network of torchvision that a card may name has 1.3 GB of float32 and 100 kB of header.
MOST_BYTES, MOST_HEADER_BYTES, MOST_FILES = 4 * 2**30, 4 * 2**20, 2000
FOREIGN_SUFFIXES = (".pt", ".pth", ".pkl", ".ckpt", ".bin", ".pickle", ".torchscript", ".ptl", ".onnx", ".h5", ".keras")
TO_SAFETENSORS = (
    "Where you trust the file, convert it there: "
    "safetensors.torch.save_file(network.state_dict(), 'model.safetensors'), and put that beside card.json."
)


class ForeignWeights(ZooError):
    """Weights in a form that is not read, because opening it could run code or because nothing can be seen inside."""


@dataclass(frozen=True)
class FolderEntry(ClassifierEntry):
    """A model in ``place``. name: as it is asked for, "name" or "name@version"."""

    place: Path = Path()

    @property
    def folder(self) -> Path:
        return self.place

    @property
    def card(self) -> ModelCard:
        """The card as it lies there now. Raises ForeignWeights, CardInvalid."""
        refuse_foreign(self.place)
        try:
            card = read_card(self.place)
        except CardInvalid as error:
            message = error.message.replace(f"'{self.place.name}'", f"'{self.name}'")
            raise CardInvalid(message, error.hint) from error
        if card.name != self.name.partition("@")[0]:
            raise CardInvalid(
                f"The card in the folder '{self.name}' is that of '{card.name}'.", "Give folder and card one name."
            )
        if card.input_shape[0] != 1:
            raise CardInvalid(
                f"The card of '{self.name}' asks for {card.input_shape[0]} channels; scans are read in grey.",
                "State one channel; a network for colour pictures repeats it by itself.",
            )
        key = _network_key(card)
        if card.target_layer == AUTOMATIC:
            try:
                card = replace(card, target_layer=_layer_of(*key, card.input_shape))
            except (RuntimeError, TypeError, ValueError) as error:
                raise self._unfit("states a network that cannot be built") from error
        try:
            folder_page(card.raw)
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            raise self._unfit("holds figures in a form that is not read") from error
        return card

    def load(self) -> nn.Module:
        """Return the network in eval mode and float32, its weights checked against the card."""
        card = self.card
        try:
            network = build_architecture(architecture_of(card), len(card.outputs), network_options(card))
        except (RuntimeError, TypeError, ValueError) as error:
            raise self._unfit("states a network that cannot be built") from error
        fill(network, self.place / WEIGHTS_FILE, card.weights_sha256)
        return network

    def _unfit(self, what: str) -> CardInvalid:
        return CardInvalid(f"The card of '{self.name}' {what}.", "Correct the card, or train the model again.")


def folder_entry(name: str, place: Path) -> FolderEntry:
    """Return the entry of the model in a folder that holds its card."""
    return FolderEntry(name=name, build=_never, place=place)


def architecture_of(card: ModelCard) -> str:
    """Return the architecture that a card names. Raises CardInvalid where it names none."""
    named = card.raw.get("architecture")
    if not isinstance(named, str) or not named:
        raise CardInvalid(
            f"The card of '{card.name}' names no architecture.", 'Add it, e.g. "architecture": "resnet18".'
        )
    return named


def network_options(card: ModelCard) -> dict[str, Any]:
    """Return the options of the network that a card states."""
    options = card.raw.get("architecture_options") or {}
    if not isinstance(options, dict):
        raise CardInvalid(f"The architecture options of '{card.name}' are no table.", "Correct the card.")
    return options


def refuse_foreign(place: Path) -> None:
    """Raise ForeignWeights where a folder (or a file) brings weights that are not safetensors, or no plain files."""
    alone = not place.is_dir()
    try:
        files = [place] if alone else sorted(path for path in listed(place) if not stat.S_ISDIR(path.lstat().st_mode))
    except OSError as error:
        raise ForeignWeights(f"'{place.name}' cannot be looked into: {trouble(error)}.", "Check its rights.") from error
    if not all(stat.S_ISREG(path.lstat().st_mode) for path in files):
        raise ForeignWeights(f"'{place.stem}' holds a link, a pipe or a device.", "Put plain files there in its place.")
    sound = next((path for path in files if path.name == WEIGHTS_FILE), None)
    suspects = [sound] if sound is not None else [path for path in files if path.suffix.lower() in FOREIGN_SUFFIXES]
    for path in suspects:
        kind = foreign_kind(path)
        if kind is None and path is sound:
            continue
        raise ForeignWeights(
            f"The weights of '{place.stem if alone else place.name}' are {kind or 'not safetensors'}.",
            f"They were not opened. {TO_SAFETENSORS}",
        )


def foreign_kind(path: Path) -> str | None:
    """Tell in words what weights are that must not be opened; ``None`` for what may be safetensors."""
    try:
        with open_plain(path, MOST_BYTES) as stream:
            head, size = stream.read(8), os.fstat(stream.fileno()).st_size
    except OSError as error:
        return f"not opened: {trouble(error)}"
    if head[:4] == b"PK\x03\x04":
        try:
            with zipfile.ZipFile(path) as archive:
                inside = archive.namelist()
        except zipfile.BadZipFile:
            return "a damaged archive"
        if any(name.endswith("constants.pkl") or "/code/" in name for name in inside):
            return "TorchScript: a program of its own, whose layers cannot be explained or checked"
        return "a PyTorch pickle: opening it would run code of whoever made it"
    # Protocols 2 to 5 of pickle begin with 0x80; a safetensors file begins with the length of its header.
    if head[:1] == b"\x80" and len(head) > 1 and 2 <= head[1] <= 5 and head[2:8] != bytes(6):
        return "a pickle: opening it would run code of whoever made it"
    if path.name == WEIGHTS_FILE and not 2 <= int.from_bytes(head, "little") <= min(size - 8, MOST_HEADER_BYTES):
        return "damaged: the length of their header is not that of safetensors"
    return None


def listed(place: Path) -> list[Path]:
    """Return what lies in a folder, as far as a person could have put it there. Raises OSError."""
    return list(islice(place.iterdir(), MOST_FILES))


def _never(outputs: int) -> nn.Module:
    raise CardInvalid("A folder model is built from its card.", "Load it through its entry.")


def _network_key(card: ModelCard) -> tuple[str, int, str]:
    return architecture_of(card), len(card.outputs), json.dumps(network_options(card), sort_keys=True)


@lru_cache(maxsize=32)
def _layer_of(architecture: str, outputs: int, options: str, shape: tuple[int, int, int]) -> str:
    return find_target_layer(build_architecture(architecture, outputs, json.loads(options)), shape)
