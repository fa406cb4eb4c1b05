"""Which image models can read, as rows of the page's choice."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.catalogue import text
from model_zoo.card import ModelCard
from model_zoo.engine.inference import CLASSIFIERS
from model_zoo.engine.outlines import outlining_models, reading_card, reading_models
from model_zoo.errors import ZooError
from model_zoo.protocols.protocol import reading_order


@dataclass(frozen=True)
class ModelChoice:
    """An installed model: name, and its card as it lies there now."""

    name: str
    card: ModelCard

    @property
    def words(self) -> str:
        """The line of the select box."""
        return text("models.choice.line", title=self.card.title, name=self.name, version=self.card.version)


def installed_models() -> tuple[ModelChoice, ...]:
    """Return the image models whose card can be read, the zoo's own first; the page Models says what is wrong with others."""
    found = []
    for name in reading_order(reading_models()):
        try:
            found.append(ModelChoice(name, reading_card(name)))
        except ZooError:
            continue
    return tuple(found)


def installed_state(name: str) -> str:
    """Return what changes when a model is installed anew: the zoo's own never are while the page runs."""
    if name in CLASSIFIERS.built_in() or name in outlining_models():
        return ""
    folder = CLASSIFIERS.get(name).folder
    stat = (folder / "card.json").stat() if (folder / "card.json").is_file() else None
    return f"{folder} {stat.st_mtime_ns if stat else 0}"
