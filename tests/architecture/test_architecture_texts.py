"""Every text that the page draws comes from the catalogue: no letters of a language stand where something is drawn."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.architecture.own_words import CATALOGUE, ROOT, module_of, texts_of
from tests.architecture.test_architecture_plain import PAGES

# Icons, colours and badges in Streamlit's Markdown, the names of its unit systems and spaces of HTML.
SIGNS = re.compile(r":material/\w+:|:[a-z]+(?:-badge|-background)?\[|-badge\[|&\w+;|^(?:SI|US)$")
ASKED = {name for _, name in CATALOGUE}


def _written(node: ast.AST) -> Iterator[ast.Constant]:
    """Yield the words that stand in an expression itself: not what it compares, looks up or asks the catalogue for."""
    match node:
        case ast.Constant(value=str(said)):
            if re.search(r"[^\W\d_]{2,}", SIGNS.sub("", said)):
                yield node
        case ast.Call(func=ast.Name(id=name)) if name in ASKED:
            return
        case ast.Call():
            yield from _written(node.func)
            for argument in node.args:
                yield from _written(argument)
        case ast.Subscript():
            yield from _written(node.value)
        case ast.IfExp():
            yield from (*_written(node.body), *_written(node.orelse))
        case ast.Compare():
            return
        case ast.FormattedValue():
            yield from _written(node.value)
        case _:
            for child in ast.iter_child_nodes(node):
                yield from _written(child)


def _drawn(tree: ast.AST) -> Iterator[ast.Constant]:
    for call in ast.walk(tree):
        if isinstance(call, ast.Call):
            for drawn in texts_of(call):
                yield from _written(drawn)


def test_no_text_of_the_page_stands_in_its_code() -> None:
    found = {
        f"{path.relative_to(ROOT)}:{word.lineno}: {word.value!r}"
        for path in PAGES
        for word in _drawn(module_of(path).tree)
    }
    assert found == set(), "give it a key in dashboard/catalogue/en.po"


@pytest.mark.parametrize(
    "line",
    [
        'st.markdown("a word")',
        'st.markdown(f"{mark} word")',
        'st.button("Go" if view else text("a.key"))',
        "st.button(text('a.key'), help='word')",
        "st.caption(' '.join(['word', text('a.key')]))",
        "st.metric('Films', 3)",
        "st.markdown(f':orange-badge[word]')",
    ],
)
def test_a_text_in_the_code_is_found(line: str) -> None:
    assert list(_drawn(ast.parse(line)))


@pytest.mark.parametrize(
    "line",
    [
        'st.markdown(f"## {text(key)} :{colour}-badge[{text(other)}]")',
        'st.button(text("a.key"), icon=":material/flag:", key="a-key")',
        "st.markdown('\\n'.join(f'- {plain(line)}' for line in view.lines))",
    ],
)
def test_a_text_of_the_catalogue_passes(line: str) -> None:
    assert list(_drawn(ast.parse(line))) == []
