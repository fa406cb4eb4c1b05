"""Recipe of the sequence head of the brain model: ``python -m model_zoo train brain-mri-tumour-sequence``.

Runs of neighbouring slices of one tumour type stand for a study; in each, some slices have the tumour painted over with
the mirrored other side, so that the head has to learn which slices to listen to. Frames come from the frozen scan model.
Trained on runs of its training folds, reported once on runs of fold 4, against the plain mean and the maximum of the
slices' own log-odds. What it cannot show: a run may cross from one patient to the next, because the set names none.
"""

from __future__ import annotations

import csv
import json
import logging
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from model_zoo.artefact import fill, half, write_json, write_tensors
from model_zoo.card import WEIGHTS_ROOT
from model_zoo.classifiers.sequence import AttentionPool, log_odds
from model_zoo.engine.inference import InferenceEngine
from model_zoo.engine.study import HEAD_CARD, HEAD_FILE, frame_values
from model_zoo.evaluation.labels import REPORTED_FOLD
from model_zoo.evaluation.metrics import auroc, bootstrap_interval, paired_bootstrap_difference
from model_zoo.scans import decode_scan
from model_zoo.scans.scan import Scan
from model_zoo.training.data_folder import imaging_folder
from model_zoo.training.lesions.pictures import SLICES_PER_PATIENT, painted_over
from model_zoo.training.loop import descend, seed_everything
from model_zoo.training.trust.shortcuts import rate
from model_zoo.words import spanned

log = logging.getLogger(__name__)

MODEL, DATA, POPULATION_INDEX = "brain-mri-tumour", "brain_mri_tumour", 0
TRAINING_FOLDS, SCALE_FOLD = (0, 1, 2), 3
RUN = 8
STEPS, BATCH, RATE, SEED = 600, 32, 3e-3, 53
# Of the slices of a run, this share has its tumour painted over, but never all of them.
PAINTED = 0.5


def train_sequence_head(weights: Path = WEIGHTS_ROOT) -> dict[str, Any]:
    """Train and measure the head; write it and its card beside the weights of the scan model; return the card."""
    engine = InferenceEngine(MODEL)
    frames = {kind: _frames(engine, painted=kind == "painted") for kind in ("seen", "painted")}
    labels, folds = _labels(engine)
    generator = seed_everything(SEED)
    head = AttentionPool(frames["seen"][1].shape[1], len(engine.card.outputs))
    optimiser = torch.optim.AdamW(head.parameters(), lr=RATE, weight_decay=0.05)
    runs = _runs(labels, folds, TRAINING_FOLDS)
    rng = np.random.default_rng(SEED)
    for step in range(STEPS):
        picked = [runs[int(i)] for i in torch.randint(len(runs), (BATCH,), generator=generator)]
        logits, features, painted, truth = _batch(frames, picked, labels, rng)
        study, attention = head(features, logits, torch.ones(len(picked), RUN, dtype=torch.bool))
        # A painted slice shows no tumour: the head is told so, beside the type of the run.
        on_painted = (attention * painted).sum(1)
        loss = functional.cross_entropy(study, truth) - torch.log1p(-on_painted.clamp(max=0.999)).mean()
        descend(loss, optimiser)
        if step % 100 == 0:
            log.info("step %d loss %.3f", step, float(loss.detach()))
    folder = weights / MODEL
    sha256 = write_tensors(folder / HEAD_FILE, half(head.state_dict()))
    fill(head, folder / HEAD_FILE, sha256)
    card: dict[str, Any] = {
        "schema_version": 1,
        "model": MODEL,
        "weights_sha256": engine.card.weights_sha256,
        "head_sha256": sha256,
        "features": int(frames["seen"][1].shape[1]),
        "quantiles": _quantiles(head, frames, labels, folds, engine),
        "measured": _measure(head, frames, labels, folds, engine),
    }
    card["words"] = _words(card["measured"])
    write_json(folder / HEAD_CARD, card)
    return {"name": f"{MODEL}-sequence", **card}


def _rows() -> list[dict[str, str]]:
    with (imaging_folder(DATA) / "labels.csv").open(encoding="utf-8", newline="") as stream:
        return sorted(csv.DictReader(stream), key=lambda row: int(row["slice_no"]))


def _frames(engine: InferenceEngine, painted: bool) -> tuple[np.ndarray, np.ndarray]:
    root, population = imaging_folder(DATA), engine.card.populations[POPULATION_INDEX].name
    logits, features = [], []
    batch = []
    rows = _rows()
    for number, row in enumerate(rows):
        scan = decode_scan((root / row["file"]).read_bytes())
        if painted:
            left, top, width, height = json.loads(row["box_xywh"])
            frame = painted_over(scan, (left, top, width, height))
            scan = Scan(scan.sha256, scan.format, frame[None], scan.window)
        batch.append(engine.prepare(scan, population))
        if len(batch) == 64 or number == len(rows) - 1:
            found = frame_values(engine, batch)
            logits.append(found[0])
            features.append(found[1])
            batch = []
    log.info("features of %d slices", len(rows))
    return np.concatenate(logits), np.concatenate(features)


def _labels(engine: InferenceEngine) -> tuple[np.ndarray, np.ndarray]:
    rows = _rows()
    index = {label: engine.card.index(label) for label in engine.card.labels}
    return np.array([index[row["label"]] for row in rows]), np.array([int(row["fold"]) for row in rows])


def _runs(labels: np.ndarray, folds: np.ndarray, wanted: tuple[int, ...]) -> list[np.ndarray]:
    """Return runs of ``RUN`` neighbouring slices of one type and fold, without overlap."""
    found = []
    for fold in wanted:
        for label in np.unique(labels):
            mine = np.flatnonzero((folds == fold) & (labels == label))
            found += [mine[i : i + RUN] for i in range(0, len(mine) - RUN + 1, RUN)]
    return found


def _batch(
    frames: dict[str, tuple[np.ndarray, np.ndarray]],
    runs: list[np.ndarray],
    labels: np.ndarray,
    rng: np.random.Generator,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    painted = rng.random((len(runs), RUN)) < PAINTED
    painted[painted.all(1), 0] = False
    picked = np.stack(runs)
    parts = [
        np.where(painted[..., None], frames["painted"][kind][picked], frames["seen"][kind][picked]) for kind in (0, 1)
    ]
    return (
        torch.from_numpy(parts[0]),
        torch.from_numpy(parts[1]),
        torch.from_numpy(painted).float(),
        torch.from_numpy(labels[picked[:, 0]]),
    )


def _quantiles(
    head: AttentionPool,
    frames: dict[str, tuple[np.ndarray, np.ndarray]],
    labels: np.ndarray,
    folds: np.ndarray,
    engine: InferenceEngine,
) -> dict[str, list[float]]:
    """Return the study logits at 0, 1, ... 100 % of the runs of the fold held out for scales, by output."""
    runs = _runs(labels, folds, (SCALE_FOLD,))
    logits, features, _, _ = _batch(frames, runs, labels, np.random.default_rng(SEED + 2))
    with torch.no_grad():
        study, _ = head(features, logits, torch.ones(len(runs), RUN, dtype=torch.bool))
    levels = np.linspace(0, 1, 101)
    return {label: np.quantile(study[:, k].numpy(), levels).tolist() for k, label in enumerate(engine.card.labels)}


def _measure(
    head: AttentionPool,
    frames: dict[str, tuple[np.ndarray, np.ndarray]],
    labels: np.ndarray,
    folds: np.ndarray,
    engine: InferenceEngine,
) -> dict[str, Any]:
    runs = _runs(labels, folds, (REPORTED_FOLD,))
    logits, features, painted, truth = _batch(frames, runs, labels, np.random.default_rng(SEED + 1))
    with torch.no_grad():
        study, attention = head(features, logits, torch.ones(len(runs), RUN, dtype=torch.bool))
    rivals = {"attention": study, "mean": log_odds(logits.mean(1)), "maximum": log_odds(logits.amax(1))}
    names = np.array([_block(run, labels, folds) for run in runs])
    found: dict[str, Any] = {"runs": len(runs), "slices_a_run": RUN, "painted": PAINTED, "fold": REPORTED_FOLD}
    for name, values in rivals.items():
        right = (values.argmax(1) == truth).numpy()
        found[name] = {"accuracy": rate(right, names), "auroc": {}}
        for k, label in enumerate(engine.card.labels):
            interval = bootstrap_interval(auroc, (truth == k).numpy().astype(float), values[:, k].numpy(), names)
            found[name]["auroc"][label] = interval.figure
    gains = {}
    for k, label in enumerate(engine.card.labels):
        y = (truth == k).numpy().astype(float)
        gain = paired_bootstrap_difference(auroc, y, study[:, k].numpy(), rivals["mean"][:, k].numpy(), names)
        gains[label] = gain.figure
    found["gain_over_mean"] = gains
    heaviest = attention.argmax(1)
    found["heaviest_slice_shows_the_tumour"] = rate((painted[torch.arange(len(runs)), heaviest] == 0).numpy(), names)
    found["by_chance"] = float(1 - painted.mean())
    return found


def _block(run: np.ndarray, labels: np.ndarray, folds: np.ndarray) -> str:
    """Return the block of slices, about a patient's, in which a run begins: runs of one block are not independent."""
    first = int(run[0])
    place = int(((labels[:first] == labels[first]) & (folds[:first] == folds[first])).sum())
    return f"{labels[first]}-{folds[first]}-{place // SLICES_PER_PATIENT}"


def _words(measured: dict[str, Any]) -> str:
    mine, mean = (measured[name]["accuracy"] for name in ("attention", "mean"))
    seen = measured["heaviest_slice_shows_the_tumour"]

    def mean_auc(name: str) -> float:
        return float(np.mean([area["value"] for area in measured[name]["auroc"].values()]))

    return (
        f"on {measured['runs']} held-out runs of {measured['slices_a_run']} slices of one tumour type, about half of the slices "
        f"with the tumour painted over, it named the type in {spanned(mine, '.0%')}, the plain mean of the slices in "
        f"{spanned(mean, '.0%')}; by AUC it is no better than that mean ({mean_auc('attention'):.3f} against "
        f"{mean_auc('mean'):.3f}). The slice it weighed most showed the tumour in {spanned(seen, '.0%')}, where chance gives "
        f"{100 * measured['by_chance']:.0f} %. Intervals over blocks of 13 slices; a run may cross from one patient to the next."
    )
