"""The lungs chosen as the model: outlines in place of findings, every other panel says why it is empty."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.state import Session
from model_zoo.engine.outlines import OUTLINES_ONLY

APP = str(Path(__file__).resolve().parents[2] / "dashboard" / "page.py")


def held(app: AppTest) -> Session:
    return app.session_state["diaphane_session"]


def words(app: AppTest) -> str:
    return " ".join(str(element.value) for kind in (app.markdown, app.caption) for element in kind)


def test_the_lungs_are_chosen_read_saved_and_opened_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIAPHANE_CASES", str(tmp_path))
    app = AppTest.from_file(APP, default_timeout=180).run()
    next(box for box in app.selectbox if box.label == "Model").select("lungs").run()
    app.button(key="welcome-opacity").click().run()
    assert not app.exception
    state = held(app)
    # A sample case of the same protocol does not take the choice back.
    assert (state.model, state.target) == ("lungs", None)
    assert [region.name for region in state.review.regions] == ["right-lung", "left-lung", "lungs"]
    assert state.review.risk.model == "support-respiratory"
    shown = words(app)
    for expected in (OUTLINES_ONLY, "Dice 0.953", "mm²", "% is the right lung", "nothing to explain by a map"):
        assert expected in shown
    next(button for button in app.button if button.label == "Save case").click().run()
    assert not app.exception
    app.switch_page("app_pages/cases.py").run()
    assert not app.exception
    assert OUTLINES_ONLY in words(app)
    app.switch_page("app_pages/read.py").run()
