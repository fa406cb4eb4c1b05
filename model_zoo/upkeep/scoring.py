"""What a model says about a labelled folder, as a table like that of the held-out pictures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from model_zoo.card import ModelCard
from model_zoo.engine.inference import InferenceEngine
from model_zoo.errors import DataNotFound
from model_zoo.evaluation.folder_pictures import PictureSet, list_pictures, output_names, read_pictures
from model_zoo.scans import decode_scan
from model_zoo.upkeep.held_out import HeldOut

_BATCH = 32


def score_folder(
    model: str | InferenceEngine, folder: Path, on_progress: Callable[[int, int], None] = lambda done, total: None
) -> HeldOut:
    """Score a folder of labelled pictures through the same path as on the page.

    Parameters
    ----------
    model
        Its name, or its engine.
    folder
        Pictures with their labels.
    on_progress
        Called with how many are done and how many there are.

    Raises
    ------
    DataNotFound
        For other classes.
    """
    engine = InferenceEngine(model) if isinstance(model, str) else model
    pictures = read_pictures(folder, 16, classes_of(engine.card, folder), on_progress)
    files = [folder / listed.file for listed in list_pictures(folder)[1]]
    population = engine.card.populations[0].name
    logits = []
    for start in range(0, len(files), _BATCH):
        inputs = [
            engine.prepare(decode_scan(path.read_bytes()), population).tensor for path in files[start : start + _BATCH]
        ]
        logits.append(engine.logits(torch.cat(inputs)))
    return as_table(engine.card, pictures, np.concatenate(logits))


def classes_of(card: ModelCard, folder: Path) -> tuple[str, ...]:
    """Return the classes of a folder in the order of the card's outputs. Raises DataNotFound where they differ."""
    found = sorted({listed.label for listed in list_pictures(folder)[1]})
    named = dict(zip(output_names(found), found, strict=True))
    if set(named) - set(card.labels) or not _exclusive(card):
        raise DataNotFound(
            f"The classes of the folder are not those of '{card.name}'.",
            f"It tells apart: {', '.join(card.labels)}. Name the sub-folders, or the labels, like these.",
        )
    return tuple(named.get(label, label) for label in card.labels)


def as_table(card: ModelCard, pictures: PictureSet, logits: np.ndarray) -> HeldOut:
    """Return scores of pictures as a table."""
    return HeldOut(card.labels, pictures.scans, pictures.patients, pictures.labels, logits.astype(float))


def _exclusive(card: ModelCard) -> bool:
    return bool((card.raw.get("architecture_options") or {}).get("exclusive"))
