"""A trained symptom model: card, vocabulary and checked weights; a text in, one probability per condition out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import torch
from torch import nn

from model_zoo.artefact import CARD_FILE, WEIGHTS_FILE, WeightsCard, fill, read_card_json
from model_zoo.card import WEIGHTS_ROOT
from model_zoo.errors import UnknownName
from model_zoo.finite import finite
from model_zoo.stored import Length, Share, Title
from model_zoo.symptoms.encoders import build_encoder
from model_zoo.symptoms.reading import ReadText, batch, read_text
from model_zoo.symptoms.vocabulary import Vocabulary

SYMPTOM_MODELS = ("symptoms-transformer", "symptoms-lstm")
DEFAULT_MODEL = SYMPTOM_MODELS[0]
VOCABULARY_FILE = "vocab.json"


@dataclass(frozen=True)
class Condition:
    """One of the 49. severity: of DDXPlus, 1 the worst to 5; icd10: as the data set gives it."""

    name: str
    severity: int
    icd10: str


@dataclass(frozen=True, eq=False)
class SymptomModel:
    """lock: the network is used by one caller at a time, because attribution hangs hooks on it."""

    name: str
    card: Mapping[str, Any]
    vocabulary: Vocabulary
    network: nn.Module
    conditions: tuple[Condition, ...]
    lock: Lock

    @property
    def temperature(self) -> float:
        return float(self.card["temperature"])

    def read(self, text: str, **how: bool) -> ReadText:
        return read_text(text, self.vocabulary, **how)

    def probabilities(self, texts: Sequence[ReadText]) -> np.ndarray:
        """Return calibrated probabilities, float64 (texts, conditions), each row adding up to 1."""
        with self.lock:
            logits = all_logits(self.network, [text.pieces for text in texts])
        return softmax(logits / self.temperature)


def installed_symptom_models() -> tuple[str, ...]:
    """Return the names of the models that have been trained, in the order of SYMPTOM_MODELS."""
    return tuple(name for name in SYMPTOM_MODELS if (WEIGHTS_ROOT / name / CARD_FILE).is_file())


def all_logits(network: nn.Module, pieces: Sequence[tuple[int, ...]], size: int = 64) -> np.ndarray:
    """Return logits, float64 (texts, conditions).

    Texts of like length share a batch, which does not change a result.

    Parameters
    ----------
    network
        In eval mode.
    pieces
        Of each text.
    size
        Texts a batch.
    """
    order = sorted(range(len(pieces)), key=lambda i: len(pieces[i]))
    found: dict[int, np.ndarray] = {}
    network.eval()
    with torch.no_grad():
        for start in range(0, len(order), size):
            places = order[start : start + size]
            logits = network(*batch([pieces[i] for i in places])).double().numpy()
            found.update(zip(places, logits, strict=True))
    return finite(np.stack([found[i] for i in range(len(pieces))]), "The symptom model")


def softmax(logits: np.ndarray) -> np.ndarray:
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))


@lru_cache(maxsize=4)
def symptom_model(name: str = DEFAULT_MODEL, folder: Path | None = None) -> SymptomModel:
    """Return a model by name. Raises UnknownName, DataNotFound, CardInvalid, or WeightsMismatch."""
    if folder is None and name not in SYMPTOM_MODELS:
        raise UnknownName("symptom model", name, SYMPTOM_MODELS)
    place = folder or WEIGHTS_ROOT / name
    card = read_symptom_card(name, place)
    vocabulary = Vocabulary.read(place / VOCABULARY_FILE)
    conditions = tuple(Condition(**entry) for entry in card["conditions"])
    network = build_encoder(card["encoder"]["kind"], len(vocabulary), len(conditions), **card["encoder"]["options"])
    fill(network, place / WEIGHTS_FILE, card["weights_sha256"])
    return SymptomModel(name, card, vocabulary, network, conditions, Lock())


@dataclass(frozen=True)
class _CannotTell:
    least_top_probability: Share


@dataclass(frozen=True)
class _Card(WeightsCard):
    name: Title
    title: Title
    task: Title
    encoder: Any
    conditions: tuple[Condition, ...]
    temperature: Length
    cannot_tell: _CannotTell
    metrics: Mapping[str, Any]


def read_symptom_card(name: str, folder: Path | None = None) -> dict[str, Any]:
    """Return the card. Raises DataNotFound or CardInvalid."""
    return read_card_json(folder or WEIGHTS_ROOT / name, _Card)
