"""Training of the symptom encoders: altered texts anew in every epoch, the best epoch by a fold that is not reported."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import torch
from torch import nn

from model_zoo.symptoms.encoders import LSTM, TRANSFORMER, build_encoder
from model_zoo.symptoms.history import CLINICAL, PLAIN, phrases
from model_zoo.symptoms.model import all_logits
from model_zoo.symptoms.reading import batch, read_text
from model_zoo.symptoms.vocabulary import Vocabulary, learn_vocabulary
from model_zoo.symptoms.wordings import further_wordings
from model_zoo.text.negation import find_negations
from model_zoo.text.words import words_of
from model_zoo.training.loop import Checkpoint, descend, seed_everything
from model_zoo.training.symptoms.texts import (
    CHOOSING,
    MISSPELLING_RATE,
    QUESTION,
    REPORTED,
    SymptomSet,
    SyntheticPatient,
    denied_statements,
    development_text,
    misspelled,
    written,
)

LOG = logging.getLogger(__name__)
MERGES = 900  # most words of the set become whole pieces; the rest is cut into two or three
WORD_DROPOUT = 0.25  # at most, in those texts: an unseen wording shares a word or two with the seen ones, seldom all
TRAINING = tuple(fold for fold in range(REPORTED) if fold != CHOOSING)


@dataclass(frozen=True)
class SymptomRecipe:
    """epochs: each sees every training patient once, in a new text. rate: highest learning rate of the one-cycle schedule.

    varied: share of the training texts in wordings drawn from wordings.toml, the form in which notes come.
    """

    kind: str
    epochs: int = 12
    texts: int = 32
    rate: float = 5e-3
    decay: float = 1e-2
    seed: int = 0
    varied: float = 0.0


# A step of the LSTM costs what its longest text costs, whatever the number of texts; so it takes more of them at once.
# Neither draws from the varied wordings: a Transformer trained with half of its texts in them (14 epochs) read development wordings
# better as they stand (top-1 0.50 against 0.37), worse after the mapping (0.64 against 0.74), and the statements too (0.96).
RECIPES = {TRANSFORMER: SymptomRecipe(TRANSFORMER), LSTM: SymptomRecipe(LSTM, epochs=10, texts=64, rate=8e-3)}


def altered(
    patient: SyntheticPatient,
    generator: np.random.Generator,
    evidences: Sequence[str],
    misspell: bool = True,
    varied: float = 0.0,
) -> str:
    """Return one training text: wording, order, what is left out, denials and misspellings drawn at random.

    Half of the texts keep every statement; of the others between one statement and all are kept, so that the network
    learns how little a single complaint says. varied: share in wordings of wordings.toml, with words left out.
    """
    count = len(patient.statements)
    keep = list(range(count))
    if generator.random() < 0.5:
        keep = sorted(generator.choice(count, size=int(generator.integers(1, count + 1)), replace=False).tolist())
    if generator.random() < 0.5:
        keep = generator.permutation(keep).tolist()
    wordings: list[int | str]
    drawn, any_wording = generator.random(), False
    if drawn < 0.2:
        wordings = [QUESTION] * len(keep)
    elif drawn < 0.2 + varied:
        any_wording = True
        wordings = [_any_wording(patient.statements[i].code, generator) for i in keep]
    else:
        wordings = [int(generator.choice((CLINICAL, PLAIN))) for _ in keep]
    extra = (
        denied_statements(patient, evidences, generator, int(generator.integers(1, 4)))
        if generator.random() < 0.3
        else []
    )
    joint = str(generator.choice((". ", ". ", "; ", "\n", ", ")))
    text = written(
        patient, wordings, keep, joint if wordings[:1] != [QUESTION] else ". ", () if joint == ", " else extra
    )
    if generator.random() < 0.15:
        text = text.removeprefix(patient.head()).lstrip(" .,;\n")  # a reader may leave age and sex out
    if any_wording:
        rate = generator.random() * WORD_DROPOUT
        text = " ".join(word for word in text.split(" ") if generator.random() >= rate or word.endswith((".", ";")))
    return (
        misspelled(text, generator, generator.random() * MISSPELLING_RATE)
        if misspell and generator.random() < 0.5
        else text
    )


def _any_wording(code: str, generator: np.random.Generator) -> int | str:
    """Return one wording of an evidence, each as likely as the next."""
    rows = training_wordings().get(code, ())
    at = int(generator.integers(len(rows) + 2))
    return (CLINICAL, PLAIN)[at] if at < 2 else rows[at - 2]


@cache
def training_wordings() -> dict[str, tuple[str, ...]]:
    """Return the further wordings that training draws from: those that deny nothing ("no appetite" is cut by the reading)."""
    return {code: tuple(row for row in rows if not find_negations(row)) for code, rows in further_wordings().items()}


def training_words(patients: Iterable[SyntheticPatient], varied: bool = False) -> Counter[str]:
    """Count the words of the training texts in all trained wordings, unaltered. varied: with those of wordings.toml."""
    counts: Counter[str] = Counter()
    for patient in patients:
        for statement in patient.statements:
            for wording in (QUESTION, CLINICAL, PLAIN):
                counts.update(word.key for word in words_of(statement.text(wording)))
        counts.update(word.key for word in words_of(patient.head()))
    for section in phrases().values():
        for rows in section.values():  # a wording is trained on even where its patients all lie in other folds
            counts.update(word.key for row in rows[:2] for word in words_of(row.replace("{}", " ")) for _ in range(2))
    for rows in training_wordings().values() if varied else ():
        counts.update(word.key for row in rows for word in words_of(row.replace("{}", " ")) for _ in range(2))
    return counts


def fit_encoder(
    recipe: SymptomRecipe, found: SymptomSet, runs: Path
) -> tuple[nn.Module, Vocabulary, list[dict[str, float]]]:
    """Train one encoder; returns the network of the best epoch, the vocabulary, and the history of the choosing fold.

    runs: an interrupted training goes on from ``runs/<kind>.pt`` there.
    """
    patients, chosen_by = found.of(*TRAINING), found.of(CHOOSING)
    vocabulary = learn_vocabulary(training_words(patients, recipe.varied > 0), MERGES)
    names, evidences = list(found.conditions), list(found.evidences)
    seed_everything(recipe.seed)
    network = build_encoder(recipe.kind, len(vocabulary), len(names))
    fixed = np.random.default_rng(recipe.seed + 1)
    held_texts, held_for = choosing_texts(recipe, chosen_by, fixed, evidences)
    held = [read_text(text, vocabulary).pieces for text in held_texts]
    held_labels = np.array([names.index(p.condition) for p in held_for])
    optimiser = torch.optim.AdamW(network.parameters(), lr=recipe.rate, weight_decay=recipe.decay)
    steps = recipe.epochs * -(-len(patients) // recipe.texts)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, recipe.rate, total_steps=steps, pct_start=0.15)
    place = runs / f"symptoms-{recipe.kind}.pt"
    checkpoint = Checkpoint(place, network=network, optimiser=optimiser, schedule=schedule)
    kept = checkpoint.resume()
    best, history = kept.get("best", {}), kept.get("history", [])
    for epoch in range(len(history), recipe.epochs):
        generator = np.random.default_rng((recipe.seed, epoch))
        # A third of the texts is read without correction, so that the network meets slips that no correction finds.
        read = [
            read_text(
                altered(p, generator, evidences, varied=recipe.varied), vocabulary, correct=generator.random() > 1 / 3
            ).pieces
            for p in patients
        ]
        _epoch(
            network, optimiser, schedule, read, [names.index(p.condition) for p in patients], recipe.texts, generator
        )
        loss, top1 = _loss_and_top(all_logits(network, held), held_labels)
        LOG.info("%s epoch %d: log loss %.4f, top-1 %.3f", recipe.kind, epoch + 1, loss, top1)
        if not history or loss < min(entry["log_loss"] for entry in history):
            best = deepcopy(network.state_dict())
        history.append({"log_loss": round(loss, 4), "top1": round(top1, 4)})
        checkpoint.save(best=best, history=history)
    network.load_state_dict(best)
    return network.eval(), vocabulary, history


def choosing_texts(
    recipe: SymptomRecipe,
    patients: Sequence[SyntheticPatient],
    generator: np.random.Generator,
    evidences: Sequence[str],
) -> tuple[list[str], list[SyntheticPatient]]:
    """Return the texts of the choosing fold, and whose they are.

    Where training draws from many wordings, half of them are in wordings that it does not know, because notes are.
    """
    texts = [altered(p, generator, evidences, varied=recipe.varied) for p in patients]
    if not recipe.varied:
        return texts, list(patients)
    return [*texts, *(development_text(p) for p in patients)], [*patients, *patients]


def fit_temperature(logits: np.ndarray, labels: np.ndarray) -> float:
    """Return the temperature with the least log loss (Guo et al. 2017, arXiv:1706.04599), by golden section over its logarithm."""
    from scipy.optimize import minimize_scalar

    found = minimize_scalar(
        lambda t: _loss_and_top(logits / np.exp(t), labels)[0], bounds=(-1.5, 1.5), method="bounded"
    )
    return float(np.exp(found.x))


def _epoch(
    network: nn.Module,
    optimiser: torch.optim.Optimizer,
    schedule: torch.optim.lr_scheduler.LRScheduler,
    read: Sequence[tuple[int, ...]],
    labels: Sequence[int],
    size: int,
    generator: np.random.Generator,
) -> None:
    network.train()
    # Texts of like length share a batch (little padding); which ones, and the order of the batches, is drawn.
    order = sorted(range(len(read)), key=lambda i: len(read[i]) + generator.random() * 30)
    batches = [order[start : start + size] for start in range(0, len(order), size)]
    for turn in generator.permutation(len(batches)):
        places = batches[int(turn)]
        logits = network(*batch([read[i] for i in places]))
        loss = nn.functional.cross_entropy(logits, torch.tensor([labels[i] for i in places]))
        descend(loss, optimiser, 1.0)
        schedule.step()


def _loss_and_top(logits: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return float(-log_p[np.arange(len(labels)), labels].mean()), float((logits.argmax(axis=1) == labels).mean())
