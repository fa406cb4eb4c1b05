"""What if, as rows and curves for the page: the model's answers flow in, numbers and words come out. No Streamlit, no Plotly."""

from __future__ import annotations

import math
from dataclasses import dataclass

from dashboard.catalogue import counted, text
from dashboard.viewmodels.patient.contributions import signed_points
from dashboard.viewmodels.patient.risk import percent_words
from model_zoo.patients.changeable import trait
from model_zoo.patients.counterfactuals import Counterfactual, Counterfactuals
from model_zoo.patients.features import FeatureSpec, Units, Value
from model_zoo.patients.risk import RiskModel
from model_zoo.patients.what_if import ASSOCIATION, RiskPath, WhatIf


@dataclass(frozen=True)
class OutcomeMove:
    """One outcome before and after. All in per cent; points: after minus before."""

    name: str
    title: str
    before: float
    after: float
    points: float
    words: str


@dataclass(frozen=True)
class WhatIfView:
    """The answer to a change. changes: one sentence each. moves: one per outcome. limits: what it does not say."""

    changes: tuple[str, ...]
    moves: tuple[OutcomeMove, ...]
    warnings: tuple[str, ...]
    limits: str


@dataclass(frozen=True)
class PathView:
    """The risk along one variable, in the units shown. x: numbers, or the titles of choices; in per cent: risk, low, high.

    NaN where the model has no risk. current, original: places in x of the value tried and of the record's own, or None.
    training: in the units shown. words: the curve as a sentence.
    """

    title: str
    axis: str
    x: tuple[float | str, ...]
    risk: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    x_words: tuple[str, ...]
    current: int | None
    original: int | None
    threshold: float
    training: tuple[float, float] | None
    logarithmic: bool
    words: str


@dataclass(frozen=True)
class AnswerRow:
    """One counterfactual as a row: what would change, and the risk after it."""

    words: str
    risk_words: str
    detail: str
    changes: tuple[tuple[str, Value], ...]


@dataclass(frozen=True)
class AnswersView:
    """What would take the risk across the threshold. held: why the other values stay."""

    heading: str
    rows: tuple[AnswerRow, ...]
    words: str
    held: tuple[str, ...]


def build_what_if(asked: WhatIf, model: RiskModel, units: Units = "SI") -> WhatIfView:
    """Turn the answer to some changes into words."""
    specs = {spec.name: spec for spec in model.specs}
    moves = []
    for before, after in zip(asked.before.outcomes, asked.after.outcomes, strict=True):
        points = 100 * (after.probability - before.probability)
        side = "above" if after.above_threshold else "below"
        crossed = "now" if after.above_threshold != before.above_threshold else "still"
        words = text(
            f"patient.what_if.move.{f'{crossed}_{side}' if asked.changes else side}",
            before=percent_words(before.probability, 1),
            after=percent_words(after.probability, 1),
            points=signed_points(points),
            threshold=percent_words(after.threshold, 1),
        )
        moves.append(
            OutcomeMove(after.name, after.title, 100 * before.probability, 100 * after.probability, points, words)
        )
    changes = tuple(_change_words(specs[c.name], c.before, c.after, units) for c in asked.changes)
    # What the model says of the changed record stands there too, so that nothing is out of sight while playing.
    others = tuple(flag for flag in asked.after.flags if flag not in asked.warnings)
    return WhatIfView(changes, tuple(moves), (*asked.warnings, *others), ASSOCIATION)


def build_path(
    path: RiskPath, spec: FeatureSpec, outcome: str, threshold: float, original: Value, units: Units = "SI"
) -> PathView:
    """Turn a path into a curve of one outcome. threshold: 0 to 1. original: the record's own value."""
    x = tuple(
        spec.to_units(value, units) if spec.kind == "numeric" and not isinstance(value, str) else spec.show(value)
        for value in path.values
    )
    risk = tuple(100 * float(value) for value in path.probability[outcome])
    known = [value for value in risk if not math.isnan(value)]
    own = _place(path.values, original)
    words = text("patient.what_if.path_none", title=spec.title)
    if known:
        low, high = f"{min(known):.1f}", f"{max(known):.1f}"
        words = text("patient.what_if.path", title=spec.title, low=low, high=high)
    if path.current is not None and not math.isnan(risk[path.current]):
        shown = spec.show(path.values[path.current], units)
        words = f"{words} {text('patient.what_if.path_now', value=shown, risk=f'{risk[path.current]:.1f}')}"
    unit = spec.unit(units) if spec.kind == "numeric" else ""
    ends = None if path.training is None else tuple(spec.to_units(end, units) for end in path.training)
    return PathView(
        title=spec.title,
        axis=text("patient.form.field", title=spec.title, unit=unit) if unit else spec.title,
        x=x,
        risk=risk,
        low=tuple(100 * float(value) for value in path.low[outcome]),
        high=tuple(100 * float(value) for value in path.high[outcome]),
        x_words=tuple(spec.show(value, units) for value in path.values),
        current=path.current,
        original=own,
        threshold=100 * threshold,
        training=None if ends is None else (min(ends), max(ends)),
        logarithmic=path.logarithmic and all(not isinstance(value, str) and value > 0 for value in x),
        words=words,
    )


def build_answers(found: Counterfactuals, model: RiskModel, units: Units = "SI") -> AnswersView:
    """Turn the counterfactuals into rows."""
    specs = {spec.name: spec for spec in model.specs}
    threshold = percent_words(found.threshold, 1)
    heading = text(
        f"patient.what_if.across.{found.side}",
        outcome=found.outcome_title,
        risk=percent_words(found.probability, 1),
        threshold=threshold,
    )
    rows = tuple(_answer(answer, specs, units) for answer in found.answers)
    held = tuple(text("patient.what_if.held", title=title, reason=why) for title, why in found.held)
    return AnswersView(heading, rows, found.words, held)


def variable_words(spec: FeatureSpec, units: Units = "SI") -> str:
    """Return what is known about changing a variable: its trait, and the range of the training patients."""
    kind, why = trait(spec)
    said = text(f"patient.what_if.trait.{kind}", title=spec.title, reason=why)
    if spec.kind != "numeric" or spec.training is None:
        return said
    low, high = (spec.show(end, units) for end in spec.training)
    return f"{said} {text('patient.training', range=text('patient.range', low=low, high=high))}"


def _answer(answer: Counterfactual, specs: dict[str, FeatureSpec], units: Units) -> AnswerRow:
    words = "; ".join(_change_words(specs[c.name], c.before, c.after, units) for c in answer.changes)
    detail = counted("patient.what_if.distance", len(answer.changes), distance=f"{answer.distance:.1f}")
    return AnswerRow(
        words, f"{percent_words(answer.probability, 1)} %", detail, tuple((c.name, c.after) for c in answer.changes)
    )


def _change_words(spec: FeatureSpec, before: Value, after: Value, units: Units) -> str:
    shown = spec.show(before, units), spec.show(after, units)
    return text("patient.what_if.changed", title=spec.title, before=shown[0], after=shown[1])


def _place(values: tuple[float | str, ...], wanted: Value) -> int | None:
    """Return the place of a value, or of the number nearest to it."""
    if wanted is None:
        return None
    if isinstance(wanted, str):
        return values.index(wanted) if wanted in values else None
    numbers = [value for value in values if not isinstance(value, str)]
    return min(range(len(numbers)), key=lambda i: abs(numbers[i] - float(wanted))) if numbers else None
