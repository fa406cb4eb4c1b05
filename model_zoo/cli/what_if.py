"""``what-if``: the risk with other values, its way along one of them, what would cross the threshold, and who is like this."""

from __future__ import annotations

import argparse
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model_zoo.cli.arguments import UsageError, add_decimal_argument
from model_zoo.cli.terminal import print_json, say, say_table
from model_zoo.errors import DataNotFound

if TYPE_CHECKING:
    from model_zoo.patients.attribution import RiskAttribution
    from model_zoo.patients.counterfactuals import Counterfactuals
    from model_zoo.patients.reference_groups import Reference
    from model_zoo.patients.risk import RiskEstimate, RiskModel
    from model_zoo.patients.what_if import Change, RiskPath, WhatIf

SCHEMA_VERSION = "1.0"
HELP = "ask a patient model about other values: the risk after, and which changes would cross its threshold"
DESCRIPTION = """\
Ask a patient model what it would say if a value were another. The model is asked again, nothing else: an association in the
model, not the effect of a treatment. A value outside the training patients is kept and flagged, never clipped in silence.

  python -m model_zoo what-if --patient patient.json --patient-model heart-failure --set creatinine=150
  python -m model_zoo what-if --patient patient.json --set creatinine=1.7 --set sodium=140 --units US --path creatinine --json
  python -m model_zoo what-if --patient patient.json --patient-model heart-failure --counterfactual
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--patient", metavar="FILE", type=Path, required=True, help="the patient's values: .json or .csv"
    )
    add_decimal_argument(parser)
    parser.add_argument("--patient-model", metavar="NAME", help="default: support-respiratory")
    parser.add_argument(
        "--set",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help='another value, by name as in a file; "not measured" takes it away; may be repeated',
    )
    parser.add_argument("--units", choices=("SI", "US"), default="SI", help="of bare names with --set (default: SI)")
    parser.add_argument("--path", metavar="NAME", help="the risk along this value over its training range")
    parser.add_argument(
        "--counterfactual", action="store_true", help="the smallest plausible changes that cross the threshold"
    )
    parser.add_argument("--outcome", metavar="NAME", help="of the counterfactuals (default: the model's first)")
    parser.add_argument("--json", action="store_true", help="answer in JSON")


def run(arguments: argparse.Namespace) -> int:
    from model_zoo.case.patient_file import read_patient_file
    from model_zoo.patients.counterfactuals import find_counterfactuals
    from model_zoo.patients.reference_groups import load_reference, reference_of
    from model_zoo.patients.risk_models import risk_model
    from model_zoo.patients.what_if import risk_path, what_if
    from model_zoo.protocols.protocol import DEFAULT_RISK_MODEL

    changes = _changes(arguments.set)
    try:
        data = arguments.patient.read_bytes()
    except OSError as error:
        raise DataNotFound("There is no readable file under that name.", "Check the path of the file.") from error
    model = risk_model(arguments.patient_model or DEFAULT_RISK_MODEL)
    record = read_patient_file(data, arguments.patient.name, decimal=arguments.decimal)
    asked = what_if(model, record, changes, arguments.units)
    path = None if arguments.path is None else risk_path(model, asked.record, arguments.path)
    stored = load_reference(model)
    found = find_counterfactuals(model, asked.record, stored, arguments.outcome) if arguments.counterfactual else None
    answer = build_answer(model, asked, path, found, reference_of(model, asked.record, stored))
    if arguments.json:
        print_json(answer)
    else:
        _print(model, answer)
    return 0


def build_answer(
    model: RiskModel, asked: WhatIf, path: RiskPath | None, found: Counterfactuals | None, reference: Reference
) -> dict[str, Any]:
    """Return the answer of ``what-if --json``. All values in SI units."""
    from model_zoo.patients.what_if import ASSOCIATION

    return {
        "schema_version": SCHEMA_VERSION,
        "model": model.name,
        "weights_sha256": asked.after.weights_sha256,
        "changes": [_change(change) for change in asked.changes],
        "warnings": list(asked.warnings),
        "before": _outcomes(asked.before),
        "after": _outcomes(asked.after),
        "contributions": [_contributions(attribution) for attribution in asked.attributions],
        "path": None if path is None else _path(path),
        "counterfactuals": None if found is None else _counterfactuals(found),
        "reference": {
            "band": reference.band,
            "band_patients": reference.band_patients,
            "values": [
                {
                    "name": standing.name,
                    "percentile": standing.percentile,
                    "bound": standing.bound,
                    "share": standing.share,
                    "measured": standing.measured,
                    "words": standing.words,
                }
                for standing in reference.standings
            ],
            "nearest_group": None
            if reference.nearest is None
            else {
                "patients": reference.nearest.patients,
                "distance": reference.nearest.distance,
                "events": {name: dict(entry) for name, entry in reference.nearest.shares.items()},
                "words": reference.nearest.words,
            },
            "remark": reference.remark,
        },
        "population": asked.after.population,
        "flags": list(asked.after.flags),
        "limits": ASSOCIATION,
    }


def _changes(words: list[str]) -> dict[str, object]:
    """Return the changes of ``--set``. A message names the field, never its value."""
    changes: dict[str, object] = {}
    for word in words:
        name, equals, value = word.partition("=")
        name = name.strip()
        if not equals or not name:
            raise UsageError("--set takes NAME=VALUE.", "Example: --set creatinine=150")
        if name in changes:
            raise UsageError(f"--set names '{name[:40]}' twice.", "Give each value once.")
        changes[name] = value
    return changes


def _change(change: Change) -> dict[str, Any]:
    return {"name": change.name, "title": change.title, "before": change.before, "after": change.after}


def _outcomes(estimate: RiskEstimate) -> list[dict[str, Any]]:
    return [
        {
            "name": outcome.name,
            "title": outcome.title,
            "probability": outcome.probability,
            "low": outcome.low,
            "high": outcome.high,
            "threshold": outcome.threshold,
            "above_threshold": outcome.above_threshold,
        }
        for outcome in estimate.outcomes
    ]


def _contributions(attribution: RiskAttribution) -> dict[str, Any]:
    return {
        "outcome": attribution.outcome,
        "reference": attribution.reference,
        "reference_risk": attribution.reference_risk,
        "missingness_contribution": attribution.missingness_contribution,
        "residual": attribution.residual,
        "features": {entry.name: entry.contribution for entry in attribution.contributions},
    }


def _path(path: RiskPath) -> dict[str, Any]:
    def plain(numbers: Any) -> list[float | None]:
        return [None if math.isnan(number) else float(number) for number in numbers]

    return {
        "name": path.name,
        "values": list(path.values),
        "current": path.current,
        "beyond_training": [bool(flag) for flag in path.beyond],
        "training_range": None if path.training is None else list(path.training),
        "outcomes": {
            name: {
                "probability": plain(path.probability[name]),
                "low": plain(path.low[name]),
                "high": plain(path.high[name]),
            }
            for name in path.probability
        },
    }


def _counterfactuals(found: Counterfactuals) -> dict[str, Any]:
    return {
        "outcome": found.outcome,
        "probability": found.probability,
        "threshold": found.threshold,
        "side": found.side,
        "answers": [
            {
                "changes": [_change(change) for change in answer.changes],
                "probability": answer.probability,
                "distance": answer.distance,
            }
            for answer in found.answers
        ],
        "tried": list(found.tried),
        "held": [{"title": title, "why": why} for title, why in found.held],
        "words": found.words,
    }


def _print(model: RiskModel, answer: Mapping[str, Any]) -> None:
    specs = {spec.name: spec for spec in model.specs}

    def moved(change: Mapping[str, Any]) -> str:
        spec = specs[change["name"]]
        return f"{change['title']} {spec.show(change['before'])} -> {spec.show(change['after'])}"

    say(f"{model.definition.title}. {answer['population']}")
    say()
    for change in answer["changes"]:
        say(f"What if: {moved(change)}")
    rows = [("outcome", "before", "after", "threshold")]
    for before, after in zip(answer["before"], answer["after"], strict=True):
        risks = (before["probability"], after["probability"], after["threshold"])
        rows.append((after["title"], *(f"{100 * risk:.1f} %" for risk in risks)))
    say_table(rows)
    for warning in (*answer["warnings"], *(flag for flag in answer["flags"] if flag not in answer["warnings"])):
        say(f"Mind: {warning}")
    if answer["path"] is not None:
        say()
        _print_path(specs[answer["path"]["name"]].show, answer["path"])
    if answer["counterfactuals"] is not None:
        say()
        say(answer["counterfactuals"]["words"])
        for entry in answer["counterfactuals"]["answers"]:
            say(f"{'; '.join(moved(c) for c in entry['changes'])}: {100 * entry['probability']:.1f} %", indent=2)
    say()
    nearest = answer["reference"]["nearest_group"]
    say(answer["reference"]["remark"] if nearest is None else nearest["words"])
    say(answer["limits"])


def _print_path(show: Any, path: Mapping[str, Any]) -> None:
    """Print about ten points of the path, the present one among them."""
    every = max(1, len(path["values"]) // 9)
    rows = [("value", *(name.replace("_", " ") for name in path["outcomes"]))]
    for i, value in enumerate(path["values"]):
        if i % every and i not in (path["current"], len(path["values"]) - 1):
            continue
        risks = (outcome["probability"][i] for outcome in path["outcomes"].values())
        mark = " (now)" if i == path["current"] else ""
        rows.append((f"{show(value)}{mark}", *("no risk" if risk is None else f"{100 * risk:.1f} %" for risk in risks)))
    say_table(rows)
