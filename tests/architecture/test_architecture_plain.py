"""Text of files, cards and stores reaches the page through ``plain``, a figure through ``plain_figure``, and nothing else."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.architecture.own_words import ROOT, Module, Reader, foreign_texts, module_of, texts_of

DASHBOARD = ROOT / "dashboard"
PAGES = [
    path
    for path in sorted(DASHBOARD.rglob("*.py"))
    if path.relative_to(DASHBOARD).parts[0] not in ("viewmodels", "figures", "export", "records")
]
# The pages of the zoo's own models, which lie in the repository beside their weights, and the page on accessibility.
OWN_FILES = {("app_pages/guide.py", "_CONFORMANCE.read_text(encoding='utf-8')"),
             ("app_pages/models.py", "page.read_text(encoding='utf-8')"),
             ("app_pages/models.py", "page.with_name(beside).read_text(encoding='utf-8')")}  # fmt: skip
# What draws markup, figures, or text with marks of its own, and where alone it may: fixed text, escaped text, a plain figure.
ONLY_IN = {"html": {"components/page/shell.py", "components/note/text.py", "screens/reading/map_card.py"},
           "plotly_chart": {"components/page/chart.py"},
           "write": {"components/model_review/source.py"},  # a series writes its pictures
           **{name: set() for name in ("badge", "table", "latex", "exception", "iframe", "graphviz_chart")}}  # fmt: skip


def test_every_text_on_the_page_is_ours_or_plain() -> None:
    found = {
        f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}: {ast.unparse(node)}"
        for path, node in foreign_texts(PAGES)
        if (str(path.relative_to(DASHBOARD)), ast.unparse(node)) not in OWN_FILES
    }
    assert found == set(), "put these through model_zoo.plain.plain:\n" + "\n".join(sorted(found))


def test_what_draws_markup_or_figures_stands_in_one_place() -> None:
    found = {
        f"{path.relative_to(ROOT)}:{node.lineno}: {node.func.attr}"
        for path in PAGES
        for node in ast.walk(module_of(path).tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ONLY_IN
        if str(path.relative_to(DASHBOARD)) not in ONLY_IN[node.func.attr]
    }
    assert found == set()


def test_the_walk_meets_the_whole_page() -> None:
    drawn = [text for path in PAGES for node in ast.walk(module_of(path).tree) if isinstance(node, ast.Call)
             for text in texts_of(node)]  # fmt: skip
    assert len(drawn) > 300


def _foreign(source: str) -> list[str]:
    """Return what is not ours in the texts of a file of the page."""
    module = Module(DASHBOARD / "components" / "made.py", "dashboard.components.made", ast.parse(source))
    reader = Reader()
    calls = [node for node in ast.walk(module.tree) if isinstance(node, ast.Call)]
    return [ast.unparse(place) for call in calls for text in texts_of(call) for place in reader.foreign(module, text)]


@pytest.mark.parametrize(
    "line",
    [
        'st.markdown(f"{name}")',
        "st.markdown(name)",
        'left.caption("a " + name)',
        'st.error("%s" % name)',
        'st.warning("\\n".join(f"- {line}" for line in view.lines))',
        'st.button("Go", help=name)',
        "st.button(label=name)",
        'st.expander(f"About {view.title}", icon=":material/info:")',
        "st.radio('Which', names)",
        "st.pills('Which', ['a'], format_func=titles.__getitem__)",
        "st.segmented_control('Which', ['a'], format_func=lambda n: view.titles[n])",
        "st.tabs([view.title])",
        "st.dialog(view.title)(draw)",
        "bar.progress(0.5, text=name)",
        "st.metric('Films', view.number)",
        "st.Page('a.py', title=view.title)",
        "st.toast(error.message)",
        "words = []\n    words.append(name)\n    st.markdown(' '.join(words))",
        "words = {'a': name}\n    st.markdown(words['a'])",
        "text = 'a'\n    text += name\n    st.markdown(text)",
        "for one in (('a', name),):\n        st.markdown(one[1])",
        "for title, text in (('a', name), ('b', 'c')):\n        st.markdown(text)",
        "st.markdown(name if view else 'nothing')",
        "st.markdown(name or 'nothing')",
        "st.markdown(name.strip())",
        "st.markdown(f'{name!r}')",
        "st.markdown(f'{name:>10}')",
        "st.markdown(str(name))",
        "st.markdown((lambda: name)())",
        "with open(name) as stream:\n        st.markdown(stream)",
        "st.markdown(said(name))",
        "st.markdown(open(name).read())",
        "st.markdown('{}'.format(name))",
        "st.markdown(*view.texts)",
        "st.markdown(**view.drawn)",
        "st.markdown(text('a.key', name=name))",
        "st.button(counted('a.key', 2, name=view.title))",
        "st.markdown(below(name, 1, 'Row'))",
        "st.markdown(below('ours', 1, name))",
    ],
)
def test_text_that_is_not_ours_is_found(line: str) -> None:
    assert _foreign(
        "from dashboard.catalogue import counted, text\nfrom dashboard.viewmodels.models.card_page import below\n"
        f"def said(words):\n    return f'It is {{words}}'\n\ndef draw(name, view, names, titles):\n    {line}\n"
    )


@pytest.mark.parametrize(
    "line",
    [
        'st.markdown("**ours**")',
        "st.markdown(OURS)",
        'st.markdown(f"**{plain(name)}**: {number:.2f}, {len(names)} of {count:d}")',
        "st.caption('one' if name == 'a' else 'two')",
        "st.markdown('\\n'.join(f'- {plain(line)}' for line in view.lines))",
        "for title, text in (('a', plain(name)), ('b', 'c')):\n        st.markdown(f'{title} {text}')",
        "st.markdown(text('a.key', name=plain(name), count=len(names)))",
        "st.markdown(below(plain(name), 1, 'Row'))",
        "st.pills('Which', names, format_func=plain)",
        "st.button('Go', key=name, on_click=name, args=(name,))",
        "st.markdown(_KINDS[name])",
        "st.markdown(said(name))",
        'f"{name}".title()',
        'log.error("%s", name)',
    ],
)
def test_text_that_is_ours_passes(line: str) -> None:
    head = "from dashboard.viewmodels.models.card_page import below\n"
    head += "from dashboard.catalogue import text\nfrom model_zoo.plain import plain\nOURS = 'a' ' b'\n_KINDS = {'a': 'b'}\n"
    said = "def said(words):\n    return f'It is {plain(words)}'\n\n"
    assert _foreign(f"{head}{said}def draw(name, view, names, count, number):\n    {line}\n") == []


@pytest.mark.parametrize(
    "place", ["boundary.py", "components/stay/replay.py", "components/models/versions.py", "app_pages/cases.py"]
)
def test_taking_the_function_away_is_noticed(place: str) -> None:
    source = (DASHBOARD / place).read_text(encoding="utf-8")
    for at in [i for i in range(len(source)) if source.startswith("plain(", i) and source[i - 1] in "{( "]:
        taken = f"{source[:at]}str({source[at + len('plain(') :]}"
        assert _foreign_of(taken, DASHBOARD / place), f"not noticed without plain at {source[at - 40 : at + 40]!r}"


def _foreign_of(source: str, path: Path) -> list[str]:
    module = Module(path, "dashboard.components.made", ast.parse(source))
    reader = Reader()
    calls = [node for node in ast.walk(module.tree) if isinstance(node, ast.Call)]
    return [ast.unparse(p) for call in calls for text in texts_of(call) for p in reader.foreign(module, text)]
