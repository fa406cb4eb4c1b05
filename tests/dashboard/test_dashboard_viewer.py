"""What comes back from the viewer's scripts is checked like any other input, and counts once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import streamlit as st

import dashboard.viewer as viewer
from dashboard.viewmodels.viewer.payload import ViewerData, build_viewer
from model_zoo.case.marks import Mark
from model_zoo.scans.scan import Scan, Window

POINT = {"kind": "point", "points": [[1.0, 2.0]], "frame": 0, "word": "clip"}


@pytest.fixture
def data() -> ViewerData:
    scan = Scan("ab" * 32, "PNG", np.zeros((1, 4, 4), np.float32), Window(0.5, 1.0))
    return build_viewer(scan, case_key="case")


@pytest.fixture
def drawn(data: ViewerData, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return what draws the viewer while the browser holds a given value."""
    monkeypatch.setattr(st, "session_state", {})

    def draw(sent: Any, shown: ViewerData = data) -> tuple[Mark, ...] | None:
        monkeypatch.setattr(viewer, "_viewer", lambda **_: {"marks": sent})
        return viewer.render_viewer(shown, "film")

    return draw


def test_marks_arrive_once_and_do_not_undo_what_came_after(drawn: Any) -> None:
    sent = {"case": "case", "turn": 1, "marks": [POINT]}
    assert drawn(sent) == (Mark("point", ((1.0, 2.0),), 0, "clip"),)
    assert drawn(sent) is None
    assert drawn({**sent, "turn": 2, "marks": []}) is None  # as they are in the data


@pytest.mark.parametrize(
    "sent",
    [
        None,
        [],
        "marks",
        {},
        {"case": "case", "turn": 1},
        {"case": "another", "turn": 1, "marks": [POINT]},
        {"case": "case", "turn": 1, "marks": [{**POINT, "points": [[1.0, 5.0]]}]},
        {"case": "case", "turn": [[]], "marks": {"0": POINT}},
    ],
)
def test_anything_else_changes_nothing(drawn: Any, sent: Any) -> None:
    assert drawn(sent) is None
