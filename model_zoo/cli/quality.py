"""``quality``: read the fixed phantom series and hold it against the record of the release."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from model_zoo.cli.terminal import print_json, say, say_table, step

if TYPE_CHECKING:
    from model_zoo.quality.release import QualityRelease
    from model_zoo.quality.result import QualityResult

SCHEMA_VERSION = "1.0"
HELP = "run the phantom series and compare with the release"
DESCRIPTION = """\
Read a fixed series of computed phantoms with planted opacities of rising contrast and size: detection at the operating
threshold, localisation by Grad-CAM, calls on clear phantoms, and the largest change of any logit since release. Exit code
1 when the installation is not the one released. It says nothing about accuracy on patients.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="answer in JSON")
    parser.add_argument("--model", metavar="NAME", default="chest-xray", help="image model (default: chest-xray)")
    parser.add_argument(
        "--record", action="store_true", help="write this run beside the weights as the record of the release"
    )


def run(arguments: argparse.Namespace) -> int:
    from model_zoo.engine import InferenceEngine
    from model_zoo.quality.release import build_release, read_release, write_release
    from model_zoo.quality.series import run_quality

    engine = InferenceEngine(arguments.model)
    folder = engine.entry.folder
    release = read_release(folder)
    step("Reading the phantom series")
    result = run_quality(engine)
    if arguments.record:
        _refuse_to_hide_a_drift(result, release)
        release = build_release(result)
        write_release(release, folder)
    answer = build_answer(result, release, recorded=arguments.record)
    if arguments.json:
        print_json(answer)
    else:
        _print(answer)
    return 0 if answer["verdict"]["passed"] else 1


def build_answer(result: QualityResult, release: QualityRelease | None, recorded: bool = False) -> dict[str, Any]:
    """Return the answer of ``quality --json``. recorded: whether this run was written as the release."""
    from dataclasses import asdict

    from model_zoo.quality.release import release_to_json
    from model_zoo.quality.result import result_to_json
    from model_zoo.quality.verdict import compare

    verdict = compare(result, release)
    record = None if release is None else release_to_json(release)
    if record is not None:
        # The films of the release stand in its own file; the answer keeps what a run is held against.
        record["created_at"] = record["result"]["created_at"]
        record["weights_sha256"] = record.pop("result")["weights_sha256"]
    return {
        "schema_version": SCHEMA_VERSION,
        "recorded": recorded,
        "verdict": {**asdict(verdict), "passed": verdict.passed},
        "result": result_to_json(result),
        "release": record,
    }


def _refuse_to_hide_a_drift(result: QualityResult, release: QualityRelease | None) -> None:
    """Raise ZooError where a new record would make the drift of unchanged weights the new normal."""
    from model_zoo.errors import ZooError
    from model_zoo.quality.verdict import compare

    verdict = compare(result, release)
    change = verdict.largest_change_logit
    if release is not None and change is not None and change > release.tolerance_logit:
        raise ZooError(
            f"Not recorded: the released weights give other numbers than at release (a logit moved by {change:.3f}).",
            "Find the cause first. If the change is wanted, remove quality.json beside the weights and record again.",
        )


def _print(answer: Mapping[str, Any]) -> None:
    verdict, result = answer["verdict"], answer["result"]
    say(verdict["sentence"])
    for reason in verdict["reasons"]:
        say(f"- {reason}.", indent=2)
    for difference in verdict["differences"]:
        say(f"not as at release: {difference}", indent=2)
    if verdict["next_step"]:
        say(f"What to do: {verdict['next_step']}")
    say()
    bands = {(b["size"], b["contrast"]): b for b in (answer["release"] or {}).get("bands", ())}
    rows = [("size", "contrast", "detected", "accepted", "located", "accepted", "by chance")]
    for level in result["levels"]:
        band = bands.get((level["size"], level["contrast"]), {})
        rows.append(
            (
                level["size"],
                f"{level['contrast']:.2f}",
                f"{level['detection']:.2f}",
                _range(band.get("detection")),
                f"{level['localisation']:.2f}",
                _range(band.get("localisation")),
                f"{level['chance']:.2f}",
            )
        )
    say_table(rows)
    clear = result["false_positives"]
    if clear["rate"] is not None:
        accepted = _range((answer["release"] or {}).get("false_positives"))
        say(f"Clear phantoms flagged: {clear['rate']:.2f} of {clear['n']} (accepted {accepted})")
    say()
    say(
        f"{result['model']} {result['model_version']}, weights {result['weights_sha256'][:12]}, on {result['device']}; "
        f"{len(result['films'])} films of the series '{result['series']['name']}', version "
        f"{result['series']['version']}, in {result['seconds']:.0f} s"
    )
    say(result["notice"])


def _range(band: Any) -> str:
    return "-" if band is None else f"{band[0]:.2f} to {band[1]:.2f}"
