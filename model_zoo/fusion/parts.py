"""One part of a case: what one modality says, of which outcome, and from which measurements it knows it."""

from __future__ import annotations

from dataclasses import dataclass

# In the order of the page.
MODALITIES = ("scan", "patient values", "symptoms", "monitoring")


@dataclass(frozen=True)
class CasePart:
    """What one modality says.

    outcome: what is estimated, as an exact name ("malignant lump", "death in hospital"); parts of different outcomes are
    never made into one number. question: what the part speaks to ("lung infection"), for agreement in words; ``None`` where
    it speaks to none that another part shares. probability, low, high: calibrated, with its 95 % interval; ``None`` for a
    score. base_rate: share of positives among those it was calibrated on. raised: flagged (True) or not flagged (False),
    ``None`` where it is undecided. judged: whether it is known if what it rests on can be believed; a finding whose map nobody
    has judged agrees with nothing. measured_by: names of the measurements it rests on. absent: why the part says nothing,
    ``None`` where it does. sentence: the part in words. model: the name of the model that says it.
    """

    modality: str
    title: str
    sentence: str
    outcome: str | None = None
    question: str | None = None
    probability: float | None = None
    low: float | None = None
    high: float | None = None
    base_rate: float | None = None
    raised: bool | None = None
    measured_by: frozenset[str] = frozenset()
    absent: str | None = None
    model: str | None = None
    judged: bool = True
