"""A symptom model of four conditions with known weights: one word group speaks for each. It needs no data and no training."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import torch
from safetensors.torch import save

from model_zoo.symptoms.encoders import build_encoder
from model_zoo.symptoms.model import SymptomModel, symptom_model
from model_zoo.symptoms.vocabulary import Vocabulary, learn_vocabulary

CONDITIONS = (("Heart attack", 1), ("Influenza", 3), ("Skin rash", 4), ("Anxiety", 5))
WORDS = ("chest pain", "fever cough", "itching rash", "anxious trembling")
OTHERS = "headache vomiting nausea breathing dizzy tired"


def tiny_vocabulary() -> Vocabulary:
    words = " ".join((*WORDS, OTHERS)).split()
    return learn_vocabulary(dict.fromkeys(words, 5), merges=200)


def tiny_symptom_model(folder: Path, kind: str = "transformer") -> SymptomModel:
    """Write and load the model. The words of a condition raise it: trained for a few steps on them."""
    torch.manual_seed(0)
    vocabulary = tiny_vocabulary()
    options = {"width": 16}
    network = build_encoder(kind, len(vocabulary), len(CONDITIONS), **options)
    optimiser = torch.optim.Adam(network.parameters(), lr=0.02)
    rows = [(word, i) for i, words in enumerate(WORDS) for word in words.split()]
    texts = [(a, i) for a, i in rows] + [(f"{a} {b}", i) for a, i in rows for b, j in rows if i == j]
    ids = [[piece for word in text.split() for piece in vocabulary.ids(word)] for text, _ in texts]
    width = max(map(len, ids))
    table = torch.tensor([row + [0] * (width - len(row)) for row in ids])
    labels = torch.tensor([i for _, i in texts])
    network.train()
    for _ in range(60):
        optimiser.zero_grad()
        torch.nn.functional.cross_entropy(network(table, table != 0), labels).backward()
        optimiser.step()
    weights = save({key: tensor.half().contiguous() for key, tensor in network.state_dict().items()})
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.safetensors").write_bytes(weights)
    vocabulary.write(folder / "vocab.json")
    card = {
        "name": "tiny", "title": "Tiny", "task": "symptoms", "encoder": {"kind": kind, "options": options},
        "conditions": [{"name": name, "severity": severity, "icd10": "X00"} for name, severity in CONDITIONS],
        "temperature": 1.0, "weights_sha256": hashlib.sha256(weights).hexdigest(), "metrics": {},
        "cannot_tell": {"least_known_words": 2, "least_known_share": 0.5, "least_top_probability": 0.3},
    }  # fmt: skip
    (folder / "card.json").write_text(json.dumps(card), encoding="utf-8")
    return symptom_model("tiny", folder)
