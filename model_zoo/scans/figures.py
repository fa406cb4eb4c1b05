"""FIGURES.md of the scans: one section for each file of recorded figures that lies beside it.

A section is a row in ``SECTIONS``: the name of its JSON file, and a function from what is in it to lines of Markdown.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from model_zoo.artefact import write_json
from model_zoo.scans.mirrored_section import mirrored_section
from model_zoo.words import head, spanned

FOLDER = Path(__file__).parent
FIGURES_FILE = FOLDER / "FIGURES.md"
ORACLE_FILE, MIRRORED_FILE = "oracle.json", "mirrored.json"
_HEAD = (
    "# Scans: measured\n\nWritten from the recorded figures beside this file by `python -m model_zoo evaluate oracle --record` and "
    "`... evaluate mirrored --record`."
)


def write_figures(folder: Path = FOLDER) -> None:
    """Write FIGURES.md anew from whatever is recorded."""
    (folder / FIGURES_FILE.name).write_text(figures_markdown(folder), encoding="utf-8")


def record(name: str, found: Mapping[str, Any], folder: Path = FOLDER) -> None:
    """Keep the figures of one section, and write FIGURES.md with them.

    Parameters
    ----------
    name
        Of the section.
    found
        Its figures.
    folder
        Where FIGURES.md stands.
    """
    write_json(folder / name, found)
    write_figures(folder)


def figures_markdown(folder: Path = FOLDER) -> str:
    """Return the text of FIGURES.md; a section whose figures are not recorded is left out."""
    parts = [_HEAD]
    for name, section in SECTIONS:
        path = folder / name
        if path.is_file():
            parts.append("\n".join(section(json.loads(path.read_text(encoding="utf-8")))))
    return "\n\n".join(parts) + "\n"


def _oracle(found: Mapping[str, Any]) -> Iterator[str]:
    yield "## The same files rendered by DCMTK"
    yield ""
    yield (
        "First frame, same window. Two renderings agree where no pixel is further apart than "
        f"{found['tolerance']:g} of 255 grey levels. The computed files each hold one thing that readers get wrong."
    )
    yield ""
    yield from head(
        "DICOM pictures | rendered by both | agree | share (95 % exact interval) | grey levels apart: median, most"
    )
    for title, row in (("shipped with pydicom", found["shipped"]), ("computed", found["made"])):
        largest = row["largest"]
        apart = "" if largest is None else f"{largest['median']:.1f}, {largest['most']:.1f}"
        yield f"| {title} | {row['compared']} | {row['agree']} | {spanned(row['share'])} | {apart} |"
    yield ""
    yield from head("where they do not agree | largest difference | who is right | why")
    for row in found["differences"]:
        largest = row["outcome"] if row["largest"] is None else f"{row['largest']:.0f}"
        yield f"| {row['file']} | {largest} | {row['right']} | {row['why']} |"
    yield ""
    yield f"Not rendered by DCMTK (JPEG 2000 above all): {', '.join(found['not_rendered'])}."


SECTIONS: tuple[tuple[str, Callable[[Mapping[str, Any]], Iterable[str]]], ...] = (
    (ORACLE_FILE, _oracle),
    (MIRRORED_FILE, mirrored_section),
)
