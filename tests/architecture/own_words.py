"""Read the code for text that is put on the page and is not ours: neither a literal, nor a number, nor passed through ``plain``.

Text is followed back through f-strings, joins, local names, constants and functions of the project, to where it comes from. What
comes from an argument, from an attribute or from outside the project is not ours.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

ROOT = Path(__file__).resolve().parents[2]
# What Streamlit reads as Markdown, by the name of the parameter; options only where they are drawn as labels.
TEXTS = {"label", "body", "help", "text", "caption", "title", "tabs", "delta"}
LABELLED = {"radio", "segmented_control", "pills"}
# Draw text as it stands.
LITERAL = {"text", "code", "json", "image", "html"}
PLAIN = {("model_zoo.plain", "plain"), ("model_zoo.classifiers.folder_page", "folder_page")}
# Fill the places of a text of ours: what is filled in is looked at, the key is not shown.
CATALOGUE = {("dashboard.catalogue", "text"), ("dashboard.catalogue", "counted")}
# Give what they are given another form and add nothing: every argument is looked at.
REFORMED = {("dashboard.viewmodels.models.card_page", "below")}
NUMBERS = {"len", "int", "round", "sum", "abs"}
PASSED_ON = {"list", "tuple", "sorted", "reversed", "filter", "set", "iter", "next", "str"}
METHODS = {"strip", "rstrip", "lstrip", "lower", "upper", "capitalize", "replace", "get", "items", "keys", "values"}
GROWS = {"append", "insert", "extend", "add", "update", "setdefault"}
# Fields of view models that hold a colour or a sign out of a table of ours.
LOOKS = {"mark", "icon", "colour", "badge_icon", "badge_colour"}
FORMATS = "dfgeE%,"  # a format that only a number takes

Scope = list[ast.AST]


@dataclass
class Module:
    """One file. scopes: of every node, the functions around it, the innermost last."""

    path: Path
    name: str
    tree: ast.Module
    scopes: dict[ast.AST, tuple[ast.AST, ...]] = field(default_factory=dict)
    top: dict[str, ast.AST] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.top = _top(self.tree)
        self._walk(self.tree, ())

    def _walk(self, node: ast.AST, around: tuple[ast.AST, ...]) -> None:
        self.scopes[node] = around
        inner = (
            (*around, node)
            if isinstance(
                node, (ast.FunctionDef, ast.Lambda, ast.GeneratorExp, ast.ListComp, ast.SetComp, ast.DictComp)
            )
            else around
        )
        for child in ast.iter_child_nodes(node):
            self._walk(child, inner)


@cache
def module_of(path: Path) -> Module:
    parts = path.relative_to(ROOT).with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    return Module(path, name, ast.parse(path.read_text(encoding="utf-8")))


def named(name: str) -> Module | None:
    """Return a module of the project by its dotted name."""
    place = ROOT.joinpath(*name.split("."))
    found = next((p for p in (place.with_suffix(".py"), place / "__init__.py") if p.is_file()), None)
    return None if found is None else module_of(found)


@cache
def sinks() -> dict[str, tuple[str, ...]]:
    """Return what draws, with the names of its parameters in order."""
    found = {}
    for owner in (st, DeltaGenerator):
        for name in dir(owner):
            drawn = getattr(owner, name)
            if name.startswith("_") or not callable(drawn) or name in LITERAL:
                continue
            try:
                parameters = tuple(p for p in inspect.signature(drawn).parameters if p != "self")
            except (TypeError, ValueError):
                continue
            if TEXTS & set(parameters) or name in LABELLED:
                found[name] = parameters
    return found


def texts_of(call: ast.Call) -> Iterator[ast.expr]:
    """Yield the arguments of a drawing call that the page reads as Markdown; nothing for any other call."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in sinks():
        return
    name, parameters = call.func.attr, sinks()[call.func.attr]
    if isinstance(call.func.value, ast.Name) and call.func.value.id == "log":
        return
    wanted = set(TEXTS) | ({"value"} if name == "metric" else set())
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    given |= dict(zip(parameters, call.args, strict=False))
    if name in LABELLED:
        wanted |= {"format_func"} if "format_func" in given else {"options"}
    yield from (value for key, value in given.items() if key in wanted or key is None)


class Reader:
    """Follows text back to where it comes from. ``foreign(module, node)`` yields the places that are not ours."""

    def __init__(self) -> None:
        self.functions: dict[ast.AST, tuple[ast.AST, ...]] = {}
        self.names: dict[tuple[ast.AST, str], tuple[ast.AST, ...]] = {}

    def foreign(self, module: Module, node: ast.AST | None) -> Iterator[ast.AST]:
        if node is None or isinstance(node, (ast.Constant, ast.Compare, ast.UnaryOp)):
            return
        match node:
            case ast.JoinedStr():
                for part in node.values:
                    if isinstance(part, ast.FormattedValue) and not _numeric(part):
                        yield from [part.value] if part.conversion == ord("r") else self.foreign(module, part.value)
            case ast.IfExp():
                yield from self.each(module, (node.body, node.orelse))
            case ast.BoolOp():
                yield from self.each(module, node.values)
            case ast.BinOp():
                yield from self.each(module, (node.left, node.right))
            case ast.Tuple() | ast.List() | ast.Set():
                yield from self.each(module, node.elts)
            case ast.Dict():
                yield from self.each(module, (*filter(None, node.keys), *node.values))
            case ast.Starred() | ast.NamedExpr():
                yield from self.foreign(module, node.value)
            case ast.ListComp() | ast.GeneratorExp() | ast.SetComp():
                yield from self.foreign(module, node.elt)
            case ast.DictComp():
                yield from self.each(module, (node.key, node.value))
            case ast.Lambda():
                yield from self.foreign(module, node.body)
            case ast.Subscript():
                yield from [node] if any(self.foreign(module, node.value)) else []
            case ast.Call():
                yield from self.call(module, node)
            case ast.Name():
                yield from self.name(module, node)
            case ast.Attribute(attr="__getitem__" | "get"):
                yield from [node] if any(self.foreign(module, node.value)) else []
            case ast.Attribute() if node.attr in LOOKS:
                return
            case _:
                yield node

    def each(self, module: Module, nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
        for node in nodes:
            yield from self.foreign(module, node)

    def call(self, module: Module, node: ast.Call) -> Iterator[ast.AST]:
        called = node.func
        if isinstance(called, ast.Attribute) and called.attr == "join":
            yield from self.foreign(module, called.value)
            yield from self.foreign(module, node.args[0])
        elif isinstance(called, ast.Attribute) and called.attr in METHODS:
            asked = node.args[1:] if called.attr == "get" else node.args  # a key is looked up, not shown
            yield from [node] if any(self.each(module, (called.value, *asked))) else []
        elif isinstance(called, ast.Name) and called.id in NUMBERS:
            return
        elif isinstance(called, ast.Name) and called.id in PASSED_ON:
            yield from [node] if any(self.each(module, node.args)) else []
        elif isinstance(called, ast.Name) and _is_among(CATALOGUE, module, called):
            yield from self.each(module, (keyword.value for keyword in node.keywords))
        elif isinstance(called, ast.Name) and _is_among(REFORMED, module, called):
            yield from self.each(module, node.args)
        elif isinstance(called, ast.Name) and self.is_ours(module, called):
            return
        elif isinstance(called, ast.Name) and (found := _defined(module, called.id)) and found[0] is module:
            yield from self.functions.get(found[1], (node,))  # where in this file it goes wrong
        else:
            yield node

    def is_ours(self, module: Module, called: ast.Name) -> bool:
        """Whether a function returns nothing but text of ours."""
        found = _defined(module, called.id)
        if found is None:
            return False
        home, function = found
        if (home.name, called.id) in PLAIN:
            return True
        if not isinstance(function, ast.FunctionDef):
            return False
        if function not in self.functions:
            self.functions[function] = ()  # one that calls itself adds nothing of its own
            given = [n.value for n in ast.walk(function) if isinstance(n, (ast.Return, ast.Yield, ast.YieldFrom))]
            self.functions[function] = tuple(self.each(home, given))
        return not self.functions[function]

    def name(self, module: Module, node: ast.Name) -> Iterator[ast.AST]:
        """Yield the places from which a name may hold text that is not ours; the name itself where it is given from outside."""
        for around in (*reversed(module.scopes[node]), module.tree):
            given, key = list(_given(around, node.id)), (around, node.id)
            if given and key not in self.names:
                self.names[key] = ()  # one that is built from itself adds nothing of its own
                places = [(one, whole) for one, whole in given if one is None or any(self.foreign(module, one))]
                whole = any(one is None or whole for one, whole in places)
                found = (node,) if whole else tuple(self.each(module, (one for one, _ in places if one is not None)))
                self.names[key] = found
            if given:
                yield from (node,) if node.id in {getattr(n, "id", None) for n in self.names[key]} else self.names[key]
                return
        found = _defined(module, node.id)
        if found is None or isinstance(found[1], ast.ClassDef):
            yield node
        elif isinstance(found[1], ast.FunctionDef):
            yield from [] if self.is_ours(module, node) else [node]
        elif any(self.foreign(found[0], found[1])):
            yield node


def _is_among(functions: set[tuple[str, str]], module: Module, called: ast.Name) -> bool:
    found = _defined(module, called.id)
    return found is not None and (found[0].name, called.id) in functions


def _numeric(part: ast.FormattedValue) -> bool:
    spec = part.format_spec
    last = spec.values[-1] if isinstance(spec, ast.JoinedStr) and spec.values else None
    return isinstance(last, ast.Constant) and str(last.value)[-1:] in FORMATS


Given = tuple[ast.AST | None, bool]


def _given(around: ast.AST, name: str) -> Iterator[Given]:
    """Yield what a scope puts under a name, and whether as one of several; ``None`` for an argument and what cannot be told."""
    if isinstance(around, (ast.FunctionDef, ast.Lambda)):
        spec = around.args
        arguments = [*spec.posonlyargs, *spec.args, *spec.kwonlyargs, *filter(None, (spec.vararg, spec.kwarg))]
        if any(argument.arg == name for argument in arguments):
            yield None, True
    for generator in getattr(around, "generators", []):
        yield from _bound(generator.target, generator.iter, name, looped=True)
    if not isinstance(around, (ast.FunctionDef, ast.Module)):
        return
    for node in _within(around):
        match node:
            case ast.Assign():
                for target in node.targets:
                    yield from _bound(target, node.value, name)
            case ast.AnnAssign() | ast.AugAssign() | ast.NamedExpr():
                yield from _bound(node.target, node.value, name)
            case ast.For():
                yield from _bound(node.target, node.iter, name, looped=True)
            case ast.withitem() if node.optional_vars is not None:
                yield from _bound(node.optional_vars, None, name)
            case ast.ExceptHandler() if node.name == name:
                yield None, True
            case ast.Call(func=ast.Attribute(value=ast.Name(id=held), attr=how)) if held == name and how in GROWS:
                yield from ((argument, False) for argument in node.args)


def _within(scope: ast.FunctionDef | ast.Module) -> Iterator[ast.AST]:
    """Walk a function, or a file, without the functions in it."""
    stack: list[ast.AST] = list(scope.body)
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.Lambda, ast.ClassDef)):
            stack.extend(ast.iter_child_nodes(node))


def _bound(target: ast.AST, value: ast.AST | None, name: str, looped: bool = False) -> Iterator[Given]:
    if isinstance(target, (ast.Starred, ast.Subscript)):
        target = target.value
    if isinstance(target, ast.Name):
        if target.id == name:
            yield value, looped
    elif isinstance(target, (ast.Tuple, ast.List)):
        for place, one in enumerate(target.elts):
            if any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(one)):
                yield from _part(one, value, place, name, looped)


def _part(target: ast.AST, value: ast.AST | None, place: int, name: str, looped: bool) -> Iterator[Given]:
    """Follow one name of several into rows that are written out beside it; anything else cannot be told apart."""
    rows = value.elts if looped and isinstance(value, (ast.Tuple, ast.List)) else [value]
    for row in rows:
        if isinstance(row, (ast.Tuple, ast.List)) and len(row.elts) > place:
            yield from _bound(target, row.elts[place], name, looped)
        else:
            yield row, True


def _top(tree: ast.Module) -> dict[str, ast.AST]:
    """Return what a file names at its top: functions, classes, constants, and for an import the statement itself.

    A package that makes its names when they are asked for says under ``TYPE_CHECKING`` where they come from.
    """
    found: dict[str, ast.AST] = {}
    promised = [s for node in tree.body if isinstance(node, ast.If) and _for_types(node.test) for s in node.body]
    for node in (*promised, *tree.body):
        match node:
            case ast.FunctionDef() | ast.ClassDef():
                found[node.name] = node
            case ast.Assign():
                names = [n for target in node.targets for n in ast.walk(target) if isinstance(n, ast.Name)]
                found |= {n.id: node.value for n in names}
            case ast.AnnAssign(target=ast.Name(id=name)) if node.value is not None:
                found[name] = node.value
            case ast.ImportFrom() if node.module is not None:
                found |= {a.asname or a.name: ast.ImportFrom(node.module, [a], node.level) for a in node.names}
    return found


def _for_types(test: ast.expr) -> bool:
    return isinstance(test, ast.Name) and test.id == "TYPE_CHECKING"


def _defined(module: Module, name: str) -> tuple[Module, ast.AST] | None:
    """Return where a name of a module is written down: through imports, to its own module."""
    held = module.top.get(name)
    if isinstance(held, ast.ImportFrom):
        home = named(held.module or "")
        return None if home is None else _defined(home, held.names[0].name)
    return None if held is None else (module, held)


def foreign_texts(paths: Iterable[Path]) -> Iterator[tuple[Path, ast.AST]]:
    """Yield file and place of every text on the page that is not ours."""
    reader = Reader()
    for path in paths:
        module = module_of(path)
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call):
                for text in texts_of(node):
                    for place in reader.foreign(module, text):
                        yield path, place
