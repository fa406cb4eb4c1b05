"""``figures``: the measured results of all cards as Markdown: one table of the README, and FIGURES.md beside what it measures."""

from __future__ import annotations

import argparse
from pathlib import Path

from model_zoo.cli.terminal import say_page
from model_zoo.errors import DataNotFound

HELP = "the held-out figures of all models as Markdown tables, as they stand in the README and in FIGURES.md"
DESCRIPTION = (
    "Print the held-out figures of all cards as Markdown, or write them: a table into a README, pages beside the code."
)
BEGIN = "<!-- figures: written by python -m model_zoo figures --write README.md -->"
END = "<!-- end of figures -->"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--write",
        metavar="README.md",
        help="replace what stands between the marks of this file, and write FIGURES.md below its folder",
    )


def run(arguments: argparse.Namespace) -> int:
    from model_zoo.figures.pages import figures_pages, write_pages
    from model_zoo.figures.summary import summary_table

    table = "\n".join(summary_table())
    if arguments.write is None:
        say_page("\n".join([table, "", *figures_pages().values()]))
        return 0
    path = Path(arguments.write)
    before, after = _around_marks(path)
    path.write_text(f"{before}{BEGIN}\n\n{table}\n{END}{after}", encoding="utf-8")
    write_pages(path.resolve().parent)
    return 0


def written_in(path: Path) -> str:
    """Return what stands between the marks of a file, without the blank lines around it."""
    text = path.read_text(encoding="utf-8")
    return text.split(BEGIN)[1].split(END)[0].strip("\n")


def _around_marks(path: Path) -> tuple[str, str]:
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    if BEGIN not in text or END not in text:
        raise DataNotFound("The file has no marks for the figures.", f"Put '{BEGIN}' and '{END}' into it.")
    return text.split(BEGIN)[0], text.split(END)[1]
