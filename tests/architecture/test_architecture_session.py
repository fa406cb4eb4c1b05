"""What a module of the page holds is shared by all its readers: only what never changes may stand there, and the named stores."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DASHBOARD = ROOT / "dashboard"
# Shared on purpose: who looks after closed pages, that a first page was drawn, the components of the page as registered.
SHARED = {
    "_pages",
    "first_page",
    "_choice",
    "_print_case",
    "_cover",
    "_button",
    "_viewer",
    "_announcer",
    "_quiet_keys",
    "log",
}
# Run from their first line for every drawing: their names are those of one run.
SCRIPTS = {"app.py", "page.py", "app_pages"}
GROW = {"append", "add", "update", "setdefault", "pop", "popitem", "clear", "extend", "insert", "remove", "discard"}


def _changeable(tree: ast.Module) -> Iterator[str]:
    """Yield the names of a module's top level that some code of it changes, and those that are made to be changed."""
    names = {
        target.id
        for node in tree.body
        for target in (node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)])
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and isinstance(target, ast.Name)
    }
    yield from (name for name in names if name.strip("_").islower() and not name.startswith("__"))
    for node in ast.walk(tree):
        match node:
            case ast.Global(names=said):
                yield from said
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=attr)) if attr in GROW and name in names:
                yield name
            case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()) if name in names:
                yield name
            case ast.Attribute(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()) if name in names:
                yield name


def test_no_module_of_the_page_holds_what_changes() -> None:
    found = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in sorted(DASHBOARD.rglob("*.py"))
        if path.relative_to(DASHBOARD).parts[0] not in SCRIPTS
        for name in _changeable(ast.parse(path.read_text(encoding="utf-8")))
        if name not in SHARED
    }
    assert found == set(), "keep it in the Session of the reader"


@pytest.mark.parametrize(
    "source",
    [
        "seen = {}",
        "_last: list[str] = []",
        "SEEN = {}\ndef see(name):\n    SEEN[name] = 1",
        "SEEN = []\ndef see(name):\n    SEEN.append(name)",
        "LAST = None\ndef see(name):\n    global LAST\n    LAST = name",
        "HELD = Held()\ndef see(name):\n    HELD.name = name",
    ],
)
def test_what_changes_is_found(source: str) -> None:
    assert set(_changeable(ast.parse(source)))
