"""``train symptoms-free-text``: how well wordings that training never saw are read, as they stand and mapped to evidences first.

Two sets measure. The everyday wordings (third column of phrases.toml) of the patients of the reported fold; there the mapping
goes without every wording that stands word for word in the measured one (``held_apart``), and once more with all, as the page
reads. And the free notes of symptoms/free_notes_frozen.toml, written by the makers with a condition in mind. What is read and how
was chosen on the development wordings of the choosing fold (``chosen``), never on these.
"""

from __future__ import annotations

import hashlib
import logging
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from model_zoo.artefact import read_tensors, write_card, write_tensors
from model_zoo.card import WEIGHTS_ROOT
from model_zoo.symptoms.complaints import complaints_of, why_not_mapped
from model_zoo.symptoms.differential import why_not
from model_zoo.symptoms.mapped_reading import read_mapped
from model_zoo.symptoms.mapping import find_evidences
from model_zoo.symptoms.model import SYMPTOM_MODELS, SymptomModel, read_symptom_card, symptom_model
from model_zoo.symptoms.reading import ReadText
from model_zoo.symptoms.red_flags import word_flags
from model_zoo.text.extraction import extract_note
from model_zoo.text.extraction.person import find_person
from model_zoo.text.scoring.measured import exact_interval
from model_zoo.training.data_folder import data_folder
from model_zoo.training.symptoms.card import card_page
from model_zoo.training.symptoms.figures import baselines, compared, figures
from model_zoo.training.symptoms.rules import UNRELATED
from model_zoo.training.symptoms.texts import (
    CHOOSING,
    REPORTED,
    SymptomSet,
    SyntheticPatient,
    colloquial_text,
    development_text,
    read_symptom_set,
    statement_text,
)

LOG = logging.getLogger(__name__)
NOTES_FILE = Path(__file__).parents[2] / "symptoms" / "free_notes_frozen.toml"
VARIED = 0.5  # of the texts of the third baseline, as of the encoder that is trained on many wordings
BASELINES_FILE = "symptoms-free-text-baselines.safetensors"
# Their everyday wording was in sight when the mapping was written; the figures without them say what that is worth.
SEEN_BY_THE_AUTHORS = frozenset({"E_91", "E_53", "E_159", "E_129", "E_154", "E_155", "E_210"})


@dataclass(frozen=True)
class FreeNote:
    text: str
    condition: str


def free_notes() -> tuple[FreeNote, ...]:
    """Return the frozen notes."""
    content = tomllib.loads(NOTES_FILE.read_text(encoding="utf-8"))
    return tuple(FreeNote(entry["text"].strip(), entry["condition"]) for entry in content["note"])


def measure_free_text(runs: Path) -> Mapping[str, Any]:
    """Measure every installed symptom model and write the figures to its card; returns them by model. Raises DataNotFound."""
    found, measured = read_symptom_set(data_folder()), {}
    for name in SYMPTOM_MODELS:
        model, card = symptom_model(name), read_symptom_card(name)
        card["free_text"] = measured[name] = free_text_figures(model, found, runs)
        write_card(WEIGHTS_ROOT / name, card, card_page(card))
    symptom_model.cache_clear()
    return measured


def free_text_figures(model: SymptomModel, found: SymptomSet, runs: Path) -> dict[str, Any]:
    """Return the figures of one model with its baselines beside them."""
    LOG.info("%s: free text, as it stands and mapped", model.name)
    patients, names = found.of(REPORTED), list(found.conditions)
    labels = np.array([names.index(p.condition) for p in patients])
    texts = measured_texts(patients)
    others = _baseline_scores(found, texts, runs)
    wordings: dict[str, Any] = {}
    for variant in ("statements", "colloquial", "colloquial_not_in_sight"):
        raw = model.probabilities([model.read(text) for text in texts[variant]])
        entry: dict[str, Any] = {"raw": figures(raw, labels)}
        for kind, apart in (("mapped", True), ("mapped_as_on_the_page", False)):
            mapped = model.probabilities([_mapped(model, text, apart) for text in texts[variant]])
            entry[kind] = figures(mapped, labels) | {"top1_difference": compared(mapped, raw, labels)}
            if kind == "mapped":
                entry["baselines"] = {
                    key.split(".")[0] + way: figures(p, labels) | {"top1_difference": compared(mapped, p, labels)}
                    for way in ("", "_mapped")
                    for key, p in others.items()
                    if key.split(".")[1] == variant + way
                }
        wordings[variant] = entry
    return {
        "wordings": wordings,
        "evidences": {
            "held_apart": evidence_figures(patients, held_apart=True),
            "as_on_the_page": evidence_figures(patients, held_apart=False),
        },
        "notes": note_figures(model, names, others),
        "chosen": chosen(model, found.of(CHOOSING), names),
        "refused_unrelated": _refused_unrelated(model),
    }


def measured_texts(patients: Sequence[SyntheticPatient]) -> dict[str, list[str]]:
    return {
        "statements": [statement_text(p) for p in patients],
        "colloquial": [colloquial_text(p) for p in patients],
        "colloquial_not_in_sight": [colloquial_text(p, without=SEEN_BY_THE_AUTHORS) for p in patients],
    }


def evidence_figures(patients: Sequence[SyntheticPatient], held_apart: bool) -> dict[str, Any]:
    """Return precision and recall of the mapping over the evidences of the everyday wordings, pooled, by code."""
    right = expected = stated = 0
    for patient in patients:
        truth = {s.code for s in patient.statements if s.has_colloquial}
        given = {e.code for e in find_evidences(colloquial_text(patient), held_apart)}
        # What a statement implies by its words (swelling of a swollen ankle) is no error of the mapping.
        truth_wide = {s.code for s in patient.statements}
        right += len(truth & given)
        expected += len(truth)
        stated += len([code for code in given if code in truth or code not in truth_wide])
    return {"precision": round(right / stated, 4), "recall": round(right / expected, 4), "evidences": expected}


def note_figures(model: SymptomModel, names: Sequence[str], others: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """Return top-1, top-3 and top-5 on the frozen notes with exact binomial intervals, and how many are refused."""
    notes = free_notes()
    labels = np.array([names.index(note.condition) for note in notes])
    rule = model.card["cannot_tell"]
    raw, mapped, refused_raw, refused_mapped, evidences, unmapped = [], [], 0, 0, [], []
    for note in notes:
        items = extract_note(note.text)
        complaints = complaints_of(note.text, items)
        plain = model.read(complaints)
        read, what = read_mapped(complaints, model.vocabulary, [i for i in items if i.kind == "person"])
        raw.append(plain)
        mapped.append(read)
        evidences.append(len({e.code for e in what.evidences}))
        unmapped.append(len(what.unmapped))
        least = float(rule["least_top_probability"])
        refused_raw += why_not(plain, rule) is not None or model.probabilities([plain]).max() < least
        beyond = any(flag.outside for flag in word_flags(note.text))
        refused_mapped += (
            beyond or why_not_mapped(plain, what, rule) is not None or model.probabilities([read]).max() < least
        )
    scores = {"raw": model.probabilities(raw), "mapped": model.probabilities(mapped)}
    scores |= {key.replace(".notes", ""): p for key, p in others.items() if ".notes" in key}
    return {
        "set": NOTES_FILE.name,
        "sha256": hashlib.sha256(NOTES_FILE.read_bytes()).hexdigest(),
        "notes": len(notes),
        "refused": {"raw": int(refused_raw), "mapped": int(refused_mapped)},
        "median_evidences": float(np.median(evidences)),
        "median_unmapped_words": float(np.median(unmapped)),
        "readings": {kind: _tops(p, labels) for kind, p in scores.items()},
    }


def chosen(model: SymptomModel, patients: Sequence[SyntheticPatient], names: Sequence[str]) -> dict[str, float]:
    """Return top-1 on the development wordings of the choosing fold for each way of reading: what decided."""
    labels = np.array([names.index(p.condition) for p in patients])
    texts = [development_text(p) for p in patients]
    ways = {
        "raw": [model.read(text) for text in texts],
        "evidences_and_the_rest": [_mapped(model, text, True, keep=True) for text in texts],
        "evidences_alone": [_mapped(model, text, True, keep=False) for text in texts],
    }
    return {
        way: round(float((model.probabilities(read).argmax(axis=1) == labels).mean()), 4) for way, read in ways.items()
    }


def _mapped(model: SymptomModel, text: str, held_apart: bool, keep: bool = True) -> ReadText:
    return read_mapped(text, model.vocabulary, list(find_person(text)), keep, held_apart)[0]


def _refused_unrelated(model: SymptomModel) -> dict[str, float]:
    rule, refused = model.card["cannot_tell"], 0
    for text in UNRELATED:
        read, what = read_mapped(text, model.vocabulary)
        reason = why_not_mapped(model.read(text), what, rule)
        refused += reason is not None or model.probabilities([read]).max() < float(rule["least_top_probability"])
    return {"texts": len(UNRELATED), "share": refused / len(UNRELATED)}


def _tops(p: np.ndarray, labels: np.ndarray) -> dict[str, dict[str, float]]:
    place = (p > p[np.arange(len(labels)), labels][:, None]).sum(axis=1)
    found = {}
    for k in (1, 3, 5):
        low, high = exact_interval(int((place < k).sum()), len(labels))
        found[f"top{k}"] = {"value": float((place < k).mean()), "low": low, "high": high}
    return found


def _baseline_scores(found: SymptomSet, texts: Mapping[str, list[str]], runs: Path) -> dict[str, np.ndarray]:
    """Return probabilities of both baselines on all texts, as they stand and mapped ("_mapped"); kept in ``runs``."""
    path = runs / BASELINES_FILE
    if not path.is_file():
        LOG.info("TF-IDF and logistic regression are fitted")
        held = dict(texts)
        held |= {f"{variant}_mapped": [_as_text(text, True) for text in rows] for variant, rows in texts.items()}
        held["notes"] = [note.text for note in free_notes()]
        held["notes_mapped"] = [_as_text(note.text, False) for note in free_notes()]
        scores = {
            f"{kind}.{variant}": torch.from_numpy(scorer(rows))
            for kind, scorer in baselines(found, VARIED).items()
            for variant, rows in held.items()
        }
        write_tensors(path, scores)
    return {key: tensor.numpy() for key, tensor in sorted(read_tensors(path).items())}


def _as_text(text: str, held_apart: bool) -> str:
    """Return a mapped reading as a text for TF-IDF. The vocabulary of the default model decides which other words are read."""
    items = extract_note(text)
    read = read_mapped(
        complaints_of(text, items),
        symptom_model().vocabulary,
        [i for i in items if i.kind == "person"],
        held_apart=held_apart,
    )[0]
    return " ".join(word.read_as or word.word.text for word in read.words)
