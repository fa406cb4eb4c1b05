"""What if beside the reading: playing leaves the record alone, an answer can be tried, and only the button writes."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.components.what_if import CROSS, STANDING
from dashboard.state import Session

APP = str(Path(__file__).resolve().parents[2] / "dashboard" / "app.py")


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("DIAPHANE_CASES", str(tmp_path))
    # Maps of the film take seconds and have no part in this.
    monkeypatch.setattr("dashboard.state.Session.pending_methods", lambda self: ())
    opened = AppTest.from_file(APP, default_timeout=180).run()
    return opened.button(key="welcome-opacity").click().run()


def held(app: AppTest) -> Session:
    return app.session_state["diaphane_session"]


def words(app: AppTest) -> str:
    return " ".join(str(element.value) for kind in (app.markdown, app.caption, app.warning) for element in kind)


def test_playing_changes_nothing_until_it_is_used(app: AppTest) -> None:
    record, review = held(app).record, held(app).review
    app.selectbox(key="what-if-variable-support-respiratory").select("creatinine_umol_l").run()
    app.number_input(key="what-if-number-creatinine_umol_l-SI").set_value(2000.0).run()
    assert not app.exception
    assert "→ 2000 µmol/L" in words(app)
    assert "outside the training patients" in words(app)
    assert held(app).record is record
    assert held(app).review.risk is review.risk
    app.select_slider(key="what-if-slider-creatinine_umol_l-SI").set_value(0).run()
    assert "→ 2000" not in words(app)

    # What would cross the threshold, tried with one click.
    app.button_group(key="what-if-view").set_value([CROSS]).run()
    app.button(key="what-if-search").click().run()
    assert "not the effect of a treatment" in words(app)
    app.button(key="what-if-try-0").click().run()
    assert not app.exception
    assert "now below" in words(app) or "now above" in words(app)
    assert held(app).record is record

    app.button_group(key="what-if-view").set_value([STANDING]).run()
    assert "From stored statistics, each of at least ten patients" in words(app)
    app.button_group(key="what-if-view").set_value(["Change a value"]).run()
    app.button(key="what-if-use").click().run()
    assert not app.exception
    assert held(app).record is not record
    assert any("changed under What if" in note for note in held(app).record.notes)
    assert held(app).review.record is held(app).record
    assert held(app).review.risk != review.risk
