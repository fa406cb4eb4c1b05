"""``evaluate mirrored``: how often mirrored chest films get the remark, and films as they are; kept for FIGURES.md."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from model_zoo.cli.terminal import plain, print_json, step
from model_zoo.scans.mirrored_section import mirrored_section

SCANS = Path(__file__).parents[1] / "scans"
RECORD_FILE, FIGURES_FILE = SCANS / "mirrored.json", SCANS / "FIGURES.md"


def run_mirrored(as_json: bool, record: bool = False) -> int:
    """Measure and print. record: also keep the answer, and write the page of figures from it."""
    from model_zoo.training.chest_mirrored_figures import measure_mirrored
    from model_zoo.trust.mirrored import load_side_reader

    answer = plain(measure_mirrored(load_side_reader(), step))
    if record:
        RECORD_FILE.write_text(json.dumps(answer, indent=1) + "\n", encoding="utf-8")
        FIGURES_FILE.write_text(figures_page(answer), encoding="utf-8")
    if as_json:
        print_json(answer)
    else:
        print("\n".join(mirrored_section(answer)))
    return 0


def figures_page(record: Mapping[str, Any]) -> str:
    """Return the page of figures from the record of ``evaluate mirrored``."""
    return "\n".join(["# What was measured of the reading of scans", "", *mirrored_section(record), ""])
