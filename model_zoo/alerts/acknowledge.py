"""An alert that was raised, and a person who acknowledges it with a reason. No patient data but the name of the case.

The reason is one of a list and not a free text, which could say who the patient is. Times are ISO 8601, UTC.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from pydantic import Field

from model_zoo.alerts.rule import LEVELS, Alert
from model_zoo.errors import ZooError
from model_zoo.stored import CaseName, Moment


@dataclass(frozen=True)
class Reason:
    """Why an alert was put aside. acted: whether something was done because of it."""

    name: str
    title: str
    acted: bool


REASONS: tuple[Reason, ...] = (
    Reason("patient-seen", "Patient seen and assessed", True),
    Reason("treatment-changed", "Treatment or monitoring changed", True),
    Reason("escalated", "Escalated to a colleague", True),
    Reason("measured-again", "Measured again", True),
    Reason("known", "Already known and managed", False),
    Reason("expected", "Expected in this patient", False),
    Reason("artefact", "Measurement or entry error", False),
    Reason("not-relevant", "Not relevant here", False),
)
_REASONS = {reason.name: reason for reason in REASONS}
# As the stored cases are named: nothing that could be a name with spaces or a date with slashes.
_CASE_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_PERSON = re.compile(r"[^\W_][\w .'-]{0,39}")


class AcknowledgementInvalid(ZooError):
    """An acknowledgement lacks its reason or the person, or the case has no valid name."""


@dataclass(frozen=True)
class RaisedAlert:
    """An alert of one case as it is logged: rule and level, never its numbers. key: as ``Alert.key``."""

    case_id: CaseName
    key: str
    rule: str
    level: Annotated[str, Field(pattern=f"^({'|'.join(LEVELS)})$")]
    raised_at: Moment


@dataclass(frozen=True)
class Acknowledgement:
    """by: the acknowledging person. reason: name of one of REASONS."""

    case_id: CaseName
    key: str
    rule: str
    by: str
    reason: Annotated[str, Field(pattern=f"^({'|'.join(_REASONS)})$")]
    acknowledged_at: Moment

    @property
    def acted(self) -> bool:
        return _REASONS[self.reason].acted


def raise_alert(case_id: str, alert: Alert, at: datetime | None = None) -> RaisedAlert:
    """Return what is logged of an alert.

    Parameters
    ----------
    case_id
        Name of the case.
    alert
        As evaluated.
    at
        When; by default now.

    Raises
    ------
    AcknowledgementInvalid
        For a case without a valid name.
    """
    return RaisedAlert(_case(case_id), alert.key, alert.rule.id, alert.level, _moment(at))


def acknowledge(raised: RaisedAlert, by: str, reason: str, at: datetime | None = None) -> Acknowledgement:
    """Return the acknowledgement of an alert.

    Parameters
    ----------
    raised
        The alert as logged.
    by
        Initials, name or role of the person, at most 40 letters.
    reason
        Name of one of REASONS.
    at
        When; by default now.

    Raises
    ------
    AcknowledgementInvalid
        Where either is missing.
    """
    person = " ".join(by.split())
    if not _PERSON.fullmatch(person):
        raise AcknowledgementInvalid("An alert is acknowledged by a person.", "Give your initials, name or role.")
    if reason not in _REASONS:
        raise AcknowledgementInvalid(
            "An alert is acknowledged with a reason.", f"Choose one of: {', '.join(_REASONS)}."
        )
    return Acknowledgement(_case(raised.case_id), raised.key, raised.rule, person, reason, _moment(at))


def reason_title(name: str) -> str:
    """Return a reason as a person reads it."""
    return _REASONS[name].title if name in _REASONS else name


def _case(case_id: str) -> str:
    if not _CASE_ID.fullmatch(case_id):
        raise AcknowledgementInvalid("The case has no valid name.", "Save or open the case first.")
    return case_id


def _moment(at: datetime | None) -> str:
    moment = datetime.now(UTC) if at is None else at.astimezone(UTC)
    return moment.isoformat(timespec="seconds")
