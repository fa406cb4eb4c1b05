"""``protocols``: the reading protocols, which of them a file belongs to, and how often that is right."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path

from model_zoo.cli.terminal import print_json, say, say_table, step
from model_zoo.errors import DataNotFound

SCHEMA_VERSION = "1.0"
HELP = "list the reading protocols, propose one for a file, or measure the proposals"
DESCRIPTION = """\
Without arguments: the protocols and what belongs to each. With FILE: the protocol it belongs to, by its tags or by the
gates of the scan models. With --measure: how often pictures without tags land on the right protocol, on held-out
pictures of every data set (needs DIAPHANE_DATA); with --record the figures are kept for the README.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", nargs="?", type=Path, help="a scan")
    parser.add_argument("--measure", action="store_true", help="measure the proposals on held-out pictures")
    parser.add_argument("--record", action="store_true", help="with --measure: write the figures to protocols.json")
    parser.add_argument("--json", action="store_true", help="answer in JSON")


def run(arguments: argparse.Namespace) -> int:
    from model_zoo.engine import InferenceEngine
    from model_zoo.engine.inference import CLASSIFIERS
    from model_zoo.protocols import checks_for, ordered_protocols, propose_protocol

    loaded = lru_cache(maxsize=None)(InferenceEngine)
    if arguments.measure:
        from model_zoo.training.protocol_routing import measure_routing, write_routing

        found = measure_routing(loaded, step)
        if arguments.record:
            write_routing(found)
        print_json({"schema_version": SCHEMA_VERSION, "routing": found})
        return 0
    if arguments.file is not None:
        from model_zoo.scans import decode_scan

        try:
            data = arguments.file.read_bytes()
        except OSError as error:
            raise DataNotFound("There is no readable scan under that name.", "Check the path of the file.") from error
        proposal = propose_protocol(decode_scan(data), loaded, installed=CLASSIFIERS.names())
        if arguments.json:
            print_json({"schema_version": SCHEMA_VERSION, **asdict(proposal)})
        else:
            say(proposal.sentence)
        return 0
    rows = [
        (p.name, p.scan_title, ", ".join(p.image_models), ", ".join(p.patient_models) or "none")
        for p in ordered_protocols()
    ]
    if arguments.json:
        listed = [
            {**asdict(p), "checks": [check.name for check in checks_for(p.image_models[0])]}
            for p in ordered_protocols()
        ]
        print_json({"schema_version": SCHEMA_VERSION, "protocols": listed})
    else:
        say_table([("protocol", "scan", "scan models", "patient models"), *rows])
    return 0
