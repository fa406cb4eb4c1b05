"""What was measured of mirrored chest films, as Markdown: the section of FIGURES.md and the table of the card.

Every number comes from the record of ``evaluate mirrored --record``, kept in ``mirrored.json`` beside this file.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from model_zoo.words import bracketed, head, number

LABEL_NOISE = (
    "No label says which films are mirrored: every film counts as it lies in the archive, and the few that were stored mirrored "
    "or show a heart on the right (dextrocardia) count as films as they are. Of the films that gave the threshold, those with "
    "the lowest scores are, by eye, mostly white or collapsed right lungs with the heart drawn over, and a lateral, a turned "
    "and an upside-down film."
)


def mirrored_section(record: Mapping[str, Any]) -> list[str]:
    """Return the section as lines of Markdown."""
    return [
        "## Mirrored chest films",
        "",
        f"Held out: fold {record['fold']}, by patient; intervals {record['interval']}. {LABEL_NOISE}",
        "",
        *mirrored_table(record),
    ]


def mirrored_table(record: Mapping[str, Any]) -> list[str]:
    """Return the figures of ``measure_mirrored`` as a Markdown table, the baseline in its last row."""
    lines = [
        *head(
            "films | number (patients) | remark, mirrored | remark, as they are | refused by the gate, mirrored / as they are"
        ),
    ]
    for row in record["groups"]:
        gate = " / ".join(_percent(row[kind]["refused"]) for kind in ("mirrored", "as_they_are"))
        lines.append(
            f"| {row['name']} | {row['films']} ({row['patients']}) | {bracketed(row['mirrored']['remarked'], '.1%')} | "
            f"{bracketed(row['as_they_are']['remarked'], '.1%')} | {gate} |"
        )
    base, of = record["baseline"], record["groups"][0]
    lines.append(
        f"| trivial: {base['name']}, {of['name']} | {of['films']} ({of['patients']}) | {bracketed(base['mirrored'], '.1%')} | "
        f"{bracketed(base['as_they_are'], '.1%')} | |"
    )
    return lines


def _percent(share: Mapping[str, Any] | None) -> str:
    return "not read by it" if share is None else number(share["value"], ".1%")
