"""``fine-tune``: go on from an installed model on other pictures, and see which way of doing it scores what."""

from __future__ import annotations

import argparse
from pathlib import Path

from model_zoo.cli import train_pictures
from model_zoo.cli.arguments import whole_number, word_list
from model_zoo.cli.terminal import say, say_table
from model_zoo.words import spanned

HELP = "fine-tune an installed model on a folder of pictures: all parameters, head only, low-rank adapters"
DESCRIPTION = """\
Fine-tune an installed model on your own pictures (as for `train --data`). Each method starts from the same weights and is
scored on the same folds; the one with the lowest loss on the validation fold becomes a new version of NAME.

  python -m model_zoo fine-tune chest-xray ward-films --data pictures/ --methods all,head,adapters --rank 4
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("base", metavar="BASE", help="the installed model to start from, NAME or NAME@VERSION")
    parser.add_argument("name", metavar="NAME", help="of the model that is written; may be the base itself")
    parser.add_argument("--methods", metavar="A,B", type=word_list, default=("all", "head", "adapters"))
    parser.add_argument(
        "--rank", metavar="N", type=whole_number(1, 256), default=4, help="of the adapters (default: 4)"
    )
    parser.add_argument("--runs", metavar="DIR", type=Path, default=Path("runs"), help="checkpoints (default: runs)")
    train_pictures.add_picture_arguments(parser, required=True)
    train_pictures.add_fit_arguments(parser)
    parser.set_defaults(rate=5e-4, architecture="", side=128, initial=None)


def run(arguments: argparse.Namespace) -> int:
    from model_zoo.cli.fit_progress import FitProgress
    from model_zoo.training.folder_models.fine_tune import fine_tune

    recipe = train_pictures.picture_recipe(arguments)
    with FitProgress() as progress:
        model, version, tried = fine_tune(
            arguments.base, recipe, tuple(arguments.methods), arguments.rank, arguments.runs, progress.watch()
        )
    rows = [("method", "parameters trained", "validation loss", "AUC, held out")]
    for entry in tried:
        auc = spanned(entry["held_out_auc"], without="")
        rows.append((entry["method"], f"{entry['trained']:,}", f"{entry['validation_loss']:.3f}", auc))
    say_table(rows, 0)
    say()
    train_pictures.say_version(model.name, version)
    return 0
