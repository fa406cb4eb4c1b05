"""The model card: tensors, populations, labels, thresholds, calibration, intended use, data and metrics in one object.

The card lies beside the weights as ``card.json`` and is written by the training recipe, never by hand. It drives
preprocessing, labels and thresholds; a test verifies it against the network.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import AfterValidator, Field

from model_zoo.artefact import CARD_FILE
from model_zoo.disk import read_json_file, trouble
from model_zoo.errors import CardInvalid, UnknownName
from model_zoo.finite import probability_of, rising
from model_zoo.stored import Ends, Label, Rising, Share, Side, Title, places, rebuild

SCHEMA_VERSION = 1
# A population that reaches from birth to this age is one of any age: nobody grew older than 122.
OLDEST_YEARS = 125
WEIGHTS_ROOT = Path(__file__).parent / "weights"
# A network input beyond 2,048 pixels a side takes gigabytes and half a minute a film; ImageNet has 1,000 labels.
Edge = Annotated[int, Field(ge=8, le=2048)]
Channels = Annotated[int, Field(ge=1, le=4)]
MOST_OUTPUTS = 1000
Years = Annotated[int | float, Field(ge=0, le=150)]  # as the card writes it: an age of 18 is shown as 18, not 18.0


def _in_order(ends: tuple[float, float]) -> tuple[float, float]:
    rising(ends)
    return ends


@dataclass(frozen=True)
class Calibration:
    """Platt scaling, ``probability = sigmoid(slope * logit + intercept)``, fitted on patients held out of training.

    covariance: of (slope, intercept) over a bootstrap by patient; gives the interval of a probability.
    """

    slope: float
    intercept: float
    covariance: tuple[tuple[float, float], tuple[float, float]]
    fitted_on: str

    def probability(self, logit: float) -> float:
        """Calibrated probability of one logit."""
        return probability_of(self.slope * logit + self.intercept)

    def interval(self, logit: float) -> tuple[float, float]:
        """95 % interval of that probability: uncertainty of the calibration, not of the network."""
        (vaa, vab), (_, vbb) = self.covariance
        spread = 1.96 * math.sqrt(max(vaa * logit * logit + 2 * vab * logit + vbb, 0.0))
        centre = self.slope * logit + self.intercept
        return probability_of(centre - spread), probability_of(centre + spread)


@dataclass(frozen=True)
class OutputCard:
    """One output of the network, in the order of its index.

    kind: "probability" for outputs learned from readings, "report_score" for text-mined report labels, which are never
    shown as a probability of disease. score_quantiles: logits at 0, 1, ... 100 % of the held-out films of the
    population, by which a score from 0 to 100 is read off.
    """

    name: str
    title: str
    population: str
    kind: str
    threshold_logit: float
    threshold_rule: str
    score_quantiles: tuple[float, ...]
    calibration: Calibration | None = None
    condition: str | None = None  # e.g. "if pneumonia is present"
    caution: str | None = None
    operating: dict[str, Any] = field(default_factory=dict)  # sensitivity, specificity with intervals

    def score(self, logit: float) -> float:
        """Rank from 0 to 100: the percentage of held-out films of this population with a lower logit."""
        return float(np.interp(logit, self.score_quantiles, np.linspace(0, 100, len(self.score_quantiles))))


@dataclass(frozen=True)
class MaskCard:
    """One outline that the network draws beside its outputs, in the order of its plane.

    kind: "lesion" or "landmark" (an organ part that is no finding). threshold: probability from which a pixel counts.
    least_share: of the picture; less than that is not drawn. expects: outputs that go with the outline.
    """

    name: Label
    title: Title
    kind: Annotated[str, Field(pattern="^(lesion|landmark)$")]
    threshold: Share
    least_share: Share = 0.0
    expects: tuple[str, ...] = ()


@dataclass(frozen=True)
class PopulationCard:
    """For whom the outputs hold, and how a scan of theirs is cropped.

    age_years: half-open, from the first to before the second. crop: "whole", "lungs" or "centre" (the central square).
    views: empty where the view says nothing, as for any picture that is no projection. sexes: "F", "M"; empty where the
    outputs hold for every sex.
    """

    name: Label
    title: Title
    age_years: Annotated[tuple[Years, Years], AfterValidator(_in_order)]
    crop: Annotated[str, Field(pattern="^(whole|lungs|centre)$")]
    views: tuple[str, ...]
    note: str
    sexes: tuple[str, ...] = ()

    @property
    def any_age(self) -> bool:
        """Whether the age restricts nothing, so that nobody has to state it."""
        return self.age_years[0] <= 0 and self.age_years[1] >= OLDEST_YEARS


@dataclass(frozen=True)
class ModelCard:
    """Everything a caller has to know of an image model. ``raw`` is the JSON it came from.

    colour: whether colour pictures are read, by their luminance. masks: outlines drawn beside the outputs.
    box_threshold: score from which a box is shown, ``None`` for a model without boxes.
    """

    name: str
    title: str
    version: str
    task: str
    input_shape: tuple[int, int, int]
    value_range: tuple[float, float]
    target_layer: str
    modalities: tuple[str, ...]
    body_parts: tuple[str, ...]
    aspect_range: tuple[float, float]
    min_side: int
    populations: tuple[PopulationCard, ...]
    outputs: tuple[OutputCard, ...]
    not_assessed: tuple[str, ...]
    intended_use: str
    not_for: tuple[str, ...]
    weights_sha256: str
    raw: dict[str, Any] = field(repr=False)
    colour: bool = False
    masks: tuple[MaskCard, ...] = ()
    box_threshold: float | None = None

    @property
    def sampled(self) -> str:
        """What was held out and counted: patients, or what stands for them in a set that names none."""
        return sampled_words(self.raw)

    @property
    def exclusive(self) -> bool:
        """Whether exactly one output holds: the logits are then the log-odds of a softmax."""
        options = self.raw.get("architecture_options") or {}
        return bool(self.raw.get("exclusive") or options.get("exclusive"))

    @property
    def scaling(self) -> str:
        """How the values of a scan become those of the input: "stretch" (the zoo's own) or "range" (``value_range``)."""
        return str(self.raw["input"].get("scaling", "stretch"))

    @property
    def labels(self) -> tuple[str, ...]:
        """Output names in index order; the order says nothing about severity."""
        return tuple(output.name for output in self.outputs)

    def output(self, name: str) -> OutputCard:
        """Return the output of that name."""
        for output in self.outputs:
            if output.name == name:
                return output
        raise UnknownName("output", name, self.labels)

    def index(self, name: str) -> int:
        """Return the position of an output in the logits."""
        return self.labels.index(self.output(name).name)

    def population(self, name: str) -> PopulationCard:
        """Return the population of that name."""
        for population in self.populations:
            if population.name == name:
                return population
        raise UnknownName("population", name, (p.name for p in self.populations))

    def outputs_of(self, population: str) -> tuple[OutputCard, ...]:
        """Return the outputs that hold for a population."""
        return tuple(output for output in self.outputs if output.population == population)


def sampled_words(raw: Mapping[str, Any]) -> str:
    """Return what a card counts: patients, or what stands for them in a set that names none."""
    return str(raw.get("groups", "patients")).split(" (")[0]


def is_installed(name: str) -> bool:
    """Whether a model of the zoo lies there with its card; nothing is loaded."""
    return (WEIGHTS_ROOT / name / CARD_FILE).is_file()


def read_card(folder: Path) -> ModelCard:
    """Read ``card.json`` of a weights folder.

    Raises CardInvalid when it is missing, no JSON, of another schema, or lacks a field.
    """
    path = folder / CARD_FILE
    try:
        raw = read_json_file(path)
    except (OSError, ValueError) as error:
        why = trouble(error) if isinstance(error, OSError) else "it is no sound JSON"
        raise CardInvalid(
            f"The card of '{folder.name}' cannot be read: {why}.",
            "Restore card.json beside the weights, or train again.",
        ) from error
    found = raw.get("schema_version") if isinstance(raw, dict) else None
    if found != SCHEMA_VERSION:
        raise CardInvalid(
            f"The card of '{folder.name}' has schema version {found}, expected {SCHEMA_VERSION}.",
            "Update Diaphane, or train the model again with this version.",
        )
    try:
        return _card(rebuild(_StoredCard, raw, extra="ignore"), raw)
    except ValueError as error:
        where = "".join(f"; look at {place}" for place in places(error)[:1])
        raise CardInvalid(
            f"The card of '{folder.name}' is incomplete or contradicts itself{where}.",
            "Train the model again to rewrite it.",
        ) from error


@dataclass(frozen=True)
class _StoredInput:
    shape: tuple[Channels, Edge, Edge]
    value_range: Ends
    target_layer: str
    modalities: tuple[str, ...]
    body_parts: tuple[str, ...]
    aspect_range: Ends
    min_side: Side
    scaling: str = "stretch"
    colour: bool = False


@dataclass(frozen=True)
class _StoredThreshold:
    logit: float
    rule: str
    operating: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class _StoredOutput:
    name: Label
    title: Title
    population: Label
    kind: Literal["probability", "report_score"]
    threshold: _StoredThreshold
    score_quantiles: Annotated[Rising, Field(max_length=10_000)]
    calibration: Calibration | None = None
    condition: str | None = None
    caution: str | None = None

    def card(self) -> OutputCard:
        told = {part.name: getattr(self, part.name) for part in fields(self) if part.name != "threshold"}
        at = self.threshold
        return OutputCard(**told, threshold_logit=at.logit, threshold_rule=at.rule, operating=at.operating)


@dataclass(frozen=True)
class _StoredBoxes:
    threshold: Share


@dataclass(frozen=True)
class _StoredCard:
    """What is read of ``card.json``."""

    name: Label
    title: Title
    version: Label
    task: str
    input: _StoredInput
    populations: Annotated[tuple[PopulationCard, ...], Field(min_length=1, max_length=MOST_OUTPUTS)]
    outputs: Annotated[tuple[_StoredOutput, ...], Field(max_length=MOST_OUTPUTS)]
    not_assessed: tuple[str, ...]
    intended_use: str
    not_for: tuple[str, ...]
    weights_sha256: str
    masks: tuple[MaskCard, ...] = ()
    boxes: _StoredBoxes | None = None


def _card(stored: _StoredCard, raw: dict[str, Any]) -> ModelCard:
    if len({output.name for output in stored.outputs}) < len(stored.outputs):
        raise ValueError("two outputs of one name")
    if not {output.population for output in stored.outputs} <= {one.name for one in stored.populations}:
        raise ValueError("an output for a population that is not described")
    told = {
        part.name: getattr(stored, part.name)
        for part in fields(stored)
        if part.name not in ("input", "outputs", "boxes")
    }
    read = stored.input
    return ModelCard(
        **told,
        input_shape=read.shape,
        value_range=read.value_range,
        target_layer=read.target_layer,
        modalities=read.modalities,
        body_parts=read.body_parts,
        aspect_range=read.aspect_range,
        min_side=read.min_side,
        outputs=tuple(output.card() for output in stored.outputs),
        raw=raw,
        colour=read.colour,
        box_threshold=None if stored.boxes is None else stored.boxes.threshold,
    )
