"""``train symptoms-transformer`` and ``train symptoms-lstm``: fit, calibrate, measure the rules, write, read back, report once."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from model_zoo.artefact import WEIGHTS_FILE, half, read_tensors, write_card, write_tensors
from model_zoo.card import WEIGHTS_ROOT
from model_zoo.symptoms.encoders import LSTM, TRANSFORMER
from model_zoo.symptoms.model import VOCABULARY_FILE, SymptomModel, all_logits, symptom_model
from model_zoo.symptoms.reading import read_text
from model_zoo.training.data_folder import data_folder
from model_zoo.training.symptoms.card import card_page, new_card
from model_zoo.training.symptoms.figures import VARIANTS, baselines, compared, figures, held_out_texts
from model_zoo.training.symptoms.fit import RECIPES, choosing_texts, fit_encoder, fit_temperature
from model_zoo.training.symptoms.free_text import free_text_figures
from model_zoo.training.symptoms.rules import UNRELATED, measured_rule, negation_figures, refused
from model_zoo.training.symptoms.texts import CHOOSING, REPORTED, SymptomSet, read_symptom_set

LOG = logging.getLogger(__name__)
KINDS = {"symptoms-transformer": TRANSFORMER, "symptoms-lstm": LSTM}
CHOOSING_SEED = 7
ATTRIBUTED = 8  # held-out texts whose attributions are measured; each takes up to 256 steps


def train_symptom_model(name: str, runs: Path, out: Path | None = None) -> Mapping[str, Any]:
    """Train one encoder and write weights, vocabulary, card.json and CARD.md; returns the card. Raises DataNotFound."""
    found = read_symptom_set(data_folder())
    recipe = RECIPES[KINDS[name]]
    network, vocabulary, history = fit_encoder(recipe, found, runs)
    choosing = found.of(CHOOSING)
    generator = np.random.default_rng(CHOOSING_SEED)
    texts, whose = choosing_texts(recipe, choosing, generator, list(found.evidences))
    labels = np.array([list(found.conditions).index(p.condition) for p in whose])
    temperature = fit_temperature(all_logits(network, [read_text(t, vocabulary).pieces for t in texts]), labels)
    folder = out or WEIGHTS_ROOT / name
    sha256 = write_tensors(folder / WEIGHTS_FILE, half(network.state_dict()))
    vocabulary.write(folder / VOCABULARY_FILE)
    card = new_card(name, recipe, found, temperature, history, sha256)
    model = _shipped(name, folder, card)
    card["cannot_tell"] |= measured_rule(model, choosing, texts)
    card["metrics"] = _reported(model, found, runs, card["cannot_tell"])
    card["free_text"] = free_text_figures(model, found, runs)
    write_card(folder, card, card_page(card))
    return card


def _shipped(name: str, folder: Path, card: dict[str, Any]) -> SymptomModel:
    """Return the model as it is read back from the files, so that figures are those of the stored weights."""
    write_card(folder, card)
    symptom_model.cache_clear()
    return symptom_model(name, folder)


def _reported(model: SymptomModel, found: SymptomSet, runs: Path, rule: dict[str, Any]) -> dict[str, Any]:
    from model_zoo.symptoms.attribution import attribute_text

    patients, names = found.of(REPORTED), list(found.conditions)
    labels = np.array([names.index(p.condition) for p in patients])
    texts = held_out_texts(patients, list(found.evidences))
    others = _baseline_scores(found, texts, runs)
    variants: dict[str, Any] = {}
    for variant, words in VARIANTS.items():
        LOG.info("%s: figures of the held-out texts, %s", model.name, variant)
        read = [model.read(text) for text in texts[variant]]
        ours = model.probabilities(read)
        entry = {"texts": words, **figures(ours, labels), "refused": refused(read, ours, rule), "baselines": {}}
        for kind in ("tfidf", "tfidf_altered"):
            other = others[f"{kind}.{variant}"]
            entry["baselines"][kind] = figures(other, labels) | {"top1_difference": compared(ours, other, labels)}
        variants[variant] = entry
    strangers = [model.read(text) for text in UNRELATED]
    uncorrected = model.probabilities([model.read(text, correct=False) for text in texts["misspelled"]])
    unhandled = model.probabilities([model.read(text, handle_negation=False) for text in texts["denials"]])
    attributions = [
        attribute_text(model, model.read(texts["statements"][i]), int(labels[i])) for i in range(ATTRIBUTED)
    ]
    spread = [abs(a.delta) / max(abs(a.logit - a.baseline_logit), 1e-9) for a in attributions]
    return {
        "fold": REPORTED,
        "patients": len(patients),
        "most_frequent_condition": float(np.bincount(labels).max() / len(labels)),
        "variants": variants,
        "misspelled_without_correction_top1": float((uncorrected.argmax(axis=1) == labels).mean()),
        "denials_without_handling_top1": float((unhandled.argmax(axis=1) == labels).mean()),
        "negation": negation_figures(model, patients),
        "refused_unrelated": {
            "texts": len(UNRELATED),
            "share": refused(strangers, model.probabilities(strangers), rule),
        },
        "attribution": {
            "texts": ATTRIBUTED,
            "largest_delta_share": float(max(spread)),
            "median_delta_share": float(np.median(spread)),
            "converged": sum(a.converged for a in attributions),
        },
    }


def _baseline_scores(found: SymptomSet, texts: Mapping[str, list[str]], runs: Path) -> dict[str, np.ndarray]:
    """Return the probabilities of both baselines on every variant; fitted once for both encoders and kept in ``runs``."""
    path = runs / "symptoms-baselines.safetensors"
    if not path.is_file():
        LOG.info("TF-IDF and logistic regression are fitted")
        scores = {
            f"{kind}.{variant}": torch.from_numpy(scorer(held))
            for kind, scorer in baselines(found).items()
            for variant, held in texts.items()
        }
        write_tensors(path, scores)
    return {key: tensor.numpy() for key, tensor in read_tensors(path).items()}
