"""Start from the weights of another network of the same architecture; a head of other classes starts anew."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import nn

from model_zoo.classifiers.folder_entry import refuse_foreign
from model_zoo.errors import WeightsMismatch

# Below this share of the weights the file is of another architecture, not of another head.
LEAST_SHARE = 0.8


def fill_from(network: nn.Module, path: Path) -> tuple[str, ...]:
    """Copy every weight of a safetensors file that fits, and return the names that did not.

    A first convolution for colour is averaged into one for grey where only that differs. Raises ForeignWeights for a pickle
    or TorchScript, WeightsMismatch for a file that is missing, damaged or of another architecture.
    """
    hint = "Name a safetensors file of the same architecture."
    if not path.is_file():
        raise WeightsMismatch("There is no file of initial weights under that name.", hint)
    if path.suffix.lower() != ".safetensors":
        refuse_foreign(path)
        raise WeightsMismatch("Initial weights are read from safetensors alone.", hint)
    try:
        given = load_file(path)
    except (SafetensorError, OSError) as error:
        raise WeightsMismatch("The file of initial weights is damaged or no safetensors file.", hint) from error
    own = network.state_dict()
    fitting = {}
    for name, value in own.items():
        if name not in given:
            continue
        found = given[name]
        if found.ndim == 4 and value.ndim == 4 and found.shape[1] == 3 and value.shape[1] == 1:
            found = found.sum(1, keepdim=True)
        if found.shape == value.shape:
            fitting[name] = found.to(value.dtype)
    filled = sum(value.numel() for value in fitting.values())
    if filled < LEAST_SHARE * sum(value.numel() for value in own.values()):
        raise WeightsMismatch("The initial weights are of another architecture.", hint)
    with torch.no_grad():
        network.load_state_dict({**own, **fitting})
    return tuple(name for name in own if name not in fitting)
