"""``news2``: the early warning score of a series hour by hour, and what the alert rules say about it."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model_zoo.cli.arguments import UsageError, add_decimal_argument, age_years, real_number
from model_zoo.cli.terminal import print_json, say, say_table
from model_zoo.errors import DataNotFound

if TYPE_CHECKING:
    from model_zoo.alerts import Alert
    from model_zoo.vital_signs import VitalSeries
    from model_zoo.vital_signs.news2 import News2
    from model_zoo.vital_signs.news2_hours import HourlyNews2

SCHEMA_VERSION = "1.0"
HELP = "score a series of vital signs hour by hour (NEWS2), with the alerts of the rules file"
DESCRIPTION = """\
Score vital signs with the National Early Warning Score 2 (Royal College of Physicians, 2017). FILE is a CSV table (time,
then quantities with units), or a FHIR R4 bundle of Observations in JSON. A score with missing parameters is labelled
partial and given with its range.

  python -m model_zoo news2 stay.csv
  python -m model_zoo news2 bundle.json --scale 2 --json
  python -m model_zoo news2 --example pneumonia-sepsis
"""
MOST_CARRY_HOURS = 24.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", nargs="?", type=Path, help="vital signs: .csv, or a FHIR bundle .json")
    add_decimal_argument(parser)
    parser.add_argument("--example", metavar="NAME", help="a written stay instead, e.g. pneumonia-sepsis")
    parser.add_argument("--scale", type=int, choices=(1, 2), help="SpO2 scale (default: 1, of an example its own)")
    parser.add_argument(
        "--carry-hours",
        metavar="H",
        type=real_number(0, MOST_CARRY_HOURS),
        help="how old a measurement may be that still counts (default: 6)",
    )
    parser.add_argument("--age-years", metavar="A", type=age_years, help="the score is refused below 16 years")
    parser.add_argument("--rules", metavar="FILE", type=Path, help="alert rules instead of the shipped ones, .toml")
    parser.add_argument("--json", action="store_true", help="answer in JSON")


def run(arguments: argparse.Namespace) -> int:
    from model_zoo.alerts import evaluate_hours, hourly_inputs, load_rules
    from model_zoo.vital_signs.news2 import News2NotApplicable, not_applicable
    from model_zoo.vital_signs.news2_hours import CARRY_HOURS, score_hours

    series, scale = _series(arguments)
    for age in (arguments.age_years, *series.ages_years):
        reason = not_applicable(age)
        if reason is not None:
            raise News2NotApplicable(reason, "Use a score that was made for children.")
    carry = CARRY_HOURS if arguments.carry_hours is None else arguments.carry_hours
    scores = score_hours(series, arguments.scale or scale, carry)
    alerts = evaluate_hours(load_rules(arguments.rules), hourly_inputs(series, scores))
    answer = build_answer(series, scores, alerts)
    if arguments.json:
        print_json(answer)
    else:
        _print(answer)
    return 0


def build_answer(series: VitalSeries, scores: HourlyNews2, alerts: tuple[Alert, ...]) -> dict[str, Any]:
    """Return the answer of ``news2 --json``."""
    from model_zoo.vital_signs.news2_chart import NOT_FOR, SOURCE

    return {
        "schema_version": SCHEMA_VERSION,
        "series": {
            "rows": len(series.hours),
            "hours": float(series.hours[-1] - series.hours[0]) if len(series.hours) else 0.0,
            "measured": [
                {"name": spec.name, "title": spec.title, "unit": spec.si_unit, "values": int((column == column).sum())}
                for spec, column in zip(series.specs, series.values.T, strict=True)
            ],
            "provenance": series.provenance,
            "synthetic": series.synthetic,
            "notes": list(series.notes),
        },
        "scale": scores.scale,
        "carry_hours": scores.carry_hours,
        "rule": scores.rule,
        "hours": [_hour(hour, score) for hour, score in zip(scores.hours, scores.scores, strict=True)],
        "alerts": [alert.to_json() for alert in alerts],
        "source": SOURCE,
        "not_for": NOT_FOR,
    }


def _hour(hour: float, score: News2) -> dict[str, Any]:
    return {
        "hour": hour,
        "aggregate": score.aggregate,
        "lowest": score.lowest,
        "highest": score.highest,
        "partial": score.partial,
        "missing": list(score.missing),
        "red": score.red,
        "risk": score.response.risk if score.known else None,
        "monitoring": score.response.monitoring if score.known else None,
        "response": score.response.response if score.known else None,
        "highest_risk": score.highest_response.risk,
        "points": {component.name: component.points for component in score.components},
        "ages_hours": {component.name: component.age_hours for component in score.components},
        "words": score.words,
        "notes": list(score.notes),
    }


def _series(arguments: argparse.Namespace) -> tuple[VitalSeries, int]:
    """Return the series and the SpO2 scale it is for unless told otherwise."""
    from model_zoo.vital_signs import read_series
    from model_zoo.vital_signs.example_stays import example_stay

    if (arguments.file is None) == (arguments.example is None):
        raise UsageError("Name one file, or one written stay with --example.", "Run: python -m model_zoo news2 --help")
    if arguments.example is not None:
        stay = example_stay(arguments.example)
        return stay.read(), stay.scale
    try:
        data = arguments.file.read_bytes()
    except OSError as error:
        raise DataNotFound("There is no readable file under that name.", "Check the path of the file.") from error
    return read_series(data, arguments.file.name, arguments.decimal), 1


def _print(answer: Mapping[str, Any]) -> None:
    series = answer["series"]
    say(f"{series['rows']} rows over {series['hours']:g} hours; SpO2 scale {answer['scale']}. {answer['rule']}")
    for note in series["notes"]:
        say(note, indent=2)
    say()
    rows = [("hour", "NEWS2", "range", "clinical risk", "missing")]
    for hour in answer["hours"]:
        known = hour["risk"] is not None
        score = f"{hour['aggregate']}{' partial' if hour['partial'] else ''}" if known else "-"
        span = f"{hour['lowest']} to {hour['highest']}" if hour["partial"] else ""
        least = "at least " if hour["partial"] else ""
        risk = f"{least}{hour['risk']}" if known else "not known"
        rows.append((f"{hour['hour']:g}", score, span, risk, ", ".join(hour["missing"])))
    say_table(rows)
    say()
    if not answer["alerts"]:
        say("No rule spoke. That does not mean that nothing is wrong.")
    for alert in answer["alerts"]:
        say(f"Hour {alert['hour']:g}, {alert['level']}: {alert['title']}. {alert['reason']}")
        say(f"Suggestion: {alert['suggestion']} {alert['limits']} Source: {alert['source']}.", indent=2)
    say()
    say(f"{answer['source']}. {answer['not_for']}")
