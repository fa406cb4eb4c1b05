"""What if a value were another: record and changes -> the risk before and after, why, and what speaks against the change.

The model is asked again, nothing else: the answer is what it says of another record, not what a treatment would do. The
integration behind the contributions takes all its points here too; a change costs some ten milliseconds on one core.
Nothing is clipped in silence: a value outside the training patients is kept in the record, and a warning says as what the
model reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import torch

from model_zoo.errors import UnknownName, ZooError
from model_zoo.patients.attribution import RiskAttribution, attribute_risk
from model_zoo.patients.changeable import PARTS, implausible
from model_zoo.patients.features import FeatureSpec, Units, Value
from model_zoo.patients.parsing import parse_patient
from model_zoo.patients.record import PatientRecord
from model_zoo.patients.risk import (
    INTERVAL_LEVEL,
    RiskEstimate,
    RiskModel,
    RiskNotApplicable,
    age_remark,
    encoded_value,
    estimate_risk,
    range_flags,
    tensors,
)

ASSOCIATION = (
    "An association in the model, not the effect of a treatment: nobody knows that changing the value changes the risk."
)
PATH_POINTS = 61  # a curve without visible corners; the knots of the encoding lie further apart
_NO_RISK = "Start from a record that the model has a risk for."


@dataclass(frozen=True)
class Change:
    """One changed value. before, after: SI unit, None: not measured."""

    name: str
    title: str
    before: Value
    after: Value


@dataclass(frozen=True)
class WhatIf:
    """The risk before and after some changes. warnings: sentences; empty where nothing speaks against the changes.

    attributions: of the changed record, one per outcome. record: the changed one; the given one is as it was.
    """

    before: RiskEstimate
    after: RiskEstimate
    attributions: tuple[RiskAttribution, ...]
    changes: tuple[Change, ...]
    warnings: tuple[str, ...]
    record: PatientRecord


@dataclass(frozen=True, eq=False)
class RiskPath:
    """The risk along one variable, all else as in the record.

    values: SI unit for numbers, the texts of a choice, 1.0 and 0.0 for a flag; in order. current: place of the present value
    in it, None where it is not measured. probability, low, high: {outcome: (points,)}, NaN where the model has no risk;
    low, high: ensemble percentiles. training: its range. beyond: (points,), outside of it. logarithmic: read as a logarithm.
    """

    name: str
    title: str
    values: tuple[float | str, ...]
    current: int | None
    probability: Mapping[str, np.ndarray]
    low: Mapping[str, np.ndarray]
    high: Mapping[str, np.ndarray]
    training: tuple[float, float] | None
    beyond: np.ndarray
    logarithmic: bool


def what_if(
    model: RiskModel,
    record: PatientRecord,
    changes: Mapping[str, object],
    units: Units = "SI",
    before: RiskEstimate | None = None,
) -> WhatIf:
    """Ask the model about a record with other values.

    Parameters
    ----------
    model
        The fitted model.
    record
        The patient.
    changes
        By stored name or bare quantity, as in a form; None or "not measured" takes a value away.
    units
        In which a number without a unit is meant: "SI" or "US".
    before
        The estimate of ``record``, where it is known already.

    Raises
    ------
    InvalidPatientRecord
        For what the form would refuse too.
    RiskNotApplicable
        Where there is no risk before or after.
    """
    altered = changed_record(record, changes, model.specs, units)
    found = tuple(
        Change(spec.name, spec.title, record.value(spec.name), altered.value(spec.name))
        for spec in model.specs
        if record.value(spec.name) != altered.value(spec.name)
    )
    return WhatIf(
        estimate_risk(model, record) if before is None else before,
        estimate_risk(model, altered),
        attribute_risk(model, altered),
        found,
        warnings_of(model, record, altered),
        altered,
    )


def changed_record(
    record: PatientRecord, changes: Mapping[str, object], specs: tuple[FeatureSpec, ...], units: Units = "SI"
) -> PatientRecord:
    """Return the record with other values. Raises InvalidPatientRecord with all problems, as the form does."""
    entered = parse_patient(changes, specs, units)
    fields = {str(field).strip().lower().replace(" ", "_").replace("-", "_") for field in changes}
    age = {spec.name for spec in specs} & {"age_years"} and fields & {"age", "age_years"}
    return replace(
        record,
        age_years=entered.age_years if age else record.age_years,
        sex=entered.sex if "sex" in fields else record.sex,
        values={**record.values, **entered.values},
    )


def warnings_of(model: RiskModel, record: PatientRecord, altered: PatientRecord) -> tuple[str, ...]:
    """Return why the changed record should be read with care: only what the changes brought about."""
    found = []
    changed = tuple(spec for spec in model.specs if record.value(spec.name) != altered.value(spec.name))
    for spec in changed:
        against = implausible(spec, record.value(spec.name), altered.value(spec.name))
        if against is not None:
            found.append(against)
        if record.value(spec.name) is None:
            found.append(f"{spec.title} was not measured: this asks what the model would say if it had been.")
        if altered.value(spec.name) is None:
            found.append(f"{spec.title} is taken away: this asks what the model says without it.")
        if unseen(model, spec, altered.value(spec.name)):
            found.append(f"No training patient had this value of {spec.title}: the model knows nothing of it.")
    found += range_flags(changed, altered)
    remark = age_remark(changed, altered)
    if remark is not None:
        found.append(remark)
    names = {spec.name for spec in changed}
    titles = {spec.name: spec.title for spec in model.specs}
    for part, whole in PARTS:
        if names & {part, whole} and part_exceeds(altered, part, whole):
            found.append(
                f"{titles.get(part, part)} cannot be higher than {titles.get(whole, whole).lower()}, which holds it."
            )
    return tuple(found)


def part_exceeds(record: PatientRecord, part: str, whole: str) -> bool:
    """Return whether both are known and the part is larger than the whole."""
    small, large = record.value(part), record.value(whole)
    return small is not None and large is not None and float(small) > float(large)


def unseen(model: RiskModel, spec: FeatureSpec, value: Value) -> bool:
    """Return whether a choice has no channel of its own, because no training patient had it."""
    if spec.kind != "choice" or value is None:
        return False
    network = model.network
    own = (network.feature == model.specs.index(spec)) & (network.width == 0)
    return encoded_value(spec, value) not in network.code[own].tolist()


def spec_named(specs: tuple[FeatureSpec, ...], name: str) -> FeatureSpec:
    """Return a feature by stored name or bare quantity. Raises UnknownName with the nearest one."""
    for spec in specs:
        if name in (spec.name, spec.key):
            return spec
    raise UnknownName("quantity of this model", name, [spec.key for spec in specs])


def risk_path(model: RiskModel, record: PatientRecord, name: str, points: int = PATH_POINTS) -> RiskPath:
    """Return the risk along one variable over its training range, computed in one pass.

    Parameters
    ----------
    model
        The fitted model.
    record
        The patient.
    name
        Stored name of the variable.
    points
        How many values are tried.

    Raises
    ------
    UnknownName
        For another variable.
    RiskNotApplicable
        Where the record itself has no risk.
    """
    reason = model.definition.applicability(record)
    if reason is not None:
        raise RiskNotApplicable(reason, _NO_RISK)
    spec = spec_named(model.specs, name)
    place = model.specs.index(spec)
    floor = float(model.network.log_floor[place])
    grid, current = _grid(spec, record.value(spec.name), floor, points)
    coded = torch.tensor([encoded_value(spec, value) for value in grid], dtype=torch.float64)
    values, measured = (row.repeat(len(grid), 1) for row in tensors(model, record))
    values[:, place], measured[:, place] = coded, 1.0
    risk, members = model.probabilities(values, measured)
    ends = torch.quantile(members, torch.tensor(INTERVAL_LEVEL, dtype=members.dtype), dim=0)
    silent = np.array([_silent(model, record, spec, value) for value in grid])
    low, high = torch.minimum(ends[0], risk).numpy(), torch.maximum(ends[1], risk).numpy()

    def by_outcome(numbers: np.ndarray) -> dict[str, np.ndarray]:
        shown = np.where(silent[:, None], np.nan, numbers)
        return {outcome.name: shown[:, i] for i, outcome in enumerate(model.definition.outcomes)}

    return RiskPath(
        spec.name,
        spec.title,
        grid,
        current,
        by_outcome(risk.numpy()),
        by_outcome(low),
        by_outcome(high),
        spec.training if spec.kind == "numeric" else None,
        np.array([_beyond(spec, value) for value in grid]),
        floor > 0,
    )


def _grid(spec: FeatureSpec, present: Value, floor: float, points: int) -> tuple[tuple[float | str, ...], int | None]:
    """Return the values of a path in order, the present one among them, and its place."""
    if spec.kind == "choice":
        texts = tuple(value for value, _ in spec.choices)
        return texts, None if present is None else texts.index(str(present))
    if spec.kind == "flag":
        return (0.0, 1.0), None if present is None else int(float(present))
    if spec.training is None:
        raise ZooError(f"The card lists no training range of {spec.title}.", "Train the model again.")
    low, high = spec.training
    if spec.whole and high - low < points:
        steps = np.arange(np.ceil(low), np.floor(high) + 1)
    elif floor > 0 and high > max(low, floor):
        # Below the floor all values are read alike: one point stands for them.
        steps = np.geomspace(max(low, floor), high, points)
        steps = steps if low >= floor else np.concatenate([[low], steps])
    else:
        steps = np.linspace(low, high, points)
        steps = np.unique(np.rint(steps)) if spec.whole else steps
    if present is None:
        return tuple(float(value) for value in steps), None
    steps = np.unique(np.append(steps, float(present)))
    return tuple(float(value) for value in steps), int(np.searchsorted(steps, float(present)))


def _beyond(spec: FeatureSpec, value: float | str) -> bool:
    if spec.training is None or isinstance(value, str):
        return False
    return not spec.training[0] <= value <= spec.training[1]


def _silent(model: RiskModel, record: PatientRecord, spec: FeatureSpec, value: float | str) -> bool:
    """Return whether the model has no risk for the record with this value."""
    if spec.name == "age_years":
        altered = replace(record, age_years=float(value))
    elif spec.name == "sex":
        altered = replace(record, sex=str(value))
    else:
        altered = replace(record, values={**record.values, spec.name: value})
    return model.definition.applicability(altered) is not None
