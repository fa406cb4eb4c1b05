"""Rules and the facts of one moment, or of many, flow in; alerts come out, the most pressing first.

Nothing is decided here: an alert says which rule spoke, on what fact, and what might be considered next.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from model_zoo.alerts.inputs import AlertInputs, RiskValue
from model_zoo.alerts.rule import (
    DISCORDANCE,
    FINDING,
    HOURLY_RISK,
    NEWS2_AGGREGATE,
    NEWS2_RED,
    RISK,
    VALUE,
    Alert,
    Condition,
    Rule,
)
from model_zoo.patients.catalogue import CATALOGUE
from model_zoo.patients.features import FeatureSpec
from model_zoo.trust.state import State
from model_zoo.vital_signs.variables import MONITORED

_SPECS: dict[str, FeatureSpec] = {spec.name: spec for spec in (*CATALOGUE, *MONITORED)}
_BOUND_WORDS = {
    "at_least": "limit: {} or more",
    "at_most": "limit: {} or less",
    "above": "limit: above {}",
    "below": "limit: below {}",
}


def evaluate(rules: Sequence[Rule], inputs: AlertInputs) -> tuple[Alert, ...]:
    """Return the alerts of one moment, most pressing first, otherwise in the order of the rules.

    Of the rules of one group only the most pressing speaks. A partial NEWS2 counts with what is known of it, which is the
    least it can be: missing components never make an alert, and their absence is said in ``found``.
    """
    found = [(rule, words) for rule in rules if (words := _found(rule.when, inputs)) is not None]
    most = {rule.group: max(r.rank for r, _ in found if r.group == rule.group) for rule, _ in found if rule.group}
    spoken: set[str] = set()
    alerts = []
    for rule, words in found:
        if rule.group:
            if rule.rank < most[rule.group] or rule.group in spoken:
                continue
            spoken.add(rule.group)
        alerts.append(Alert(rule, words, inputs.hour))
    return tuple(sorted(alerts, key=lambda alert: -alert.rule.rank))


def evaluate_hours(rules: Sequence[Rule], moments: Iterable[AlertInputs]) -> tuple[Alert, ...]:
    """Return the alerts of a series in order of time, each at the moment at which it begins or becomes more pressing.

    A state that lasts is one alert, not one per hour; it alerts again after it has ended, or once it is worse by the
    ``again_by`` of its rule than at its best since it last did. A laboratory value that
    stays beyond its limit in the next sample is the same state: an hour without a sample does not end it. An hourly risk
    speaks only at the hours at which the rule of its card alerts, so that it comes again when the quiet time of the card is over.
    """
    state: dict[str, int] = {}
    # Of a state that lasts, since it last alerted: the least bad moment, its degree, and whether part of it was missing.
    best: dict[str, tuple[Alert, float, bool]] = {}
    raised = []
    for moment in moments:
        now = evaluate(rules, moment)
        active = {}
        for alert in now:
            name = alert.rule.group or alert.rule.id
            active[name] = alert.rule.rank
            degree, partial = _degree(alert.rule.when, moment), _partial(alert, moment)
            if state.get(name, -1) < alert.rule.rank:
                raised.append(alert)
            elif worse := _worse(alert, degree, *best[name]):
                raised.append(worse)
            elif alert.rule.id == best[name][0].rule.id and (degree >= best[name][1] or partial):
                continue
            best[name] = (alert, degree, partial)
        silent = {rule.group or rule.id for rule in rules if not _seen(rule.when, moment)}
        state = {name: rank for name, rank in state.items() if name in silent and name not in active} | active
    return tuple(raised)


def _degree(when: Condition, inputs: AlertInputs) -> float:
    """Return how bad a state is, in the unit of its condition and larger for worse; 0 where there are no degrees."""
    if when.kind == NEWS2_AGGREGATE and inputs.news2 is not None:
        return float(inputs.news2.aggregate)
    if when.kind == VALUE:
        value = float(inputs.values[when.quantity])
        return -value if when.bound in ("at_most", "below") else value
    return 0.0


def _partial(alert: Alert, inputs: AlertInputs) -> bool:
    """Tell whether an alert is of a score that may be low only because part of it is missing."""
    return alert.rule.when.kind == NEWS2_AGGREGATE and inputs.news2 is not None and inputs.news2.partial


def _worse(alert: Alert, degree: float, last: Alert, then: float, partial: bool) -> Alert | None:
    """Return the alert of a lasting state that got worse by the step of its rule, else ``None``.

    last, then, partial: what to compare with, its degree, and whether part of it was missing: later more is known of such
    a score, and the patient need not be more ill.
    """
    step = alert.rule.again_by
    # Half a millionth: 6.8 is 0.6 above 6.2, whatever binary fractions make of it.
    if step is None or last.rule.id != alert.rule.id or degree - then < step - 5e-7:
        return None
    words = "more than was known" if partial else "worse than"
    return replace(alert, found=f"{alert.found}; {words} at hour {last.hour:g}: {last.found}")


def _seen(when: Condition, inputs: AlertInputs) -> bool:
    """Tell whether a moment holds what a condition looks at."""
    if when.kind == VALUE:
        return when.quantity in inputs.values
    if when.kind in (NEWS2_AGGREGATE, NEWS2_RED):
        return inputs.news2 is not None and inputs.news2.known > 0
    return True


def _found(when: Condition, inputs: AlertInputs) -> str | None:
    """Return what meets the condition in words; ``None`` where nothing does."""
    score = inputs.news2
    if when.kind == NEWS2_AGGREGATE:
        return score.words if score is not None and score.known and when.meets(score.aggregate) else None
    if when.kind == NEWS2_RED:
        return _red(inputs)
    if when.kind == VALUE:
        value = inputs.values.get(when.quantity)
        if value is None or not when.meets(value):
            return None
        spec = _SPECS[when.quantity]
        limit = _BOUND_WORDS[when.bound].format(spec.show(when.limit))
        return f"{spec.title} {spec.show(value)} ({limit})"
    if when.kind == RISK:
        for risk in inputs.risks:
            if (risk.model, risk.outcome) == (when.model, when.outcome) and risk.probability >= risk.threshold:
                return f"{risk.title} {_per_cent(risk.probability)} (threshold of the card {_per_cent(risk.threshold)})"
    if when.kind == HOURLY_RISK:
        return next((_hourly(risk) for risk in inputs.hourly_risks if risk.model == when.model), None)
    if when.kind == FINDING:
        for finding in inputs.findings:
            if (finding.model, finding.output) == (when.model, when.output) and finding.state is State.FLAGGED:
                return f"{finding.title}: {finding.state} ({finding.words})"
    if when.kind == DISCORDANCE and inputs.discordances:
        return " ".join(inputs.discordances).rstrip(".")
    return None


def _per_cent(share: float) -> str:
    """Return a share as it is shown elsewhere: no model is certain."""
    return "more than 99 %" if share > 0.99 else "less than 1 %" if share < 0.01 else f"{100 * share:.0f} %"


def _hourly(risk: RiskValue) -> str:
    # Thresholds of rare events lie at a few per cent: without a decimal, risk and threshold would look alike.
    return f"{risk.title}: risk {100 * risk.probability:.1f} % (threshold of the card {100 * risk.threshold:.1f} %)"


def _red(inputs: AlertInputs) -> str | None:
    score = inputs.news2
    if score is None or not score.red:
        return None
    single = [f"{c.title} {c.words}" for c in score.components if c.points == 3]
    return f"{score.words}. 3 points: {', '.join(single)}"
