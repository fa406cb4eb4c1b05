"""``evaluate mirrored``: how often mirrored chest films get the remark, and films as they are; kept for FIGURES.md."""

from __future__ import annotations

from model_zoo.cli.terminal import json_value, print_json, say_page, step


def run_mirrored(as_json: bool, record: bool = False) -> int:
    """Measure and print. record: also keep the figures, and write FIGURES.md of the scans."""
    from model_zoo.scans.figures import MIRRORED_FILE
    from model_zoo.scans.figures import record as keep
    from model_zoo.scans.mirrored_section import mirrored_section
    from model_zoo.training.chest.mirrored_figures import measure_mirrored
    from model_zoo.trust.mirrored import load_side_reader

    answer = json_value(measure_mirrored(load_side_reader(), step))
    if record:
        keep(MIRRORED_FILE, answer)
    if as_json:
        print_json(answer)
    else:
        say_page("\n".join(mirrored_section(answer)))
    return 0
