"""Why this risk, as rows for the page: the way from the reference patient to this one, in percentage points.

Whatever is shown adds up: rows that are left out of the list are summed in a row of their own, what was not measured
has one too, and the residual of the method is printed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from dashboard.catalogue import counted, text
from model_zoo.patients.attribution import FeatureContribution, RiskAttribution
from model_zoo.patients.features import FeatureSpec, Units

RowKind = Literal["feature", "other", "not_measured"]

# Below half of the last decimal shown a contribution has no direction worth a word.
SMALLEST_POINTS = 0.05


@dataclass(frozen=True)
class ContributionRow:
    """One step from the reference patient's risk to this patient's.

    value_words, reference_words: with unit; empty for a sum of several features. points: signed percentage points.
    direction: "raises", "lowers" or "leaves". words: the row as a sentence.
    """

    name: str
    title: str
    kind: RowKind
    value_words: str
    reference_words: str
    points: float
    direction: str
    points_words: str
    words: str


@dataclass(frozen=True)
class ContributionsView:
    """The contributions of one outcome. All numbers in percent or percentage points.

    reference_percent + sum of the rows' points + residual_points = risk_percent. rows: features by falling size, then
    the sum of the others, then what was not measured. check: that sum in words.
    """

    outcome: str
    outcome_title: str
    reference: str
    reference_percent: float
    rows: tuple[ContributionRow, ...]
    risk_percent: float
    residual_points: float
    check: str
    units: Units


def build_contributions(
    attribution: RiskAttribution,
    specs: Sequence[FeatureSpec],
    units: Units = "SI",
    top: int = 10,
    outcome_title: str | None = None,
) -> ContributionsView:
    """Turn a risk attribution into rows.

    specs: the features of the risk model, which know units and decimals. top: features with a row of their own.
    outcome_title: for headings and axes; by default the stored name without underscores.
    """
    by_name = {spec.name: spec for spec in specs}
    missing = [entry for entry in attribution.contributions if entry.value is None]
    # An unmeasured feature has a share of zero; were it ever another, it must not vanish from the sum.
    shown = [entry for entry in attribution.contributions if entry.value is not None or entry.contribution != 0]
    shown.sort(key=lambda entry: -abs(entry.contribution))
    rows = [_feature_row(entry, by_name[entry.name], units) for entry in shown[:top]]
    rest = shown[top:]
    if rest:
        title = counted("patient.why.others", len(rest))
        total = 100 * math.fsum(entry.contribution for entry in rest)
        rows.append(_row("other", title, "other", total, ", ".join(entry.title for entry in rest)))
    if missing or attribution.missingness_contribution != 0:
        title = text("patient.why.not_measured", count=len(missing))
        points = 100 * attribution.missingness_contribution
        rows.append(_row("not_measured", title, "not_measured", points, ", ".join(entry.title for entry in missing)))
    return ContributionsView(
        outcome=attribution.outcome,
        outcome_title=outcome_title or attribution.outcome.replace("_", " ").capitalize(),
        reference=attribution.reference,
        reference_percent=100 * attribution.reference_risk,
        rows=tuple(rows),
        risk_percent=100 * attribution.risk,
        residual_points=100 * attribution.residual,
        check=_check(attribution),
        units=units,
    )


def signed_points(points: float, decimals: int = 1) -> str:
    """Return points with their sign, a real minus, and no sign on what rounds to zero."""
    shown = f"{abs(points):.{decimals}f}"
    if float(shown) == 0:
        return shown
    return f"{'+' if points > 0 else '−'}{shown}"


def _feature_row(entry: FeatureContribution, spec: FeatureSpec, units: Units) -> ContributionRow:
    value, reference = spec.show(entry.value, units), spec.show(entry.reference_value, units)
    return _row(entry.name, entry.title, "feature", 100 * entry.contribution, value, reference)


def _row(name: str, title: str, kind: RowKind, points: float, value: str, reference: str = "") -> ContributionRow:
    direction = "leaves" if abs(points) < SMALLEST_POINTS else "raises" if points > 0 else "lowers"
    what = title
    if kind == "feature":
        what = text("patient.why.value", title=title, value=value, reference=reference)
    elif value:
        what = text("patient.why.listed", title=title, values=value)
    return ContributionRow(
        name,
        title,
        kind,
        value,
        reference,
        points,
        direction,
        signed_points(points),
        text(f"patient.why.{direction}", what=what, points=f"{abs(points):.1f}"),
    )


def _check(attribution: RiskAttribution) -> str:
    """Return the sum in words, with as many decimals as it takes for the printed numbers themselves to add up."""
    features = 100 * math.fsum(entry.contribution for entry in attribution.contributions)
    missing, residual = 100 * attribution.missingness_contribution, 100 * attribution.residual
    reference, risk = 100 * attribution.reference_risk, 100 * attribution.risk
    for decimals in (1, 2, 3):
        scale = 10**decimals
        terms = [round(number * scale) for number in (reference, features, missing, residual)]
        if sum(terms) == round(risk * scale):
            rounded = False
            break
    else:
        decimals, rounded = 1, True
    said = {
        "reference": f"{reference:.{decimals}f}",
        "contributions": _term(features, decimals),
        "missing": _term(missing, decimals),
        "risk": f"{risk:.{decimals}f}",
        "residual": f"{abs(residual) if abs(residual) < 0.0005 else residual:.3f}",
    }
    return text("patient.why.check_rounded", **said) if rounded else text("patient.why.check", **said)


def _term(number: float, decimals: int) -> str:
    shown = f"{abs(number):.{decimals}f}"
    return f"{'−' if number < 0 and float(shown) != 0 else '+'} {shown}"
