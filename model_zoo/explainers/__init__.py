"""Attribution methods, one file each: a network, its input and a target index flow in, a map of numbers comes out.

A module here that defines ``EXPLAINER`` is a method. It declares its parameters (the page builds the controls), whether
its values are signed (the page picks the colours) and what it needs (an incompatible one says why).
"""

from model_zoo.explainers.method import Choice, Explainer, Flag, Number, ParameterSpec, RawAttribution, read_parameters
from model_zoo.registry import Registry

EXPLAINERS: Registry[Explainer] = Registry("explanation method", "model_zoo.explainers", "EXPLAINER")

__all__ = [
    "EXPLAINERS",
    "Choice",
    "Explainer",
    "Flag",
    "Number",
    "ParameterSpec",
    "RawAttribution",
    "read_parameters",
]
