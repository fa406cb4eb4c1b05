"""``symptoms``: complaints in words -> conditions to consider, red flags first, with the words that speak for the first of them."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model_zoo.cli.arguments import UsageError, whole_number
from model_zoo.cli.terminal import print_json, say, say_table
from model_zoo.errors import DataNotFound

if TYPE_CHECKING:
    from model_zoo.symptoms import Differential, TextAttribution

SCHEMA_VERSION = "1.0"
HELP = "conditions to consider for complaints in words, red flags first"
DESCRIPTION = """\
Rank the 49 conditions of DDXPlus for a text. What the text denies is left out; a misspelled word is read as the nearest known
one; too little text gets no ranking but the reason. Learned from synthetic patients of a rule-based generator: a list to think
with, no diagnosis.

  python -m model_zoo symptoms --text "Sudden chest pain, short of breath, no fever" --explain 2 --json
"""
MAX_BYTES = 200_000  # of a file; the text itself is limited further by the model


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--text", metavar="TEXT", help="the complaints in words")
    parser.add_argument("--file", metavar="FILE", type=Path, help="a text file with them instead")
    parser.add_argument(
        "--model", metavar="MODEL", default="symptoms-transformer", help="default: symptoms-transformer"
    )
    parser.add_argument(
        "--explain", metavar="N", type=whole_number(0, 10), default=1, help="words for the first N (default: 1)"
    )
    parser.add_argument("--json", action="store_true", help="answer in JSON")


def run(arguments: argparse.Namespace) -> int:
    from model_zoo.symptoms import explain_condition, symptom_model
    from model_zoo.symptoms.complaints import consider_note
    from model_zoo.text.extraction import extract_note

    text = _text(arguments)
    model = symptom_model(arguments.model)
    differential = consider_note(model, text, extract_note(text))  # as the page reads a note
    explained = [explain_condition(model, differential, c.name) for c in differential.displayed[: arguments.explain]]
    if arguments.json:
        print_json(symptoms_answer(differential, explained))
    else:
        _print(differential, explained)
    return 0


def read_text_file(path: Path) -> str:
    """Return the text of a file. Raises DataNotFound or UsageError."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DataNotFound("There is no readable text under that name.", "Check the path of the file.") from error
    if len(data) > MAX_BYTES:
        raise UsageError(f"The file is larger than {MAX_BYTES // 1000} kB.", "Keep to the text of one note.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError("The file is not UTF-8 text.", "Save it as plain text in UTF-8.") from error


def symptoms_answer(differential: Differential, explained: list[TextAttribution]) -> dict[str, Any]:
    """Return the answer of ``symptoms --json``. It repeats no word of the text, only places in it."""
    read = differential.read
    return {
        "schema_version": SCHEMA_VERSION,
        "model": differential.model,
        "weights_sha256": differential.weights_sha256,
        "caution": differential.caution,
        "cannot_tell": differential.cannot_tell,
        "word_flags": [
            {"name": f.name, "outside": f.outside, "spans": [list(span) for span in f.spans]}
            for f in differential.word_flags
        ],
        "evidences": [
            {"start": e.start, "end": e.end, "read_as": e.said_as}
            for e in (differential.mapped.evidences if differential.mapped else ())
        ],
        "red_flags": [_condition(c) for c in differential.red_flags],
        "ranked": [_condition(c) for c in differential.ranked],
        "read": {
            "words": len(read.words),
            "content_words": len(read.content),
            "known_content_words": sum(word.known for word in read.content),
            "truncated_words": read.truncated,
            "denied": [
                {"cue_start": n.cue_start, "cue_end": n.cue_end, "start": n.start, "end": n.end} for n in read.negations
            ],
            "corrected": [
                {"start": w.word.start, "end": w.word.end, "read_as": w.read_as}
                for w in read.words
                if w.read_as is not None
            ],
        },
        "explained": [
            {
                "condition": a.condition,
                "unit": "change of the centred logit",
                "logit": a.logit,
                "baseline_logit": a.baseline_logit,
                "delta": a.delta,
                "steps": a.steps,
                "converged": a.converged,
                "words": [{"start": w.start, "end": w.end, "contribution": w.contribution} for w in a.words],
            }
            for a in explained
        ],
    }


def _condition(condition: Any) -> dict[str, Any]:
    return {
        "name": condition.name,
        "rank": condition.rank,
        "probability": condition.probability,
        "severity": condition.severity,
        "icd10": condition.icd10,
        "red_flag": condition.red_flag,
    }


def _text(arguments: argparse.Namespace) -> str:
    if (arguments.text is None) == (arguments.file is None):
        raise UsageError(
            "Give the complaints with --text, or a file with --file.", "Run: python -m model_zoo symptoms --help"
        )
    return arguments.text if arguments.text is not None else read_text_file(arguments.file)


def _print(differential: Differential, explained: list[TextAttribution]) -> None:
    from model_zoo.symptoms.differential import HEADING, RED_FLAG_HEADING

    if differential.cannot_tell:
        say(differential.cannot_tell)
        return
    if differential.red_flags:
        say(RED_FLAG_HEADING)
        say_table([(c.name, f"{c.probability:.1%}", f"severity {c.severity} of 5") for c in differential.red_flags])
        say()
    say(HEADING)
    rest = [c for c in differential.displayed if not c.red_flag]
    say_table([(c.name, f"{c.probability:.1%}", f"severity {c.severity} of 5") for c in rest])
    for a in explained:
        strongest = sorted(a.words, key=lambda w: -abs(w.contribution))[:8]
        say()
        say(
            f"Words for {a.condition}, change of the logit (delta {a.delta:+.3f}{'' if a.converged else ', not converged'}):"
        )
        say_table([(w.text, f"{w.contribution:+.2f}") for w in strongest])
    say()
    say(differential.caution)
