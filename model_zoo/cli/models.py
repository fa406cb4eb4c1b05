"""What ``list`` says of each model: task, data, populations, outputs and their held-out figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from model_zoo.card import sampled_words
from model_zoo.errors import ZooError
from model_zoo.upkeep.known_models import CLASSIFICATION, RISK, SEGMENTATION, SYMPTOMS, KnownModel


def described(model: KnownModel) -> dict[str, Any]:
    """Return what ``list`` says of a model. Without a sound card ``problem`` says why and what it would state is null."""
    try:
        card, problem = model.raw_card(), None
    except ZooError as error:
        card, problem = {}, f"{error.message} {error.hint}" if model.fault or model.entry else error.message
    build = {CLASSIFICATION: _classification, SEGMENTATION: _segmentation, RISK: _risk, SYMPTOMS: _symptoms}[model.task]
    return {
        "name": model.name,
        "task": model.task,
        "title": card.get("title"),
        "version": card.get("version"),
        "weights_sha256": card.get("weights_sha256"),
        "problem": problem,
        "intended_use": card.get("intended_use"),
        **(build(card) if card else {"populations": [], "data": [], "outputs": []}),
    }


def figure(measure: str, found: Mapping[str, Any] | None, **counts: Any) -> dict[str, Any] | None:
    """Return a held-out figure with its interval and counts, or None where the card has none."""
    if not found or found.get("value") is None:
        return None
    return {
        "measure": measure,
        "value": found["value"],
        "low": found.get("low"),
        "high": found.get("high"),
        "fold": counts.get("fold"),
        "n_patients": counts.get("n_patients"),
        "n_positive_patients": counts.get("n_positive_patients"),
        "sampled": counts.get("sampled") or "patients",
    }


def against(
    baseline: str, found: Mapping[str, Any] | None, difference: Mapping[str, Any] | None
) -> dict[str, Any] | None:
    """Return a trivial baseline on the same pictures or patients, and what the model gains on it with its interval."""
    if not found or found.get("value") is None or not difference or difference.get("value") is None:
        return None
    return {
        "name": baseline,
        "value": found["value"],
        "difference": {key: difference.get(key) for key in ("value", "low", "high")},
        "beaten": difference.get("low") is not None and difference["low"] > 0,
    }


def _classification(card: Mapping[str, Any]) -> dict[str, Any]:
    metrics = card.get("metrics", {})
    outputs = []
    for output in card["outputs"]:
        report = metrics.get(output["population"], {})
        entry: Mapping[str, Any] = next((o for o in report.get("outputs", []) if o["name"] == output["name"]), {})
        thumbnail = (entry.get("comparisons") or {}).get("thumbnail") or {}
        outputs.append(
            {
                "name": output["name"],
                "title": output["title"],
                "population": output["population"],
                "kind": output["kind"],
                "held_out": figure(
                    "AUC",
                    entry.get("auroc"),
                    fold=report.get("fold"),
                    n_patients=entry.get("n_patients"),
                    n_positive_patients=entry.get("n_positive_patients"),
                    sampled=sampled_words(card),
                ),
                "baseline": against("16x16 thumbnail", thumbnail.get("auroc"), thumbnail.get("auroc_difference")),
            }
        )
    populations = [{key: p[key] for key in ("name", "title", "age_years", "note")} for p in card["populations"]]
    return {"populations": populations, "data": [_source(d) for d in card.get("data", [])], "outputs": outputs}


def _segmentation(card: Mapping[str, Any]) -> dict[str, Any]:
    metrics = card.get("metrics", {})
    held_out = figure("Dice", metrics.get("dice"), fold=metrics.get("fold"), n_patients=metrics.get("n_patients"))
    return {
        "populations": [],
        "data": [_source(d) for d in card["data"]],
        "outputs": [
            {
                "name": card["name"],
                "title": card["title"],
                "population": None,
                "kind": "mask",
                "held_out": held_out,
                "baseline": None,  # the card states the mean mask's Dice, without a paired interval
            }
        ],
    }


def _risk(card: Mapping[str, Any]) -> dict[str, Any]:
    metrics = card.get("metrics", {})
    folds = metrics.get("folds")
    outputs = []
    for name, output in card["outputs"].items():
        entry = metrics.get("outcomes", {}).get(name, {})
        baselines: Mapping[str, Mapping[str, Any]] = entry.get("baselines", {})
        other = next(iter(baselines), "")
        baseline = baselines.get(other, {})
        outputs.append(
            {
                "name": name,
                "title": output["title"],
                "population": card["name"],
                "kind": "probability",
                "held_out": figure(
                    "AUC",
                    entry.get("auc"),
                    fold=folds[0] if isinstance(folds, list) and len(folds) == 1 else None,
                    n_patients=entry.get("patients"),
                    n_positive_patients=entry.get("events"),
                ),
                "baseline": against(other.replace("_", " "), baseline.get("auc"), baseline.get("auc_difference")),
            }
        )
    population = {"name": card["name"], "title": card["population"], "age_years": None, "note": None}
    return {"populations": [population], "data": [_source(card["data"])], "outputs": outputs}


def _symptoms(card: Mapping[str, Any]) -> dict[str, Any]:
    metrics = card.get("metrics", {})
    # The statements are nearest to what a reader types.
    entry = metrics.get("variants", {}).get("statements", {})
    held_out = figure("top-1 accuracy", entry.get("top1"), fold=metrics.get("fold"), n_patients=metrics.get("patients"))
    output = {
        "name": card["name"],
        "title": card["title"],
        "population": card["name"],
        "kind": "ranking",
        "held_out": held_out,
        "baseline": None,  # the card compares with TF-IDF text by text
    }
    population = {"name": card["name"], "title": card["population"], "age_years": None, "note": None}
    return {"populations": [population], "data": [_source(card["data"])], "outputs": [output]}


def _source(data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": data.get("name") or data.get("source"),
        "citation": data.get("citation", "not stated"),
        "licence": data.get("licence", "not stated"),
        "attribution": data.get("attribution"),
        "link": data.get("link"),
    }
