"""The risk models, one file each: a file is registered by lying here and declaring ``MODEL``.

``MODEL`` is a RiskModelDefinition; its features build the form and the validation, its weights and card lie in
model_zoo/weights/<name>/.
"""

from __future__ import annotations

from pathlib import Path

from model_zoo.errors import DuplicateName
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
    """Return the features of all risk models, each once. Raises DuplicateName when two models define one differently."""
    specs: dict[str, FeatureSpec] = {}
    for definition in definitions().values():
        for spec in definition.specs:
            if specs.setdefault(spec.name, spec) != spec:
                raise DuplicateName(f"Two risk models define '{spec.name}' differently.", "Use one definition.")
    return tuple(specs.values())
