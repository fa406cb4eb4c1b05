"""All models of the zoo under one roof: image models, segmenters and risk models by name, with what their cards say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model_zoo.card import WEIGHTS_ROOT, read_card, sampled_words
from model_zoo.classifiers.entry import ClassifierEntry
from model_zoo.classifiers.folder_page import folder_page
from model_zoo.classifiers.models_folder import folder_models, refused_files
from model_zoo.engine.inference import CLASSIFIERS
from model_zoo.errors import CardInvalid, DuplicateName, UnknownName, ZooError
from model_zoo.patients.risk import load_risk_model
from model_zoo.patients.risk_models import definitions
from model_zoo.segmenters import SEGMENTERS
from model_zoo.symptoms.model import installed_symptom_models, read_symptom_card

CLASSIFICATION, SEGMENTATION, RISK, SYMPTOMS = "classification", "segmentation", "risk", "symptoms"


@dataclass(frozen=True)
class KnownModel:
    """A model by name and task. entry: of a folder model, or of one version of it. fault: why a folder is no model."""

    name: str
    task: str
    entry: ClassifierEntry | None = None
    fault: ZooError | None = None

    @property
    def folder(self) -> Path:
        return WEIGHTS_ROOT / self.name if self.entry is None else self.entry.folder

    def raw_card(self) -> Mapping[str, Any]:
        """Return card.json after the checks that the model itself makes of it. Raises ZooError when there is none."""
        if self.fault is not None:
            raise self.fault
        if self.entry is not None:
            return self.entry.card.raw
        if self.task == CLASSIFICATION:
            return read_card(self.folder).raw
        if self.task == SEGMENTATION:
            return SEGMENTERS.get(self.name).card
        if self.task == SYMPTOMS:
            return read_symptom_card(self.name)
        return load_risk_model(definitions()[self.name]).card

    def page(self) -> str:
        """Return the Markdown card. Raises CardInvalid when there is none; a folder model's is then made from its card."""
        if self.fault is not None:
            raise self.fault
        if self.entry is not None and not (self.folder / "CARD.md").is_file():
            return folder_page(self.raw_card())
        try:
            return (self.folder / "CARD.md").read_text(encoding="utf-8")
        except OSError as error:
            raise CardInvalid(
                f"The page of '{self.name}' is not there.", "Use --json, or train the model again to write it."
            ) from error


def known_models() -> tuple[KnownModel, ...]:
    """Return every registered model, whether its weights are there or not."""
    return (
        *(KnownModel(name, CLASSIFICATION) for name in CLASSIFIERS.built_in()),
        *(KnownModel(name, SEGMENTATION) for name in SEGMENTERS.names()),
        *(KnownModel(name, RISK) for name in sorted(definitions())),
        *(KnownModel(name, SYMPTOMS) for name in installed_symptom_models()),
        *known_folder_models(),
    )


def known_folder_models() -> tuple[KnownModel, ...]:
    """Return the folder models, with those that cannot be used and the reason."""
    found = []
    for model in folder_models():
        if model.name in CLASSIFIERS.built_in():
            fault: ZooError = DuplicateName(
                f"The folder '{model.name}' has the name of one of the zoo's own models.", "Rename folder and card."
            )
            found.append(KnownModel(model.name, CLASSIFICATION, fault=fault))
            continue
        try:
            found.append(KnownModel(model.name, CLASSIFICATION, entry=model.entry()))
        except ZooError as error:
            found.append(KnownModel(model.name, CLASSIFICATION, fault=error))
    found += [KnownModel(name, CLASSIFICATION, fault=error) for name, error in refused_files().items()]
    return tuple(found)


def find_model(name: str) -> KnownModel:
    """Return the model of that name, or raise UnknownName with the nearest one."""
    for model in known_models():
        if model.name == name:
            return model
    stem, at, _ = name.partition("@")
    if at and stem in (model.name for model in known_folder_models()):
        return KnownModel(stem, CLASSIFICATION, entry=CLASSIFIERS.get(name))
    raise UnknownName("model", name, (model.name for model in known_models()))


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
                    sampled=sampled_words(card),
                ),
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
