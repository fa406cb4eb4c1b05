"""``licences``: what requirements.txt installs, each package with the licence that it states."""

from __future__ import annotations

import argparse
import re
from dataclasses import asdict, dataclass
from importlib.metadata import Distribution, PackageMetadata, PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING

from model_zoo.cli.terminal import print_json, say, say_table

if TYPE_CHECKING:
    from packaging.requirements import Requirement

SCHEMA_VERSION = "1.0"
HELP = "the packages that requirements.txt installs, with their licences"
DESCRIPTION = """\
List every package that requirements.txt brings in, directly or through another, with its version and the licence that it
states of itself, and mark those under the GPL, the AGPL or the LGPL. Libraries that a wheel carries inside are not listed:
their licences lie in its own folder.
"""

REQUIREMENTS = Path(__file__).resolve().parents[2] / "requirements.txt"
NOT_STATED, NOT_INSTALLED = "not stated", "not installed"
_MOST_LETTERS = 60  # of a licence field that is a name; longer ones are the text itself
_GENERAL = re.compile(r"\b(A?GPL|GNU (Affero )?General Public)", re.IGNORECASE)
_LESSER = re.compile(r"\bLGPL|GNU (Lesser|Library)", re.IGNORECASE)


@dataclass(frozen=True)
class Licensed:
    """One package. version: ``None`` where it is not installed. copyleft: "GPL" (AGPL included), "LGPL" or ``None``."""

    name: str
    version: str | None
    licence: str
    copyleft: str | None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="answer in JSON")


def run(arguments: argparse.Namespace) -> int:
    packages = licensed_packages()
    if arguments.json:
        print_json({"schema_version": SCHEMA_VERSION, "packages": [asdict(package) for package in packages]})
        return 0
    say_table([("package", "version", "licence")] + [(p.name, p.version or "", p.licence) for p in packages])
    for copyleft in ("GPL", "LGPL"):
        names = [p.name for p in packages if p.copyleft == copyleft]
        say(f"{copyleft}: {', '.join(names) or 'none'}")
    return 0


def licensed_packages() -> list[Licensed]:
    """Return what requirements.txt brings in on this machine, by name."""
    from packaging.requirements import Requirement

    lines = (line.partition("#")[0].strip() for line in REQUIREMENTS.read_text(encoding="utf-8").splitlines())
    return closure([Requirement(line) for line in lines if line])


def closure(required: list[Requirement]) -> list[Licensed]:
    """Return the required packages and what they require, as far as it applies here, by name."""
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    found: dict[str, Licensed] = {}
    seen: set[tuple[str, str]] = set()
    waiting = [(one, extra) for one in required for extra in ("", *one.extras)]
    while waiting:
        one, extra = waiting.pop()
        name = canonicalize_name(one.name)
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        try:
            package = distribution(one.name)
        except PackageNotFoundError:
            found[name] = Licensed(name, None, NOT_INSTALLED, None)
            continue
        found[name] = Licensed(name, package.version, *stated_licence(package))
        for needed in map(Requirement, package.requires or ()):
            if needed.marker is None or needed.marker.evaluate({"extra": extra}):
                waiting += [(needed, more) for more in ("", *needed.extras)]
    return [found[name] for name in sorted(found)]


def stated_licence(package: Distribution) -> tuple[str, str | None]:
    """Return the licence that a package states, in few words, and the copyleft that any of its statements names."""
    fields = package.metadata
    field = _first(fields, "License")
    classifiers = [c.split(" :: ")[-1] for c in fields.get_all("Classifier") or () if c.startswith("License :: ")]
    named = [c for c in classifiers if c not in ("OSI Approved", "DFSG approved")]
    said = [_first(fields, "License-Expression"), field if _is_name(field) else "", ", ".join(named)]
    said += [field.partition("\n")[0], _heading(package)]
    whole = "\n".join(said)
    copyleft = "GPL" if _GENERAL.search(whole) else "LGPL" if _LESSER.search(whole) else None
    return next(filter(None, said), NOT_STATED), copyleft


def _first(fields: PackageMetadata, name: str) -> str:
    return (fields.get_all(name) or [""])[0].strip()


def _is_name(field: str) -> bool:
    return len(field) <= _MOST_LETTERS and "\n" not in field


def _heading(package: Distribution) -> str:
    """Return the first line of the licence file that a package brings along; empty where there is none."""
    for path in package.files or ():
        if ".dist-info/" in path.as_posix() and path.stem.upper() in ("LICENSE", "LICENCE", "COPYING"):
            lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
            return next(filter(None, lines), "")
    return ""
