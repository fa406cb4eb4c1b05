"""``train``: run a training recipe; weights, card and figures are written by it and by nothing else."""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path

from model_zoo.cli.arguments import whole_number
from model_zoo.cli.terminal import say
from model_zoo.errors import ZooError
from model_zoo.training.recipes import RECIPES, recipe

HELP = "train a model from DIAPHANE_DATA and write weights, card and figures"
DESCRIPTION = """\
Train a model from the data under DIAPHANE_DATA. Writes model_zoo/weights/<NAME>/: the weights, card.json and CARD.md.
Checkpoints go to --runs; the same command resumes an interrupted training.

Recipes:
""" + "\n".join(f"  {entry.name}: {entry.title}" for entry in RECIPES.values())
MAX_THREADS = 1024  # no machine has more; a slip of the finger must not start a million threads


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="a recipe from the list above")
    parser.add_argument("--runs", metavar="DIR", type=Path, default=Path("runs"), help="checkpoints (default: runs)")
    parser.add_argument("--threads", metavar="N", type=whole_number(1, MAX_THREADS), help="CPU threads (default: all)")


def run(arguments: argparse.Namespace) -> int:
    chosen = recipe(arguments.name)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S", stream=sys.stderr)
    if arguments.threads is not None:
        import torch

        torch.set_num_threads(arguments.threads)
    try:
        arguments.runs.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ZooError("The folder for checkpoints cannot be made.", "Name another folder with --runs.") from error
    card = chosen.train(arguments.runs)
    say(f"'{card['name']}' is trained: weights sha256 {card['weights_sha256']}.")
    say(f"Its card: python -m model_zoo card {card['name']}")
    return 0
