from __future__ import annotations

import sys
from pathlib import Path

import pytest

from model_zoo.errors import DuplicateName, UnknownName
from model_zoo.registry import Registry

ENTRY = "from types import SimpleNamespace\nTHING = SimpleNamespace(name={name!r})\n"


def _registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str]) -> Registry:
    package = f"things_{abs(hash(str(tmp_path)))}"
    (tmp_path / package).mkdir()
    (tmp_path / package / "__init__.py").write_text("")
    for name, text in files.items():
        (tmp_path / package / f"{name}.py").write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    known = set(sys.modules)
    monkeypatch.setattr(sys, "modules", {name: sys.modules[name] for name in known})
    return Registry("thing", package, "THING")


def test_each_file_with_an_entry_is_found_in_order_of_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    registry = _registry(
        tmp_path,
        monkeypatch,
        {"b": ENTRY.format(name="first"), "a": ENTRY.format(name="second"), "base": "OTHER = 1\n"},
    )
    assert registry.names() == ("second", "first")
    assert [entry.name for entry in registry] == ["second", "first"]
    assert registry.get("first").name == "first"


def test_two_files_with_one_name_are_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    registry = _registry(tmp_path, monkeypatch, {"a": ENTRY.format(name="same"), "b": ENTRY.format(name="same")})
    with pytest.raises(DuplicateName, match="Two things are named 'same'"):
        registry.names()


def test_an_unknown_name_comes_with_the_nearest_and_all_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    registry = _registry(tmp_path, monkeypatch, {"a": ENTRY.format(name="grad-cam"), "b": ENTRY.format(name="zebra")})
    with pytest.raises(UnknownName) as caught:
        registry.get("gradcam")
    assert caught.value.message == "There is no thing named 'gradcam'."
    assert caught.value.hint == "Did you mean 'grad-cam'? Known: grad-cam, zebra."


def test_a_name_near_nothing_gets_no_guess(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnknownName) as caught:
        _registry(tmp_path, monkeypatch, {"a": ENTRY.format(name="zebra")}).get("qqq")
    assert caught.value.hint == "Known: zebra."


def test_an_empty_package_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnknownName, match="Known: none"):
        _registry(tmp_path, monkeypatch, {}).get("any")
