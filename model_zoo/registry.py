"""Discovery by file: a module dropped into a package is an entry; a duplicate name is an error."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cached_property
from typing import Generic, Protocol, TypeVar

from model_zoo.errors import DuplicateName, UnknownName


class Named(Protocol):
    """What every registry entry has."""

    @property
    def name(self) -> str: ...


Entry = TypeVar("Entry", bound=Named)


class Registry(Generic[Entry]):
    """The entries of a package: each module that defines ``attribute`` contributes one.

    Parameters
    ----------
    kind: what an entry is called in messages, e.g. "explanation method".
    package: dotted name of the package whose modules are searched.
    attribute: module-level name that holds the entry.

    Raises
    ------
    DuplicateName: two modules hold entries of the same name. UnknownName: from ``get``.
    """

    def __init__(self, kind: str, package: str, attribute: str) -> None:
        self.kind = kind
        self._package = package
        self._attribute = attribute

    @cached_property
    def _entries(self) -> dict[str, Entry]:
        package = importlib.import_module(self._package)
        entries: dict[str, Entry] = {}
        for module_info in sorted(pkgutil.iter_modules(package.__path__), key=lambda info: info.name):
            module = importlib.import_module(f"{self._package}.{module_info.name}")
            entry: Entry | None = getattr(module, self._attribute, None)
            if entry is None:
                continue
            if entry.name in entries:
                raise DuplicateName(
                    f"Two {self.kind}s are named '{entry.name}'.", f"Rename one of them in {self._package}."
                )
            entries[entry.name] = entry
        return entries

    def names(self) -> tuple[str, ...]:
        """Names in alphabetical order of their files."""
        return tuple(self._entries)

    def get(self, name: str) -> Entry:
        """Return the entry of that name, or raise UnknownName with the nearest one."""
        if name not in self._entries:
            raise UnknownName(self.kind, name, self._entries)
        return self._entries[name]

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())
