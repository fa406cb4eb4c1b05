"""One session's hand on the log of alerts: it notes what the page shows, and reads the file again only when it changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from dashboard.records.alert_log import AlertHistory, AlertLog
from model_zoo.alerts.acknowledge import raise_alert
from model_zoo.alerts.rule import Alert
from model_zoo.errors import ZooError


@dataclass(eq=False)
class AlertBook:
    """by: who acknowledges, as typed last. error: why the log could not be read or written; alerts are shown all the same.

    refusals: why an acknowledgement was not taken, by case and alert, until the next attempt.
    """

    log: AlertLog = field(default_factory=AlertLog)
    by: str = ""
    error: ZooError | None = None
    refusals: dict[tuple[str, str], ZooError] = field(default_factory=dict)
    _stamp: tuple[int, int] | None = None
    _history: AlertHistory = field(default_factory=AlertHistory)

    def history(self) -> AlertHistory:
        """Return what the log holds; what was read last where it cannot be read."""
        try:
            stamp = self._stat()
            if stamp != self._stamp:
                self._history, self._stamp = self.log.read(), stamp
        except ZooError as error:
            self.error = error
        return self._history

    def note(self, case: str, alerts: Sequence[Alert]) -> None:
        """Log the alerts of a case that are not logged yet."""
        known = {entry.key for entry in self.history().of_case(case).raised}
        if all(alert.key in known for alert in alerts):
            return
        try:
            self.log.note(case, alerts)
            self.error = None
        except ZooError as error:
            self.error = error

    def acknowledge(self, case: str, alert: Alert, by: str, reason: str | None) -> None:
        """Log that a person acknowledged an alert; a refusal is kept in ``refusals``."""
        self.by = by
        try:
            raised = self.history().of_case(case).raised
            entry = next((logged for logged in raised if logged.key == alert.key), None)
            self.log.acknowledge(entry or raise_alert(case, alert), by, reason or "")
            self.refusals.pop((case, alert.key), None)
        except ZooError as error:
            self.refusals[case, alert.key] = error

    def _stat(self) -> tuple[int, int] | None:
        try:
            found = self.log.path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size
