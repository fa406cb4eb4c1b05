"""What ``list`` says of each model: task, data, populations, outputs and their held-out figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from model_zoo.card import sampled_words
from model_zoo.errors import ZooError
from model_zoo.figures.listed import against, beside, figure
from model_zoo.figures.listed_series import beat_outputs, hourly_outputs, text_outputs
from model_zoo.upkeep.known_models import (
    BEATS,
    CLASSIFICATION,
    MONITORING,
    ORIENTATION,
    RISK,
    SEGMENTATION,
    SYMPTOMS,
    KnownModel,
)


def described(model: KnownModel) -> dict[str, Any]:
    """Return what ``list`` says of a model. Without a sound card ``problem`` says why and what it would state is null."""
    try:
        card, problem = model.raw_card(), None
    except ZooError as error:
        card, problem = {}, f"{error.message} {error.hint}" if model.fault or model.entry else error.message
    said: dict[str, Any] = {"populations": [], "data": [], "outputs": []}
    try:
        said = _BUILD[model.task](card) if card else said
    except (AttributeError, LookupError, TypeError, ValueError):
        problem = "Its card states figures in a form that is not read. Correct it, or train the model again."
    return {
        "name": model.name,
        "task": model.task,
        "title": card.get("title"),
        "version": card.get("version"),
        "weights_sha256": card.get("weights_sha256"),
        "problem": problem,
        "intended_use": card.get("intended_use"),
        **said,
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
                "other_baselines": [],
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
                "other_baselines": [],
            }
        ],
    }


def _orientation(card: Mapping[str, Any]) -> dict[str, Any]:
    metrics = card.get("metrics", {})
    held_out: Mapping[str, Any] = next(iter(metrics.get("groups", ())), {})
    remarked = figure(
        "Mirrored films remarked",
        held_out.get("mirrored", {}).get("remarked"),
        fold=metrics.get("fold"),
        n_patients=held_out.get("patients"),
    )
    output = {"name": card["name"], "title": card["title"], "population": None, "kind": "remark"}
    return {
        "populations": [],
        "data": [_source(d) for d in card["data"]],
        # The baseline's share has no paired interval; it stands on the card.
        "outputs": [output | {"held_out": remarked, "baseline": None, "other_baselines": []}],
    }


def _risk(card: Mapping[str, Any]) -> dict[str, Any]:
    metrics = card.get("metrics", {})
    folds = metrics.get("folds")
    outputs = []
    for name, output in card["outputs"].items():
        entry = metrics.get("outcomes", {}).get(name, {})
        baselines: Mapping[str, Mapping[str, Any]] = entry.get("baselines", {})
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
                **beside(
                    against(title.replace("_", " "), found.get("auc"), found.get("auc_difference"))
                    for title, found in baselines.items()
                ),
            }
        )
    population = {"name": card["name"], "title": card["population"], "age_years": None, "note": None}
    return {"populations": [population], "data": [_source(card["data"])], "outputs": outputs}


def _series(
    build: Callable[[Mapping[str, Any]], list[dict[str, Any]]],
) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """Return what ``described`` asks of a card with one population and one source of data. build: its outputs."""

    def of_card(card: Mapping[str, Any]) -> dict[str, Any]:
        population = {"name": card["name"], "title": card["population"], "age_years": None, "note": None}
        return {"populations": [population], "data": [_source(card["data"])], "outputs": build(card)}

    return of_card


def _source(data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": data.get("name") or data.get("source"),
        "citation": data.get("citation", "not stated"),
        "licence": data.get("licence", "not stated"),
        "attribution": data.get("attribution"),
        "link": data.get("link"),
    }


_BUILD: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    CLASSIFICATION: _classification,
    SEGMENTATION: _segmentation,
    ORIENTATION: _orientation,
    RISK: _risk,
    MONITORING: _series(hourly_outputs),
    BEATS: _series(beat_outputs),
    SYMPTOMS: _series(text_outputs),
}
