"""The card of a network trained on somebody's pictures: outputs with calibration and thresholds, figures, and the run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import expit

from model_zoo.card import OLDEST_YEARS
from model_zoo.evaluation import exclusive, metrics
from model_zoo.evaluation.folder_pictures import PictureSet, output_names
from model_zoo.evaluation.labels import FilmLabels, LabelTable
from model_zoo.evaluation.predictions import OutputScores, PredictionTable
from model_zoo.evaluation.report import ReportedOutput, summarise
from model_zoo.training.calibration import platt, threshold_at_sensitivity

POPULATION = "any"
# Pictures a little wider or narrower than any that was seen are still read.
ASPECT_MARGIN = 1.1


@dataclass(frozen=True)
class Described:
    """What the person who trains says of the model. sensitivity: share of the positive pictures that a threshold flags."""

    name: str
    title: str
    modalities: tuple[str, ...] = ()
    sensitivity: float = 0.90
    data_name: str = "Pictures of the user"
    licence: str = "not stated"


def build_outputs(
    titles: Sequence[str],
    labels: np.ndarray,
    logits: np.ndarray,
    patients: np.ndarray,
    all_logits: np.ndarray,
    described: Described,
    where: str,
) -> list[dict[str, Any]]:
    """Return the outputs of a card, one per class against the rest, fitted on pictures that were not trained on.

    labels (N,), logits (N, K), patients (N,): of the calibration fold. all_logits (M, K): of every picture that was not
    trained on, from which ranks are read. where: the calibration fold in words.
    """
    outputs = []
    for k, (name, title) in enumerate(zip(output_names(titles), titles, strict=True)):
        y, z = (labels == k).astype(float), logits[:, k].astype(float)
        threshold = threshold_at_sensitivity(z, y, patients, described.sensitivity, where)
        outputs.append(
            {
                "name": name,
                "title": title[:1].upper() + title[1:],
                "population": POPULATION,
                "kind": "probability",
                "threshold": threshold,
                "score_quantiles": _quantiles(all_logits[:, k]),
                "calibration": platt(z, y, patients, where, smoothed=True),
                "condition": None,
                "caution": None,
            }
        )
    return outputs


def held_out_figures(
    outputs: Sequence[Mapping[str, Any]],
    titles: Sequence[str],
    labels: np.ndarray,
    logits: np.ndarray,
    patients: np.ndarray,
    thumbnail: np.ndarray | None,
    model: str,
    fold: int | None,
) -> dict[str, Any]:
    """Return the figures of ``evaluate`` for each class against the rest, and those of all classes together.

    Parameters
    ----------
    outputs
        Of the card.
    titles
        For the reader, in the same order.
    labels
        Index of the class, (N,).
    logits
        (N, classes).
    patients
        Whose each picture is, (N,).
    thumbnail
        Logits of the baseline, (N, classes); ``None`` without one.
    model
        Its name.
    fold
        That is reported, ``None`` where there are no folds.
    """
    names = [output["name"] for output in outputs]
    rows = [
        FilmLabels("", str(patient), {name: int(label == k) for k, name in enumerate(names)})
        for label, patient in zip(labels, patients, strict=True)
    ]
    scores, reported = {}, []
    for k, output in enumerate(outputs):
        fit, threshold = output.get("calibration"), output["threshold"]["logit"]
        probability = None
        if fit is not None:
            probability = expit(fit["slope"] * logits[:, k] + fit["intercept"])
            threshold = float(expit(fit["slope"] * np.array([threshold]) + fit["intercept"])[0])
        comparisons = {} if thumbnail is None else {"thumbnail": thumbnail[:, k].astype(float)}
        scores[output["name"]] = OutputScores(logits[:, k].astype(float), probability, comparisons)
        reported.append(ReportedOutput(output["name"], threshold, output["kind"] == "report_score"))
    table = PredictionTable(LabelTable(Path(), tuple(names), tuple(rows)), scores)
    summary = summarise(table, reported, model) | {"fold": fold}
    for k, entry in enumerate(summary["outputs"]):
        y, z = (labels == k).astype(float), logits[:, k].astype(float)
        build = (metrics.accuracy, metrics.precision, metrics.recall, metrics.f1)
        threshold = outputs[k]["threshold"]["logit"]
        entry["at_threshold"] = {
            name: metrics.bootstrap_interval(metric(threshold), y, z, patients).figure
            for name, metric in zip(("accuracy", "precision", "recall", "f1"), build, strict=True)
        }
    summary["all_classes"] = exclusive.all_classes(titles, labels, logits, patients)
    return summary


def build_card(
    described: Described,
    pictures: PictureSet,
    side: int,
    architecture: str,
    target_layer: str,
    outputs: list[dict[str, Any]],
    figures: dict[str, Any],
    run: dict[str, Any],
) -> dict[str, Any]:
    """Return the card, without version and weights."""
    low, high = pictures.aspects
    modalities = described.modalities or pictures.modalities
    return {
        "schema_version": 1,
        "name": described.name,
        "title": described.title,
        "task": "classification",
        "architecture": architecture,
        "architecture_options": {"exclusive": True},
        "input": {
            "shape": [1, side, side],
            "value_range": [-1.5, 1.5],
            "scaling": "stretch",
            "preprocessing": (
                f"display window, whole picture, antialiased resize to {side} x {side}, central 1st to 99th percentile "
                "stretched to -1 to 1"
            ),
            "target_layer": target_layer,
            "modalities": list(modalities),
            "body_parts": list(pictures.body_parts),
            "colour": pictures.colour,
            "scan": "a picture like those it was trained on",
            "aspect_range": [low / ASPECT_MARGIN, high * ASPECT_MARGIN],
            "min_side": min(pictures.smallest_side, side),
        },
        "populations": [
            {
                "name": POPULATION,
                "title": "As trained",
                "age_years": [0, OLDEST_YEARS],
                "crop": "whole",
                "views": [],
                "note": "It holds for pictures like those it was trained on; nothing else was tried.",
            }
        ],
        "outputs": outputs,
        "exclusive": "The classes exclude each other: a logit is the log-odds of its class against all others.",
        "not_assessed": ["anything but the classes it was trained on"],
        "intended_use": "Reading aid for demonstration, model review and research, on pictures like the training set.",
        "not_for": ["diagnosis, triage or treatment of patients", "ruling anything out"],
        "data": [
            {
                "name": described.data_name,
                "citation": f"{len(pictures)} pictures, {pictures.form}",
                "licence": described.licence,
            }
        ],
        "metrics": {POPULATION: figures},
        "training": run,
    }


def run_facts(pictures: PictureSet, settings: Any, folds_words: str, **facts: Any) -> dict[str, Any]:
    """Return what the card says of a run."""
    return {
        "data_sha256": pictures.sha256,
        "pictures": len(pictures),
        "patients": int(np.unique(pictures.patients).size),
        "patients_words": pictures.patients_known,
        "classes": {name: int((pictures.labels == k).sum()) for k, name in enumerate(pictures.classes)},
        "folds_words": folds_words,
        "settings": asdict(settings),
        **facts,
    }


def _quantiles(logits: np.ndarray) -> list[float]:
    return [float(q) for q in np.quantile(logits.astype(float), np.linspace(0, 1, 101))]
