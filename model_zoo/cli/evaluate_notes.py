"""``evaluate notes``: precision and recall of the extraction on the written notes, per kind, with exact binomial intervals."""

from __future__ import annotations

import json
from typing import Any

from model_zoo.cli.terminal import json_value, print_json, say, say_table

SCHEMA_VERSION = "1.0"
NAME = "notes"


def run_notes(as_json: bool, record: bool = False) -> int:
    """Measure and print. record: also keep the answer in NOTES_FILE, from which the README is written."""
    from model_zoo.cli.figures_text import NOTES_FILE
    from model_zoo.text.extraction.measured import SETS, measure_notes

    sets = [measure_notes(which) for which in SETS]
    answer = {"schema_version": SCHEMA_VERSION, "what": NAME, "synthetic": True, "sets": sets}
    if record:
        NOTES_FILE.write_text(json.dumps(json_value(answer), indent=1) + "\n", encoding="utf-8")
    if as_json:
        print_json(answer)
        return 0
    for found in sets:
        say(
            f"{found['notes']} invented notes, {found['set']}: right, expected, found; precision; recall (95 % exact intervals)"
        )
        say_table([_row(kind, row) for kind, row in (*found["kinds"].items(), ("all", found["all"]))])
        say()
    return 0


def _row(kind: str, row: dict[str, Any]) -> tuple[str, str, str, str]:
    counts = f"{row['right']}, {row['expected']}, {row['found']}"
    return kind, counts, _share(row["precision"]), _share(row["recall"])


def _share(found: dict[str, float | None]) -> str:
    if found["value"] is None:
        return "not defined"
    return f"{found['value']:.3f} ({found['low']:.3f} to {found['high']:.3f})"
