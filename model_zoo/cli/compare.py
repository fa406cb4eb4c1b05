"""``compare``: two models or versions on the same pictures, with the paired interval of the difference."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

from model_zoo.cli.terminal import print_json, say, say_table
from model_zoo.words import NO_INTERVAL, SIGNED, spanned

SCHEMA_VERSION = "1.0"
HELP = "two models or versions on the same pictures, with a paired bootstrap"
DESCRIPTION = """\
Compare two folder models or versions of one on the same pictures: those that both were held out on, matched by the hash
of the file, or the pictures of a labelled folder (as for `train --data`).

  python -m model_zoo compare hand-fractures@1 hand-fractures@2
  python -m model_zoo compare hand-fractures other-hands --data pictures/

Every difference is the second minus the first; its 95 % interval resamples patients, and both are recomputed on the
same resampled patients.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("first", metavar="A", help="NAME or NAME@VERSION of a folder model")
    parser.add_argument("second", metavar="B", help="another one")
    parser.add_argument("--data", metavar="FOLDER", type=Path, help="score both on these pictures instead")
    parser.add_argument("--json", action="store_true", help="answer in JSON")


def run(arguments: argparse.Namespace) -> int:
    from model_zoo.engine.inference import CLASSIFIERS
    from model_zoo.upkeep.comparing import compare_folders, compare_tables

    names = (arguments.first, arguments.second)
    if arguments.data is None:
        found = compare_folders(CLASSIFIERS.get(names[0]).folder, CLASSIFIERS.get(names[1]).folder, names)
    else:
        from model_zoo.upkeep.calibrated import log_odds
        from model_zoo.upkeep.scoring import score_folder

        first, second = (score_folder(name, arguments.data) for name in names)
        folders = [CLASSIFIERS.get(name).folder for name in names]
        stated = log_odds(folders[0], first.logits), log_odds(folders[1], second.logits)
        found = compare_tables(first, second, names, "pictures of the folder", stated)
        trained = _trained_on(names, first.scans)
        if trained and not arguments.json:
            say(
                f"One of the two was trained or calibrated on {trained} of these pictures: its results on them prove nothing."
            )
    if arguments.json:
        print_json({"schema_version": SCHEMA_VERSION, **found.to_json()})
        return 0
    say(found.words)
    rows = [("", found.first, found.second, "difference (95 % interval)")]
    for name, entry in found.figures.items():
        change = spanned(entry["difference"], SIGNED, NO_INTERVAL)
        rows.append((name.replace("_", " "), f"{entry['first']:.3f}", f"{entry['second']:.3f}", change))
    say_table(rows)
    return 0


def _trained_on(names: tuple[str, str], scans: Iterable[str]) -> int:
    """Return how many pictures one of the two models was trained or calibrated on."""
    from model_zoo.engine.inference import CLASSIFIERS
    from model_zoo.training.folder_models.folds import TRAINED
    from model_zoo.upkeep.held_out import read_roles

    roles = [read_roles(CLASSIFIERS.get(name).folder) for name in names]
    return sum(any(found.get(str(scan)) == TRAINED for found in roles) for scan in scans)
