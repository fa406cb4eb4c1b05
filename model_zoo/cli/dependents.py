"""``dependents``: what hangs on the weights of a model, and making it anew."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

from model_zoo.cli.terminal import print_json, say, say_table, step

SCHEMA_VERSION = "1.0"
HELP = "what hangs on the weights of a model, and whether it was made with those installed"
DESCRIPTION = """\
List what was made with the weights of a model, in the order in which it is made anew when they are replaced: "current" was
made with the installed weights, "stale" with others, "missing" is not there, "not sealed" does not say.

  python -m model_zoo dependents chest-xray --measure

makes anew what is not current; broken off, the same command goes on where it was.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help="a model of the zoo, from: list")
    parser.add_argument("--measure", action="store_true", help="make anew what is not current; needs DIAPHANE_DATA")
    parser.add_argument("--runs", metavar="DIR", type=Path, default=Path("runs"), help="checkpoints (default: runs)")
    parser.add_argument("--json", action="store_true", help="answer in JSON")


def run(arguments: argparse.Namespace) -> int:
    from model_zoo.errors import UnknownName
    from model_zoo.training.dependents import dependents, measure_anew, state_of
    from model_zoo.upkeep.known_models import known_models

    own = [model.name for model in known_models() if model.entry is None and model.fault is None]
    if arguments.model not in own:
        raise UnknownName("model of the zoo", arguments.model, own)
    if arguments.measure:
        measure_anew(arguments.model, arguments.runs, step)
    found = [(one, state_of(one, arguments.model)) for one in dependents(arguments.model)]
    if arguments.json:
        steps = [{**asdict(one), "command": one.line, "state": state} for one, state in found]
        print_json({"schema_version": SCHEMA_VERSION, "model": arguments.model, "steps": steps})
        return 0
    say(f"What hangs on the weights of '{arguments.model}', in the order in which it is made anew:")
    say_table([(state, one.title, one.line) for one, state in found], 2)
    return 0
