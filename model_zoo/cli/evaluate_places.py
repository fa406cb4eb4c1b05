"""``evaluate places``: computed scans with a lesion in a known place, and how often the words for the map name it."""

from __future__ import annotations

from typing import Any

from model_zoo.cli.terminal import print_json, say_table, step
from model_zoo.words import ends

SCHEMA_VERSION = "1.0"
NAME = "places"


def run_places(as_json: bool) -> int:
    """Measure and print; half an hour on two cores, nearly all of it for Integrated Gradients."""
    from model_zoo.places.planted import measure_places

    rows = measure_places(on_step=step)
    if as_json:
        print_json({"schema_version": SCHEMA_VERSION, "what": NAME, "rows": rows})
        return 0
    head = ("scans", "map", "right place", "right side", "in several places")
    say_table([head, *((row["kind"], row["map"], *_words(row)) for row in rows)])
    return 0


def _words(row: dict[str, Any]) -> tuple[str, str, str]:
    right, side = (_share_words(row[name]) for name in ("right", "right_side"))
    return right, side, str(row["several"])


def _share_words(share: dict[str, float] | None) -> str:
    return "" if share is None else f"{share['value']:.2f} ({ends(share, '.2f')}, n {share['n']})"
