"""``evaluate notes``: what is read in the written notes and what would fill the form, with exact binomial intervals."""

from __future__ import annotations

import json
from typing import Any

from model_zoo.cli.terminal import json_value, print_json, say, say_table
from model_zoo.words import spanned

SCHEMA_VERSION = "1.1"
NAME = "notes"


def run_notes(as_json: bool, record: bool = False, peers: bool = False) -> int:
    """Measure and print. record: also keep the answer in NOTES_FILE, from which the README is written, and write FIGURES.md.

    peers: with the public assertion tools over the same extraction.
    """
    from model_zoo.figures import notes as figures_notes
    from model_zoo.figures import text as figures_text
    from model_zoo.text.scoring.filled import measure_filled, present_sets
    from model_zoo.text.scoring.measured import SETS, measure_notes
    from model_zoo.text.scoring.peers import measure_peers

    answer: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "what": NAME,
        "synthetic": True,
        "sets": [measure_notes(which) for which in SETS],
        "filled": [measure_filled(which) for which in present_sets()],
    }
    if peers:
        answer["peers"] = {which: measure_peers(which) for which in present_sets()}
    if record:
        written = json_value(answer)
        figures_text.NOTES_FILE.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")
        figures_notes.write(written)
    if as_json:
        print_json(answer)
        return 0
    for found in answer["sets"]:
        say(
            f"{found['notes']} invented notes, {found['set']}: right, expected, found; precision; recall (95 % exact intervals)"
        )
        say_table([_row(kind, row) for kind, row in (*found["kinds"].items(), ("all", found["all"]))])
        say()
    for found in answer["filled"]:
        say(f"{found['notes']} invented notes, {found['set']}: facts filled into the form (95 % exact intervals)")
        say_table([*_filled(found)])
        say()
    for which, rows in answer.get("peers", {}).items():
        say(f"{which}: the same extraction under other assertions; right of filled; precision; recall")
        say_table(
            [
                (n, f"{r['right']} of {r['filled']}", spanned(r["precision"]), spanned(r["recall"]))
                for n, r in rows.items()
            ]
        )
        say()
    return 0


def _filled(found: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        ("precision", f"{spanned(found['precision'])}, {found['right']} of {found['filled']}"),
        ("recall", f"{spanned(found['recall'])}, {found['right']} of {found['allowed']}"),
        *((kind, f"{row['wrong']} wrong of {row['items']}") for kind, row in found["kinds"].items()),
    ]


def _row(kind: str, row: dict[str, Any]) -> tuple[str, str, str, str]:
    counts = f"{row['right']}, {row['expected']}, {row['found']}"
    return kind, counts, spanned(row["precision"]), spanned(row["recall"])
