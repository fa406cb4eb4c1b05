"""What an attribution method declares, and how the parameters a reader sets are checked against it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from model_zoo.errors import ExplainerNotApplicable, UnknownName
from model_zoo.finite import finite

if TYPE_CHECKING:  # palettes and parameters, which a page draws, are read without torch
    import torch
    from torch import nn

# The batch sizes of the methods were chosen for films of this side; larger pictures go in smaller batches.
BATCH_SIDE = 128


def at_once(x: torch.Tensor, most: int) -> int:
    """Return how many pictures like x (N, C, H, W) take the memory of ``most`` at 128 x 128; from 1 to ``most``."""
    return max(1, min(most, most * BATCH_SIDE**2 // (x.shape[-2] * x.shape[-1])))


@dataclass(frozen=True)
class Number:
    """A whole-number parameter between ``low`` and ``high``."""

    name: str
    title: str
    default: int
    low: int
    high: int
    step: int = 1
    help: str = ""


@dataclass(frozen=True)
class Choice:
    """A parameter with named options: value and title."""

    name: str
    title: str
    default: str
    options: tuple[tuple[str, str], ...]
    help: str = ""


@dataclass(frozen=True)
class Flag:
    """An on-off parameter."""

    name: str
    title: str
    default: bool
    help: str = ""


ParameterSpec = Number | Choice | Flag


@dataclass(frozen=True)
class ColourFloor:
    """The smallest upper end of the colour range, so that a map of little looks like little.

    Rule: the 99.9 % quantile of a map for lung opacity, median over films with opacity of fold 3, held out of training; a
    third of it for signed maps, which are as strong on clear films. ``python -m model_zoo.training.trust.colour_floors``
    measures it, at the defaults of the method. On films read as normal Grad-CAM stays under 0.007 in 19 of 20: a third of its
    range means "as on a clear film".

    value: in the unit of the method. cells: of the maps that it was measured on, for a method that shares the logit out: the
    same logit over more cells is less in each. ``None``: what is covered as a whole has the same effect on any grid.
    """

    value: float
    cells: int | None = None

    def over(self, cells: int) -> float:
        """Return the floor of a map of so many cells."""
        return self.value if self.cells is None else self.value * self.cells / max(1, cells)


@dataclass(frozen=True, eq=False)
class RawAttribution:
    """values: float32 (rows, cols), covers the model grid at its own resolution. details: plain numbers and words."""

    values: np.ndarray
    details: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        finite(self.values, "The map")
        finite(np.array([v for v in self.details.values() if isinstance(v, float)]), "The map")


class Explainer(Protocol):
    """One attribution method. ``attribute`` is only ever called by the engine, which owns the network."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def colour_floor(self) -> ColourFloor: ...
    @property
    def explanation(self) -> str: ...
    @property
    def parameters(self) -> tuple[ParameterSpec, ...]: ...
    @property
    def needs(self) -> tuple[str, ...]:
        """What ``attribute`` takes beside the parameters: "regions" for the FilmRegions of the input, or nothing."""
        ...

    @property
    def caution(self) -> str | None:
        """A failed sanity check that is shown wherever the method is offered; ``None`` for most methods."""
        ...

    def passes(self, values: Mapping[str, Any]) -> int:
        """The cost: how many times one picture goes through the network under these parameters."""
        ...

    def is_signed(self, values: Mapping[str, Any]) -> bool:
        """Whether negative values are meaningful under these parameters."""
        ...

    def attribute(
        self, network: nn.Module, target_layer: str, x: torch.Tensor, target: int, **parameters: Any
    ) -> RawAttribution:
        """Attribute logit ``target`` of ``network(x)``, x float32 (1, C, H, W); also ``regions`` where it is needed."""
        ...


def read_parameters(explainer: Explainer, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return every parameter of a method, defaults filled in.

    Raises UnknownName for a name or option that is not declared, ExplainerNotApplicable for a value out of range.
    """
    specs = {spec.name: spec for spec in explainer.parameters}
    for name in given:
        if name not in specs:
            raise UnknownName(f"parameter of {explainer.title}", name, specs)
    values: dict[str, Any] = {}
    for name, spec in specs.items():
        value = given.get(name, spec.default)
        if isinstance(spec, Number):
            if not isinstance(value, int) or isinstance(value, bool) or not spec.low <= value <= spec.high:
                raise ExplainerNotApplicable(
                    f"'{spec.title}' is {value!r}; a whole number from {spec.low} to {spec.high} is expected.",
                    "Choose a value in that range.",
                )
        elif isinstance(spec, Choice):
            if value not in [option for option, _ in spec.options]:
                raise UnknownName(spec.title, str(value), (option for option, _ in spec.options))
        else:
            value = bool(value)
        values[name] = value
    return values


def find_layer(network: nn.Module, name: str) -> nn.Module:
    """Return a submodule by its dotted name; raise ExplainerNotApplicable when the network has none of that name."""
    try:
        return network.get_submodule(name)
    except AttributeError as error:
        raise ExplainerNotApplicable(
            f"The network has no layer '{name}'.", "Name a convolutional layer of the network in the card."
        ) from error
