"""``calibrate``: probabilities and thresholds of an installed folder model from local films, as a new version of its card."""

from __future__ import annotations

import argparse
from pathlib import Path

from model_zoo.cli.arguments import real_number
from model_zoo.cli.terminal import print_json, say, step
from model_zoo.words import spanned

SCHEMA_VERSION = "1.0"
HELP = "calibrate a folder model on local films: Platt scaling and thresholds in a new version of its card"
DESCRIPTION = """\
Calibrate a folder model on your own films. The folder holds sub-folders by class or labels.csv with the column label; for a
model whose outputs do not exclude each other labels.csv has one column per output (1, 0 or empty), as for `evaluate`.

  python -m model_zoo calibrate hand-fractures --data local/

The weights stay as they are. The new version is in use after: python -m model_zoo promote NAME VERSION
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="a folder model")
    parser.add_argument("--data", metavar="FOLDER", type=Path, required=True, help="local films with labels")
    parser.add_argument(
        "--sensitivity", metavar="SHARE", type=real_number(0.5, 1.0), default=0.9, help="of a threshold (0.9)"
    )
    parser.add_argument("--who", metavar="NAME", help="who calibrates (default: the account)")
    parser.add_argument("--json", action="store_true", help="answer in JSON")


def run(arguments: argparse.Namespace) -> int:
    from model_zoo.training.folder_models.local_calibration import calibrate

    model, version, measured = calibrate(
        arguments.name,
        arguments.data,
        arguments.sensitivity,
        arguments.who,
        lambda done, total: step(f"{done} of {total} films") if done == total else None,
    )
    if arguments.json:
        print_json({"schema_version": SCHEMA_VERSION, "name": model.name, "version": version, "outputs": measured})
        return 0
    for name, found in measured.items():
        if not found["fitted"]:
            counts = f"{found['patients_with']} patients with and {found['patients_without']} without"
            say(f"{name}: not calibrated, {counts} are too few.")
            continue
        say(
            f"{name}: Brier {spanned(found['brier_cross_fitted'])} cross-fitted on {found['films']} films; "
            f"always stating the prevalence scores {found['brier_of_the_prevalence']:.3f}."
        )
    say(f"Version {version} of '{model.name}' holds it. Use it: python -m model_zoo promote {model.name} {version}")
    return 0
