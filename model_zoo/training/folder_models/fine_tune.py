"""Fine-tune an installed model on other pictures: all parameters, the head alone, or low-rank adapters, on the same folds.

Each method starts from the same weights and stops on the same fold; the one with the lowest loss there is shipped. The
held-out fold chooses nothing: it only reports how each method did.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import nn

from model_zoo.artefact import WEIGHTS_FILE
from model_zoo.classifiers.architectures import head_parameters
from model_zoo.classifiers.folder_entry import FolderEntry, architecture_of
from model_zoo.classifiers.models_folder import ModelFolder
from model_zoo.classifiers.residual import LocalResidualNet
from model_zoo.engine.inference import CLASSIFIERS
from model_zoo.errors import UnknownName, ZooError
from model_zoo.evaluation import exclusive
from model_zoo.training.folder_models.adapters import add_adapters, merge_adapters
from model_zoo.training.folder_models.fit import FitResult, predict
from model_zoo.training.folder_models.run import (
    PictureRecipe,
    TrainingPictures,
    Watch,
    checked_name,
    export,
    finish,
    fit_material,
    initial_network,
    read_material,
    run_folder,
)

ALL, HEAD, ADAPTERS = "all", "head", "adapters"
METHODS = (ALL, HEAD, ADAPTERS)


@dataclass(frozen=True)
class Base:
    """What fine-tuning starts from: safetensors of an architecture, and the side of its input."""

    name: str
    architecture: str
    weights: Path
    side: int


def base_of(name: str) -> Base:
    """Return an installed model as a base. Raises ZooError for one whose architecture has no name here."""
    entry = CLASSIFIERS.get(name)
    card = entry.card
    if isinstance(entry, FolderEntry):
        architecture = architecture_of(card)
    elif isinstance(entry.load(), LocalResidualNet):
        architecture = "local-residual"
    else:
        raise ZooError(f"'{name}' is of an architecture that cannot be fine-tuned here.", "Choose another model.")
    return Base(f"{name} {card.version}", architecture, entry.folder / WEIGHTS_FILE, card.input_shape[1])


def fine_tune(
    base: str,
    recipe: PictureRecipe,
    methods: tuple[str, ...],
    rank: int,
    runs: Path,
    watch: Watch = Watch(),  # noqa: B008
) -> tuple[ModelFolder, str, list[dict[str, Any]]]:
    """Fine-tune with each method, write the best as a new version, and return it with what each method came to.

    Parameters
    ----------
    base
        Name of the model that is fine-tuned.
    recipe
        Its architecture, side and initial weights are those of the base, whatever it says.
    methods
        Those that are compared.
    rank
        Of the low-rank updates.
    runs
        Folder of checkpoints.
    watch
        Called as the training goes on.

    Raises
    ------
    ZooError
    """
    for method in methods:
        if method not in METHODS:
            raise UnknownName("method of fine-tuning", method, METHODS)
    start = base_of(base)
    model = checked_name(recipe.described.name)
    recipe = replace(recipe, architecture=start.architecture, side=start.side, initial=start.weights)
    material = read_material(recipe, model, watch)
    place = run_folder(recipe, material.pictures, runs)
    tried: list[dict[str, Any]] = []
    best: tuple[FitResult, nn.Module, str] | None = None
    for method in methods:
        watch.on_start(method, place)
        network = initial_network(recipe, material.pictures)
        trained = choose_parameters(network, method, rank)
        checkpoint = place / f"{method}-{rank if method == ADAPTERS else 0}.ckpt"
        result = fit_material(network, material, recipe, checkpoint, watch)
        merge_adapters(network)
        for parameter in network.parameters():
            parameter.requires_grad_(True)
        tried.append(_report(method, trained, network, result, material))
        if best is None or result.validation_loss < best[0].validation_loss:
            best = (result, network, method)
    if best is None:
        raise ZooError("No method of fine-tuning was named.", f"Known: {', '.join(METHODS)}.")
    result, network, chosen = best
    finish(network, material)
    about = {"base": start.name, "methods": tried, "chosen": chosen, "rank": rank}
    version = export(model, recipe, material, network, result, {"fine_tuning": about})
    for path in place.glob("*.ckpt"):
        path.unlink()
    return model, version, tried


def choose_parameters(network: nn.Module, method: str, rank: int) -> int:
    """Freeze what a method does not train, add its adapters, and return how many parameters it trains."""
    if method != ALL:
        for parameter in network.parameters():
            parameter.requires_grad_(False)
        if method == ADAPTERS and add_adapters(network, rank) == 0:
            raise ZooError("No convolution of this network can take an adapter of that rank.", "Lower --rank.")
        for parameter in head_parameters(network):
            parameter.requires_grad_(True)
    return sum(parameter.numel() for parameter in network.parameters() if parameter.requires_grad)


def _report(
    method: str, trained: int, network: nn.Module, result: FitResult, material: TrainingPictures
) -> dict[str, Any]:
    pictures, held = material.pictures, material.held
    logits = predict(network, torch.from_numpy(pictures.images[held])).numpy()
    labels, patients = pictures.labels[held], pictures.patients[held]
    return {
        "method": method,
        "trained": trained,
        "parameters": sum(parameter.numel() for parameter in network.parameters()),
        "validation_loss": result.validation_loss,
        "epochs_run": result.epochs_run,
        "held_out_auc": exclusive.interval(exclusive.macro_auc, labels, logits, patients),
        "held_out_accuracy": exclusive.interval(exclusive.accuracy, labels, logits, patients),
    }
