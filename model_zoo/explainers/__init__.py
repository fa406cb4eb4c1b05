"""Attribution methods, one file each: a network, its input and a target index flow in, a map of numbers comes out.

A module here that defines ``EXPLAINER`` is a method. It declares its parameters (the page builds the controls), whether
its values are signed (the page picks the colours) and what it needs (an incompatible one says why).
"""

from model_zoo.explainers.method import (
    Choice,
    ColourFloor,
    Explainer,
    Flag,
    Number,
    ParameterSpec,
    RawAttribution,
    read_parameters,
)
from model_zoo.registry import Registry

EXPLAINERS: Registry[Explainer] = Registry("explanation method", "model_zoo.explainers", "EXPLAINER")
# Of a map whose method is not there any more: no more than a guard against an empty range.
_NO_FLOOR = ColourFloor(1e-6)


def range_floor(method: str, cells: int) -> float:
    """Return the smallest upper end of the colour range of a map of so many cells, in the unit of its method."""
    known = method in EXPLAINERS.names()
    return (EXPLAINERS.get(method).colour_floor if known else _NO_FLOOR).over(cells)


__all__ = [
    "EXPLAINERS",
    "Choice",
    "ColourFloor",
    "Explainer",
    "Flag",
    "Number",
    "ParameterSpec",
    "RawAttribution",
    "range_floor",
    "read_parameters",
]
