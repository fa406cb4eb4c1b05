"""What lies in a weights folder: a card and tensors, read once and written together.

The bytes that are hashed are the bytes that are loaded: a file changed in between cannot pass for the one its card describes.
Weights are stored as float16 and computed with as float32.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model_zoo.disk import FOR_ALL, read_json_file, read_plain, trouble, write_whole
from model_zoo.errors import CardInvalid, DataNotFound, WeightsMismatch
from model_zoo.finite import finite_weights
from model_zoo.stored import Sha256, conforms, places

if TYPE_CHECKING:  # a card is read where no torch is loaded
    from torch import Tensor, nn

CARD_FILE, PAGE_FILE, WEIGHTS_FILE = "card.json", "CARD.md", "model.safetensors"
# The largest of the known architectures takes 2.5 GB in float32.
_MOST_BYTES = 2**32
# Where no card states what a file hashes to. Not ``None``, which a damaged card may state.
UNSTATED = object()
_RESTORE = "Restore the weights from the repository, or train the model again."


@dataclass(frozen=True)
class WeightsCard:
    """What every card says of the file beside it."""

    weights_sha256: Sha256


def file_sha256(path: Path) -> str:
    """Return the sha256 of a file as hexadecimal digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def read_tensors(path: Path, sha256: object = UNSTATED, hint: str = _RESTORE) -> dict[str, Tensor]:
    """Return the tensors of a safetensors file, float16 as float32.

    Parameters
    ----------
    path
        The file.
    sha256
        What the bytes have to hash to, as a card states it.
    hint
        What to do where it cannot be read.

    Raises
    ------
    WeightsMismatch
        The file is missing or damaged, is another one than the card describes, or holds NaN or infinity.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load

    whose = path.parent.name
    try:
        content = read_plain(path.resolve(), _MOST_BYTES)  # weights may be linked to where they are kept
    except FileNotFoundError as error:
        raise WeightsMismatch(f"The weights of '{whose}' are missing.", hint) from error
    except OSError as error:
        raise WeightsMismatch(f"The weights of '{whose}' cannot be read: {trouble(error)}.", hint) from error
    if sha256 is not UNSTATED and hashlib.sha256(content).hexdigest() != sha256:
        raise WeightsMismatch(f"The weights of '{whose}' are not those its card describes.", hint)
    try:
        found = load(content)
    except SafetensorError as error:
        raise WeightsMismatch(f"The weights of '{whose}' are damaged.", hint) from error
    wide = {
        name: value.float() if value.dtype.is_floating_point and value.dtype.itemsize < 4 else value
        for name, value in found.items()
    }
    return dict(finite_weights(wide, f"'{whose}'"))


def fill(network: nn.Module, path: Path, sha256: object = UNSTATED, hint: str = _RESTORE) -> None:
    """Load a file into a network, which is then in eval mode and without gradients; see ``read_tensors``.

    Parameters
    ----------
    network
        Filled in place.
    path
        The file.
    sha256
        What the bytes have to hash to, as a card states it.
    hint
        What to do where it cannot be read.

    Raises
    ------
    WeightsMismatch
        Also where the tensors are of another architecture.
    """
    state = read_tensors(path, sha256, hint)
    try:
        network.load_state_dict(state)
    except RuntimeError as error:
        raise WeightsMismatch(f"The weights of '{path.parent.name}' do not fit the network.", hint) from error
    network.eval().requires_grad_(False)


def read_card_json(folder: Path, form: type[Any]) -> dict[str, Any]:
    """Return the card of a model whose card is used as it is written.

    Parameters
    ----------
    folder
        The weights folder, named as the model.
    form
        A dataclass of what is read of the card; see ``stored.conforms``.

    Raises
    ------
    DataNotFound
        There is no card.
    CardInvalid
        It is damaged, lacks a field, or holds figures out of range.
    """
    name, hint = folder.name, "Restore it or train again."
    try:
        card: dict[str, Any] = read_json_file(folder / CARD_FILE)
        conforms(form, card)
    except FileNotFoundError as error:
        raise DataNotFound(f"The card of '{name}' is not there.", f"Run: python -m model_zoo train {name}") from error
    except (OSError, ValueError) as error:
        where = "; ".join(places(error)[:3])
        what = f"is missing or out of range: {where}" if where else "is no JSON of a card"
        raise CardInvalid(f"The card of '{name}' {what}.", hint) from error
    return card


def half(state: Mapping[str, Tensor], wide: Collection[str] = ()) -> dict[str, Tensor]:
    """Return tensors as they are stored: float16, whole numbers as they are. wide: names that stay float32."""
    return {
        name: value if not value.dtype.is_floating_point else value.float() if name in wide else value.half()
        for name, value in state.items()
    }


def constants(network: nn.Module) -> frozenset[str]:
    """Return the names of what was computed and not trained: knots in physical units, running means."""
    return frozenset(network.state_dict()) - {name for name, _ in network.named_parameters()}


def write_tensors(path: Path, state: Mapping[str, Tensor]) -> str:
    """Write tensors as they are, whole or not at all; returns the sha256 of the file. The folder is made where missing."""
    from safetensors.torch import save

    path.parent.mkdir(parents=True, exist_ok=True)
    content = save({name: value.detach().cpu().contiguous() for name, value in state.items()})
    write_whole(path, content, FOR_ALL)
    return hashlib.sha256(content).hexdigest()


def write_json(path: Path, content: object) -> None:
    """Write what a recipe measured, as it is kept in the repository: a field a line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode(), FOR_ALL)


def write_card(folder: Path, card: Mapping[str, Any], page: str | None = None) -> None:
    """Write the card, and the page to read beside it.

    Parameters
    ----------
    folder
        The weights folder.
    card
        All that is stated of the model.
    page
        ``None`` as long as nothing is measured.
    """
    write_json(folder / CARD_FILE, card)
    if page is not None:
        write_whole(folder / PAGE_FILE, page.encode(), FOR_ALL)
