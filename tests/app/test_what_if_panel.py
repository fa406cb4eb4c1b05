"""What if: playing leaves the record alone, an answer can be tried, and only the button writes; on its own and on the page."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.components.what_if import CHANGE, CROSS, STANDING
from dashboard.state import Session

ROOT = Path(__file__).resolve().parents[2]
# The panel alone, beside a written patient; the browser test drives the same page.
PANEL, APP = ROOT / "tests" / "browser" / "what_if_page.py", ROOT / "dashboard" / "page.py"


def held(app: AppTest) -> Session:
    return app.session_state["diaphane_session"]


def words(app: AppTest) -> str:
    return " ".join(str(element.value) for kind in (app.markdown, app.caption, app.warning) for element in kind)


def test_playing_changes_nothing_until_it_is_used() -> None:
    app = AppTest.from_file(str(PANEL), default_timeout=180).run()
    record = held(app).record
    app.selectbox(key="what-if-variable-heart-failure").select("creatinine_umol_l").run()
    app.number_input(key="what-if-number-creatinine_umol_l-SI").set_value(2000.0).run()
    assert "Creatinine 110 µmol/L → 2000 µmol/L" in words(app)
    assert "outside the training patients" in words(app)
    assert held(app).record is record
    app.select_slider(key="what-if-slider-creatinine_umol_l-SI").set_value(0).run()
    assert "Creatinine 110 µmol/L → 44 µmol/L" in words(app)
    assert "now below the threshold" in words(app)
    app.number_input(key="what-if-number-creatinine_umol_l-SI").set_value(None).run()
    assert "is taken away" in words(app)
    app.button(key="what-if-reset").click().run()
    assert "→ not measured" not in words(app)

    # What would cross the threshold, tried with one click.
    app.segmented_control(key="what-if-view").set_value(CROSS).run()
    app.button(key="what-if-search").click().run()
    assert "not the effect of a treatment" in words(app)
    assert "Age: nobody grows younger" in words(app)
    app.button(key="what-if-try-0").click().run()
    assert "now below the threshold" in words(app)
    assert held(app).record is record

    app.segmented_control(key="what-if-view").set_value(STANDING).run()
    assert "From stored statistics, each of at least ten patients" in words(app)
    app.segmented_control(key="what-if-view").set_value(CHANGE).run()
    app.button(key="what-if-use").click().run()
    assert not app.exception
    assert held(app).record is not record
    assert any("changed under What if" in note for note in held(app).record.notes)
    assert "what-if-use" not in {button.key for button in app.button}


def test_a_value_of_the_reading_page_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIAPHANE_CASES", str(tmp_path))
    # Maps of the film take seconds and have no part in this.
    monkeypatch.setattr("dashboard.state.Session.pending_methods", lambda self: ())
    app = AppTest.from_file(str(APP), default_timeout=180).run()
    app.button(key="welcome-opacity").click().run()
    record, risk = held(app).record, held(app).review.risk
    app.selectbox(key="what-if-variable-support-respiratory").select("creatinine_umol_l").run()
    app.number_input(key="what-if-number-creatinine_umol_l-SI").set_value(900.0).run()
    assert held(app).record is record
    assert held(app).review.risk is risk
    app.button(key="what-if-use").click().run()
    assert not app.exception
    assert held(app).record.value("creatinine_umol_l") == 900.0
    assert held(app).review.record is held(app).record
    assert held(app).review.risk != risk
