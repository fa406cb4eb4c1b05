"""The lock files that CI installs from: they satisfy every stated range, each with the hashes of its files."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
GROUPS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]
_PIN = re.compile(r"([A-Za-z0-9._-]+)==(\S+)((?: --hash=sha256:[0-9a-f]{64})+)")


def locked(name: str) -> dict[str, Version]:
    """Return the pins of a lock file. Fails at any line that is neither a pin with hashes nor a comment."""
    text = (ROOT / ".ci" / name).read_text(encoding="utf-8").replace(" \\\n    ", " ")
    pins: dict[str, Version] = {}
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        pin = _PIN.fullmatch(line)
        assert pin, line[:120]
        assert canonicalize_name(pin[1]) not in pins
        pins[canonicalize_name(pin[1])] = Version(pin[2])
    return pins


def required() -> list[Requirement]:
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    groups = [line for name, group in GROUPS.items() if name != "build" for line in group]
    return [Requirement(line) for line in [*lines, *groups] if line.strip() and not line.startswith("#")]


@pytest.mark.parametrize("requirement", required(), ids=str)
def test_the_lock_satisfies_every_range(requirement: Requirement) -> None:
    version = locked("requirements.lock").get(canonicalize_name(requirement.name))
    assert version is not None, "write the lock anew: .ci/renew " + requirement.name
    assert version in requirement.specifier, "write the lock anew: .ci/renew " + requirement.name


def test_what_builds_is_locked_and_the_same_in_both_files() -> None:
    build, lock = locked("build.lock"), locked("requirements.lock")
    for requirement in map(Requirement, GROUPS["build"]):
        assert build[canonicalize_name(requirement.name)] in requirement.specifier
    assert {name: version for name, version in build.items() if lock.get(name, version) != version} == {}


def test_the_locks_name_no_place_to_load_from() -> None:
    for name in ("requirements.lock", "build.lock"):
        assert not re.search(r"https?:|file:|@ |--(extra-)?index-url|--find-links", (ROOT / ".ci" / name).read_text())


def test_ci_installs_from_the_locks_alone_and_the_first_start_from_the_ranges() -> None:
    lines = (ROOT / ".ci" / "environment").read_text(encoding="utf-8").splitlines()
    installs = [line for line in lines if "pip install" in line]
    assert len(installs) == 2
    assert all("--require-hashes" in line for line in installs)
    assert [line.split(" -r ")[1] for line in installs] == [".ci/build.lock", ".ci/requirements.lock"]
    assert "pip install -r requirements.txt" in (ROOT / "README.md").read_text(encoding="utf-8")
