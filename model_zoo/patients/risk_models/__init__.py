"""The risk models, one file each: a file is registered by lying here and declaring ``MODEL``.

``MODEL`` is a RiskModelDefinition; its features build the form and the validation, its weights and card lie in
model_zoo/weights/<name>/.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from model_zoo.errors import DuplicateName
from model_zoo.patients.catalogue import CATALOGUE
from model_zoo.patients.features import FeatureSpec
from model_zoo.patients.risk import RiskModel, RiskModelDefinition, load_risk_model
from model_zoo.registry import Registry

RISK_MODELS: Registry[RiskModelDefinition] = Registry("risk model", __name__, "MODEL")


def definitions() -> dict[str, RiskModelDefinition]:
    """Return all definitions by name. Raises DuplicateName when two files declare one name."""
    return {definition.name: definition for definition in RISK_MODELS}


def risk_model(name: str, folder: Path | None = None) -> RiskModel:
    """Return a risk model with its card and checked weights. Raises UnknownName with the nearest known name."""
    return load_risk_model(RISK_MODELS.get(name), folder)


def all_specs() -> tuple[FeatureSpec, ...]:
    """Return the features of all risk models, each once and without what a model adds to its help (the timing).

    Raises DuplicateName when two models define one differently, so that one record serves all models.
    """
    specs: dict[str, FeatureSpec] = {}
    for definition in definitions().values():
        for spec in definition.specs:
            shared = next((known for known in CATALOGUE if known.name == spec.name), spec)
            if replace(spec, help="") != replace(shared, help="") or specs.setdefault(spec.name, shared) != shared:
                raise DuplicateName(f"Two risk models define '{spec.name}' differently.", "Use one definition.")
    return tuple(specs.values())
