"""A risk model and what it says about one patient: record -> RiskEstimate, or the reason why there is none."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model_zoo.artefact import WEIGHTS_FILE, WeightsCard, read_card_json, read_tensors
from model_zoo.errors import CardInvalid, ZooError
from model_zoo.finite import finite
from model_zoo.patients.features import FeatureSpec, Value
from model_zoo.patients.record import PatientRecord
from model_zoo.stored import Length, Rising, Share, Side, Title

if TYPE_CHECKING:  # a definition, which builds the form, is read without torch
    import torch

    from model_zoo.patients.ensemble import RiskEnsemble

WEIGHTS_FOLDER = Path(__file__).resolve().parent.parent / "weights"
BASELINES_FILE = "baselines.safetensors"
INTERVAL_LEVEL = (0.05, 0.95)
_AGE = "age_years"
INTERVAL_TITLE = "5th to 95th percentile of the ensemble: how far the model itself is unsure, not the patient's fate"


@dataclass(frozen=True)
class _Threshold:
    value: Share


@dataclass(frozen=True)
class _Output:
    title: Title
    base_rate: Share


@dataclass(frozen=True)
class _Scaling:
    """A slope below zero would turn the order of the risks round."""

    slope: Length
    intercept: float


@dataclass(frozen=True)
class _Feature:
    name: Title
    training_range: Rising | None = None


@dataclass(frozen=True)
class _ReferencePatient:
    description: Title
    values: Mapping[str, Any]


@dataclass(frozen=True)
class _Card(WeightsCard):
    name: Title
    title: Title
    task: Title
    version: Title
    population: str
    intended_use: str
    not_for: str
    features: tuple[_Feature, ...]
    outputs: Mapping[str, _Output]
    thresholds: Mapping[str, _Threshold]
    calibration: Mapping[str, _Scaling | str]
    reference_patient: _ReferencePatient
    metrics: Mapping[str, Any]
    baselines: Mapping[str, Any]
    data: Any
    training: Mapping[str, Any]
    split_rule: str


class RiskNotApplicable(ZooError):
    """The model was not made for this patient; the message is the sentence that stands in place of the risk."""


@dataclass(frozen=True)
class Outcome:
    """One event the model speaks of. horizon_days: None where the event has no fixed horizon (the hospital stay)."""

    name: str
    title: str
    horizon_days: int | None


@dataclass(frozen=True)
class RiskModelDefinition:
    """What a file in risk_models/ declares: the features with their ranges, the outcomes, and for whom it speaks.

    applicability: returns None, or the sentence that says why the model has no risk for this record.
    population: the sentence that stands beside every number, followed by the warnings.
    warnings: what a reader has to know before believing a number, each a sentence. short_title: for a list, disease and place.
    """

    name: str
    title: str
    specs: tuple[FeatureSpec, ...]
    outcomes: tuple[Outcome, ...]
    population: str
    applicability: Callable[[PatientRecord], str | None]
    warnings: tuple[str, ...] = ()
    short_title: str = ""

    @property
    def stated_population(self) -> str:
        """The population with the warnings, as it stands beside every number."""
        return " ".join((self.population, *self.warnings))


@dataclass(frozen=True, eq=False)
class RiskModel:
    """A definition with its card and its checked weights. Holds no state: safe to use from several threads."""

    definition: RiskModelDefinition
    card: Mapping[str, Any]
    network: RiskEnsemble
    specs: tuple[FeatureSpec, ...]  # with the training ranges of the card

    @property
    def name(self) -> str:
        return self.definition.name

    def calibrated(self, logits: torch.Tensor) -> torch.Tensor:
        """Return probabilities (..., outcomes) of logits (..., outcomes) by the card's Platt scaling."""
        import torch

        scaling = [self.card["calibration"][outcome.name] for outcome in self.definition.outcomes]
        slope = torch.tensor([entry["slope"] for entry in scaling], dtype=logits.dtype)
        intercept = torch.tensor([entry["intercept"] for entry in scaling], dtype=logits.dtype)
        return finite(torch.sigmoid(slope * logits + intercept), "The risk model")

    def probabilities(self, values: torch.Tensor, measured: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return calibrated risk (patients, outcomes) and that of each member (members, patients, outcomes)."""
        import torch

        with torch.no_grad():
            logits = self.network.member_logits(self.network.encode(values, measured))
            return self.calibrated(logits.mean(dim=0)), self.calibrated(logits)


@dataclass(frozen=True)
class OutcomeRisk:
    """The risk of one outcome. low, high: INTERVAL_TITLE. base_rate: share of the training patients with the event."""

    name: str
    title: str
    probability: Share
    low: Share
    high: Share
    horizon_days: Side | None
    threshold: Share
    above_threshold: bool
    base_rate: Share


@dataclass(frozen=True)
class RiskEstimate:
    """Everything the page says about one patient's risks.

    not_measured: titles. flags: remarks on this record. age_remark: where the age lies outside the training data.
    """

    model: str
    title: str
    weights_sha256: str
    outcomes: tuple[OutcomeRisk, ...]
    population: str
    interval: str
    not_measured: tuple[str, ...]
    flags: tuple[str, ...]
    age_remark: str | None = None


def estimate_risk(model: RiskModel, record: PatientRecord) -> RiskEstimate:
    """Return the calibrated risks of one patient. Raises RiskNotApplicable with the reason where there are none."""
    import torch

    reason = model.definition.applicability(record)
    if reason is not None:
        raise RiskNotApplicable(reason, "The scan can be read without a risk estimate.")
    risk, members = model.probabilities(*tensors(model, record))
    ends = torch.quantile(members[:, 0], torch.tensor(INTERVAL_LEVEL, dtype=members.dtype), dim=0)
    outcomes = []
    for i, outcome in enumerate(model.definition.outcomes):
        probability, threshold = float(risk[0, i]), float(model.card["thresholds"][outcome.name]["value"])
        outcomes.append(
            OutcomeRisk(
                outcome.name,
                outcome.title,
                probability,
                # The mean of logits can lie outside two percentiles of a skewed ensemble; an interval holds its value.
                min(float(ends[0, i]), probability),
                max(float(ends[1, i]), probability),
                outcome.horizon_days,
                threshold,
                probability >= threshold,
                float(model.card["outputs"][outcome.name]["base_rate"]),
            )
        )
    missing = tuple(spec.title for spec in model.specs if record.value(spec.name) is None)
    return RiskEstimate(
        model.name,
        model.definition.title,
        str(model.card["weights_sha256"]),
        tuple(outcomes),
        model.definition.stated_population,
        INTERVAL_TITLE,
        missing,
        range_flags(model.specs, record) + record.notes,
        age_remark(model.specs, record),
    )


def range_flags(specs: tuple[FeatureSpec, ...], record: PatientRecord) -> tuple[str, ...]:
    """Return a sentence for every value but the age (see ``age_remark``) outside the range of the training patients."""
    flags = []
    for spec in specs:
        value = record.value(spec.name)
        if spec.name == _AGE or spec.kind != "numeric" or value is None or spec.training is None:
            continue
        low, high = spec.training
        if not low <= float(value) <= high:
            end = spec.show(low if float(value) < low else high)
            flags.append(f"{spec.title} lies outside the training patients; the model reads it as {end}.")
    return tuple(flags)


def age_remark(specs: tuple[FeatureSpec, ...], record: PatientRecord) -> str | None:
    """Return what is to be known of an age outside that of the training patients, in completed years; ``None`` inside.

    A model that does not read the age says nothing here: its data hold none.
    """
    training = next((spec.training for spec in specs if spec.name == _AGE), None)
    age = record.age_years
    if training is None or age is None:
        return None
    low, high = (int(end) for end in training)
    if low <= int(age) <= high:
        return None
    side = "younger" if age < low else "older"
    return (
        f"The patient is {int(age)} years old, {side} than every patient of the training data ({low} to {high} years): the model "
        f"reads the age as {low if age < low else high}, and nobody has checked this risk at such an age."
    )


def tensors(model: RiskModel, record: PatientRecord) -> tuple[torch.Tensor, torch.Tensor]:
    """Return values and mask of one record, float64 (1, features), in the order of the model's features."""
    import torch

    row = [encoded_value(spec, record.value(spec.name)) for spec in model.specs]
    values = torch.tensor([[0.0 if value is None else value for value in row]], dtype=torch.float64)
    measured = torch.tensor([[float(value is not None) for value in row]], dtype=torch.float64)
    return values, measured


def record_of(specs: tuple[FeatureSpec, ...], row: Iterable[float]) -> PatientRecord:
    """Return the record of one row of a table as the network reads it; the inverse of ``tensors``, NaN: not measured."""
    values: dict[str, Value] = {}
    for spec, figure in zip(specs, row, strict=True):
        value = None if math.isnan(figure) else float(figure)
        values[spec.name] = spec.choices[int(value)][0] if value is not None and spec.kind == "choice" else value
    age, sex = values.pop("age_years", None), values.pop("sex", None)
    return PatientRecord(None, None if age is None else float(age), None if sex is None else str(sex), values)


def encoded_value(spec: FeatureSpec, value: float | str | None) -> float | None:
    """Return a value as the network reads it: a figure, or the index of a choice; None: not measured."""
    if value is None or spec.kind != "choice":
        return None if value is None else float(value)
    return float([choice for choice, _ in spec.choices].index(str(value)))


def load_risk_model(definition: RiskModelDefinition, folder: Path | None = None) -> RiskModel:
    """Read card and weights of a definition. Raises DataNotFound, CardInvalid, or WeightsMismatch when they differ."""
    from model_zoo.patients.ensemble import RiskEnsemble

    folder = folder or WEIGHTS_FOLDER / definition.name
    card = read_card_json(folder, _Card)
    listed = [entry["name"] for entry in card["features"]]
    if listed != [spec.name for spec in definition.specs]:
        raise CardInvalid(f"The card of '{definition.name}' lists other features than the model.", "Train again.")
    for outcome in definition.outcomes:
        if not all(outcome.name in card[field] for field in ("outputs", "thresholds", "calibration")):
            raise CardInvalid(f"The card of '{definition.name}' lacks the outcome '{outcome.name}'.", "Train again.")
    network = RiskEnsemble.from_state(read_tensors(folder / WEIGHTS_FILE, card["weights_sha256"]))
    return RiskModel(definition, card, network, with_training_ranges(definition.specs, card["features"]))


def with_training_ranges(specs: tuple[FeatureSpec, ...], entries: list[Mapping[str, Any]]) -> tuple[FeatureSpec, ...]:
    """Return the features with the ranges that a card lists."""
    ranges = {entry["name"]: tuple(entry["training_range"]) for entry in entries if "training_range" in entry}
    return tuple(replace(spec, training=ranges.get(spec.name)) for spec in specs)
