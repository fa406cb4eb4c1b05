"""What stands beside scan and values when a case is kept: note, vital signs, how the parts agree, and the alerts.

Plain values only: statements of a note in the field's own words, never its text, which may name people.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Annotated, Any

from pydantic import Field

from model_zoo.alerts.rule import LEVELS, alert_key
from model_zoo.stored import Amount, Count, Share


@dataclass(frozen=True)
class NoteFact:
    """One statement of a note. value: in ``unit``, ``None`` where it is a finding or could not be told.

    context: patient, family, history or plan. problems: why it was not filled into a form.
    """

    kind: str
    name: str
    title: str
    value: float | str | None
    unit: str
    negated: bool
    context: str
    problems: tuple[str, ...]


@dataclass(frozen=True)
class NoteCondition:
    """One condition to consider. probability: calibrated on synthetic patients. severity: 1 (worst) to 5."""

    name: str
    icd10: str
    severity: Annotated[int, Field(ge=1, le=5)]
    probability: Share
    red_flag: bool


@dataclass(frozen=True)
class NoteSummary:
    """conditions: red flags first, then the likeliest; empty where ``cannot_tell`` says why. model: that ranked them.

    word_flags: red flags in the words themselves, by rules.
    """

    facts: tuple[NoteFact, ...]
    conditions: tuple[NoteCondition, ...]
    cannot_tell: str | None
    model: str | None
    caution: str
    word_flags: tuple[str, ...] = ()


@dataclass(frozen=True)
class VitalComponent:
    """One parameter of the score. words: what was measured, with its unit. points: ``None`` where it is missing."""

    name: str
    points: Count | None
    words: str


@dataclass(frozen=True)
class VitalsSummary:
    """The NEWS2 of one hour of a stay. refused: why there is none, then everything else but the hours is empty.

    hour, last_hour: from the start of the stay. aggregate, highest: of a partial score what is known, and the most possible.
    """

    hour: Amount
    last_hour: Amount
    synthetic: bool
    refused: str | None
    words: str
    aggregate: Count | None
    highest: Count | None
    partial: bool
    missing: tuple[str, ...]
    components: tuple[VitalComponent, ...]


@dataclass(frozen=True)
class AgreementSummary:
    """One question that parts of the case speak to. state: agree, conflict, one part alone, undecided."""

    question: str
    state: str
    raised: tuple[str, ...]
    lowered: tuple[str, ...]
    undecided: tuple[str, ...]
    missing: tuple[str, ...]
    sentence: str


@dataclass(frozen=True)
class ValueDifference:
    """A quantity that parts of the case state too far apart. sentence: what each states, with units, and where."""

    name: str
    title: str
    sentence: str


@dataclass(frozen=True)
class PooledSummary:
    """One number from several parts of one outcome, at a stated prevalence. shares: of each modality, in probability."""

    outcome: str
    prior: Share
    probability: Share
    low: Share
    high: Share
    shares: Mapping[str, Annotated[float, Field(ge=-1, le=1)]]
    assumed: str


@dataclass(frozen=True)
class AlertSummary:
    """One rule that spoke. hour: of the stay, ``None`` for the reading itself. ``key`` is that of its ``Alert``."""

    rule: str
    level: Annotated[str, Field(pattern=f"^({'|'.join(LEVELS)})$")]
    title: str
    hour: float | None
    reason: str
    suggestion: str
    limits: str
    source: str

    @property
    def key(self) -> str:
        return alert_key(self.rule, self.hour)


@dataclass(frozen=True)
class CaseAssessment:
    """note, vital_signs: ``None`` where none was given. not_pooled: why there is no one number, ``None`` where there is."""

    note: NoteSummary | None
    vital_signs: VitalsSummary | None
    agreements: tuple[AgreementSummary, ...]
    pooled: PooledSummary | None
    not_pooled: str | None
    alerts: tuple[AlertSummary, ...]
    differing_values: tuple[ValueDifference, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)
