"""Beside a risk: how well the model did in women and in men, and how the risk reads where another share has the event."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.viewmodels.patient.risk import percent_words
from model_zoo.patients.prevalence import at_prevalence
from model_zoo.patients.risk import OutcomeRisk, RiskEstimate
from model_zoo.patients.risk_groups import GroupFigures
from model_zoo.plain import plain

HOLDS = "Holds where the patients differ in how many have it, not in how it shows in the numbers."


def sex_words(groups: Sequence[GroupFigures]) -> str:
    """Say the figures of women and men side by side; a warning where they lie apart, empty where none was measured."""
    if not groups:
        return ""
    said = "; ".join(_one(group) for group in groups)
    apart = ""
    known = [g.sensitivity for g in groups if g.sensitivity is not None]
    if len(known) == 2 and (known[0][2] < known[1][1] or known[1][2] < known[0][1]):
        apart = " It finds fewer of the ill in one sex than in the other."
    return f"Measured by sex: {said}.{apart}"


def local_words(estimate: RiskEstimate, outcome: OutcomeRisk, prevalence: float) -> str:
    """Say one outcome at a stated local share, as Markdown. Raises ZooError for a share of 0, 1 or beyond."""
    (moved,) = (o for o in at_prevalence(estimate, {outcome.name: prevalence}).outcomes if o.name == outcome.name)
    risk, low, high, usual = (
        plain(percent_words(share)) for share in (moved.probability, moved.low, moved.high, outcome.base_rate)
    )
    return f"Where {100 * prevalence:.3g} % have it instead of {usual} %: **{risk} %** ({low} to {high} %). {HOLDS}"


def _one(group: GroupFigures) -> str:
    if group.too_few or group.sensitivity is None or group.auc is None:
        return f"{group.group} too few ({group.events} events)"
    finds, area = (tuple(f"{value:.2f}" for value in figure) for figure in (group.sensitivity, group.auc))
    return (
        f"of {group.events} {group.group} with the event {finds[0]} [{finds[1]}, {finds[2]}] lie above the threshold, "
        f"AUC {area[0]} [{area[1]}, {area[2]}]"
    )
