"""Alerts beside a finished reading: shown with reason and source, held back by a possible wrong patient, kept with the case."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.records.alert_log import FOLDER, AlertLog
from dashboard.screens.reading.drawers import TOGETHER
from dashboard.viewmodels.together.alerts import logged_alerts
from model_zoo.alerts import load_rules
from model_zoo.case.assembly import alerts_of_review
from model_zoo.plain import plain
from tests.app.reading import drawn, held, keys, open_drawer, without_maps

APP = str(Path(__file__).resolve().parents[2] / "dashboard" / "page.py")


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("DIAPHANE_CASES", str(tmp_path))
    app = AppTest.from_file(APP, default_timeout=300).run()
    without_maps(app)
    app.button(key="welcome-opacity").click().run()
    assert not app.exception
    return app


def test_alerts_of_a_reading_are_acknowledged_kept_with_the_case_and_held_back(app: AppTest, tmp_path: Path) -> None:
    review = held(app).reading.review
    alerts = alerts_of_review(review, load_rules())
    assert "chest-opacity" in {alert.rule.id for alert in alerts}
    name = f"synthetic-{review.case_id}"
    logged = {entry.key for entry in AlertLog(tmp_path / FOLDER).read().raised if entry.case_id == name}
    assert logged == {alert.key for alert in alerts}  # counted on the card is shown, whether a drawer is opened or not
    # The card shows the most pressing one of scan and vital signs, and the way to all of them.
    app.button(key="open-alerts").click().run()
    assert app.segmented_control(key="drawer-open").value == TOGETHER
    for alert in alerts:
        for said in (alert.reason, alert.rule.suggestion, alert.rule.source):
            assert plain(said) in drawn(app)
    acknowledge = f"acknowledge-{name}-chest-opacity"
    app.text_input(key="alerts-by").set_value("AB").run()
    app.selectbox(key=f"alert-reason-{name}-chest-opacity").select("patient-seen").run()
    app.button(key=acknowledge).click().run()
    assert acknowledge not in keys(app)
    history = AlertLog(tmp_path / FOLDER).read()
    mine = [entry for entry in history.raised if entry.case_id == name]
    assert len(mine) == len(alerts)  # drawn many times, logged once
    (done,) = history.acknowledged
    assert (done.rule, done.by, done.reason) == ("chest-opacity", "AB", "patient-seen")

    app.button(key="save-case").click().run()
    assert app.button(key="save-case").disabled
    # As it spoke then; who acknowledged is in the log.
    assert "chest-opacity" in next(tmp_path.glob("*.json")).read_text()
    app.switch_page("app_pages/cases.py").run()
    app.button(key=f"show-{review.case_id}").click().run()
    for row in logged_alerts(mine, history.acknowledged, load_rules()):
        assert plain(row) in drawn(app)

    app.switch_page("app_pages/read.py").run()
    open_drawer(app, TOGETHER)
    others = {key for key in keys(app) if key.startswith("acknowledge-")}
    assert others
    held(app).set_record(replace(held(app).record, age_years=20.0))
    held(app).record_of_other_scan = True
    app.run()
    assert "confirm-patient" in keys(app)
    assert not others & keys(app)
    assert "open-alerts" not in keys(app)
