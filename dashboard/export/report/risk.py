"""The patient's risk in a report: the risks, and what weighs in them, in one table that adds up."""

from __future__ import annotations

import math
from collections.abc import Sequence

from dashboard.catalogue import counted, text
from dashboard.export.report.parts import Row, Section, lines, row
from dashboard.viewmodels.case.state import state_word
from dashboard.viewmodels.patient.contributions import signed_points
from dashboard.viewmodels.patient.risk import RiskRow, build_risk, percent_words
from model_zoo.case.case_review import CaseReview
from model_zoo.errors import ZooError
from model_zoo.patients.attribution import RiskAttribution
from model_zoo.patients.features import FeatureSpec
from model_zoo.patients.risk_models import risk_model
from model_zoo.trust.state import State

# Features with a row of their own; the others are summed, so that each column still adds up.
TOP_FEATURES = 6
MOST_OUTCOMES = 3


def risk_section(review: CaseReview) -> Section:
    """Return the risks, or the reason why there is none."""
    if review.risk is None:
        return Section("risk", text("report.risk.title"), lines=lines([review.risk_absent]))
    view = build_risk(review.risk)
    columns = (
        text("report.risk.outcome"),
        text("report.risk.state"),
        text("report.risk.risk"),
        text("report.risk.threshold"),
    )
    return Section(
        "risk",
        text("report.risk.titled", model=view.title),
        columns,
        (38, 17, 30, 15),
        tuple(_risk_row(found) for found in view.rows),
        lines((view.population, *view.notes, view.not_measured_words, view.age_remark)),
    )


def contribution_sections(review: CaseReview) -> tuple[Section, ...]:
    """Return what weighs in the risks: a column for each outcome, from the reference patient's risk to this one's."""
    whys = review.risk_attributions[:MOST_OUTCOMES]
    if review.risk is None or not whys:
        return ()
    try:
        specs = risk_model(review.risk.model).specs
    except ZooError:  # a stored case of a model that is not installed here: its features have no words
        specs = ()
    titles = {outcome.name: outcome.title for outcome in review.risk.outcomes}
    width = 48 // len(whys)
    return (
        Section(
            "contributions",
            text("report.weighs.title"),
            (text("report.weighs.value"), text("report.weighs.patient"), *(titles[why.outcome] for why in whys)),
            (28, 72 - width * len(whys), *(width for _ in whys)),
            _weights(whys, specs),
            (text("report.weighs.unit", reference=whys[0].reference),),
        ),
    )


def _weights(whys: Sequence[RiskAttribution], specs: Sequence[FeatureSpec]) -> tuple[Row, ...]:
    by_name = {spec.name: spec for spec in specs}
    points = [{entry.name: 100 * entry.contribution for entry in why.contributions} for why in whys]
    known = [entry for entry in whys[0].contributions if entry.value is not None]
    known.sort(key=lambda entry: -max(abs(column.get(entry.name, 0.0)) for column in points))
    shown = [entry.name for entry in known[:TOP_FEATURES]]
    rows = [row(text("report.weighs.reference"), "", *(f"{100 * why.reference_risk:.1f} %" for why in whys))]
    for entry in known[:TOP_FEATURES]:
        spec = by_name.get(entry.name)
        value = str(entry.value) if spec is None else spec.show(entry.value, "SI")
        rows.append(row(entry.title, value, *(signed_points(column.get(entry.name, 0.0)) for column in points)))
    rest = [math.fsum(share for name, share in column.items() if name not in shown) for column in points]
    if len(known) > TOP_FEATURES:
        rows.append(row(counted("report.weighs.others", len(known) - TOP_FEATURES), "", *map(signed_points, rest)))
    missing = ", ".join(entry.title for entry in whys[0].contributions if entry.value is None)
    if missing:
        left = (signed_points(100 * why.missingness_contribution) for why in whys)
        rows.append(row(text("report.weighs.missing"), missing, *left))
    rows.append(row(text("report.weighs.risk"), "", *(f"{100 * why.risk:.1f} %" for why in whys), leading=True))
    return tuple(rows)


def _risk_row(found: RiskRow) -> Row:
    low, high = percent_words(found.low), percent_words(found.high)
    value = text("report.risk.number", value=found.value_words, low=low, high=high)
    state = State.FLAGGED if found.above else State.NOT_FLAGGED
    return row(found.title, state_word(state), value, found.threshold_words, state=state)
