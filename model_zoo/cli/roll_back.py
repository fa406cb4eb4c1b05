"""``roll-back``: return to the version that the current one replaced; recorded."""

from __future__ import annotations

import argparse

from model_zoo.cli.terminal import say

HELP = "return to the version that the current one replaced"
DESCRIPTION = "Return to the version that was in use before the last promotion. Recorded like a promotion."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="a folder model")
    parser.add_argument("--reason", metavar="WORDS", default="", help="why")
    parser.add_argument("--override", action="store_true", help="go back although the version fails its checks")
    parser.add_argument("--who", metavar="NAME", help="who decides (default: the account)")


def run(arguments: argparse.Namespace) -> int:
    from model_zoo.upkeep.promotion import roll_back

    event = roll_back(arguments.name, arguments.reason, arguments.override, arguments.who)
    say(f"Version {event['version']} of '{arguments.name}' is in use again, in place of version {event['replaces']}.")
    return 0
