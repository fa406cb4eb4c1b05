"""The further wordings of evidences: which of them training and the mapping may use, and which are held apart.

Three kinds stand apart. The third column of phrases.toml measures ("unseen wording") and is used nowhere else. The last wording
of a longer row of wordings.toml is for development. All others are for training and for the mapping of notes; of these the ones
that stand word for word in the measured wording of their evidence are left out of training, and out of the mapping where it is
measured, so that the measured wordings stay unseen as wordings.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from model_zoo.symptoms.history import COLLOQUIAL, phrases

WORDINGS_FILE = Path(__file__).parent / "wordings.toml"
SECTIONS = ("symptoms", "history", "values")
# A row of fewer has none to spare for development.
SHORTEST_SPLIT = 4


@cache
def wording_tables() -> dict[str, dict[str, tuple[str, ...]]]:
    """Return the whole file by section."""
    content: dict[str, Any] = tomllib.loads(WORDINGS_FILE.read_text(encoding="utf-8"))
    return {section: {key: tuple(rows) for key, rows in entries.items()} for section, entries in content.items()}


@cache
def further_wordings(held_apart: bool = True) -> dict[str, tuple[str, ...]]:
    """Return code to wordings, without those of development. held_apart: without those that a measured wording contains."""
    found = {}
    for section in SECTIONS:
        for code, rows in wording_tables()[section].items():
            kept = rows[:-1] if len(rows) >= SHORTEST_SPLIT else rows
            known = phrases()[section][code]
            if held_apart and len(known) > COLLOQUIAL:
                measured = f" {plain(known[COLLOQUIAL])} "
                kept = tuple(row for row in kept if f" {plain(row)} " not in measured)
            found[code] = kept
    return found


@cache
def development_wordings() -> dict[str, str]:
    """Return code to the one wording that neither training nor the mapping knows."""
    return {
        code: rows[-1]
        for section in SECTIONS
        for code, rows in wording_tables()[section].items()
        if len(rows) >= SHORTEST_SPLIT
    }


def plain(words: str) -> str:
    """Return words in lower case without signs, for comparing wordings."""
    return " ".join(re.findall(r"[a-z{}]+", words.lower()))
