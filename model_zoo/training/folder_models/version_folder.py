"""Write a version of a folder model whole or not at all: weights and card first, then one rename."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch

from model_zoo.artefact import WEIGHTS_FILE, write_card, write_tensors
from model_zoo.classifiers.folder_page import folder_page
from model_zoo.classifiers.models_folder import ModelFolder
from model_zoo.upkeep.promotion import install_first


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
    card |= {"version": version, "weights_sha256": write_tensors(partial / WEIGHTS_FILE, weights)}
    fill(partial, card)
    write_card(partial, card, folder_page(card))
    partial.replace(model.place / version)
    install_first(model, version, who)
    return version
