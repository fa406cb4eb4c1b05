"""The log of alerts: one line per alert raised and per acknowledgement, in a file beside the saved cases, added to alone.

It holds the name of the case, the rule, times, the person and a reason from a list: no number and no word of a patient.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from dashboard.records.folder_store import default_folder
from model_zoo.alerts.acknowledge import Acknowledgement, RaisedAlert, acknowledge, raise_alert
from model_zoo.alerts.rule import Alert
from model_zoo.disk import append_lines, make_private, read_plain, trouble
from model_zoo.errors import CaseUnreadable
from model_zoo.finite import read_json
from model_zoo.stored import rebuild

SCHEMA_VERSION = 1
FOLDER, FILE = "alerts", "alerts.jsonl"  # below the folder of the saved cases, whose list takes only its own files
RAISED, ACKNOWLEDGED = "raised", "acknowledged"
_KINDS: dict[str, type[RaisedAlert | Acknowledgement]] = {RAISED: RaisedAlert, ACKNOWLEDGED: Acknowledgement}
_MAX_BYTES = 64 * 2**20  # some 300,000 lines; beyond that somebody has to put the file away


@dataclass(frozen=True)
class AlertHistory:
    """What the log holds, oldest first. damaged: how many lines could not be read."""

    raised: tuple[RaisedAlert, ...] = ()
    acknowledged: tuple[Acknowledgement, ...] = ()
    damaged: int = 0

    def of_case(self, case_id: str) -> AlertHistory:
        """Return what belongs to one case."""
        return AlertHistory(
            tuple(entry for entry in self.raised if entry.case_id == case_id),
            tuple(entry for entry in self.acknowledged if entry.case_id == case_id),
        )


class AlertLog:
    """A file of lines (mode 0600, its folder 0700), made with the first alert. Several processes may add to it."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = default_folder() / FOLDER if folder is None else folder

    @property
    def path(self) -> Path:
        return self.folder / FILE

    def note(self, case_id: str, alerts: Iterable[Alert], at: datetime | None = None) -> tuple[RaisedAlert, ...]:
        """Log the alerts of a case that are not logged yet, and return all of them as logged.

        A page that is drawn again raises nothing twice. Raises AcknowledgementInvalid for a case without a valid name,
        CaseUnreadable where the file cannot be written.
        """
        known = {entry.key: entry for entry in self.read().of_case(case_id).raised}
        logged = [known.get(alert.key) or raise_alert(case_id, alert, at) for alert in alerts]
        self._append([{"kind": RAISED, **asdict(entry)} for entry in logged if entry.key not in known])
        return tuple(logged)

    def acknowledge(self, raised: RaisedAlert, by: str, reason: str, at: datetime | None = None) -> Acknowledgement:
        """Log that a person acknowledged an alert with a reason. Raises AcknowledgementInvalid without either."""
        done = acknowledge(raised, by, reason, at)
        self._append([{"kind": ACKNOWLEDGED, **asdict(done)}])
        return done

    def read(self) -> AlertHistory:
        """Return the whole log; a damaged line is counted and hides no other. Raises CaseUnreadable for an unreadable file."""
        try:
            content = read_plain(self.path, _MAX_BYTES)
        except FileNotFoundError:
            return AlertHistory()
        except OSError as error:
            raise CaseUnreadable(
                f"The log of alerts cannot be read: {trouble(error)}.",
                f"Check the folder of the saved cases; a file {FILE} that has grown too large is put away, and begun anew.",
            ) from error
        raised: dict[tuple[str, str], RaisedAlert] = {}
        acknowledged: list[Acknowledgement] = []
        damaged = 0
        for line in filter(None, content.split(b"\n")):
            entry = _entry(line)
            if isinstance(entry, RaisedAlert):
                raised.setdefault((entry.case_id, entry.key), entry)  # two processes may have logged it at once
            elif isinstance(entry, Acknowledgement):
                acknowledged.append(entry)
            else:
                damaged += 1
        return AlertHistory(tuple(raised.values()), tuple(acknowledged), damaged)

    def _append(self, entries: list[dict[str, Any]]) -> None:
        if not entries:
            return
        text = "".join(json.dumps({"schema_version": SCHEMA_VERSION, **entry}) + "\n" for entry in entries)
        try:
            make_private(self.folder)
            append_lines(self.path, text.encode("ascii"))
        except OSError as error:
            raise CaseUnreadable(
                f"The log of alerts cannot be written: {trouble(error)}. Nothing was noted.",
                "Check the folder of the saved cases, then repeat the step.",
            ) from error


def _entry(line: bytes) -> RaisedAlert | Acknowledgement | None:
    try:
        raw = read_json(line)
        if raw.pop("schema_version") != SCHEMA_VERSION:
            return None
        return rebuild(_KINDS[raw.pop("kind")], raw)
    except (ValueError, TypeError, LookupError, AttributeError):
        return None
