"""What is called from another package says what it takes and gives, in the sections of NumPy's form."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LEAST_PARAMETERS = 3  # fewer are said in the sentence that says what the function does
_SECTION = re.compile(r"^Parameters\n-{10}$", re.MULTILINE)
_ENTRY = re.compile(r"^(\*{0,2}\w+(?:, \*{0,2}\w+)*)$", re.MULTILINE)


def _package(path: Path) -> str:
    parts = path.relative_to(ROOT).parts
    return parts[0] if parts[0] == "dashboard" else "/".join(parts[:2])


def _sources() -> Iterator[tuple[Path, ast.Module]]:
    for root in ("model_zoo", "dashboard"):
        for path in sorted((ROOT / root).rglob("*.py")):
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def _called_from_elsewhere() -> Iterator[tuple[str, ast.FunctionDef]]:
    users: dict[tuple[str, str], set[str]] = defaultdict(set)
    defined: dict[tuple[str, str], tuple[Path, ast.FunctionDef]] = {}
    for path, module in _sources():
        dotted = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for node in ast.walk(module):
            if isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    users[(node.module, alias.name)].add(_package(path))
        for node in module.body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and dotted.startswith("model_zoo"):
                defined[(dotted, node.name)] = (path, node)
    for (dotted, name), (path, node) in defined.items():
        if users[(dotted, name)] - {_package(path)} and len(_parameters(node)) >= LEAST_PARAMETERS:
            yield f"{dotted}.{name}", node


def _parameters(node: ast.FunctionDef) -> list[str]:
    return [one.arg for one in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]


FUNCTIONS = dict(_called_from_elsewhere())


def test_there_is_something_to_look_at() -> None:
    assert len(FUNCTIONS) > 100


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_parameter_has_its_entry(name: str) -> None:
    node = FUNCTIONS[name]
    text = ast.get_docstring(node) or ""
    assert _SECTION.search(text), "no section Parameters"
    section = re.split(r"\n\w+\n-{5,}\n", text.split("Parameters\n----------\n")[1])[0]
    entries = {one.strip("*") for found in _ENTRY.findall(section) for one in found.split(", ")}
    assert entries == set(_parameters(node)) | ({node.args.vararg.arg} if node.args.vararg else set()) | (
        {node.args.kwarg.arg} if node.args.kwarg else set()
    )
