"""The rules of the design that can be checked by reading the tree: who may import whom, and what may lie where."""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WEIGHTS = ROOT / "model_zoo" / "weights"
MAX_LINES = 400
MAX_WEIGHTS_BYTES, MAX_FOLDER_BYTES = 100 * 2**20, 25 * 2**20
# The only places that draw: everything else can be tested and reused without Streamlit.
STREAMLIT_ALLOWED = (
    "app",
    "page",
    "redraw",
    "web",
    "services",
    "session",
    "boundary",
    "navigation",
    "components",
    "screens",
    "viewer",
    "app_pages",
)
PURE = ("viewmodels", "figures", "export", "records", "catalogue", "open_cases.py", "resources.py", "browser.py")
# Weights that no reader is offered: networks for the evaluation of the trust layer.
FOR_EVALUATION = ("chest-xray-folds", "chest-xray-fixtures")
FORBIDDEN_NAMES = ("utils.py", "helpers.py")
PICTURES_AND_TABLES = {
    ".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".dcm", ".dicom", ".csv", ".tsv", ".parquet", ".xlsx",
    ".xls", ".npz", ".npy", ".feather", ".pkl", ".pt", ".pth", ".arrow", ".h5", ".nii", ".gz", ".zip",
}  # fmt: skip
# Not part of the project though they may lie in its folder: run folders, environments, caches.
IGNORED = {"__pycache__", "node_modules", "venv", "env"}
IGNORED_AT_ROOT = {"runs", "cases"}


def _files(folder: Path = ROOT) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name in IGNORED or (path.name.startswith(".") and path.name not in (".ci", ".streamlit")):
            continue
        if folder == ROOT and path.name in IGNORED_AT_ROOT:
            continue
        if path.is_dir():
            yield from _files(path)
        elif path.is_file():
            yield path


def _modules(*parts: str) -> list[Path]:
    """Return the modules of a folder, or the one module that is named."""
    place = ROOT.joinpath(*parts)
    return [path for path in ([place] if place.is_file() else _files(place)) if path.suffix == ".py"]


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _imported(path: Path) -> set[str]:
    """Return the top-level packages that a module imports, wherever in it, by statement or by ``import_module``."""
    found: set[str] = set()
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module.split(".")[0])
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__")):
            found |= {str(a.value).split(".")[0] for a in node.args if isinstance(a, ast.Constant)}
    return found


def _guilty(paths: list[Path], *packages: str) -> dict[str, list[str]]:
    assert paths
    return {_name(p): sorted(bad) for p in paths if (bad := _imported(p) & set(packages))}


def test_the_model_zoo_never_imports_the_page() -> None:
    assert _guilty(_modules("model_zoo"), "streamlit", "plotly", "dashboard", "tests") == {}


def _modules_named(path: Path) -> set[str]:
    """Return the full names that a module imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def test_nothing_leans_on_the_command_line() -> None:
    """The commands are the outermost layer: what others need of them belongs below."""
    own = ROOT / "model_zoo" / "cli"
    outside = [
        path
        for path in (*_modules("model_zoo"), *_modules("dashboard"))
        if not path.is_relative_to(own) and path != ROOT / "model_zoo" / "__main__.py"
    ]
    guilty = {
        _name(path): sorted(bad)
        for path in outside
        if (bad := {name for name in _modules_named(path) if name.startswith("model_zoo.cli")})
    }
    assert outside
    assert guilty == {}


@pytest.mark.parametrize("package", PURE)
def test_the_pure_layers_never_import_streamlit(package: str) -> None:
    assert _guilty(_modules("dashboard", package), "streamlit") == {}


def test_streamlit_is_imported_only_where_the_page_is_drawn() -> None:
    outside = [
        path
        for path in _modules("dashboard")
        if path.relative_to(ROOT / "dashboard").parts[0].removesuffix(".py") not in STREAMLIT_ALLOWED
    ]
    assert _guilty(outside, "streamlit") == {}


def test_pure_layers_do_not_lean_on_the_layers_that_draw() -> None:
    drawing = tuple(f"dashboard.{name}" for name in STREAMLIT_ALLOWED)
    guilty = []
    for package in PURE:
        for path in _modules("dashboard", package):
            for node in ast.walk(_tree(path)):
                names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                guilty += [(_name(path), name) for name in names if name.startswith(drawing)]
    assert guilty == []


def test_no_module_is_too_long() -> None:
    paths = _modules("model_zoo") + _modules("dashboard")
    long = {_name(p): n for p in paths if (n := len(p.read_text(encoding="utf-8").splitlines())) > MAX_LINES}
    assert long == {}


def test_every_module_is_named_after_what_it_holds() -> None:
    assert [_name(path) for path in _files() if path.name in FORBIDDEN_NAMES] == []


def test_arguments_are_not_checked_by_assert() -> None:
    """``python -O`` removes asserts, and their message is not for a reader."""
    guilty = [
        f"{_name(path)}:{node.lineno}"
        for path in _modules("model_zoo") + _modules("dashboard")
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.Assert)
    ]
    assert guilty == []


def test_only_the_command_line_prints() -> None:
    allowed = (ROOT / "model_zoo" / "cli", ROOT / "model_zoo" / "__main__.py")
    guilty = [
        f"{_name(path)}:{node.lineno}"
        for path in _modules("model_zoo") + _modules("dashboard")
        if not any(path.is_relative_to(place) for place in allowed)
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert guilty == []


def test_nothing_is_unpickled() -> None:
    """Pickle runs code: no format a user can send and no stored state may go through it."""
    paths = _modules("model_zoo") + _modules("dashboard")
    assert _guilty(paths, "pickle", "cPickle", "dill", "joblib", "shelve") == {}
    unsafe = []
    for path in paths:
        for node in ast.walk(_tree(path)):
            if not isinstance(node, ast.Call):
                continue
            keywords = {k.arg: ast.unparse(k.value) for k in node.keywords}
            called = ast.unparse(node.func)
            if called == "torch.load" and keywords.get("weights_only") != "True":
                unsafe.append(f"{_name(path)}:{node.lineno}")
            if keywords.get("allow_pickle") == "True":
                unsafe.append(f"{_name(path)}:{node.lineno}")
    assert unsafe == []


def test_no_bare_except_hides_an_error() -> None:
    guilty = [
        f"{_name(path)}:{node.lineno}"
        for path in _modules("model_zoo") + _modules("dashboard")
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.ExceptHandler) and node.type is None
    ]
    assert guilty == []


def test_no_module_of_the_dashboard_shadows_the_standard_library() -> None:
    """The folder of the script is first on the path: ``dashboard/calendar.py`` would become ``import calendar``."""
    names = {path.name.removesuffix(".py") for path in (ROOT / "dashboard").iterdir()}
    assert names & set(sys.stdlib_module_names) == set()


def _page_rows() -> list[str]:
    """Return the ``script`` of each row of PAGES, read without importing Streamlit."""
    tree = ast.parse((ROOT / "dashboard" / "navigation.py").read_text(encoding="utf-8"))
    fields: list[str] = []
    value: ast.expr | None = None
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            names = [s.target.id for s in node.body if isinstance(s, ast.AnnAssign) and isinstance(s.target, ast.Name)]
            fields = names if "script" in names else fields
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        if any(isinstance(target, ast.Name) and target.id == "PAGES" for target in targets):
            value = node.value  # type: ignore[union-attr]
    assert isinstance(value, ast.Tuple), "navigation.py holds no tuple PAGES"
    scripts = []
    for row in value.elts:
        assert isinstance(row, ast.Call), ast.unparse(row)
        given = {keyword.arg: keyword.value for keyword in row.keywords} | dict(zip(fields, row.args, strict=False))
        scripts.append(ast.literal_eval(given["script"]))
    return scripts


def test_every_page_has_a_row_and_every_row_a_page() -> None:
    rows = _page_rows()
    pages = [path.name for path in _modules("dashboard", "app_pages") if path.name != "__init__.py"]
    assert sorted(rows) == sorted(pages)
    assert pages


def _weight_folders() -> list[Path]:
    return sorted(path for path in WEIGHTS.iterdir() if path.is_dir() and not path.name.startswith((".", "__")))


def test_there_are_weights_for_scans_and_for_patients() -> None:
    assert {"chest-xray", "lungs", "support-respiratory"} <= {folder.name for folder in _weight_folders()}


@pytest.mark.parametrize("folder", _weight_folders(), ids=lambda folder: folder.name)
def test_every_weights_folder_is_complete_and_small(folder: Path) -> None:
    names = {path.name for path in folder.iterdir()}
    if folder.name in FOR_EVALUATION:
        assert "ABOUT.md" in names
        assert {path.suffix for path in folder.iterdir()} <= {".safetensors", ".json", ".md"}
        assert sum(path.stat().st_size for path in folder.iterdir()) < MAX_FOLDER_BYTES
        return
    assert {"model.safetensors", "card.json", "CARD.md"} <= names
    assert {path.suffix for path in folder.iterdir()} <= {".safetensors", ".json", ".md"}
    assert sum(path.stat().st_size for path in folder.iterdir()) < MAX_FOLDER_BYTES
    assert json.loads((folder / "card.json").read_text(encoding="utf-8"))["name"] == folder.name


def test_all_weights_together_are_small() -> None:
    assert sum(path.stat().st_size for path in WEIGHTS.rglob("*") if path.is_file()) < MAX_WEIGHTS_BYTES


def test_no_picture_and_no_table_but_synthetic_ones() -> None:
    """A real patient's image or record must never come in: whatever could hold one says in its path that it does not."""
    suspects = [_name(path) for path in _files() if PICTURES_AND_TABLES & {suffix.lower() for suffix in path.suffixes}]
    assert [name for name in suspects if "synthetic" not in name.lower()] == []
