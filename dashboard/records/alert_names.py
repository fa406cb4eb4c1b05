"""Under which name the alerts of a case stand in the log, so that those of synthetic cases can be told from the others."""

from __future__ import annotations

import uuid

from dashboard.records.alert_log import AlertHistory

SYNTHETIC = "synthetic-"
STAY = "stay-"


def new_stay_name(synthetic: bool) -> str:
    """Return a fresh name for a stay on the page; it says nothing of the patient, and two openings never share one."""
    return f"{SYNTHETIC if synthetic else ''}{STAY}{uuid.uuid4().hex[:12]}"


def logged_name(case_id: str, synthetic: bool) -> str:
    """Return the name of a read case in the log: its own, marked where scan or patient is synthetic."""
    return f"{SYNTHETIC}{case_id}" if synthetic else case_id


def without_synthetic(history: AlertHistory) -> tuple[AlertHistory, int]:
    """Return the log without synthetic cases, and how many alerts of those were left out: they say nothing of a ward."""
    kept = AlertHistory(
        tuple(entry for entry in history.raised if not is_synthetic(entry.case_id)),
        tuple(entry for entry in history.acknowledged if not is_synthetic(entry.case_id)),
        history.damaged,
    )
    return kept, len(history.raised) - len(kept.raised)


def is_synthetic(name: str) -> bool:
    """Tell whether a name of the log belongs to a synthetic case."""
    return name.startswith(SYNTHETIC)
