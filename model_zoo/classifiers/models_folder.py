"""Where folder models live, which versions they have, and the registry that lists them beside the zoo's own.

``$DIAPHANE_MODELS``, by default ``.local/models`` in the project (beside the stored cases, and like them ignored by git).
``<name>/card.json`` is a model; ``<name>/<version>/card.json`` are versions of one, and ``<name>/current.json`` names the
version that is read with. The folder is looked at anew each time it is asked for, so that a model that is dropped in or
promoted is there at once.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from model_zoo.artefact import CARD_FILE
from model_zoo.classifiers.entry import ClassifierEntry
from model_zoo.classifiers.folder_entry import FOREIGN_SUFFIXES, folder_entry, listed, refuse_foreign
from model_zoo.disk import read_json_file, trouble
from model_zoo.errors import CardInvalid, UnknownName, ZooError
from model_zoo.registry import Registry

FOLDER_VARIABLE = "DIAPHANE_MODELS"
POINTER_FILE = "current.json"
# As the names of stored cases: lower case, no dot, no slash, so that no name leads out of the folder.
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
VERSION = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")


def models_root() -> Path:
    """Return the folder of the folder models, which need not be there."""
    named = os.environ.get(FOLDER_VARIABLE, "")
    return Path(named).expanduser() if named else Path(__file__).resolve().parents[2] / ".local" / "models"


@dataclass(frozen=True)
class ModelFolder:
    """One model in ``root / name``, with or without versions."""

    name: str
    root: Path

    @property
    def place(self) -> Path:
        return self.root / self.name

    def versions(self) -> tuple[str, ...]:
        """Return the versions, numbers in their order; empty for a model that is one plain folder, or none yet."""
        try:
            found = [p.name for p in listed(self.place) if VERSION.fullmatch(p.name) and os.path.lexists(p / CARD_FILE)]
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise CardInvalid(f"'{self.name}' cannot be looked into: {trouble(error)}.", "Check its rights.") from error
        return tuple(sorted(found, key=lambda name: (not name.isdigit(), int(name) if name.isdigit() else 0, name)))

    def current(self) -> str | None:
        """Return the version that is read with; ``None`` for a plain folder. Raises CardInvalid for a broken pointer."""
        versions = self.versions()
        if not versions:
            return None
        try:
            version = read_json_file(self.place / POINTER_FILE)["version"]
        except FileNotFoundError:
            return versions[0]
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise CardInvalid(
                f"Which version of '{self.name}' is the current one cannot be read.",
                f"Name it: python -m model_zoo promote {self.name} VERSION",
            ) from error
        if version not in versions:
            raise CardInvalid(
                f"The current version of '{self.name}' is gone.", f"Known versions: {', '.join(versions)}; promote one."
            )
        return str(version)

    def folder_of(self, version: str | None = None) -> Path:
        """Return the folder that holds card and weights of a version, by default the current one."""
        chosen = self.current() if version is None else version
        if chosen is not None and chosen not in self.versions():
            raise UnknownName(f"version of '{self.name}'", chosen, self.versions())
        folder = self.place if chosen is None else self.place / chosen
        if not folder.resolve().is_relative_to(self.root.resolve()):
            raise CardInvalid(
                f"'{self.name}' is a link that leads out of the folder of the models.", "Put the model itself there."
            )
        return folder

    def entry(self, version: str | None = None) -> ClassifierEntry:
        """Return the registry entry of a version, by default the current one."""
        return folder_entry(self.name if version is None else f"{self.name}@{version}", self.folder_of(version))


def folder_models(root: Path | None = None) -> tuple[ModelFolder, ...]:
    """Return the folder models by name: every folder whose name can be one and that is not empty of weights and cards."""
    place = models_root() if root is None else root
    if not place.is_dir():
        return ()
    return tuple(
        ModelFolder(path.name, place)
        for path in sorted(listed(place))
        if NAME.fullmatch(path.name) and path.is_dir() and _holds_a_model(path)
    )


def refused_files(root: Path | None = None) -> dict[str, ZooError]:
    """Return why files that were dropped beside the folders are no models, by file stem."""
    place = models_root() if root is None else root
    found: dict[str, ZooError] = {}
    for path in sorted(listed(place)) if place.is_dir() else ():
        if not path.is_dir() and path.suffix.lower() in FOREIGN_SUFFIXES:
            try:
                refuse_foreign(path)
            except ZooError as error:
                found[path.stem] = error
    return found


def find_model_folder(name: str) -> ModelFolder:
    """Return the folder model of that name. Raises UnknownName with the nearest one."""
    for model in folder_models():
        if model.name == name:
            return model
    raise UnknownName("folder model", name, (model.name for model in folder_models()))


class ClassifierRegistry(Registry[ClassifierEntry]):
    """The image models: the zoo's own, one file each, then the folder models. A name of the zoo cannot be taken over.

    ``get`` also takes "name@version".
    """

    def __init__(self) -> None:
        super().__init__("image model", "model_zoo.classifiers", "CLASSIFIER")

    def built_in(self) -> tuple[str, ...]:
        """Return the names of the zoo's own models."""
        return super().names()

    def names(self) -> tuple[str, ...]:
        own = self.built_in()
        return (*own, *(model.name for model in folder_models() if model.name not in own))

    def get(self, name: str) -> ClassifierEntry:
        if name in self.built_in():
            return super().get(name)
        stem, _, version = name.partition("@")
        if stem in self.names() and stem not in self.built_in():
            return find_model_folder(stem).entry(version or None)
        raise UnknownName(self.kind, name, self.names())

    def __iter__(self) -> Iterator[ClassifierEntry]:
        return (self.get(name) for name in self.names())


def _holds_a_model(place: Path) -> bool:
    try:
        if os.path.lexists(place / POINTER_FILE) or os.path.lexists(place / CARD_FILE):
            return True
        inside = listed(place)
    except OSError:
        return True  # named with the reason, not left out
    if any(path.name.lower().endswith((*FOREIGN_SUFFIXES, ".safetensors")) for path in inside):
        return True
    return any(os.path.lexists(path / CARD_FILE) for path in inside)
