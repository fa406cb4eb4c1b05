"""Which networks can be put side by side: installed models, versions of folder models, sister networks of one fold each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from model_zoo.artefact import fill
from model_zoo.card import WEIGHTS_ROOT, ModelCard
from model_zoo.classifiers.models_folder import folder_models
from model_zoo.engine.inference import CLASSIFIERS, InferenceEngine
from model_zoo.errors import UnknownName, ZooError
from model_zoo.protocols.protocol import reading_order

SISTERS = "-folds"
_VERSION_NOTE = "Not the version in use."


@dataclass(frozen=True)
class Candidate:
    """One network. key: the model's name, with a version's after "@" or a sister's after a slash. note: what is to be known of
    it, or "". outputs: in the order of its card."""

    key: str
    title: str
    note: str = ""
    outputs: tuple[str, ...] = ()

    @property
    def model(self) -> str:
        """What the registry is asked for: a name, or "name@version"."""
        return self.key.split("/")[0]

    @property
    def sister(self) -> bool:
        return "/" in self.key

    def load(self) -> InferenceEngine:
        """Return an engine of this network. Raises: WeightsMismatch when its weights are missing or do not fit."""
        engine = InferenceEngine(self.model)
        if not self.sister:
            return engine
        sister = self.key.split("/")[1]
        network = engine.entry.build(len(engine.card.outputs))
        fill(network, WEIGHTS_ROOT / f"{self.model}{SISTERS}" / f"{sister}.safetensors")
        return InferenceEngine(self.model, network=network)


def candidates() -> tuple[Candidate, ...]:
    """Return every network that can be reviewed, installed models first; those whose card cannot be read are left out."""
    cards = {name: card for name in reading_order(CLASSIFIERS.names()) if (card := _card(name)) is not None}
    installed = [Candidate(name, f"{name} {card.version}", "", card.labels) for name, card in cards.items()]
    versions = [
        Candidate(key, f"{model.name}, version {version}", _VERSION_NOTE, card.labels)
        for model in folder_models()
        if model.name in cards
        for version in model.versions()
        if version != model.current() and (card := _card(key := f"{model.name}@{version}")) is not None
    ]
    sisters = [
        Candidate(
            f"{name}/{path.stem}",
            f"{name}, sister network of {path.stem.replace('fold', 'fold ')}",
            f"Trained with the same recipe, shorter, without {path.stem.replace('fold', 'fold ')}.",
            card.labels,
        )
        for name, card in cards.items()
        for path in sorted((WEIGHTS_ROOT / f"{name}{SISTERS}").glob("*.safetensors"))
    ]
    return (*installed, *versions, *sisters)


def beside(chosen: Candidate, others: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Return the networks that can stand beside one: they share an output. Other versions of the same model come first."""
    shared = [entry for entry in others if entry.key != chosen.key and set(entry.outputs) & set(chosen.outputs)]
    return tuple(sorted(shared, key=lambda entry: _stem(entry) != _stem(chosen)))


def candidate(key: str) -> Candidate:
    """Return the network of that key; the version that is read with may be named as well. Raises: UnknownName."""
    found = candidates()
    stem, _, version = key.partition("@")
    if version and any(model.name == stem and model.current() == version for model in folder_models()):
        key = stem
    for entry in found:
        if entry.key == key:
            return entry
    raise UnknownName("network", key, (entry.key for entry in found))


def _card(name: str) -> ModelCard | None:
    try:
        return CLASSIFIERS.get(name).card
    except ZooError:
        return None


def _stem(entry: Candidate) -> str:
    return entry.model.partition("@")[0]
