"""All models of the zoo under one roof: image models, segmenters and risk models by name, with what their cards say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model_zoo.card import WEIGHTS_ROOT, read_card
from model_zoo.engine.inference import CLASSIFIERS
from model_zoo.errors import CardInvalid, UnknownName, ZooError
from model_zoo.patients.risk import load_risk_model
from model_zoo.patients.risk_models import definitions
from model_zoo.segmenters import SEGMENTERS

CLASSIFICATION, SEGMENTATION, RISK = "classification", "segmentation", "risk"


@dataclass(frozen=True)
class KnownModel:
    """A model by name and task."""

    name: str
    task: str

    @property
    def folder(self) -> Path:
        return WEIGHTS_ROOT / self.name

    def raw_card(self) -> Mapping[str, Any]:
        """Return card.json after the checks that the model itself makes of it. Raises ZooError when there is none."""
        if self.task == CLASSIFICATION:
            return read_card(self.folder).raw
        if self.task == SEGMENTATION:
            return SEGMENTERS.get(self.name).card
        return load_risk_model(definitions()[self.name]).card

    def page(self) -> str:
        """Return the Markdown card. Raises CardInvalid when there is none."""
        try:
            return (self.folder / "CARD.md").read_text(encoding="utf-8")
        except OSError as error:
            raise CardInvalid(
                f"The page of '{self.name}' is not there.", "Use --json, or train the model again to write it."
            ) from error


def known_models() -> tuple[KnownModel, ...]:
    """Return every registered model, whether its weights are there or not."""
    return (
        *(KnownModel(name, CLASSIFICATION) for name in CLASSIFIERS.names()),
        *(KnownModel(name, SEGMENTATION) for name in SEGMENTERS.names()),
        *(KnownModel(name, RISK) for name in sorted(definitions())),
    )


def find_model(name: str) -> KnownModel:
    """Return the model of that name, or raise UnknownName with the nearest one."""
    for model in known_models():
        if model.name == name:
            return model
    raise UnknownName("model", name, (model.name for model in known_models()))


def described(model: KnownModel) -> dict[str, Any]:
    """Return what ``list`` says of a model. Without a sound card ``problem`` says why and what it would state is null."""
    try:
        card, problem = model.raw_card(), None
    except ZooError as error:
        card, problem = {}, error.message
    build = {CLASSIFICATION: _classification, SEGMENTATION: _segmentation, RISK: _risk}[model.task]
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
    }


def _classification(card: Mapping[str, Any]) -> dict[str, Any]:
    metrics = card.get("metrics", {})
    outputs = []
    for output in card["outputs"]:
        report = metrics.get(output["population"], {})
        entry: Mapping[str, Any] = next((o for o in report.get("outputs", []) if o["name"] == output["name"]), {})
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
                ),
            }
        )
    populations = [{key: p[key] for key in ("name", "title", "age_years", "note")} for p in card["populations"]]
    return {"populations": populations, "data": [_source(d) for d in card["data"]], "outputs": outputs}


def _segmentation(card: Mapping[str, Any]) -> dict[str, Any]:
    metrics = card.get("metrics", {})
    held_out = figure("Dice", metrics.get("dice"), fold=metrics.get("fold"), n_patients=metrics.get("n_patients"))
    return {
        "populations": [],
        "data": [_source(d) for d in card["data"]],
        "outputs": [
            {"name": card["name"], "title": card["title"], "population": None, "kind": "mask", "held_out": held_out}
        ],
    }


def _risk(card: Mapping[str, Any]) -> dict[str, Any]:
    metrics = card.get("metrics", {})
    folds = metrics.get("folds")
    outputs = []
    for name, output in card["outputs"].items():
        entry = metrics.get("outcomes", {}).get(name, {})
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
            }
        )
    population = {"name": card["name"], "title": card["population"], "age_years": None, "note": None}
    return {"populations": [population], "data": [_source(card["data"])], "outputs": outputs}


def _source(data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": data.get("name") or data.get("source"),
        "citation": data["citation"],
        "licence": data["licence"],
        "attribution": data.get("attribution"),
        "link": data.get("link"),
    }
