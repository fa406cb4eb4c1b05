"""Alerts beside a finished reading: shown with reason and source, held back by a possible wrong patient, kept with the case."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.records.alert_log import FOLDER, AlertLog
from dashboard.state import Session
from model_zoo.alerts import load_rules
from model_zoo.fusion.whole import alerts_of_review

APP = str(Path(__file__).resolve().parents[2] / "dashboard" / "page.py")


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("DIAPHANE_CASES", str(tmp_path))
    app = AppTest.from_file(APP, default_timeout=200).run()
    app.button(key="welcome-opacity").click().run()
    assert not app.exception
    return app


def held(app: AppTest) -> Session:
    return app.session_state["diaphane_session"]


def drawn(app: AppTest) -> str:
    return "\n".join(str(e.value) for kind in (app.markdown, app.caption, app.subheader) for e in kind)


def test_alerts_of_a_reading_are_acknowledged_kept_with_the_case_and_held_back(app: AppTest, tmp_path: Path) -> None:
    review = held(app).review
    alerts = alerts_of_review(review, load_rules())
    assert "chest-opacity" in {alert.rule.id for alert in alerts}
    for alert in alerts:
        assert alert.reason in drawn(app)
        assert f"Suggestion: {alert.rule.suggestion}" in drawn(app)
    name = f"synthetic-{review.case_id}"
    app.text_input(key="alerts-by").set_value("AB").run()
    app.selectbox(key=f"alert-reason-{name}-chest-opacity").select("patient-seen").run()
    app.button(key=f"acknowledge-{name}-chest-opacity").click().run()
    assert "Patient seen and assessed: AB" in drawn(app)
    history = AlertLog(tmp_path / FOLDER).read()
    mine = [entry for entry in history.raised if entry.case_id == name]
    assert len(mine) == len(alerts)  # drawn many times, logged once

    next(button for button in app.button if button.label == "Save case").click().run()
    assert (
        "chest-opacity" in next(tmp_path.glob("*.json")).read_text()
    )  # as it spoke then; who acknowledged is in the log
    app.switch_page("app_pages/cases.py").run()
    app.button(key=f"show-{review.case_id}").click().run()
    assert f"- Attention: Lung opacity on the film, raised {mine[0].raised_at[:10]}" in drawn(app)

    app.switch_page("app_pages/read.py").run()
    assert "Alerts" in [found.value for found in app.subheader]
    held(app).set_record(replace(held(app).record, age_years=20.0))
    held(app).record_of_other_scan = True
    app.run()
    assert any("Possible wrong patient" in error.value for error in app.error)
    assert "Alerts" not in [found.value for found in app.subheader]
