"""What a check of a map sees, what it answers, and the registry of checks: one file each in this package.

A module here that defines ``CHECK`` is a check of a map. It is run by the engine, which owns the network, on the scan and
the map that the reader sees; it answers with one measure, whether that passes, and a sentence to read aloud.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Protocol

import numpy as np
import torch
from pydantic import Field
from torch import nn

from model_zoo.explainers.method import Explainer, Number
from model_zoo.finite import finite
from model_zoo.registry import Registry
from model_zoo.scans.regions import FilmRegions
from model_zoo.stored import Plain
from model_zoo.trust.masking import MaskingEffect

# Inside the checks a method that samples or integrates takes this many steps: enough to rank regions, cheap enough to repeat.
CHECK_STEPS = 16
# Pictures per forward pass: a batch of 64 at 128 px stays under 300 MB on the CPU.
BATCH = 64

PASSED, FAILED, FATAL, NOT_APPLICABLE = "passed", "failed", "not to be used", "not applicable"
# A measure that was not shown to tell maps that hit from maps that miss: it is shown, and decides nothing.
INFORMS = "informs only"
_OUTCOMES = f"^({PASSED}|{FAILED}|{FATAL}|{NOT_APPLICABLE}|{INFORMS})$"


@dataclass(frozen=True)
class CheckResult:
    """The answer of one check.

    outcome: "passed", "failed" (speaks for doubt), "not to be used" (the map must not be used), "informs only" (decides
    nothing) or "not applicable".
    measure, limit: the number that decides and what it is held against; ``None`` where there is none. sentence: the same
    in words. figures: plain numbers and lists for a plot or a report.
    """

    name: str
    title: str
    outcome: Annotated[str, Field(pattern=_OUTCOMES)]
    measure: float | None
    limit: float | None
    sentence: str
    figures: Plain = field(default_factory=dict)

    def __post_init__(self) -> None:
        finite(np.array([v for v in (self.measure, self.limit) if v is not None], np.float64), "A check of the map")


@dataclass(eq=False)
class MapSubject:
    """One map under examination.

    x: float32 (1, C, H, W) on the device of the network. target: index of the explained output. values: the map as shown,
    float32 (rows, cols), a resolution that divides (H, W). effect: what covering the marked region did.
    reference: a clear chest like x, to put in place of what is taken away; blurred x stands in. limits: fitted
    limits by check name. shared: results that maps of the same scan and target have in common, filled by the checks.
    """

    network: nn.Module
    target_layer: str
    x: torch.Tensor
    target: int
    explainer: Explainer
    parameters: Mapping[str, Any]
    values: np.ndarray
    details: Mapping[str, Any]
    regions: FilmRegions | None
    effect: MaskingEffect | None = None
    reference: torch.Tensor | None = None
    limits: Mapping[str, float | None] = field(default_factory=dict)
    shared: dict[str, Any] = field(default_factory=dict)

    def limit(self, check: str, otherwise: float) -> float | None:
        """Return the fitted limit of a check, or the one that stands in where none was fitted.

        ``None`` where fitting did not show that the measure tells maps that hit from maps that miss: it then informs and
        does not decide.
        """
        return self.limits.get(check, otherwise)

    def logits(self, pictures: torch.Tensor) -> np.ndarray:
        """Return the target logit, float64 (N,), of pictures (N, C, H, W)."""
        with torch.no_grad():
            parts = [self.network(pictures[i : i + BATCH])[:, self.target] for i in range(0, len(pictures), BATCH)]
        return finite(torch.cat(parts).double().cpu().numpy(), "The network")

    def explain_again(self, x: torch.Tensor | None = None, network: nn.Module | None = None) -> np.ndarray:
        """Return the map of a changed picture or network, with at most ``CHECK_STEPS`` steps or samples."""
        extra = {"regions": self.regions} if "regions" in self.explainer.needs else {}
        return self.explainer.attribute(
            self.network if network is None else network,
            self.target_layer,
            self.x if x is None else x,
            self.target,
            **{**self.parameters, **light_parameters(self.explainer, self.parameters), **extra},
        ).values

    def once(self, key: str, make: Callable[[], Any]) -> Any:
        """Return what ``make`` gives, computed once for all maps of this scan and target."""
        if key not in self.shared:
            self.shared[key] = make()
        return self.shared[key]


class MapCheck(Protocol):
    """One check of a map. ``order`` is its place in the panel; ``question`` is what it answers, for the reader.

    needs: what a model must outline for it, as of an explainer: "regions", or nothing.
    """

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def question(self) -> str: ...
    @property
    def order(self) -> int: ...
    @property
    def needs(self) -> tuple[str, ...]: ...

    def run(self, subject: MapSubject) -> CheckResult:
        """Examine one map."""
        ...

    def decide(self, measure: float | None, limit: float | None, figures: Mapping[str, Any]) -> str:
        """Return the outcome of a measure and its figures under a limit; without a limit only principles decide."""
        ...


MAP_CHECKS: Registry[MapCheck] = Registry("check of a map", "model_zoo.trust.checks", "CHECK")


def ordered_checks() -> tuple[MapCheck, ...]:
    """Return the checks in the order of the panel."""
    return tuple(sorted(MAP_CHECKS, key=lambda check: check.order))


def light_parameters(explainer: Explainer, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``steps`` and ``samples`` lowered to ``CHECK_STEPS`` where the method takes more."""
    lowered: dict[str, Any] = {}
    for spec in explainer.parameters:
        if isinstance(spec, Number) and spec.name in ("steps", "samples") and values[spec.name] > CHECK_STEPS:
            lowered[spec.name] = max(CHECK_STEPS, spec.low)
    if any(spec.name in ("steps", "samples") for spec in explainer.parameters):
        lowered["most_steps"] = CHECK_STEPS  # no more than asked: rankings, not sums, are compared inside the checks
    return lowered


def positive_on_grid(values: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Return what speaks for the finding, float64 (H, W) on the grid of the model: each value spread evenly over its cell."""
    positive = np.maximum(np.nan_to_num(np.asarray(values, dtype=np.float64)), 0.0)
    rows, cols = shape[0] // values.shape[0], shape[1] // values.shape[1]
    return np.kron(positive, np.ones((rows, cols))) / (rows * cols)
