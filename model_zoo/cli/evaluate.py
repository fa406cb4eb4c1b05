"""``evaluate``: recompute the figures of a model on any folder of films, or on any table of patients, in the given form."""

from __future__ import annotations

import argparse
from pathlib import Path

from model_zoo.cli.arguments import UsageError
from model_zoo.cli.terminal import print_json, say_page, step, warn
from model_zoo.errors import ZooError

SCHEMA_VERSION = "1.0"
HELP = "recompute the figures of a model on your own labelled data"
DESCRIPTION = """\
Recompute the figures of a model.

Image models read a folder with films and labels.csv: file, patient_id, age_years, sex, view, and one column per output
with 1, 0 or empty; optional fold (then only fold 4 is reported unless --all), population (adult or child, where the age
is not known), lung_mask, orig_w, orig_h. See also: convert.

  python -m model_zoo evaluate chest-xray --data adult-films/ --json

A folder model of exclusive classes reads sub-folders by class, or labels.csv with the columns file, label and patient:

  python -m model_zoo evaluate hand-fractures --data pictures/

Risk models read a table in the form that they were made from, a CSV file or a folder that holds it; without --data the
one under DIAPHANE_DATA. The card names the form:

  python -m model_zoo evaluate support-respiratory --data support2.csv.gz
  python -m model_zoo evaluate heart-disease --data hungary.csv --all

The rates of the trust layer (coverage of prediction sets, what the gate refuses, how often an alarm is raised, where maps
point and whether the verdict on them holds) are measured on the sets under DIAPHANE_DATA, in half an hour on two cores:

  python -m model_zoo evaluate chest-xray --trust --json

How well notes are read (precision and recall per kind on invented notes, half of them frozen before measuring):

  python -m model_zoo evaluate notes --json

How well scans are shown (against DCMTK, which has to be installed):

  python -m model_zoo evaluate oracle --json

How often mirrored chest films get a remark, and films as they are, on the sets under DIAPHANE_DATA, in ten minutes:

  python -m model_zoo evaluate mirrored --json

How often the words for the place of a map are right, on computed scans with a lesion in a known place:

  python -m model_zoo evaluate places --json

How well the beats of an ECG strip are found (on simulated strips; needs the development dependency neurokit2):

  python -m model_zoo evaluate ecg-detector --json
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help="a name from: python -m model_zoo list")
    parser.add_argument("--data", metavar="DIR", type=Path, help="the folder or table")
    parser.add_argument("--trust", action="store_true", help="measure the trust layer instead; takes no --data")
    parser.add_argument("--runs", metavar="DIR", type=Path, help="with --trust: keep measured maps there, and resume")
    parser.add_argument("--all", action="store_true", help="report all folds, not the held-out one alone")
    parser.add_argument(
        "--record",
        action="store_true",
        help="with notes, oracle, mirrored or ecg-detector: keep the figures in the project",
    )
    parser.add_argument(
        "--peers", action="store_true", help="with notes: medspaCy and negspacy over the same extraction as well"
    )
    parser.add_argument("--json", action="store_true", help="answer in JSON")
    parser.add_argument("--predictions", metavar="OUT.csv", type=Path, help="also write one row per film or patient")


def run(arguments: argparse.Namespace) -> int:
    from model_zoo.upkeep.known_models import CLASSIFICATION, ORIENTATION, RISK, SYMPTOMS, find_model

    if arguments.model == "ecg-detector":
        from model_zoo.cli.evaluate_ecg_detector import run_ecg_detector

        return run_ecg_detector(arguments.json, arguments.record)
    if arguments.model == "notes":
        from model_zoo.cli.evaluate_notes import run_notes

        return run_notes(arguments.json, arguments.record, arguments.peers)
    if arguments.model == "oracle":
        from model_zoo.cli.evaluate_oracle import run_oracle

        return run_oracle(arguments.json, arguments.record)
    if arguments.model == "mirrored":
        from model_zoo.cli.evaluate_mirrored import run_mirrored

        return run_mirrored(arguments.json, arguments.record)
    if arguments.model == "places":
        from model_zoo.cli.evaluate_places import run_places

        return run_places(arguments.json)
    model = find_model(arguments.model)
    if arguments.trust:
        from model_zoo.cli.evaluate_trust import run_trust

        return run_trust(arguments)
    if model.task == RISK:
        from model_zoo.cli.evaluate_patients import run_patients

        return run_patients(arguments)
    if model.task == ORIENTATION:
        raise ZooError(f"'{model.name}' is evaluated on mirrored films.", "Run: python -m model_zoo evaluate mirrored")
    if arguments.data is None and model.task != SYMPTOMS:
        raise UsageError("Name the folder or table with --data.", "Run: python -m model_zoo evaluate --help")
    if model.entry is not None and "exclusive" in (model.raw_card().get("architecture_options") or {}):
        from model_zoo.cli.evaluate_pictures import evaluate_pictures

        return evaluate_pictures(arguments)
    if model.task == CLASSIFICATION:
        return _evaluate_films(arguments)
    if model.task == SYMPTOMS:
        raise ZooError(
            f"The figures of '{model.name}' are made by its training, on the fold that it holds out.",
            f"Run: python -m model_zoo card {model.name}",
        )
    raise ZooError(
        f"'{model.name}' draws outlines and has no labels to be evaluated on here.",
        f"Its held-out figures: python -m model_zoo card {model.name}",
    )


def _evaluate_films(arguments: argparse.Namespace) -> int:
    from model_zoo.engine import InferenceEngine
    from model_zoo.engine.scoring import reported_outputs, score_table
    from model_zoo.evaluation.labels import read_labels
    from model_zoo.evaluation.predictions import write_predictions
    from model_zoo.evaluation.report import summarise, to_markdown

    engine = InferenceEngine(arguments.model)
    table = read_labels(arguments.data, engine.card.labels)
    for remark in table.remarks:
        warn(remark)
    films = table.reported(arguments.all)
    scored = score_table(engine, films, lambda done, total: step(f"{done} of {total} films"))
    summary = summarise(scored, reported_outputs(engine, films), engine.card.name, arguments.all)
    if arguments.predictions is not None:
        try:
            write_predictions(scored, arguments.predictions)
        except OSError as error:
            raise unwritable() from error
    if arguments.json:
        print_json({**summary, "weights_sha256": engine.card.weights_sha256})
    else:
        say_page(to_markdown(summary))
    return 0


def unwritable() -> ZooError:
    return ZooError("The predictions cannot be written there.", "Check the folder, its rights and its space.")
