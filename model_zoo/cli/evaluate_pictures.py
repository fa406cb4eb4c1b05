"""``evaluate`` for a folder model of exclusive classes: its figures on any labelled folder of pictures."""

from __future__ import annotations

import argparse

from model_zoo.cli.terminal import print_json, say, say_page, step
from model_zoo.errors import UnknownName
from model_zoo.words import ends, number


def evaluate_pictures(arguments: argparse.Namespace) -> int:
    """Print the figures, and how many of the pictures the model was trained on: figures on those mean nothing."""
    from model_zoo.engine.inference import InferenceEngine
    from model_zoo.evaluation.report import to_markdown
    from model_zoo.training.folder_models.card import held_out_figures
    from model_zoo.training.folder_models.folds import TRAINED
    from model_zoo.upkeep.held_out import read_roles
    from model_zoo.upkeep.scoring import score_folder

    if arguments.predictions is not None:
        raise UnknownName("option for this model", "--predictions", ("--data", "--json"))
    engine = InferenceEngine(arguments.model)
    table = score_folder(engine, arguments.data, lambda done, total: step(f"{done} of {total} pictures"))
    roles = read_roles(engine.entry.folder)
    trained = sum(roles.get(str(scan)) == TRAINED for scan in table.scans)
    outputs = engine.card.raw["outputs"]
    titles = [output["title"] for output in outputs]
    figures = held_out_figures(
        outputs, titles, table.labels, table.logits, table.patients, None, engine.card.name, fold=None
    )
    if arguments.json:
        print_json({**figures, "weights_sha256": engine.card.weights_sha256, "trained_on": trained})
        return 0
    if trained:
        say(f"{trained} of {len(table)} pictures were trained or calibrated on: the figures flatter the model.")
    say_page(to_markdown(figures))
    for name, found in figures["all_classes"]["figures"].items():
        say(f"{name.replace('_', ' ')}: {number(found['value'])} ({ends(found)})")
    return 0
