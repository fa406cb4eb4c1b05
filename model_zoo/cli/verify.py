"""``verify``: hold every card against its network and weights, one line per check."""

from __future__ import annotations

import argparse

from model_zoo.cli.terminal import print_json, say_page

SCHEMA_VERSION = "1.0"
HELP = "check cards, weights and networks against each other"
DESCRIPTION = """\
Check every model, or one: weights against the sha256 of the card, number of outputs, input shape, value range, target
layer, thresholds, calibration, in-place ReLU, determinism; outlines, boxes, gate, head for sequences and thumbnail
baseline where there are any. Models of hourly series, beats and text: complete card, sound intervals, small weights,
additivity, and the predictions for synthetic inputs that are kept beside the weights. One line per check; exit code 1
when one fails.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", nargs="?", help="a name from: list (default: all models)")
    parser.add_argument("--json", action="store_true", help="answer in JSON")


def run(arguments: argparse.Namespace) -> int:
    from model_zoo.upkeep.checks import check_model
    from model_zoo.upkeep.known_models import find_model, known_models

    chosen = known_models() if arguments.model is None else (find_model(arguments.model),)
    results = [result for model in chosen for result in check_model(model)]
    if arguments.json:
        checks = [{"model": r.model, "check": r.check, "ok": r.ok, "detail": r.detail} for r in results]
        print_json({"schema_version": SCHEMA_VERSION, "ok": all(r.ok for r in results), "checks": checks})
    else:
        for r in results:
            say_page(f"{'ok  ' if r.ok else 'FAIL'}  {r.model}: {r.check}{f' ({r.detail})' if r.detail else ''}")
        failed = sum(not r.ok for r in results)
        say_page(f"{len(results)} checks, {failed} failed")
    return 0 if all(r.ok for r in results) else 1
