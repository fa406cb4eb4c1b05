"""``convert``: bring a given set of films into the form that ``evaluate`` reads."""

from __future__ import annotations

import argparse
from pathlib import Path

from model_zoo.cli.terminal import print_json, say

SCHEMA_VERSION = "1.0"
HELP = "bring a given set of films into the form that evaluate reads"
DESCRIPTION = """\
Write a given set to a new folder as labels.csv and films: file, patient_id, age_years, sex, view, fold, and one column
per output. The films are linked, not copied; --copy copies them, for systems without links.

  python -m model_zoo convert chest_xray_adult adult-films/

Sets are looked for under DIAPHANE_DATA/imaging/.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("set", metavar="SET", help="chest_xray_adult, chest_xray_adult_320 or chest_xray_child")
    parser.add_argument("target", metavar="TARGET_DIR", type=Path, help="a new or empty folder")
    parser.add_argument("--copy", action="store_true", help="copy the films instead of linking them")
    parser.add_argument("--json", action="store_true", help="answer in JSON")


def run(arguments: argparse.Namespace) -> int:
    from model_zoo.errors import UnknownName
    from model_zoo.evaluation.given_sets import GIVEN_SETS, convert
    from model_zoo.training.data_folder import data_folder

    if arguments.set not in GIVEN_SETS:
        raise UnknownName("data set", arguments.set, GIVEN_SETS)
    table = convert(data_folder() / "imaging" / arguments.set, arguments.target, arguments.set, link=not arguments.copy)
    patients = len(set(table.patient_ids.tolist()))
    if arguments.json:
        print_json(
            {
                "schema_version": SCHEMA_VERSION,
                "set": arguments.set,
                "n_films": len(table),
                "n_patients": patients,
                "outputs": list(table.outputs),
                "copied": arguments.copy,
            }
        )
    else:
        say(f"{len(table):,} films of {patients:,} patients with {len(table.outputs)} outputs.")
        say("Evaluate them: python -m model_zoo evaluate MODEL --data TARGET_DIR")
    return 0
