"""Beside a risk: how well the model did in women and in men, and how the risk reads where another share has the event."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.catalogue import counted, text
from dashboard.viewmodels.patient.risk import percent_words
from model_zoo.patients.prevalence import at_prevalence
from model_zoo.patients.risk import OutcomeRisk, RiskEstimate
from model_zoo.patients.risk_groups import GroupFigures
from model_zoo.plain import plain


def sex_words(groups: Sequence[GroupFigures]) -> str:
    """Say the figures of women and men side by side; a warning where they lie apart, empty where none was measured."""
    if not groups:
        return ""
    said = text("patient.by_sex", figures="; ".join(_one(group) for group in groups))
    known = [g.sensitivity for g in groups if g.sensitivity is not None]
    if len(known) == 2 and (known[0][2] < known[1][1] or known[1][2] < known[0][1]):
        return f"{said} {text('patient.by_sex.apart')}"
    return said


def local_words(estimate: RiskEstimate, outcome: OutcomeRisk, prevalence: float) -> str:
    """Say one outcome at a stated local share, as Markdown. Raises ZooError for a share of 0, 1 or beyond."""
    (moved,) = (o for o in at_prevalence(estimate, {outcome.name: prevalence}).outcomes if o.name == outcome.name)
    risk, low, high, usual = (
        plain(percent_words(share)) for share in (moved.probability, moved.low, moved.high, outcome.base_rate)
    )
    local = f"{100 * prevalence:.3g}"
    return text("patient.local.risk", prevalence=local, usual=usual, risk=risk, low=low, high=high)


def _one(group: GroupFigures) -> str:
    who = text(f"patient.by_sex.{group.group}")
    if group.too_few or group.sensitivity is None or group.auc is None:
        return counted("patient.by_sex.too_few", group.events, group=who)
    sensitivity, auc = (
        text("patient.by_sex.figure", value=f"{value:.2f}", low=f"{low:.2f}", high=f"{high:.2f}")
        for value, low, high in (group.sensitivity, group.auc)
    )
    return text("patient.by_sex.figures", group=who, events=group.events, sensitivity=sensitivity, auc=auc)
