"""Cases in a folder: one JSON file each, written whole or not at all, readable by its owner alone."""

from __future__ import annotations

import json
import os
import re
import tempfile
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from dashboard.records.case_store import CaseSummary, summarise
from model_zoo.errors import CaseUnreadable, UnknownName
from model_zoo.review import CaseReview, case_from_json, case_to_json

FOLDER_VARIABLE = "DIAPHANE_CASES"
# Lower case only: on a disk that ignores case, two names must not meet in one file. No dot, no slash: no way out.
_CASE_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_SUFFIX = ".json"
_PARTIAL = ".partial"


def default_folder() -> Path:
    """Return the folder named by ``DIAPHANE_CASES``, else ``.local/cases`` in the project, which git ignores."""
    named = os.environ.get(FOLDER_VARIABLE, "")
    return Path(named).expanduser() if named else Path(__file__).resolve().parents[2] / ".local" / "cases"


class FolderCaseStore:
    """A ``CaseStore`` in a folder, made with the first case (mode 0700, files 0600).

    Only ``case_to_json`` decides what is written, and it leaves out every identifier. Several stores may share a folder:
    a file is replaced in one step, so a reader sees the old case or the new one, never half of one.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = default_folder() if folder is None else folder

    def save(self, review: CaseReview) -> str:
        """Store a case and return its ``case_id``; see the protocol."""
        if not _CASE_ID.fullmatch(review.case_id):
            raise CaseUnreadable("The case has no valid name and was not stored.", "Read the scan again.")
        try:
            text = json.dumps(case_to_json(review), ensure_ascii=False, allow_nan=False, indent=1)
        except (TypeError, ValueError) as error:
            raise CaseUnreadable(
                "The case holds a value that has no place in a stored case.", "Read the scan again, or export the maps."
            ) from error
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._replace(self._path(review.case_id), text.encode("utf-8"))
        return review.case_id

    def open(self, case_id: str) -> CaseReview:
        """Return a stored case; see the protocol."""
        if not _CASE_ID.fullmatch(case_id) or not self._path(case_id).is_file():
            raise UnknownName("stored case", case_id[:64], self._case_ids())
        return self._read(case_id)

    def list(self) -> tuple[CaseSummary, ...]:
        """Return all cases, newest first; see the protocol."""
        found: list[tuple[str, int, CaseSummary]] = []
        for case_id in self._case_ids():
            try:
                saved_ns = self._path(case_id).stat().st_mtime_ns
            except OSError:
                continue  # removed by somebody else since the folder was read
            try:
                summary = summarise(self._read(case_id))
            except CaseUnreadable as error:
                saved = datetime.fromtimestamp(saved_ns / 1e9, UTC).isoformat(timespec="seconds")
                summary = CaseSummary(case_id, saved, readable=False, problem=error.message)
            # Times are kept to the second: among equals, the file that was written last is the newest.
            found.append((summary.created_at, saved_ns, summary))
        return tuple(summary for *_, summary in sorted(found, key=lambda entry: entry[:2], reverse=True))

    def _read(self, case_id: str) -> CaseReview:
        try:
            review = case_from_json(json.loads(self._path(case_id).read_bytes()))
            summarise(review)
        except (OSError, RecursionError, TypeError, ValueError, StopIteration) as error:
            raise CaseUnreadable(
                "The stored case is damaged and cannot be shown.", "Read the scan again to make a new case."
            ) from error
        if review.case_id != case_id:
            raise CaseUnreadable(
                "The stored case carries another name than its file.", "Give the file its own name back."
            )
        return review

    def _case_ids(self) -> tuple[str, ...]:
        return tuple(path.stem for path in sorted(self.folder.glob(f"*{_SUFFIX}")) if _CASE_ID.fullmatch(path.stem))

    def _path(self, case_id: str) -> Path:
        return self.folder / f"{case_id}{_SUFFIX}"

    def _replace(self, path: Path, content: bytes) -> None:
        """Write beside the file and move over it: a crash leaves the old file whole."""
        # mkstemp makes the file readable by its owner alone from the first byte on.
        handle, partial = tempfile.mkstemp(prefix=f".{path.stem}.", suffix=_PARTIAL, dir=self.folder)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(partial, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(partial)
            raise
