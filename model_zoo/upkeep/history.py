"""The record of what was done with a model: one line per event, only ever added to, each sealed by the one before.

``history.jsonl`` in the folder of the model. A line holds date, who, what, the version, the reason, the held-out figures,
the sha256 of the weights, and the sha256 of the line before: a line that was changed or taken out later shows.
"""

from __future__ import annotations

import getpass
import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from model_zoo.disk import FOR_ALL, append_lines, read_plain, trouble
from model_zoo.errors import CardInvalid, ZooError
from model_zoo.finite import read_json

FILE = "history.jsonl"
_MOST_BYTES = 16 * 2**20  # some 20,000 switches
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
    line = json.dumps(event, ensure_ascii=False, sort_keys=True) + "\n"
    try:
        append_lines(place / FILE, line.encode("utf-8"), FOR_ALL)
    except OSError as error:
        raise ZooError(
            f"The record of '{place.name}' cannot be written: {trouble(error)}. Nothing was changed.",
            "Mend that, and repeat.",
        ) from error
    return event


def read(place: Path) -> list[dict[str, Any]]:
    """Return all events, oldest first. Raises CardInvalid where a line was changed, taken out or damaged."""
    hint = "Restore the record from a backup; nothing is promoted before it is whole."
    try:
        content = read_plain(place / FILE, _MOST_BYTES).decode("utf-8")
        lines = [read_json(line) for line in content.split("\n") if line.strip()]
    except FileNotFoundError:
        return []
    except (OSError, ValueError) as error:
        raise CardInvalid(f"The record of '{place.name}' cannot be read.", hint) from error
    before = None
    for number, line in enumerate(lines, start=1):
        if not isinstance(line, dict) or line.get("before_sha256") != before:
            raise CardInvalid(f"The record of '{place.name}' was changed before line {number}.", hint)
        if not all(isinstance(line.get(name), str) for name in ("at", "who", "action", "version")):
            raise CardInvalid(f"Line {number} of the record of '{place.name}' does not say who did what.", hint)
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
