"""Every key that the page asks for has a text, every text is asked for, and a place that is not filled is noticed."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from string import Formatter

import pytest

from dashboard.catalogue import counted, messages, text
from dashboard.viewer import viewer_labels
from model_zoo.places import PLACES

DASHBOARD = Path(__file__).resolve().parents[2] / "dashboard"
# Keys whose last word is a state, an outcome or a kind: asked for by prefix, each with a test that goes through all of them.
PREFIXES = (
    "state.",
    "place.",
    "viewer.",
    "finding.says.",
    "level.",
    "drawer.",
    "together.others.",
    "together.state.",
    "risk.raises",
    "risk.lowers",
)
VIEWER = DASHBOARD / "viewer"


def _keys() -> set[str]:
    """Return every key that stands in the code of the page."""
    found = set()
    for path in DASHBOARD.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("text", "counted"):
                first = node.args[0] if node.args else None
                if isinstance(first, ast.Constant):
                    found.add(str(first.value))
    return found


def test_every_key_has_a_text() -> None:
    assert _keys() - set(messages().texts) == set()


def test_every_text_is_asked_for() -> None:
    unused = {key for key in set(messages().texts) - _keys() if not key.startswith(PREFIXES)}
    assert unused == set()


def test_every_place_has_its_text_and_no_other_is_kept() -> None:
    kept = {key.removeprefix("place.") for key in messages().texts if key.startswith("place.")}
    assert kept == set(PLACES)
    for name, words in PLACES.items():
        assert str(text(f"place.{name}")).lower() == words, "one place, one wording"


def test_the_scripts_of_the_viewer_ask_for_its_texts_and_for_no_other() -> None:
    scripts = "".join(path.read_text(encoding="utf-8") for path in sorted(VIEWER.glob("*.js")))
    assert set(re.findall(r'\bsay\(\s*"([a-z_.]+)"', scripts)) == set(viewer_labels())


def test_no_text_is_empty_and_every_place_has_a_name() -> None:
    for key, found in messages().texts.items():
        for form in (found,) if isinstance(found, str) else found:
            assert form.strip(), key
            assert all(place != "" for _, place, _, _ in Formatter().parse(form)), key


def test_a_key_without_text_is_an_error() -> None:
    with pytest.raises(KeyError):
        text("no.such.key")
    with pytest.raises(KeyError):
        counted("state.flagged", 2)
