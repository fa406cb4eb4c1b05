"""Write a version of a folder model whole or not at all: weights and card first, then one rename."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import nn

from model_zoo.card import file_sha256
from model_zoo.classifiers.folder_entry import WEIGHTS_FILE
from model_zoo.classifiers.folder_page import folder_page
from model_zoo.classifiers.models_folder import CARD_FILE, ModelFolder
from model_zoo.upkeep.promotion import install_first


def half_precision(network: nn.Module) -> dict[str, torch.Tensor]:
    """Return the weights as they are stored: float16, contiguous, on the CPU."""
    return {
        name: (value.half() if value.dtype.is_floating_point else value).detach().cpu().contiguous()
        for name, value in network.state_dict().items()
    }


def new_version(
    model: ModelFolder,
    card: dict[str, Any],
    weights: Mapping[str, torch.Tensor],
    fill: Callable[[Path, dict[str, Any]], None],
    who: str | None = None,
) -> str:
    """Write the next version and record it; returns its name, the next free number.

    fill: writes what else belongs beside the card, which then holds version and weights hash, and may add to it.
    """
    numbers = [int(name) for name in model.versions() if name.isdigit()]
    version = str(max(numbers, default=0) + 1)
    partial = model.place / f".{version}.partial"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    save_file(dict(weights), partial / WEIGHTS_FILE)
    card |= {"version": version, "weights_sha256": file_sha256(partial / WEIGHTS_FILE)}
    fill(partial, card)
    (partial / CARD_FILE).write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (partial / "CARD.md").write_text(folder_page(card), encoding="utf-8")
    partial.replace(model.place / version)
    install_first(model, version, who)
    return version
