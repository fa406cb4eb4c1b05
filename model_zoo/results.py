"""What the engine takes and gives: immutable records, each naming the scan and the weights it belongs to."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import astuple, dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import torch

from model_zoo.card import ModelCard, OutputCard
from model_zoo.errors import UnknownName
from model_zoo.finite import finite, reaches
from model_zoo.scans.geometry import Box, Geometry
from model_zoo.scans.regions import FilmRegions
from model_zoo.stored import Count, Interval, Percent, Share


@dataclass(frozen=True, eq=False)
class ModelInput:
    """A scan frame as the network sees it.

    tensor: float32 (1, C, H, W) on the CPU, value range from the card. geometry: the only way back to the scan.
    regions: lungs, border, corners and outside of the body on the same grid; ``None`` for a model without a segmenter.
    """

    tensor: torch.Tensor
    geometry: Geometry
    scan_sha256: str
    frame: int
    population: str
    regions: FilmRegions | None = None

    def __post_init__(self) -> None:
        finite(self.tensor, "A pixel of the picture", "Export the scan again, or read another frame.")

    @cached_property
    def digest(self) -> str:
        """Hash of all that a network and its explainers see: the values and the regions, never whose scan it is."""
        masks = () if self.regions is None else tuple(np.asarray(value) for value in vars(self.regions).values())
        return digest(self.tensor.numpy(), *masks)


@dataclass(frozen=True)
class Finding:
    """One output for one scan.

    score: rank from 0 to 100 among held-out films. probability, interval: ``None`` unless the output is calibrated
    against readings and the card covers the scan. threshold_score: the operating threshold in units of ``score``.
    above_threshold: the logit is at or above it; what that comes to is said by ``trust.state``.
    """

    output: str
    title: str
    kind: str
    logit: float
    score: Percent
    threshold_score: Percent
    above_threshold: bool
    probability: Share | None = None
    probability_interval: Interval | None = None
    threshold_probability: Share | None = None
    condition: str | None = None
    caution: str | None = None

    def __post_init__(self) -> None:
        stated = (self.probability, *(self.probability_interval or ()), self.threshold_probability)
        numbers = [self.logit, self.score, self.threshold_score, *(value for value in stated if value is not None)]
        finite(np.array(numbers, np.float64), "The network")


@dataclass(frozen=True)
class Prediction:
    """All findings of one population for one scan frame. exclusive: exactly one of them holds, as of types of a tumour."""

    model: str
    version: str
    weights_sha256: str
    scan_sha256: str
    frame: Count
    population: str
    findings: tuple[Finding, ...]
    covered: bool
    exclusive: bool = False

    def finding(self, output: str) -> Finding:
        """Return the finding of one output, or raise UnknownName."""
        for finding in self.findings:
            if finding.output == output:
                return finding
        raise UnknownName("finding", output, (f.output for f in self.findings))


@dataclass(frozen=True, eq=False)
class Attribution:
    """Where one target logit comes from.

    values: float32 (rows, cols) on the model grid or a coarser one that covers it; ``on_scan`` carries them to the
    scan. unit: what a value means. signed: whether negative values speak against the target. details: the method's own
    report of its error, such as the completeness delta.
    """

    method: str
    title: str
    target: str
    values: np.ndarray
    geometry: Geometry
    signed: bool
    unit: str
    parameters: Mapping[str, Any]
    details: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def on_scan(self) -> np.ndarray:
        """Return the values in the grid of the scan, float32 (rows, cols)."""
        return self.geometry.to_scan(self.values)


@dataclass(frozen=True, eq=False)
class LesionMasks:
    """What the network outlines beside its findings, in the grid of the scan.

    names, titles, kinds ("lesion" or "landmark"), thresholds, least_shares (of the picture; less is not drawn): one per
    plane. probabilities: float32 (K, rows, cols).
    """

    names: tuple[str, ...]
    titles: tuple[str, ...]
    kinds: tuple[str, ...]
    thresholds: tuple[float, ...]
    least_shares: tuple[float, ...]
    probabilities: np.ndarray

    def __post_init__(self) -> None:
        finite(self.probabilities, "The network that outlines")

    def outline(self, name: str) -> np.ndarray:
        """Return what is outlined on a plane, bool (rows, cols): nothing where it is too little; or raise UnknownName."""
        if name not in self.names:
            raise UnknownName("outline", name, self.names)
        plane = self.names.index(name)
        found = self.probabilities[plane] >= self.thresholds[plane]
        return found & bool(found.mean() >= self.least_shares[plane])


@dataclass(frozen=True)
class LesionBox:
    """A box in pixels of the scan. score: 0 to 1, not a probability. above_threshold: shown without being asked for."""

    score: float
    box: Box
    above_threshold: bool

    def __post_init__(self) -> None:
        finite(np.array((self.score, *astuple(self.box)), np.float64), "The network that draws boxes")


def build_finding(card: OutputCard, logit: float, covered: bool) -> Finding:
    """Read one logit through its card; outside the intended use there is no probability."""
    finding: dict[str, Any] = {}
    if covered and card.kind == "probability" and card.calibration is not None:
        finding = {
            "probability": card.calibration.probability(logit),
            "probability_interval": card.calibration.interval(logit),
            "threshold_probability": card.calibration.probability(card.threshold_logit),
        }
    return Finding(
        output=card.name,
        title=card.title,
        kind=card.kind,
        logit=logit,
        score=card.score(logit),
        threshold_score=card.score(card.threshold_logit),
        above_threshold=bool(reaches(logit, card.threshold_logit)),
        condition=card.condition,
        caution=card.caution,
        **finding,
    )


def build_prediction(card: ModelCard, model_input: ModelInput, logits: np.ndarray, covered: bool) -> Prediction:
    """Read the logits (outputs,) of one scan through the card.

    Parameters
    ----------
    card
        Of the model.
    model_input
        What the network was given.
    logits
        (outputs,).
    covered
        Whether the scan lies within the intended use; outside it nothing is a probability.
    """
    findings = tuple(
        build_finding(output, float(logits[card.index(output.name)]), covered)
        for output in card.outputs_of(model_input.population)
    )
    return Prediction(
        card.name,
        card.version,
        card.weights_sha256,
        model_input.scan_sha256,
        model_input.frame,
        model_input.population,
        findings,
        covered,
        card.exclusive,
    )


def digest(*arrays: np.ndarray) -> str:
    """Return the hash of arrays: of their shapes, types and every value."""
    found = hashlib.sha256()
    for array in arrays:
        found.update(f"{array.dtype}{array.shape}".encode())
        found.update(np.ascontiguousarray(array).data)
    return found.hexdigest()
