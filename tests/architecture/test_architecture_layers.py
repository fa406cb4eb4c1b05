"""The rooms of model_zoo in one order: a module imports from its own room and from rooms below it, so that no circle is possible.

Every import counts, wherever in a module it stands: also one for types alone, and one that waits until it is needed.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2] / "model_zoo"
# From the ground up. A room is a folder of model_zoo, or a module that lies in it alone.
LAYERS = (
    "quantities", "errors", "finite", "plain", "words", "disk", "lazy", "registry", "stored", "artefact", "card",
    "scans", "evaluation", "phantoms",
    "patients", "vital_signs", "icu", "text", "ecg", "symptoms",
    "classifiers", "segmenters", "explainers", "results", "trust", "engine",
    "protocols", "fusion", "alerts", "case", "places",
    "upkeep", "training", "model_review", "quality", "figures", "bench", "cli",
)  # fmt: skip
# Outside the order: what starts the command line.
START = ("__init__", "__main__")
MOST_MODULES = 20
# A file each for what is registered by lying there, or is one command.
SIDE_BY_SIDE = ("cli",)


def _named(node: ast.AST) -> list[str]:
    if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else []


def _arrows() -> dict[tuple[str, str], list[str]]:
    """Return which room imports from which other, and where."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for path in sorted(ROOT.rglob("*.py")):
        own = path.relative_to(ROOT).with_suffix("").parts[0]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for name in _named(node):
                package, _, rest = name.partition(".")
                other = rest.split(".")[0]
                if package == "model_zoo" and other not in ("", own) and own not in START:
                    found[own, other].append(f"{path.relative_to(ROOT)}:{node.lineno}")  # type: ignore[attr-defined]
    return found


def test_every_room_has_its_place_in_the_order() -> None:
    rooms = {path.relative_to(ROOT).with_suffix("").parts[0] for path in ROOT.rglob("*.py")} - set(START)
    assert rooms == set(LAYERS)
    assert len(set(LAYERS)) == len(LAYERS)


def test_arrows_point_down() -> None:
    arrows = _arrows()
    assert len(arrows) > 100
    assert {arrow: places for arrow, places in arrows.items() if LAYERS.index(arrow[1]) >= LAYERS.index(arrow[0])} == {}


def test_no_folder_is_a_list() -> None:
    counts = {
        folder: sum(path.suffix == ".py" and path.name != "__init__.py" for path in folder.iterdir())
        for place in (ROOT, ROOT.parent / "dashboard")
        for folder in (place, *(path for path in place.rglob("*") if path.is_dir()))
        if folder.relative_to(ROOT.parent).as_posix() not in {f"model_zoo/{name}" for name in SIDE_BY_SIDE}
    }
    assert {str(folder): count for folder, count in counts.items() if count > MOST_MODULES} == {}
