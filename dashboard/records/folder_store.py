"""Cases in a folder: one JSON file each, written whole or not at all, readable by its owner alone."""

from __future__ import annotations

import json
import os
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from dashboard.records.case_store import CaseSummary, summarise
from model_zoo.disk import make_private, open_to_others, read_plain, remove_leftovers, trouble, write_whole
from model_zoo.errors import CaseUnreadable, UnknownName
from model_zoo.finite import read_json

if TYPE_CHECKING:
    from model_zoo.case import CaseReview

FOLDER_VARIABLE = "DIAPHANE_CASES"
# Lower case only: on a disk that ignores case, two names must not meet in one file. No dot, no slash: no way out.
_CASE_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_SUFFIX = ".json"
# A case with 200 maps of 128 x 128 has 18 MB; what is larger was not written here.
MOST_BYTES = 64 * 2**20


def default_folder() -> Path:
    """Return the folder named by ``DIAPHANE_CASES``, else ``.local/cases`` in the project, which git ignores."""
    named = os.environ.get(FOLDER_VARIABLE, "")
    return Path(named).expanduser() if named else Path(__file__).resolve().parents[2] / ".local" / "cases"


def names_in(folder: Path, what: str) -> tuple[str, ...]:
    """Return what lies in a folder, sorted; nothing where there is none. what: is kept there, for CaseUnreadable."""
    try:
        return tuple(sorted(os.listdir(folder)))
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise CaseUnreadable(
            f"The {what} cannot be listed: {trouble(error)}.", "Check the folder of the saved cases."
        ) from error


class FolderCaseStore:
    """A ``CaseStore`` in a folder, made with the first case (mode 0700, files 0600).

    Only ``case_to_json`` decides what is written, and it leaves out every identifier. Several stores may share a folder:
    a file is replaced in one step, so a reader sees the old case or the new one, never half of one. The folder may be a link,
    the choice of whoever named it; a link inside it is listed as unreadable.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = default_folder() if folder is None else folder

    def save(self, review: CaseReview) -> str:
        """Store a case and return its ``case_id``; see the protocol."""
        if not _CASE_ID.fullmatch(review.case_id):
            raise CaseUnreadable("The case has no valid name and was not stored.", "Read the scan again.")
        from model_zoo.case.json_form import case_to_json

        try:
            text = json.dumps(case_to_json(review), ensure_ascii=False, allow_nan=False, indent=1)
        except (TypeError, ValueError) as error:
            raise CaseUnreadable(
                "The case holds a value that has no place in a stored case.", "Read the scan again, or export the maps."
            ) from error
        content = text.encode("utf-8")
        if len(content) > MOST_BYTES:
            raise CaseUnreadable("The case is too large to be stored.", "Keep fewer maps with it.")
        try:
            make_private(self.folder)
            remove_leftovers(self.folder)
            write_whole(self._path(review.case_id), content)
        except OSError as error:
            raise CaseUnreadable(
                f"The case was not stored: {trouble(error)}.", "Check the folder of the saved cases, then save again."
            ) from error
        return review.case_id

    def open(self, case_id: str) -> CaseReview:
        """Return a stored case; see the protocol."""
        if case_id not in (known := self._case_ids()):
            raise UnknownName("stored case", case_id[:64], known)
        return self._read(case_id)

    def list(self) -> tuple[CaseSummary, ...]:
        """Return all cases, newest first; see the protocol."""
        found: list[tuple[str, int, CaseSummary]] = []
        for case_id in self._case_ids():
            try:
                saved_ns = self._path(case_id).lstat().st_mtime_ns
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

    def open_to_others(self) -> bool:
        """Tell whether others can look into the folder; see the protocol."""
        return open_to_others(self.folder)

    def _read(self, case_id: str) -> CaseReview:
        from model_zoo.case.json_form import case_from_json

        try:
            review = case_from_json(read_json(read_plain(self._path(case_id), MOST_BYTES)))
            summarise(review)
        except OSError as error:
            raise CaseUnreadable(
                f"The stored case cannot be read: {trouble(error)}.", "Check the folder of the saved cases."
            ) from error
        except ValueError as error:
            raise CaseUnreadable(
                "The stored case is damaged and cannot be shown.", "Read the scan again to make a new case."
            ) from error
        if review.case_id != case_id:
            raise CaseUnreadable(
                "The stored case carries another name than its file.", "Give the file its own name back."
            )
        return review

    def _case_ids(self) -> tuple[str, ...]:
        stems = (name.removesuffix(_SUFFIX) for name in names_in(self.folder, "saved cases") if name.endswith(_SUFFIX))
        return tuple(stem for stem in stems if _CASE_ID.fullmatch(stem))

    def _path(self, case_id: str) -> Path:
        return self.folder / f"{case_id}{_SUFFIX}"
