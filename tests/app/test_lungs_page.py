"""The lungs chosen as the model: outlines in place of findings, every other part says why it is empty."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.catalogue import text
from dashboard.components.models.choice import chosen_card
from dashboard.screens.reading.drawers import EXPLAIN, NUMBERS, TOGETHER
from dashboard.viewmodels.numbers.outline_only import build_outline_only
from dashboard.viewmodels.numbers.outlines import build_outlines
from model_zoo.engine.outlines import OUTLINES_ONLY
from model_zoo.plain import plain
from tests.app.reading import drawn, held, keys, open_drawer

APP = str(Path(__file__).resolve().parents[2] / "dashboard" / "page.py")


def test_the_lungs_are_chosen_read_saved_and_opened_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIAPHANE_CASES", str(tmp_path))
    app = AppTest.from_file(APP, default_timeout=300).run()
    app.selectbox(key="reading-model").select("lungs").run()
    app.button(key="welcome-opacity").click().run()
    state = held(app)
    # A sample case of the same protocol does not take the choice back.
    assert (state.model, state.reading.target) == ("lungs", None)
    assert [region.name for region in state.reading.review.regions] == ["right-lung", "left-lung", "lungs"]
    assert all(region.area_mm2 for region in state.reading.review.regions)
    assert state.reading.review.risk.model == "support-respiratory"
    cards = drawn(app)
    assert text("finding.outlines_only") in cards
    assert text("map.outlines_only") in cards
    assert text("map.waiting") not in cards
    view, outlined = build_outline_only(state.reading.review, chosen_card(state)), build_outlines(state.reading.review)
    assert view.figures
    numbers = drawn(open_drawer(app, NUMBERS))
    for said in (view.headline, view.sides, *view.figures, view.intended_use, *(row.area for row in outlined.rows)):
        assert plain(said) in numbers
    assert OUTLINES_ONLY in drawn(open_drawer(app, EXPLAIN))
    open_drawer(app, TOGETHER)
    app.button(key="save-case").click().run()
    assert app.button(key="save-case").disabled
    app.switch_page("app_pages/cases.py").run()
    assert not app.exception
    assert OUTLINES_ONLY in drawn(app)
    app.switch_page("app_pages/read.py").run()
    assert "save-case" in keys(app)
    assert text("finding.outlines_only") in drawn(app)
