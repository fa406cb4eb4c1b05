"""``train``: run a training recipe; weights, card and figures are written by it and by nothing else."""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path

from model_zoo.cli import train_pictures
from model_zoo.cli.arguments import whole_number
from model_zoo.cli.terminal import say
from model_zoo.errors import ZooError
from model_zoo.training.recipes import RECIPES, recipe

HELP = "train a model on a folder of pictures, or by a recipe from DIAPHANE_DATA; writes weights, card and figures"
DESCRIPTION = """\
Train a model. Checkpoints go to --runs; the same command resumes an interrupted training.

On your own pictures, one sub-folder per class, or labels.csv with the columns file, label and, if known, patient:

  python -m model_zoo train hand-fractures --data pictures/
  python -m model_zoo train hand-fractures --data pictures/ --architecture resnet18 --side 224 --cross-validate

NAME is then the name of the model. It is written to $DIAPHANE_MODELS (default: .local/models) as a version of its own,
with card, held-out figures and calibration; the first version is in use at once, a later one after `promote`.

A recipe of the zoo, from the data under DIAPHANE_DATA; writes model_zoo/weights/<NAME>/:

""" + "\n".join(f"  {entry.name}: {entry.title}" for entry in RECIPES.values())
MAX_THREADS = 1024  # no machine has more; a slip of the finger must not start a million threads


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="with --data: of the model; else a recipe from the list above")
    parser.add_argument("--runs", metavar="DIR", type=Path, default=Path("runs"), help="checkpoints (default: runs)")
    parser.add_argument("--threads", metavar="N", type=whole_number(1, MAX_THREADS), help="CPU threads (default: all)")
    train_pictures.add_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    chosen = None if arguments.data is not None else recipe(arguments.name)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S", stream=sys.stderr)
    if arguments.threads is not None:
        import torch

        torch.set_num_threads(arguments.threads)
    try:
        arguments.runs.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ZooError("The folder for checkpoints cannot be made.", "Name another folder with --runs.") from error
    if chosen is None:
        return train_pictures.run(arguments)
    card = chosen.train(arguments.runs)
    if "name" not in card:
        say(f"Written to the cards of {', '.join(sorted(card))}.")
        return 0
    if "written" in card:
        say(f"'{card['name']}' is written beside the weights of {', '.join(card['written'])}.")
        return 0
    say(f"'{card['name']}' is trained: weights sha256 {card['weights_sha256']}.")
    say(f"Its card: python -m model_zoo card {card['name']}")
    return 0
