"""``extract``: a note in free text -> what it states, with places, values in the models' units, and what would fill the form."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model_zoo.cli.terminal import print_json, say, say_table

if TYPE_CHECKING:
    from model_zoo.text.extraction import ExtractedItem, FormValues

SCHEMA_VERSION = "1.0"
HELP = "read age, sex, vital signs, laboratory values, findings and medication out of a note"
DESCRIPTION = """\
Read a note (UTF-8 text; - reads standard input). Each item has its place in the note, its value as written and in the unit of the
patient models, whether it is denied or said of a relative, of earlier, or of a plan, and why it is not filled into a form.

  python -m model_zoo extract note.txt --json
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("note", metavar="NOTE", help="the note, or - for standard input")
    parser.add_argument("--json", action="store_true", help="answer in JSON")


def run(arguments: argparse.Namespace) -> int:
    from model_zoo.cli.symptoms import read_text_file
    from model_zoo.patients.risk_models import all_specs
    from model_zoo.text.extraction import extract_note, form_values

    text = sys.stdin.read() if arguments.note == "-" else read_text_file(Path(arguments.note))
    specs = all_specs()
    items = extract_note(text, specs)
    filled = form_values(items, specs)
    if arguments.json:
        print_json(extract_answer(items, filled))
    else:
        _print(items, filled)
    return 0


def extract_answer(items: Sequence[ExtractedItem], filled: FormValues) -> dict[str, Any]:
    """Return the answer of ``extract --json``."""
    reasons = {id(item): reason for item, reason in filled.left_out}
    used = {id(item) for item in filled.used}
    return {
        "schema_version": SCHEMA_VERSION,
        "items": [
            {
                "kind": item.kind,
                "name": item.name,
                "title": item.title,
                "start": item.start,
                "end": item.end,
                "text": item.text,
                "given": item.given,
                "given_unit": item.given_unit,
                "value": item.value,
                "unit": item.unit,
                "negated": item.negated,
                "context": item.context,
                "unit_assumed": item.unit_assumed,
                "derived": item.derived,
                "problems": list(item.problems),
                "remarks": list(item.remarks),
                "in_form": id(item) in used,
                "left_out_because": reasons.get(id(item)),
            }
            for item in items
        ],
        "form": filled.values,
    }


def _print(items: Sequence[ExtractedItem], filled: FormValues) -> None:
    from model_zoo.text.extraction import CONTEXT_WORDS

    used = {id(item) for item in filled.used}
    rows = []
    for item in items:
        marks = [
            *(["denied"] if item.negated else []),
            *([CONTEXT_WORDS[item.context]] if item.context != "patient" else []),
            *(["unit assumed"] if item.unit_assumed else []),
            *item.problems,
            *item.remarks,
        ]
        value = "" if item.value is None else f"{item.value:g}" if isinstance(item.value, float) else str(item.value)
        rows.append(
            (
                "x" if id(item) in used else "",
                item.kind,
                item.title,
                " ".join(item.text.split()),
                f"{value} {item.unit}".strip(),
                "; ".join(marks),
            )
        )
    say("Read in the note; x: would be filled into the patient form")
    say_table(rows)
