"""All models of the zoo under one roof by name, with what their cards say: pictures, tables, hourly series, beats, text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model_zoo.card import WEIGHTS_ROOT, read_card
from model_zoo.classifiers.entry import ClassifierEntry
from model_zoo.classifiers.folder_page import folder_page
from model_zoo.classifiers.models_folder import folder_models, refused_files
from model_zoo.disk import read_plain
from model_zoo.ecg.beats import NAME as BEAT_MODEL
from model_zoo.ecg.beats import load_ecg_model
from model_zoo.engine.inference import CLASSIFIERS
from model_zoo.errors import CardInvalid, DuplicateName, UnknownName, ZooError
from model_zoo.icu.risk import load_icu_model
from model_zoo.icu.variables import FORMS
from model_zoo.patients.risk import load_risk_model
from model_zoo.patients.risk_models import definitions
from model_zoo.segmenters import SEGMENTERS
from model_zoo.symptoms.model import installed_symptom_models, read_symptom_card
from model_zoo.trust.mirrored import NAME as SIDE_MODEL
from model_zoo.trust.mirrored import read_side_card

CLASSIFICATION, SEGMENTATION, RISK, SYMPTOMS = "classification", "segmentation", "risk", "symptoms"
ORIENTATION = "orientation"  # notices a mirrored film
MOST_PAGE_BYTES = 2**20
MONITORING, BEATS = "monitoring", "ecg"  # as their cards say: the risk of every hour of a stay, the class of every beat


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
        if self.task == ORIENTATION:
            return read_side_card(self.folder)
        if self.task == SYMPTOMS:
            return read_symptom_card(self.name)
        if self.task == MONITORING:
            return load_icu_model(self.name, self.folder).card
        if self.task == BEATS:
            return load_ecg_model(self.folder).card
        return load_risk_model(definitions()[self.name]).card

    def page(self) -> str:
        """Return the Markdown card. Raises CardInvalid when there is none; a folder model's is then made from its card."""
        if self.fault is not None:
            raise self.fault
        if self.entry is not None and not (self.folder / "CARD.md").is_file():
            return folder_page(self.raw_card())
        try:
            return read_plain(self.folder / "CARD.md", MOST_PAGE_BYTES).decode("utf-8")
        except (OSError, ValueError) as error:
            raise CardInvalid(
                f"The page of '{self.name}' is not there.", "Use --json, or train the model again to write it."
            ) from error


def known_models() -> tuple[KnownModel, ...]:
    """Return every registered model, whether its weights are there or not."""
    return (
        *(KnownModel(name, CLASSIFICATION) for name in CLASSIFIERS.built_in()),
        *(KnownModel(name, SEGMENTATION) for name in SEGMENTERS.names()),
        KnownModel(SIDE_MODEL, ORIENTATION),
        *(KnownModel(name, RISK) for name in sorted(definitions())),
        *(KnownModel(name, MONITORING) for name in FORMS),
        KnownModel(BEAT_MODEL, BEATS),
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


def installed_cards(task: str) -> Iterator[Mapping[str, Any]]:
    """Yield the card of every model of a task. One without weights has no figures and is left out; ``list`` says why."""
    for model in known_models():
        if model.task == task:
            try:
                yield model.raw_card()
            except ZooError:
                continue


def find_model(name: str) -> KnownModel:
    """Return the model of that name, or raise UnknownName with the nearest one."""
    for model in known_models():
        if model.name == name:
            return model
    stem, at, _ = name.partition("@")
    if at and stem in (model.name for model in known_folder_models()):
        return KnownModel(stem, CLASSIFICATION, entry=CLASSIFIERS.get(name))
    raise UnknownName("model", name, (model.name for model in known_models()))
