"""``evaluate oracle``: the files of pydicom and some made ones, rendered here and by DCMTK, with every difference named."""

from __future__ import annotations

from model_zoo.cli.terminal import print_json, say, say_table
from model_zoo.words import spanned

SCHEMA_VERSION = "1.0"
NAME = "oracle"


def run_oracle(as_json: bool, record: bool = False) -> int:
    """Compare and print. record: also keep the figures, and write FIGURES.md of the scans. Raises DataNotFound."""
    from model_zoo.scans.figures import ORACLE_FILE
    from model_zoo.scans.figures import record as keep
    from model_zoo.scans.oracle import compare_all, figures

    found = figures(compare_all())
    if record:
        keep(ORACLE_FILE, found)
    if as_json:
        print_json({"schema_version": SCHEMA_VERSION, "what": NAME, **found})
        return 0
    for title in ("shipped", "made"):
        row = found[title]
        share = spanned(row["share"])
        say(f"Of {row['compared']} {title} files rendered by both, {row['agree']} agree: {share}, 95 % exact interval.")
    say_table([(row["file"], row["right"], row["why"]) for row in found["differences"]])
    return 0
