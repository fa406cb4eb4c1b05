"""The section on mirrored films in the figures of the scans, from the record of ``evaluate mirrored --record``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def mirrored_section(record: Mapping[str, Any]) -> list[str]:
    """Return the section as lines of Markdown; every number comes from the record."""
    from model_zoo.training.chest_mirrored_card import LABEL_NOISE, mirrored_table

    return [
        "## Mirrored chest films",
        "",
        f"Held out: fold {record['fold']}, by patient; intervals {record['interval']}. {LABEL_NOISE}",
        "",
        *mirrored_table(record),
        "",
        "Recomputed by: python -m model_zoo evaluate mirrored --record",
    ]
