"""What a threshold means for the people in the waiting room: confusion counts, and flagged and missed per hundred."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Confusion:
    """The four counts of films at one threshold; a film is flagged at or above it."""

    true_positive: int
    false_positive: int
    false_negative: int
    true_negative: int

    @property
    def n(self) -> int:
        return self.true_positive + self.false_positive + self.false_negative + self.true_negative

    @property
    def sensitivity(self) -> float | None:
        return _ratio(self.true_positive, self.true_positive + self.false_negative)

    @property
    def specificity(self) -> float | None:
        return _ratio(self.true_negative, self.true_negative + self.false_positive)

    @property
    def ppv(self) -> float | None:
        return _ratio(self.true_positive, self.true_positive + self.false_positive)

    @property
    def npv(self) -> float | None:
        return _ratio(self.true_negative, self.true_negative + self.false_negative)

    @property
    def prevalence(self) -> float | None:
        return _ratio(self.true_positive + self.false_negative, self.n)


@dataclass(frozen=True)
class PerHundred:
    """Of a hundred films at a prevalence: flagged, of these with and without the finding, and missed."""

    prevalence: float
    flagged: float
    found: float
    false_alarms: float
    missed: float


def per_hundred(confusion: Confusion, prevalence: float | None = None) -> PerHundred | None:
    """Carry sensitivity and specificity to a hundred films, at the observed prevalence unless another is stated.

    ``None`` where a class is empty. At another prevalence this holds only if the films differ in nothing else.
    Raises: ValueError for a prevalence outside [0, 1].
    """
    sensitivity, specificity = confusion.sensitivity, confusion.specificity
    share = confusion.prevalence if prevalence is None else prevalence
    if sensitivity is None or specificity is None or share is None:
        return None
    if not 0 <= share <= 1:
        raise ValueError("a prevalence lies from 0 to 1")
    found = 100 * share * sensitivity
    alarms = 100 * (1 - share) * (1 - specificity)
    return PerHundred(share, found + alarms, found, alarms, 100 * share - found)


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None
