"""``fetch``: let torchxrayvision fetch its weights, and write them as a folder model."""

from __future__ import annotations

import argparse
from pathlib import Path

from model_zoo.cli.terminal import say

HELP = "make a pretrained network of torchxrayvision a folder model (needs the package, and the network once)"
DESCRIPTION = """\
Let the package torchxrayvision fetch its own weights and write them, as safetensors with a card, to the models folder.
The package opens its files itself, and they are pickles: do this only with files that come from its makers.

  pip install torchxrayvision && python -m model_zoo fetch xrv-densenet121
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="xrv-densenet121 or xrv-resnet50")
    parser.add_argument(
        "--cache", metavar="DIR", type=Path, help="where the package keeps its weights (default: its own)"
    )


def run(arguments: argparse.Namespace) -> int:
    from model_zoo.training.folder_models.torchxrayvision_card import fetch

    model, version = fetch(arguments.name, arguments.cache)
    say(f"'{model.name}', version {version}, is there. Its scores are rescaled and not calibrated.")
    say(f"Calibrate it on local films: python -m model_zoo calibrate {model.name} --data FOLDER")
    return 0
