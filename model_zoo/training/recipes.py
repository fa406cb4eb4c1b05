"""The training recipes by name: what ``train`` runs and what recomputes a risk model's figures on a table.

A recipe imports its code when it is called, so that the names can be listed without PyTorch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model_zoo.errors import UnknownName


@dataclass(frozen=True)
class TrainingRecipe:
    """How one model is made from DIAPHANE_DATA.

    train: from a folder for checkpoints to the card; writes weights and card to ``model_zoo/weights/<name>/``.
    """

    name: str
    title: str
    train: Callable[[Path], Mapping[str, Any]]


def recipe(name: str) -> TrainingRecipe:
    """Return the recipe of that name. Raises UnknownName with the nearest one."""
    if name not in RECIPES:
        raise UnknownName("training recipe", name, RECIPES)
    return RECIPES[name]


def _chest_xray(runs: Path) -> Mapping[str, Any]:
    from model_zoo.training.chest.recipe import train_chest_xray

    return train_chest_xray(runs)


def _chest_xray_trust(runs: Path) -> Mapping[str, Any]:
    from model_zoo.training.chest.trust import train_trust

    return train_trust(runs)


def _lungs(runs: Path) -> Mapping[str, Any]:
    from model_zoo.training.chest.lungs import train_lungs

    return train_lungs(runs)


def _chest_mirrored(runs: Path) -> Mapping[str, Any]:
    from model_zoo.training.chest.mirrored import train_chest_mirrored

    return train_chest_mirrored(runs)


def _support_respiratory(runs: Path) -> Mapping[str, Any]:
    # Trains in minutes on one core, so it keeps no checkpoints in ``runs``.
    from model_zoo.card import WEIGHTS_ROOT
    from model_zoo.training.data_folder import data_folder
    from model_zoo.training.patient_models.support.recipe import train

    return train(data_folder(), WEIGHTS_ROOT / "support-respiratory")


def _patient_model(name: str) -> Callable[[Path], Mapping[str, Any]]:
    def train(runs: Path) -> Mapping[str, Any]:
        # Trains in minutes on one core, so it keeps no checkpoints in ``runs``.
        from model_zoo.card import WEIGHTS_ROOT
        from model_zoo.training.data_folder import data_folder
        from model_zoo.training.patient_models.common.training import train_patient_model
        from model_zoo.training.patient_models.recipes import PATIENT_RECIPES

        found = PATIENT_RECIPES.get(name)
        data = data_folder() if found.form.known_rows is None else None
        return train_patient_model(found, data, WEIGHTS_ROOT / name)

    return train


def _example_predictions(runs: Path) -> Mapping[str, Any]:
    # Reads weights and synthetic inputs alone: no data, no checkpoints.
    from model_zoo.upkeep.example_predictions import write_examples

    return {"name": "example-predictions", "written": write_examples()}


def _reference_groups(runs: Path) -> Mapping[str, Any]:
    # Aggregates alone: seconds, so it keeps no checkpoints in ``runs``.
    from model_zoo.training.patient_models.reference_groups import train_reference_groups

    return train_reference_groups()


def _film_and_values(runs: Path) -> Mapping[str, Any]:
    # Nothing but a measurement of the shipped models: a minute, so it keeps no checkpoints in ``runs``.
    from model_zoo.training.patient_models.film_and_values import train_film_and_values

    return train_film_and_values()


def _sequence_head(runs: Path) -> Mapping[str, Any]:
    # A head of a few thousand weights on a frozen network: minutes, so it keeps no checkpoints in ``runs``.
    from model_zoo.training.lesions.sequence_head import train_sequence_head

    return train_sequence_head()


def _lesion_model(name: str) -> Callable[[Path], Mapping[str, Any]]:
    def train(runs: Path) -> Mapping[str, Any]:
        from model_zoo.training.lesions.recipe import train_lesion_model

        return train_lesion_model(name, runs)

    return train


def _symptom_model(name: str) -> Callable[[Path], Mapping[str, Any]]:
    def train(runs: Path) -> Mapping[str, Any]:
        from model_zoo.training.symptoms.recipe import train_symptom_model

        return train_symptom_model(name, runs)

    return train


def _symptoms_free_text(runs: Path) -> Mapping[str, Any]:
    from model_zoo.training.symptoms.free_text import measure_free_text

    return measure_free_text(runs)


def _icu_model(name: str) -> Callable[[Path], Mapping[str, Any]]:
    def train(runs: Path) -> Mapping[str, Any]:
        from model_zoo.training.icu.recipe import train_icu_model

        return train_icu_model(name, runs)

    return train


def _ecg_beats(runs: Path) -> Mapping[str, Any]:
    # A minute on one core, so it keeps no checkpoints in ``runs``.
    from model_zoo.training.ecg.recipe import train_ecg_model

    return train_ecg_model()


# Of the patient models: name and title; the recipe itself lies in patient_models/.
_PATIENT_MODELS = {
    "breast-cytology": "Malignant breast lump, from the cytology of an aspirate",
    "heart-disease": "Coronary narrowing in patients referred for angiography",
    "heart-failure": "Death in patients with heart failure",
    "covid-pneumonia": "Death with COVID-19 pneumonia, from the first 48 hours of laboratory values",
    "liver-hannover": "Liver disease, from ten blood tests (Hannover)",
    "liver-andhra": "Liver disease, from eight blood tests (Andhra Pradesh)",
    "leukaemia-type": "Myeloid or lymphoblastic leukaemia, from gene expression",
}

RECIPES = {
    entry.name: entry
    for entry in (
        TrainingRecipe("brain-mri-tumour-sequence", "Brain slices read together", _sequence_head),
        TrainingRecipe("brain-mri-tumour", "Type and place of a brain tumour", _lesion_model("brain-mri-tumour")),
        TrainingRecipe("breast-ultrasound", "Breast ultrasound: class and lesion", _lesion_model("breast-ultrasound")),
        TrainingRecipe("chest-mirrored", "Notices mirrored chest films", _chest_mirrored),
        TrainingRecipe("chest-xray", "Chest X-ray classifier; trains the lung segmenter first", _chest_xray),
        TrainingRecipe("chest-xray-trust", "Trust card of the chest X-ray classifier", _chest_xray_trust),
        TrainingRecipe("ecg-beats", "Heart beats of one ECG lead", _ecg_beats),
        TrainingRecipe(
            "example-predictions",
            "Answers of the models of series, beats and text to synthetic inputs, for verify",
            _example_predictions,
        ),
        TrainingRecipe(
            "film-and-values", "Does the film add to the laboratory values of the same patients?", _film_and_values
        ),
        TrainingRecipe("fundus-retinopathy", "Retinopathy and its lesions", _lesion_model("fundus-retinopathy")),
        TrainingRecipe(
            "icu-mortality", "Death in hospital, hour by hour in intensive care", _icu_model("icu-mortality")
        ),
        TrainingRecipe("icu-sepsis", "Sepsis, hour by hour in intensive care", _icu_model("icu-sepsis")),
        TrainingRecipe("lungs", "Lung segmenter", _lungs),
        TrainingRecipe(
            "reference-groups", "Aggregates of the training patients of all patient models", _reference_groups
        ),
        TrainingRecipe("support-respiratory", "Risk model of seriously ill adults", _support_respiratory),
        TrainingRecipe(
            "symptoms-free-text",
            "Figures of both symptom models on free text, mapped and as it stands",
            _symptoms_free_text,
        ),
        TrainingRecipe("symptoms-lstm", "Conditions to consider from text, LSTM", _symptom_model("symptoms-lstm")),
        TrainingRecipe(
            "symptoms-transformer",
            "Conditions to consider from text, Transformer",
            _symptom_model("symptoms-transformer"),
        ),
        *(TrainingRecipe(name, title, _patient_model(name)) for name, title in _PATIENT_MODELS.items()),
    )
}
