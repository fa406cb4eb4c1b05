"""``card``: the card of one model, as a page or as JSON."""

from __future__ import annotations

import argparse

from model_zoo.cli.terminal import print_json, say_page

HELP = "the card of one model: intended use, data, thresholds, figures"
DESCRIPTION = "Print the card of a model as Markdown, or as JSON in the form in which it lies beside the weights."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help="a name from: python -m model_zoo list")
    parser.add_argument("--json", action="store_true", help="print card.json")


def run(arguments: argparse.Namespace) -> int:
    from model_zoo.upkeep.known_models import find_model

    model = find_model(arguments.model)
    if arguments.json:
        print_json(model.raw_card())
    else:
        say_page(model.page())
    return 0
