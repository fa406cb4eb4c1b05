"""What stands beside the number of one finding, as immutable records that JSON can hold."""

from __future__ import annotations

from dataclasses import dataclass

from model_zoo.stored import Count, Share
from model_zoo.trust.conformal import WITH
from model_zoo.trust.predictive import AtPrevalence
from model_zoo.trust.rates import ShareRate
from model_zoo.trust.state import State


@dataclass(frozen=True)
class MeasuredCoverage:
    """How often sets of one coverage held the truth on held-out films.

    present, absent: among films with and without the finding. decided: share of films with a single answer. sentence:
    all of it in words.
    """

    n_films: Count
    n_patients: Count
    n_positive_patients: Count
    overall: ShareRate
    present: ShareRate | None
    absent: ShareRate | None
    decided: ShareRate | None
    sentence: str


@dataclass(frozen=True)
class GroupCoverage:
    """The measured coverage in one group of this patient.

    coverage: ``None`` where the group has too few positive patients or no held-out film states it.
    """

    kind: str
    group: str
    n_positive_patients: Count
    coverage: ShareRate | None
    sentence: str


@dataclass(frozen=True)
class NumberBlock:
    """What stands beside the number of one finding; JSON-able by ``dataclasses.asdict``, rebuilt by ``stored.rebuild``.

    coverage: the share asked for. prediction_set: the answers left standing, ``None`` for a finding that is not offered;
    set_absent then says why. state: of the finding. statement: state and set in words. sentence: the statement with its
    measured coverage. warnings: where the measured coverage falls short of the one asked for. predictive: ``None`` without a
    stated prevalence, or for the reason in predictive_absent.
    """

    output: str
    title: str
    coverage: Share
    prediction_set: tuple[str, ...] | None
    statement: str
    sentence: str
    measured: MeasuredCoverage | None = None
    groups: tuple[GroupCoverage, ...] = ()
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    set_absent: str | None = None
    predictive: AtPrevalence | None = None
    predictive_absent: str | None = None
    state: State = State.NOT_OFFERED

    @property
    def keeps_finding(self) -> bool | None:
        """Whether the set still holds the finding; ``None`` without a set."""
        return None if self.prediction_set is None else WITH in self.prediction_set
