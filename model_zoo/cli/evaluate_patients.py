"""``evaluate`` of a risk model: its figures recomputed on a table of patients."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from model_zoo.cli.evaluate import SCHEMA_VERSION, unwritable
from model_zoo.cli.terminal import print_json, say, say_table
from model_zoo.patients.applicability import lacks_age
from model_zoo.patients.risk import RiskModel, load_risk_model, record_of
from model_zoo.patients.risk_models import definitions
from model_zoo.plain import write_csv
from model_zoo.training.data_folder import data_folder
from model_zoo.training.patient_models.common.figures import REPORTED, evaluate
from model_zoo.training.patient_models.common.parts import risks
from model_zoo.training.patient_models.common.tables import read_table
from model_zoo.training.patient_models.recipes import PATIENT_RECIPES
from model_zoo.training.patient_models.support import recipe as risk_support
from model_zoo.training.patient_models.support.table import read_support_table
from model_zoo.words import SIGNED, spanned


def run_patients(arguments: argparse.Namespace) -> int:
    """Print the figures on the held-out fold, or with ``--all`` on every patient of the table."""
    name = arguments.model
    if name == risk_support.MODEL.name:
        path = arguments.data or data_folder()
        found = risk_support.evaluate(path, arguments.all)
    else:
        recipe = PATIENT_RECIPES.get(name)
        path = arguments.data or (None if recipe.form.known_rows is not None else data_folder())
        found = evaluate(recipe, path, arguments.all)
    model = load_risk_model(definitions()[name])
    answer = {
        "schema_version": SCHEMA_VERSION,
        "model": model.name,
        "weights_sha256": model.card["weights_sha256"],
        **found,
    }
    if arguments.predictions is not None:
        _write_risks(arguments, path)
    if arguments.json:
        print_json(answer)
    else:
        _print_risks(answer, *_without_a_risk(arguments, model, path))
    return 0


def _evaluated(arguments: argparse.Namespace, model: RiskModel, path: Path | None) -> tuple[np.ndarray, np.ndarray]:
    """Return the number (n,) in the file and the values (n, features) of the patients whose figures are given."""
    if model.name == risk_support.MODEL.name and path is not None:
        support = read_support_table(path)
        row, values, fold, reported = support.row_id, support.values, support.fold, risk_support.REPORTED[0]
    else:
        table = read_table(PATIENT_RECIPES.get(model.name).form, model.specs, path)
        row, values, fold, reported = table.row, table.values, table.fold, REPORTED
    chosen = np.ones(len(fold), bool) if arguments.all else fold == reported
    return row[chosen], values[chosen]


def _without_a_risk(arguments: argparse.Namespace, model: RiskModel, path: Path | None) -> tuple[int, int]:
    """Count the patients whose figures are given though a reader gets no risk for them, and those of them without an age."""
    records = [record_of(model.specs, row) for row in _evaluated(arguments, model, path)[1]]
    refused = [record for record in records if model.definition.applicability(record) is not None]
    return len(refused), sum(lacks_age(model.specs, record) for record in refused)


def _write_risks(arguments: argparse.Namespace, path: Path | None) -> None:
    """Write one row per patient of the table: its number in the file, and the calibrated risk of each outcome."""
    model = load_risk_model(definitions()[arguments.model])
    row, values = _evaluated(arguments, model, path)
    try:
        with arguments.predictions.open("w", encoding="utf-8", newline="") as stream:
            write_csv(stream, [["row_id", *(f"{o.name}_probability" for o in model.definition.outcomes)]])
            for row_id, risk in zip(row, risks(model, values), strict=True):
                write_csv(stream, [[row_id, *(f"{value:.9g}" for value in risk)]])
    except OSError as error:
        raise unwritable() from error


def _print_risks(answer: dict[str, Any], refused: int, without_age: int) -> None:
    folds = "all patients" if answer["folds"] == "all" else f"fold {', '.join(map(str, answer['folds']))}"
    say(f"{answer['model']}: {answer['patients']:,} patients ({folds}).")
    if refused:
        say(f"A reader gets no risk for {refused:,} of them ({without_age:,} without an age); the figures count them.")
    for name, outcome in answer["outcomes"].items():
        say()
        say(f"{name}: {outcome['events']:,} of {outcome['patients']:,} patients")
        rows = [("AUC", spanned(outcome["auc"])), ("Brier", spanned(outcome["brier"]))]
        rows += [
            (key.replace("_", " "), spanned(outcome[key])) for key in ("calibration_slope", "calibration_intercept")
        ]
        rows += [(key.replace("_", " "), spanned(value)) for key, value in outcome["at_threshold"].items()]
        rows += [
            (f"AUC minus that of {other}", spanned(found["auc_difference"], SIGNED))
            for other, found in outcome["baselines"].items()
        ]
        say_table(rows)
