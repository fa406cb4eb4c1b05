"""``evaluate chest-xray --trust``: every rate of the trust layer, measured now on held-out data."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from model_zoo.cli.terminal import print_json, say_page, step
from model_zoo.errors import ZooError

SCHEMA_VERSION = "1.0"


def run_trust(arguments: argparse.Namespace) -> int:
    """Measure and print; the maps of each film are kept in ``--runs``, from which an interrupted run resumes."""
    from model_zoo.engine import InferenceEngine
    from model_zoo.training.chest.trust import NAME, evaluate_trust
    from model_zoo.training.trust.page import trust_to_markdown

    if arguments.model != NAME:
        raise ZooError(f"No trust layer was fitted for '{arguments.model}'.", f"Evaluate {NAME} --trust.")
    engine = InferenceEngine(NAME)
    if engine.trust is None:
        raise ZooError("The trust card of this model is missing.", "Run: python -m model_zoo train chest-xray-trust")
    with tempfile.TemporaryDirectory() as scratch:
        answer = evaluate_trust(engine, arguments.runs or Path(scratch), step)
    if arguments.json:
        print_json({"schema_version": SCHEMA_VERSION, **answer})
    else:
        say_page(trust_to_markdown(answer))
    return 0
