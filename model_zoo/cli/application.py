"""The program: find the command, run it, and answer every error in words.

Exit codes: 0 done; 1 ``verify`` found a fault; 2 an error that the reader can do something about; 3 an unexpected one,
named by an incident id; 130 interrupted.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import uuid
from collections.abc import Sequence
from types import ModuleType

from model_zoo.cli import (
    bench,
    calibrate,
    card,
    compare,
    convert,
    dependents,
    ecg,
    evaluate,
    extract,
    fetch,
    figures,
    fine_tune,
    history,
    licences,
    list_models,
    news2,
    promote,
    protocols,
    quality,
    read,
    review,
    roll_back,
    symptoms,
    train,
    verify,
    what_if,
)
from model_zoo.cli.arguments import Parser, parse
from model_zoo.cli.terminal import print_error, print_traceback, print_zoo_error
from model_zoo.errors import ZooError

COMMANDS: dict[str, ModuleType] = {
    "list": list_models,
    "card": card,
    "read": read,
    "symptoms": symptoms,
    "extract": extract,
    "evaluate": evaluate,
    "review": review,
    "train": train,
    "fine-tune": fine_tune,
    "calibrate": calibrate,
    "fetch": fetch,
    "compare": compare,
    "promote": promote,
    "roll-back": roll_back,
    "history": history,
    "dependents": dependents,
    "protocols": protocols,
    "news2": news2,
    "ecg": ecg,
    "what-if": what_if,
    "convert": convert,
    "verify": verify,
    "quality": quality,
    "figures": figures,
    "bench": bench,
    "licences": licences,
}
FAULT_FOUND, ZOO_ERROR, UNEXPECTED, INTERRUPTED = 1, 2, 3, 130

log = logging.getLogger(__name__)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code; nothing but SystemExit of ``--help`` is raised."""
    words = list(sys.argv[1:] if argv is None else argv)
    # Known before parsing, so that an error of parsing comes in the form that was asked for.
    as_json, debug = "--json" in words, "--debug" in words
    try:
        arguments = parse(build_parser(), words)
        return int(arguments.run(arguments))
    except ZooError as error:
        if debug:
            print_traceback()
        print_zoo_error(error, as_json)
        return ZOO_ERROR
    except KeyboardInterrupt:
        print_error("Interrupted.", "Training resumes from its last checkpoint.", as_json)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of a pipe left (as ``head`` does): no error, but Python would complain again when it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # the last resort: a traceback may hold what nobody should see
        incident = uuid.uuid4().hex[:8]
        if debug:
            print_traceback()
        log.debug("incident %s", incident, exc_info=error)
        message = f"Something unexpected happened (incident {incident})."
        print_error(message, "Run the command again with --debug for the details.", as_json, {"incident": incident})
        return UNEXPECTED


def build_parser() -> Parser:
    """Return the parser of all commands."""
    parser = Parser(
        prog="python -m model_zoo",
        description="Diaphane without a browser: read a scan, explain it, train and measure the models. "
        "A reading aid for demonstration, model review and research; not a medical device.",
        epilog="Help on one command: python -m model_zoo COMMAND --help",
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=Parser)
    for name, module in COMMANDS.items():
        command = commands.add_parser(
            name,
            help=module.HELP,
            description=module.DESCRIPTION,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        module.add_arguments(command)
        command.add_argument("--debug", action="store_true", help="show the traceback of an error")
        command.set_defaults(run=module.run)
    return parser
