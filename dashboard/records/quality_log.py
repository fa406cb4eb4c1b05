"""The log of phantom runs: one file per run in a folder beside the saved cases, added to and never rewritten.

A run holds computed phantoms and the installation alone, so nothing of a patient can be in it. The verdict is kept as it
was given on the day: a later release does not change what was said then.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dashboard.records.folder_store import default_folder, names_in
from model_zoo.disk import make_private, read_plain, remove_leftovers, trouble, write_whole
from model_zoo.errors import CaseUnreadable
from model_zoo.finite import read_json
from model_zoo.quality.result import QualityResult, result_from_json, result_to_json
from model_zoo.quality.verdict import QualityVerdict
from model_zoo.stored import rebuild

SCHEMA_VERSION = 1
FOLDER = "quality"  # below the folder of the saved cases, whose list takes only the files that lie directly in it
# Time, then eight random digits, so that two runs of one second have two files.
_NAME = re.compile(r"([0-9]{8}t[0-9]{6}z)-[0-9a-f]{8}")
_TIME = "%Y%m%dt%H%M%Sz"
_SUFFIX = ".json"
_MOST_BYTES = 4 * 2**20  # a run over 200 films has 40 kB


@dataclass(frozen=True)
class QualityRun:
    """A run and the verdict that was given on it."""

    result: QualityResult
    verdict: QualityVerdict


@dataclass(frozen=True)
class LoggedRun:
    """One line of the log. run: ``None`` for a damaged file or one of a newer form; ``problem`` then says so.

    created_at: ISO 8601, UTC; from the file's name where the run cannot be read.
    """

    name: str
    created_at: str
    run: QualityRun | None
    problem: str = ""


class QualityLog:
    """Runs in a folder (mode 0700, files 0600), made with the first run. Several processes may share it."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = default_folder() / FOLDER if folder is None else folder

    def append(self, run: QualityRun) -> str:
        """Add a run, whole or not at all, and return its name. Raises CaseUnreadable for one that cannot be written."""
        try:
            text = json.dumps(run_to_json(run), allow_nan=False, indent=1)
            made = datetime.fromisoformat(run.result.created_at).astimezone(UTC)
        except (TypeError, ValueError) as error:
            raise CaseUnreadable(
                "The phantom run holds a value that has no place in the log.", "Check the models and run again."
            ) from error
        name = f"{made.strftime(_TIME)}-{uuid.uuid4().hex[:8]}"
        try:
            make_private(self.folder)
            remove_leftovers(self.folder)
            write_whole(self.folder / f"{name}{_SUFFIX}", text.encode("ascii"))
        except OSError as error:
            raise CaseUnreadable(
                f"The phantom run was not stored: {trouble(error)}.",
                "Check the folder of the saved cases, then run again.",
            ) from error
        return name

    def list(self) -> tuple[LoggedRun, ...]:
        """Return all runs, newest first; a damaged file is listed with its problem."""
        found: list[tuple[datetime, int, LoggedRun]] = []
        for path in (self.folder / name for name in names_in(self.folder, "phantom runs") if name.endswith(_SUFFIX)):
            try:
                named = _time_of(path)
                written_ns = path.lstat().st_mtime_ns
            except (ValueError, OSError):
                continue  # no name of this log, or removed by somebody else since the folder was read
            line = _read(path, named)
            # Times are kept to the second: among equals, the file that was written last is the newest.
            found.append((datetime.fromisoformat(line.created_at), written_ns, line))
        return tuple(line for *_, line in sorted(found, key=lambda entry: entry[:2], reverse=True))


def run_to_json(run: QualityRun) -> dict[str, Any]:
    """Return a run as plain values; what the page offers for download is the same."""
    verdict = {**asdict(run.verdict), "passed": run.verdict.passed}
    return {"schema_version": SCHEMA_VERSION, "verdict": verdict, "result": result_to_json(run.result)}


def run_from_json(raw: Any) -> QualityRun:
    """Rebuild a run. Raises CaseUnreadable for a damaged one or another version."""
    if not isinstance(raw, Mapping) or raw.get("schema_version") != SCHEMA_VERSION:
        raise CaseUnreadable(
            f"The run is not in version {SCHEMA_VERSION} of the log.", "Open it with the version that wrote it."
        )
    try:
        verdict = {key: value for key, value in raw["verdict"].items() if key != "passed"}
        return QualityRun(result_from_json(raw["result"]), rebuild(QualityVerdict, verdict))
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise CaseUnreadable("The run is damaged and cannot be shown.", "Run the phantom series again.") from error


def _time_of(path: Path) -> datetime:
    """Return the time in the name of a file. Raises ValueError for a name that this log does not give."""
    found = _NAME.fullmatch(path.stem)
    if found is None:
        raise ValueError("a file of another kind")
    return datetime.strptime(found[1], _TIME).replace(tzinfo=UTC)


def _read(path: Path, named: datetime) -> LoggedRun:
    made = named.isoformat(timespec="seconds")
    try:
        run = run_from_json(read_json(read_plain(path, _MOST_BYTES)))
    except CaseUnreadable as error:
        return LoggedRun(path.stem, made, None, error.message)
    except OSError as error:
        return LoggedRun(path.stem, made, None, f"The run cannot be read: {trouble(error)}.")
    except ValueError:
        return LoggedRun(path.stem, made, None, "The run is damaged and cannot be shown.")
    return LoggedRun(path.stem, run.result.created_at, run)
