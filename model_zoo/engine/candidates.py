"""Which networks can be put side by side: each installed model, and the sister networks that held out one of its folds."""

from __future__ import annotations

from dataclasses import dataclass

from safetensors import SafetensorError
from safetensors.torch import load_file

from model_zoo.card import WEIGHTS_ROOT
from model_zoo.engine.inference import CLASSIFIERS, InferenceEngine
from model_zoo.errors import UnknownName, WeightsMismatch
from model_zoo.protocols.protocol import reading_order

SISTERS = "-folds"


@dataclass(frozen=True)
class Candidate:
    """One network. key: the model's name, with the sister's after a slash. note: what is to be known of it, or ""."""

    key: str
    title: str
    note: str = ""

    @property
    def model(self) -> str:
        return self.key.split("/")[0]

    def load(self) -> InferenceEngine:
        """Return an engine of this network. Raises: WeightsMismatch when its weights are missing or do not fit."""
        engine = InferenceEngine(self.model)
        if "/" not in self.key:
            return engine
        sister = self.key.split("/")[1]
        network = engine.entry.build(len(engine.card.outputs))
        try:
            state = load_file(WEIGHTS_ROOT / f"{self.model}{SISTERS}" / f"{sister}.safetensors")
            network.load_state_dict({k: v.float() if v.dtype.is_floating_point else v for k, v in state.items()})
        except (OSError, RuntimeError, SafetensorError) as error:
            raise WeightsMismatch(
                "The weights of this network are missing or do not fit.", "Restore them from the repository."
            ) from error
        return InferenceEngine(self.model, network=network.requires_grad_(False))


def candidates() -> tuple[Candidate, ...]:
    """Return every network that can be reviewed, installed models first."""
    names = reading_order(CLASSIFIERS.names())
    installed = [Candidate(name, f"{name} {_version(name)}") for name in names]
    sisters = [
        Candidate(
            f"{name}/{path.stem}",
            f"{name}, sister network of {path.stem.replace('fold', 'fold ')}",
            f"Trained with the same recipe, shorter, without {path.stem.replace('fold', 'fold ')}.",
        )
        for name in names
        for path in sorted((WEIGHTS_ROOT / f"{name}{SISTERS}").glob("*.safetensors"))
    ]
    return (*installed, *sisters)


def candidate(key: str) -> Candidate:
    """Return the network of that key. Raises: UnknownName."""
    found = candidates()
    for entry in found:
        if entry.key == key:
            return entry
    raise UnknownName("network", key, (entry.key for entry in found))


def _version(name: str) -> str:
    return str(CLASSIFIERS.get(name).card.version)
