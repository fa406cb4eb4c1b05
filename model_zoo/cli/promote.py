"""``promote``: make a version of a folder model the one that is read with; recorded, and refused for cause."""

from __future__ import annotations

import argparse

from model_zoo.cli.terminal import say

HELP = "make a version of a folder model the one that is read with"
DESCRIPTION = """\
Make a version the one that is read with. Refused when the version fails `verify`, is worse than the current one on the
held-out pictures of both (in AUC, or in the Brier score of its probabilities beyond the paired interval), or cannot be
compared with it; --override with a --reason overrules that. Every promotion is recorded with date, who, reason, figures
and hashes: python -m model_zoo history NAME
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="a folder model")
    parser.add_argument("version", metavar="VERSION")
    parser.add_argument("--reason", metavar="WORDS", default="", help="why; needed with --override")
    parser.add_argument("--override", action="store_true", help="promote it although something speaks against it")
    parser.add_argument("--who", metavar="NAME", help="who decides (default: the account)")


def run(arguments: argparse.Namespace) -> int:
    from model_zoo.upkeep.promotion import promote

    event = promote(arguments.name, arguments.version, arguments.reason, arguments.override, arguments.who)
    replaced = f" in place of version {event['replaces']}" if event["replaces"] else ""
    say(f"Version {event['version']} of '{arguments.name}' is in use{replaced}.")
    for objection in event["overridden"]:
        say(f"Overridden: {objection}", 2)
    return 0
