"""``history``: what was done with a folder model, oldest first."""

from __future__ import annotations

import argparse

from model_zoo.cli.terminal import print_json, say, say_table

SCHEMA_VERSION = "1.0"
HELP = "the record of a folder model: versions, promotions, roll-backs"
DESCRIPTION = "Print the record of a folder model. Each line is sealed by the one before: a changed record is refused."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="a folder model")
    parser.add_argument("--json", action="store_true", help="answer in JSON")


def run(arguments: argparse.Namespace) -> int:
    from model_zoo.classifiers.models_folder import find_model_folder
    from model_zoo.upkeep import history

    model = find_model_folder(arguments.name)
    events = history.read(model.place)
    if arguments.json:
        print_json({"schema_version": SCHEMA_VERSION, "name": model.name, "current": model.current(), "events": events})
        return 0
    if not events:
        say(f"Nothing is recorded of '{model.name}': it was dropped in.")
    rows = [
        (e["at"], e["who"], e["action"], e["version"], e["weights_sha256"][:12], e.get("reason") or "") for e in events
    ]
    say_table(rows, 0)
    return 0
