"""Train a network on a folder of pictures, from the files to a version of a folder model that can be read with.

The last fold is held out of everything and reported; the one before stops the training early, calibrates and gives the
thresholds; the others train. With cross-validation each of the others also takes its turn at being left out.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from model_zoo.artefact import half
from model_zoo.classifiers.architectures import build_architecture, find_target_layer
from model_zoo.classifiers.models_folder import NAME, ClassifierRegistry, ModelFolder, models_root
from model_zoo.classifiers.residual import LocalResidualNet
from model_zoo.engine.device import pick_device
from model_zoo.errors import DuplicateName, ZooError
from model_zoo.evaluation import exclusive
from model_zoo.evaluation.folder_pictures import PictureSet, output_names, read_pictures
from model_zoo.evaluation.thumbnail import ThumbnailBaseline, fit_thumbnail_pixels
from model_zoo.scans.intensity import stretch
from model_zoo.training.code_version import code_version
from model_zoo.training.folder_models.card import Described, build_card, build_outputs, held_out_figures, run_facts
from model_zoo.training.folder_models.fit import FitResult, FitSettings, OnEpoch, fit, predict
from model_zoo.training.folder_models.folds import HELD_OUT, TRAINED, deal_folds
from model_zoo.training.folder_models.gate import write_gate
from model_zoo.training.folder_models.version_folder import new_version
from model_zoo.training.loop import seed_everything
from model_zoo.upkeep.held_out import HeldOut, read_roles, write_held_out, write_roles

BASELINE_FILE = "thumbnail.safetensors"


@dataclass(frozen=True)
class PictureRecipe:
    """One training. initial: safetensors of the same architecture to start from (its head may be of other classes)."""

    described: Described
    data: Path
    architecture: str = "local-residual-small"
    side: int = 128
    folds: int = 5
    cross_validate: bool = False
    settings: FitSettings = field(default_factory=FitSettings)
    initial: Path | None = None


@dataclass(frozen=True)
class Watch:
    """What a person who waits is told. on_start: of a fit, with the folder of its logs."""

    on_picture: Callable[[int, int], None] = lambda done, total: None
    on_epoch: OnEpoch = lambda report: None
    on_start: Callable[[str, Path], None] = lambda name, place: None


@dataclass(frozen=True, eq=False)
class TrainingPictures:
    """Pictures with their folds. train, tune, held: bool (N,)."""

    pictures: PictureSet
    fold: np.ndarray
    folds: int

    @property
    def held(self) -> np.ndarray:
        return self.fold == self.folds - 1

    @property
    def tune(self) -> np.ndarray:
        return self.fold == self.folds - 2

    @property
    def train(self) -> np.ndarray:
        return self.fold < self.folds - 2


def train_pictures(recipe: PictureRecipe, runs: Path, watch: Watch = Watch()) -> tuple[ModelFolder, str]:
    """Train and write a new version; the first of a model is read with at once, a later one waits to be promoted.

    Parameters
    ----------
    recipe
        Data, architecture and settings.
    runs
        For checkpoints; the same recipe on the same data goes on from them.
    watch
        Called as the training goes on.

    Raises
    ------
    ZooError
        For anything a person can mend.
    """
    model = checked_name(recipe.described.name)
    material = read_material(recipe, model, watch)
    place = run_folder(recipe, material.pictures, runs)
    watch.on_start("final", place)
    network = initial_network(recipe, material.pictures)
    result = fit_material(network, material, recipe, place / "final.ckpt", watch)
    crossed = cross_validation(recipe, material, place, watch) if recipe.cross_validate else None
    finish(network, material)
    version = export(model, recipe, material, network, result, {"cross_validation": crossed})
    shutil.rmtree(place / "checkpoints", ignore_errors=True)
    for path in place.glob("*.ckpt"):
        path.unlink()
    return model, version


def checked_name(name: str) -> ModelFolder:
    """Return the folder of a model of that name. Raises DuplicateName for one of the zoo's own."""
    if not NAME.fullmatch(name):
        raise ZooError("A model's name has small letters, digits and hyphens.", "For example: hand-fractures")
    if name in ClassifierRegistry().built_in():
        raise DuplicateName(f"'{name}' is one of the zoo's own models.", "Choose another name.")
    model = ModelFolder(name, models_root())
    if (model.place / "card.json").is_file():
        raise DuplicateName(
            f"'{name}' is a plain folder without versions.",
            "Move its files into a sub-folder named 1, or choose another name.",
        )
    return model


def read_material(recipe: PictureRecipe, model: ModelFolder, watch: Watch) -> TrainingPictures:
    """Read the pictures and deal the folds, with what earlier versions were measured on kept out of the training."""
    if recipe.folds < 3:
        raise ZooError(
            "Three folds are the least: one trains, one calibrates, one reports.", "State --folds 3 or more."
        )
    if recipe.side % 16 or not 32 <= recipe.side <= 1024:
        raise ZooError("The side is a multiple of 16 from 32 to 1024 pixels.", "For example: --side 128")
    pictures = read_pictures(recipe.data, recipe.side, on_progress=watch.on_picture)
    earlier: dict[str, str] = {}
    for version in model.versions():
        found = read_roles(model.place / version)
        earlier |= {scan: role for scan, role in found.items() if earlier.get(scan) != HELD_OUT}
    fold = deal_folds(pictures.labels, pictures.patients, recipe.folds, pictures.scans, earlier)
    return TrainingPictures(pictures, fold, recipe.folds)


def run_folder(recipe: PictureRecipe, pictures: PictureSet, runs: Path) -> Path:
    """Return the folder of a run's checkpoints and logs: named by everything that changes its weights."""
    parts = [recipe.architecture, recipe.side, recipe.folds, asdict(recipe.settings), pictures.sha256]
    if recipe.initial is not None:
        parts.append(hashlib.sha256(recipe.initial.read_bytes()).hexdigest())
    key = hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:12]
    place = runs / f"{recipe.described.name}-{key}"
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ZooError("The folder for checkpoints cannot be made.", "Name another folder with --runs.") from error
    return place


def initial_network(recipe: PictureRecipe, pictures: PictureSet) -> nn.Module:
    """Return the network at the start of the training: drawn from the seed, then filled from the file where there is one."""
    seed_everything(recipe.settings.seed)
    outputs = len(pictures.classes)
    network = build_architecture(recipe.architecture, outputs, {"exclusive": True}, recipe.settings.dropout)
    if recipe.initial is not None:
        from model_zoo.training.folder_models.initial_weights import fill_from

        fill_from(network, recipe.initial)
    return network


def fit_material(
    network: nn.Module,
    material: TrainingPictures,
    recipe: PictureRecipe,
    checkpoint: Path,
    watch: Watch,
    left_out: int | None = None,
) -> FitResult:
    """Fit on the training folds, or, for cross-validation, on all but the held-out fold and ``left_out``."""
    pictures = material.pictures
    tune = material.tune if left_out is None else material.fold == left_out
    train = ~tune & ~material.held
    images, labels = torch.from_numpy(pictures.images), torch.from_numpy(pictures.labels)
    return fit(
        network,
        images[train],
        labels[train],
        (images[tune], labels[tune]),
        recipe.settings,
        checkpoint,
        fold=-1 if left_out is None else left_out,
        on_epoch=watch.on_epoch,
    )


def cross_validation(recipe: PictureRecipe, material: TrainingPictures, place: Path, watch: Watch) -> dict[str, Any]:
    """Leave out each fold but the reported one in turn, and return the figures on what was left out.

    The fold that is left out also stops its training early, which flatters the figures a little; the card's own figures
    rest on the last fold, which nothing has seen.
    """
    pictures = material.pictures
    logits = np.full((len(pictures), len(pictures.classes)), np.nan, dtype=np.float32)
    ones, by_fold = None, []
    for index in range(material.folds - 1):
        watch.on_start(f"fold {index + 1} of {material.folds - 1}", place)
        network = initial_network(recipe, pictures)
        fit_material(network, material, recipe, place / f"fold{index}.ckpt", watch, left_out=index)
        left = material.fold == index
        logits[left] = predict(network, torch.from_numpy(pictures.images[left])).numpy()
        ones = np.ones((1, int(left.sum())))
        by_fold.append(float(exclusive.macro_auc(pictures.labels[left], logits[left], ones)[0]))
    seen = ~material.held
    labels, patients = pictures.labels[seen], pictures.patients[seen]
    return {
        "folds": material.folds - 1,
        "auc_by_fold": by_fold,
        "auc": exclusive.interval(exclusive.macro_auc, labels, logits[seen], patients),
        "accuracy": exclusive.interval(exclusive.accuracy, labels, logits[seen], patients),
    }


@torch.no_grad()
def finish(network: nn.Module, material: TrainingPictures) -> None:
    """Centre the last map on the training pictures (see ``Centre``), and round the weights to what is stored."""
    if isinstance(network, LocalResidualNet):
        images = torch.from_numpy(material.pictures.images[material.train])
        parts = [network.features(stretch(images[i : i + 32])).mean((0, 2, 3)) for i in range(0, len(images), 32)]
        sizes = torch.tensor([min(32, len(images) - i) for i in range(0, len(images), 32)]).float()
        network.centre_on((torch.stack(parts) * sizes[:, None]).sum(0) / sizes.sum())
    network.load_state_dict(
        {name: value.to(network.state_dict()[name].dtype) for name, value in half(network.state_dict()).items()}
    )


def export(
    model: ModelFolder,
    recipe: PictureRecipe,
    material: TrainingPictures,
    network: nn.Module,
    result: FitResult,
    more: Mapping[str, Any],
) -> str:
    """Write weights, card, page, baseline, gate and held-out table as a new version, and return its name."""
    pictures, tune, held = material.pictures, material.tune, material.held
    logits = predict(network, torch.from_numpy(pictures.images)).numpy()
    where = f"fold {material.folds - 1} of {material.folds}, which was not trained on"
    unseen = tune | held
    outputs = build_outputs(
        pictures.classes,
        pictures.labels[tune],
        logits[tune],
        pictures.patients[tune],
        logits[unseen],
        recipe.described,
        where,
    )
    baseline = fit_baseline(material)
    figures = held_out_figures(
        outputs,
        pictures.classes,
        pictures.labels[held],
        logits[held],
        pictures.patients[held],
        baseline.score_thumbnails(pictures.pixels[held]),
        recipe.described.name,
        material.folds,
    )
    layer = find_target_layer(network, (1, recipe.side, recipe.side))
    words = (
        f"{material.folds} by patient, classes evenly dealt; fold {material.folds} ({int(held.sum())} pictures) is held out of "
        f"everything and reported, fold {material.folds - 1} ({int(tune.sum())}) stops, calibrates and gives thresholds, the "
        f"others ({int(material.train.sum())}) train."
    )
    fine_tuning = more.get("fine_tuning")
    run = run_facts(
        pictures, recipe.settings, words,
        epochs_run=result.epochs_run, best_epoch=result.best_epoch, history=list(result.history),
        code_version=code_version(), device=str(pick_device()), cross_validation=more.get("cross_validation"),
        initial_weights=None if recipe.initial is None else hashlib.sha256(recipe.initial.read_bytes()).hexdigest(),
    )  # fmt: skip
    card = build_card(recipe.described, pictures, recipe.side, recipe.architecture, layer, outputs, figures, run) | (
        {"fine_tuning": fine_tuning} if fine_tuning else {}
    )
    table = HeldOut(
        output_names(pictures.classes),
        pictures.scans[held],
        pictures.patients[held],
        pictures.labels[held],
        logits[held],
    )
    roles = {str(scan): HELD_OUT if out else TRAINED for scan, out in zip(pictures.scans, held, strict=True)}

    def fill(folder: Path, card: dict[str, Any]) -> None:
        baseline.save(folder / BASELINE_FILE)
        write_held_out(folder, table)
        write_roles(folder, roles)
        card["gate"] = write_gate(folder, card, network, layer, material)

    return new_version(model, card, half(network.state_dict()), fill)


def fit_baseline(material: TrainingPictures) -> ThumbnailBaseline:
    """Fit the trivial baseline to the training folds."""
    pictures, train = material.pictures, material.train
    y = (pictures.labels[train][:, None] == np.arange(len(pictures.classes))).astype(float)
    return fit_thumbnail_pixels(pictures.pixels[train], y, pictures.patients[train], output_names(pictures.classes))
