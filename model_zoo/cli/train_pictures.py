"""``train NAME --data FOLDER``: a network for the classes of a folder of pictures, as a version of a folder model."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from model_zoo.cli.arguments import one_of, real_number, whole_number, word_list
from model_zoo.cli.terminal import say
from model_zoo.words import SIGNED, ends, number, spanned

if TYPE_CHECKING:
    from model_zoo.training.folder_models.fit import FitSettings
    from model_zoo.training.folder_models.run import PictureRecipe

# A network needs some hundred steps to leave its start; small sets get more epochs for it.
LEAST_STEPS, USUAL_EPOCHS, MOST_EPOCHS = 400, 40, 200
MAX_SEED = 2**31 - 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_picture_arguments(parser)
    group = parser.add_argument_group("the network, with --data")
    group.add_argument(
        "--architecture",
        metavar="NAME",
        default="local-residual-small",
        help="local-residual-small (default), local-residual, or one of torchvision: resnet18, densenet121 ...",
    )
    group.add_argument("--side", metavar="PIXELS", type=whole_number(32, 1024), default=128, help="of the input (128)")
    group.add_argument("--initial", metavar="FILE", type=Path, help="safetensors of that architecture to start from")
    add_fit_arguments(parser)


def add_picture_arguments(parser: argparse.ArgumentParser, required: bool = False) -> None:
    """Add what describes the pictures and the model."""
    group = parser.add_argument_group("your own pictures")
    group.add_argument(
        "--data", metavar="FOLDER", type=Path, required=required, help="sub-folders by class, or labels.csv"
    )
    group.add_argument("--title", metavar="WORDS", help="title of the model (default: its name)")
    group.add_argument(
        "--modality", metavar="A,B", type=word_list, default=(), help="DICOM modalities it is for, e.g. US"
    )
    group.add_argument("--data-name", metavar="WORDS", default="Pictures of the user", help="for the card")
    group.add_argument("--licence", metavar="WORDS", default="not stated", help="of the pictures, for the card")
    group.add_argument("--folds", metavar="N", type=whole_number(3, 20), default=5, help="by patient (default: 5)")
    group.add_argument("--cross-validate", action="store_true", help="also leave out each other fold in turn")
    group.add_argument(
        "--sensitivity", metavar="SHARE", type=real_number(0.5, 1.0), default=0.9, help="that a threshold keeps (0.9)"
    )


def add_fit_arguments(parser: argparse.ArgumentParser) -> None:
    """Add how the network is fitted."""
    group = parser.add_argument_group("the training, with --data")
    group.add_argument("--epochs", metavar="N", type=whole_number(1, 10_000), help="at most (default: 40, more if few)")
    group.add_argument("--batch", metavar="N", type=whole_number(2, 4096), default=16)
    group.add_argument("--optimiser", type=one_of("adamw", "sgd"), default="adamw", help="adamw (default) or sgd")
    group.add_argument(
        "--rate", metavar="R", type=real_number(1e-7, 10), default=2e-3, help="peak of the cosine (0.002)"
    )
    group.add_argument("--weight-decay", metavar="W", type=real_number(0, 10), default=0.05)
    group.add_argument("--dropout", metavar="P", type=real_number(0, 0.95), default=0.2)
    group.add_argument(
        "--patience", metavar="N", type=whole_number(1, 10_000), default=15, help="epochs without gain (15)"
    )
    group.add_argument(
        "--balance", type=one_of("weights", "sampling", "none"), default="weights", help="of the classes"
    )
    group.add_argument("--rotate", metavar="DEGREES", type=real_number(0, 180), default=10.0)
    group.add_argument("--crop", metavar="SHARE", type=real_number(0, 0.5), default=0.1)
    group.add_argument(
        "--intensity", metavar="STRENGTH", type=real_number(0, 1), default=0.5, help="gamma, contrast, noise"
    )
    group.add_argument("--flip", metavar="SHARE", type=real_number(0, 1), default=0.0, help="mirrored; left is left: 0")
    group.add_argument("--full-precision", action="store_true", help="no half precision on a GPU")
    group.add_argument("--seed", metavar="N", type=whole_number(0, MAX_SEED), default=0)


def run(arguments: argparse.Namespace) -> int:
    from model_zoo.cli.fit_progress import FitProgress
    from model_zoo.training.folder_models.run import train_pictures

    with FitProgress() as progress:
        model, version = train_pictures(picture_recipe(arguments), arguments.runs, progress.watch())
    say_version(model.name, version)
    return 0


def picture_recipe(arguments: argparse.Namespace) -> PictureRecipe:
    """Return the recipe that the command line asks for."""
    from model_zoo.training.folder_models.card import Described
    from model_zoo.training.folder_models.run import PictureRecipe

    title = arguments.title or arguments.name.replace("-", " ").capitalize()
    described = Described(
        arguments.name, title, tuple(arguments.modality), arguments.sensitivity, arguments.data_name, arguments.licence
    )
    return PictureRecipe(
        described,
        arguments.data,
        arguments.architecture,
        arguments.side,
        arguments.folds,
        arguments.cross_validate,
        fit_settings(arguments),
        arguments.initial,
    )


def fit_settings(arguments: argparse.Namespace) -> FitSettings:
    """Return the settings of the fit; the number of epochs follows the number of pictures where none is stated."""
    from model_zoo.evaluation.folder_pictures import list_pictures
    from model_zoo.training.folder_models.fit import FitSettings

    epochs = arguments.epochs
    if epochs is None:
        training = len(list_pictures(arguments.data)[1]) * (arguments.folds - 2) / arguments.folds
        steps = max(1.0, training / arguments.batch)
        epochs = min(MOST_EPOCHS, max(USUAL_EPOCHS, round(LEAST_STEPS / steps)))
    return FitSettings(
        epochs=epochs,
        batch=arguments.batch,
        optimiser=arguments.optimiser,
        rate=arguments.rate,
        weight_decay=arguments.weight_decay,
        dropout=arguments.dropout,
        patience=arguments.patience,
        balance=arguments.balance,
        rotate=arguments.rotate,
        crop=arguments.crop,
        shift=arguments.crop / 2,
        intensity=arguments.intensity,
        flip=arguments.flip,
        mixed=not arguments.full_precision,
        seed=arguments.seed,
    )


def say_version(name: str, version: str) -> None:
    """Say what was written, what it scores, and what to do next."""
    from model_zoo.classifiers.models_folder import find_model_folder
    from model_zoo.upkeep.promotion import failed_checks

    model = find_model_folder(name)
    card = model.entry(version).card.raw
    report = next(iter(card["metrics"].values()))
    found = report["all_classes"]["figures"]["macro_auc"]
    say(
        f"'{name}', version {version}: AUC {number(found['value'])} ({ends(found)}) on {report['n_films']} held-out pictures."
    )
    for output in report["outputs"]:
        gain = output["comparisons"].get("thumbnail", {}).get("auroc_difference")
        if gain and gain["low"] is not None:
            word = "beats" if gain["low"] > 0 else "is not shown to beat"
            say(f"{output['name']} {word} the 16x16 thumbnail: {spanned(gain, SIGNED)}", 2)
    for check in failed_checks(model, version):
        say(f"It fails its check '{check}': do not read with it.", 2)
    current = model.current()
    if current == version:
        say("It is in use: open the dashboard and choose it, or: python -m model_zoo read FILE --model " + name)
    else:
        say(f"Version {current} stays in use. Compare: python -m model_zoo compare {name}@{current} {name}@{version}")
        say(f"Use the new one: python -m model_zoo promote {name} {version}")
    say(f"Its card: python -m model_zoo card {name}@{version}")
