"""What a reference points at, as one key however it is written: absolute, relative, or with a version.

References: hl7.org/fhir/R4/bundle.html#references (relative references resolve against the fullUrl of their entry, the
version is removed before) and references.html.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass

from model_zoo.vital_signs.fhir.document import Entry, text_of

_RESTFUL = re.compile(r"(?:(https?://[^?#]+?)/)?([A-Z][A-Za-z]{1,63})/([A-Za-z0-9.\-]{1,64})(?:/_history/[^/]+)?/?")
_VERSION = re.compile(r"/_history/([^/]+)/?$")


@dataclass(frozen=True)
class Key:
    """root: the server's address, "" where no absolute address says it; kind: type of the resource, "" of a URN."""

    root: str
    kind: str
    id: str


def key_of(reference: str, root: str = "") -> Key:
    """Return what a reference points at. root: of the fullUrl of the entry that holds it."""
    address = reference.strip().split("#")[0]
    found = _RESTFUL.fullmatch(address.removeprefix("./").lstrip("/"))
    if found is None:
        return Key("", "", address)
    return Key(_plain(found[1]) if found[1] else root, found[2], found[3])


def root_of(entry: Entry) -> str:
    """Return the address of the server that the fullUrl of an entry names, "" where it is a URN or absent."""
    return key_of(entry.full_url).root


def own_key(entry: Entry) -> Key | None:
    """Return what an entry holds or, where it deletes or changes a resource, which; ``None`` where nothing says it."""
    here = key_of(entry.full_url) if entry.full_url.strip() else None
    if here is not None and here.kind:
        return here
    if entry.resource is not None and (id_ := text_of(entry.resource, "id")):
        return Key("", entry.kind, id_)
    asked = key_of(text_of(entry.request, "url"), here.root if here else "")
    if asked.kind and text_of(entry.request, "method").upper() != "GET":
        return asked
    return here


def own_keys(entry: Entry) -> list[Key]:
    """Return every name under which the bundle holds a resource: its fullUrl and its id."""
    keys = [key_of(entry.full_url)] if entry.full_url.strip() else []
    id_ = text_of(entry.resource, "id")
    return [*keys, Key(root_of(entry), entry.kind, id_)] if id_ else keys


def version_of(entry: Entry) -> str:
    """Return the version that the fullUrl of an entry names."""
    found = _VERSION.search(entry.full_url)
    return found[1] if found else ""


class Roots:
    """The addresses under which each resource is named: one that is named without any is that one, where there is only one."""

    def __init__(self, keys: Iterable[Key]) -> None:
        self._known: dict[tuple[str, str], set[str]] = {}
        for key in keys:
            if key.root:
                self._known.setdefault((key.kind, key.id), set()).add(key.root)

    def settled(self, key: Key) -> Key:
        known = self._known.get((key.kind, key.id), set())
        return Key(next(iter(known)), key.kind, key.id) if not key.root and len(known) == 1 else key


class Groups:
    """Names that are known to mean the same (disjoint sets)."""

    def __init__(self) -> None:
        self._above: dict[Hashable, Hashable] = {}

    def find(self, name: Hashable) -> Hashable:
        top = name
        while (above := self._above.setdefault(top, top)) != top:
            top = above
        while name != top:
            self._above[name], name = top, self._above[name]
        return top

    def join(self, names: Iterable[Hashable]) -> None:
        first, *others = list(names) or [None]
        for other in others:
            self._above[self.find(other)] = self.find(first)


def contained(resource: object, reference: str) -> Iterator[dict[str, object]]:
    """Yield the contained resource that "#id" points at: its name is known within its own resource alone."""
    held = resource.get("contained") if isinstance(resource, dict) else None
    for one in held if isinstance(held, list) else ():
        if isinstance(one, dict) and text_of(one, "id") == reference.removeprefix("#"):
            yield one
            return


def _plain(root: str) -> str:
    scheme, _, rest = root.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme.lower()}://{host.lower()}{slash}{path.rstrip('/')}"
