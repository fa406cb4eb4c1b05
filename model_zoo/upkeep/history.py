"""The record of what was done with a model: one line per event, only ever added to, each sealed by the one before.

``history.jsonl`` in the folder of the model. A line holds date, who, what, the version, the reason, the held-out figures,
the sha256 of the weights, and the sha256 of the line before: a line that was changed or taken out later shows.
"""

from __future__ import annotations

import getpass
import hashlib
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from model_zoo.errors import CardInvalid

FILE = "history.jsonl"
INSTALLED, PROMOTED, ROLLED_BACK, ADDED = "installed", "promoted", "rolled back", "added"


def append(place: Path, action: str, version: str, **facts: Any) -> dict[str, Any]:
    """Add one event to the record of a model and return it."""
    lines = read(place)
    event = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "who": facts.pop("who", None) or account(),
        "action": action,
        "version": version,
        **facts,
        "before_sha256": _seal(lines[-1]) if lines else None,
    }
    # Opened for appending, and written in one call: two writers cannot overwrite each other's line.
    with (place / FILE).open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(event, ensure_ascii=False, sort_keys=True) + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    return event


def read(place: Path) -> list[dict[str, Any]]:
    """Return all events, oldest first. Raises CardInvalid where a line was changed, taken out or damaged."""
    path = place / FILE
    if not path.is_file():
        return []
    hint = "Restore the record from a backup; nothing is promoted before it is whole."
    try:
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, ValueError) as error:
        raise CardInvalid(f"The record of '{place.name}' cannot be read.", hint) from error
    before = None
    for number, line in enumerate(lines, start=1):
        if not isinstance(line, dict) or line.get("before_sha256") != before:
            raise CardInvalid(f"The record of '{place.name}' was changed before line {number}.", hint)
        before = _seal(line)
    return lines


def account() -> str:
    """Return the account that runs the program, where the system names one."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "not known"


def _seal(event: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(event, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
