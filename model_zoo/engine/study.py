"""A multi-frame file or a stack of slices, read as one study: scores of every frame, and of all of them together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from model_zoo.artefact import fill
from model_zoo.card import ModelCard
from model_zoo.classifiers.sequence import AttentionPool
from model_zoo.disk import read_json_file
from model_zoo.engine.inference import InferenceEngine
from model_zoo.errors import CardInvalid
from model_zoo.finite import finite
from model_zoo.results import ModelInput
from model_zoo.scans.scan import Scan
from model_zoo.stored import Count, Percent, Rising, Sha256, Share, Side, conforms

HEAD_FILE, HEAD_CARD = "sequence.safetensors", "sequence.json"
# The layer whose average over the picture stands for a frame: the last convolutional map of the zoo's networks.
FRAME_LAYER = ("centre", 1)
# A longer study is thinned evenly to this many frames: half a minute on two cores.
MOST_FRAMES = 96


@dataclass(frozen=True)
class _HeadCard:
    weights_sha256: Sha256
    head_sha256: Sha256
    features: Side
    quantiles: Mapping[str, Rising]
    words: str


@dataclass(frozen=True, eq=False)
class StudyReading:
    """One study.

    frames: indices of the frames that were read (T,). scores: 0 to 100 by output name, each (T,). weights: how much each
    frame counted (T,), or ``None`` where the model has no head for sequences. study_scores: rank from 0 to 100 of the study
    as a whole among held-out studies, by output name, empty without a head. strongest: for each output the frame with
    the highest score. sentence: how it was read.
    """

    model: str
    population: str
    frames: tuple[Count, ...]
    scores: dict[str, tuple[Percent, ...]]
    weights: tuple[Share, ...] | None
    study_scores: dict[str, Percent]
    strongest: dict[str, Count]
    sentence: str


def read_study(engine: InferenceEngine, scan: Scan, population: str) -> StudyReading:
    """Read every frame of a scan, at most ``MOST_FRAMES``, and all of them together where the model has a head for it.

    Parameters
    ----------
    engine
        Of the model.
    scan
        The decoded scan.
    population
        Name of the population, as in the card.
    """
    chosen = sorted(
        set(np.linspace(0, scan.n_frames - 1, min(scan.n_frames, MOST_FRAMES)).round().astype(int).tolist())
    )
    inputs = [engine.prepare(scan, population, frame) for frame in chosen]
    logits, features = frame_values(engine, inputs)
    outputs = engine.card.outputs_of(population)
    columns = [engine.card.index(output.name) for output in outputs]
    scores = {
        output.name: tuple(float(output.score(v)) for v in logits[:, column])
        for output, column in zip(outputs, columns, strict=True)
    }
    strongest = {name: chosen[int(np.argmax(values))] for name, values in scores.items()}
    head, card = load_head(engine)
    read = (
        f"{len(chosen)} of {scan.n_frames} frames were read" if len(chosen) < scan.n_frames else "Every frame was read"
    )
    if head is None or card is None:
        words = (
            f"{read}, each by itself: this model has no head for sequences, so nothing is said of the study as a whole."
        )
        return StudyReading(engine.card.name, population, tuple(chosen), scores, None, {}, strongest, words)
    with torch.no_grad():
        study, weights = head(
            torch.from_numpy(features)[None],
            torch.from_numpy(logits)[None],
            torch.ones(1, len(chosen), dtype=torch.bool),
        )
    finite(study, "The head for sequences")
    finite(weights, "The head for sequences")
    # Study logits are on a scale of their own: shown as a rank among held-out studies, never as a probability.
    study_scores = {
        output.name: float(np.interp(float(study[0, column]), card["quantiles"][output.name], np.linspace(0, 100, 101)))
        for output, column in zip(outputs, columns, strict=True)
    }
    words = f"{read} and weighed together; {card['words']}"
    return StudyReading(
        engine.card.name, population, tuple(chosen), scores, tuple(weights[0].tolist()), study_scores, strongest, words
    )


def frame_values(engine: InferenceEngine, inputs: list[ModelInput]) -> tuple[np.ndarray, np.ndarray]:
    """Return logits (T, outputs) and pooled features (T, d), float32, of the frames of one study."""
    tensors = torch.cat([item.tensor for item in inputs])
    logits, features = [], []
    for start in range(0, len(tensors), 16):
        part = tensors[start : start + 16]
        logits.append(engine.logits(part))
        features.append(engine.features_of((FRAME_LAYER,), part)[0])
    return np.concatenate(logits).astype(np.float32), np.concatenate(features).astype(np.float32)


def load_head(engine: InferenceEngine) -> tuple[AttentionPool | None, dict[str, Any] | None]:
    """Return the head for sequences of an installed model and its card, or two ``None``; see ``read_head``."""
    return read_head(engine.entry.folder, engine.card)


def read_head(folder: Path, model: ModelCard) -> tuple[AttentionPool | None, dict[str, Any] | None]:
    """Return the head for sequences in a weights folder and its card, or two ``None``.

    Raises CardInvalid when it is damaged or belongs to other weights than those of ``model``.
    """
    if not (folder / HEAD_CARD).is_file():
        return None, None
    hint = f"Restore it from the repository, or train it again: python -m model_zoo train {model.name}-sequence"
    try:
        card: dict[str, Any] = read_json_file(folder / HEAD_CARD)
        conforms(_HeadCard, card)
        if card["weights_sha256"] != model.weights_sha256:
            raise CardInvalid(f"The sequence head of '{model.name}' belongs to other weights.", hint)
        head = AttentionPool(card["features"], len(model.outputs))
        fill(head, folder / HEAD_FILE, card["head_sha256"], hint)
    except (OSError, ValueError) as error:
        raise CardInvalid(f"The sequence head of '{model.name}' cannot be read.", hint) from error
    return head, card
