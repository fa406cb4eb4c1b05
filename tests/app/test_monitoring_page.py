"""The monitoring page without a browser: stays come in, hours are replayed, alerts are acknowledged, errors lose nothing."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard import services
from dashboard.catalogue import counted, text
from dashboard.components.stay import hourly_risk as risk_component
from dashboard.components.stay import input as monitoring_input
from dashboard.components.stay import replay as monitoring_stay
from dashboard.records.alert_log import FOLDER, AlertLog
from dashboard.session.stay import MonitoringSession
from dashboard.viewmodels.stay.vitals import hour_title
from dashboard.viewmodels.together.alerts import levels_words
from model_zoo.alerts.acknowledge import reason_title
from model_zoo.errors import WeightsMismatch
from model_zoo.icu.hourly_risk import HourlyAttribution, HourlyModelCard, HourlyRisk
from model_zoo.plain import plain
from model_zoo.vital_signs import InvalidSeries, VitalSeries, read_series
from model_zoo.vital_signs.series import MAX_BYTES

APP = str(Path(__file__).resolve().parents[2] / "dashboard" / "page.py")
ROWS = "time (h),RR (/min),SpO2 (%),HR (/min)\n0,18,96,88\n2,26,95,135\n"


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("DIAPHANE_CASES", str(tmp_path))
    install(monkeypatch)
    app = AppTest.from_file(APP, default_timeout=120).run()
    return clean(app.switch_page("app_pages/monitoring.py").run())


def install(monkeypatch: pytest.MonkeyPatch, *models: object, problems: tuple[str, ...] = ()) -> None:
    """Put these hourly models in the place of the shipped ones, so that a test speaks of its own alerts alone."""
    for module in (risk_component, services):
        monkeypatch.setattr(module, "hourly_risk_models", lambda: (models, problems))


def clean(app: AppTest) -> AppTest:
    assert not app.exception
    return app


def held(app: AppTest) -> MonitoringSession:
    return app.session_state["diaphane_session"].stay


def opened(app: AppTest, name: str = "pneumonia-sepsis") -> AppTest:
    return clean(app.button(key=f"welcome-stay-{name}").click().run())


def heading(app: AppTest) -> str:
    """Return what stands over the hour: the first heading of the page, the second is that of the alerts."""
    return app.header[0].value


def said(hour: int, score: str) -> str:
    return text("monitoring.hour.heading", hour=hour_title(hour), score=score)


def drawn(app: AppTest) -> str:
    kinds = (app.markdown, app.caption, app.header, app.subheader, app.warning, app.error)
    return "\n".join(str(element.value) for kind in kinds for element in kind)


def figure(app: AppTest) -> dict:
    return json.loads(app.get("plotly_chart")[0].proto.spec)


def open_words(**levels: int) -> str:
    """Return what stands over the alerts of which these wait, the most pressing level first."""
    return text("alerts.open", count=sum(levels.values()), levels=levels_words(levels.items()))


def logged(tmp_path: Path) -> AlertLog:
    return AlertLog(tmp_path / FOLDER)


def test_an_example_stay_is_marked_and_shows_score_words_and_alerts(app: AppTest) -> None:
    opened(app)
    assert heading(app) == said(30, "3")
    assert text("monitoring.synthetic") in drawn(app)
    assert "| Pulse | 94 /min" in drawn(app)
    assert open_words(emergency=2, urgent=1) in drawn(app)
    for word in (text("alerts.suggestion", suggestion="Consider"), "Royal College of Physicians"):
        assert word in drawn(app)
    bars = next(trace for trace in figure(app)["data"] if trace.get("name") == "NEWS2")
    assert len(bars["x"]) == 31
    assert held(app).name.startswith("synthetic-stay-")
    assert app.query_params == {}


def test_each_example_stay_brings_its_scale(app: AppTest) -> None:
    opened(app, "copd-scale-2")
    assert held(app).scale == 2
    before = held(app).scores
    app.radio[0].set_value(1).run()
    assert held(app).scale == 1
    assert held(app).scores.scores != before.scores


def test_pasted_rows_with_an_error_keep_the_stay_and_the_text(app: AppTest) -> None:
    opened(app)
    stay, name = held(app).series, held(app).name
    app.text_area[0].set_value(ROWS.replace("135", "1350"))
    clean(app.button(key="monitoring-read-rows").click().run())
    assert held(app).series is stay
    assert held(app).name == name
    assert "row 3" in app.error[0].value
    assert "1350" not in app.error[0].value  # values are not repeated
    assert app.text_area[0].value.startswith("time (h),RR")
    assert heading(app) == said(30, "3")
    app.text_area[0].set_value(ROWS)
    clean(app.button(key="monitoring-read-rows").click().run())
    assert len(app.error) == 0
    assert heading(app) == said(2, plain(text("monitoring.hour.partial", score="7")))
    assert "Air or oxygen, Systolic blood pressure, Consciousness, Temperature" in app.warning[0].value
    assert not held(app).name.startswith("synthetic")
    assert app.text_area[0].value == ROWS


def test_a_fhir_bundle_and_a_damaged_file(app: AppTest) -> None:
    observation = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]},
        "effectiveDateTime": "2026-01-01T08:00:00Z",
        "valueQuantity": {"value": 135, "unit": "/min", "system": "http://unitsofmeasure.org", "code": "/min"},
    }
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": observation}]}
    app.file_uploader[0].upload("stay.json", json.dumps(bundle).encode(), "application/json").run()
    clean(app)
    assert held(app).series.column("heart_rate_per_min").tolist() == [135.0]
    stay = held(app).series
    app.file_uploader[0].upload("stay.csv", b"\xff\xfe", "text/csv").run()
    clean(app)
    assert held(app).series is stay
    assert "UTF-8" in app.error[0].value


def test_the_uploader_takes_what_the_reader_takes(app: AppTest) -> None:
    assert app.file_uploader[0].proto.max_upload_size_mb == MAX_BYTES // 2**20
    for fhir_or_table in (read_series, lambda data: read_series(b"{" + data)):
        with pytest.raises(InvalidSeries, match=f"larger than {MAX_BYTES // 2**20} MB"):
            fhir_or_table(b" " * (MAX_BYTES + 1))


def test_a_replay_draws_only_what_was_known(app: AppTest) -> None:
    opened(app)
    app.slider[0].set_value(10).run()
    assert heading(app) == said(10, "3")
    assert text("alerts.none") in drawn(app)
    xs = [x for trace in figure(app)["data"] for x in trace["x"]]
    assert max(xs) == 10
    clean(app.button(key="monitoring-step").click().run())
    assert heading(app) == said(11, "6")
    assert open_words(urgent=1) in drawn(app)
    clean(app.button(key="monitoring-back").click().run())
    assert text("alerts.none") in drawn(app)


def test_a_replay_goes_on_by_the_clock_and_stops_at_the_end(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr(monitoring_stay.time, "monotonic", lambda: clock[0])
    opened(app, "copd-scale-2")
    clean(app.button(key="monitoring-play").click().run())
    assert held(app).now == 0
    clean(app.run())
    assert held(app).now == 0  # the hour is not over
    clock[0] += 1.0
    clean(app.run())
    assert held(app).now == 1
    assert len(app.slider) == 0
    clean(app.button(key="monitoring-pause").click().run())
    clock[0] += 5.0
    clean(app.run())
    assert held(app).now == 1
    app.slider[0].set_value(11).run()
    clean(app.button(key="monitoring-play").click().run())
    clock[0] += 1.0
    clean(app.run())
    assert held(app).now == 12
    assert not held(app).playing
    assert app.button(key="monitoring-play").label == text("monitoring.replay.again")


def test_an_alert_is_acknowledged_by_a_person_with_a_reason(app: AppTest, tmp_path: Path) -> None:
    opened(app)
    name = held(app).name
    button = f"acknowledge-{name}-news2-emergency@13"
    clean(app.button(key=button).click().run())
    assert "acknowledged by a person" in drawn(app)
    app.text_input(key="alerts-by").set_value("AB").run()
    app.selectbox(key=f"alert-reason-{name}-news2-emergency@13").select("known").run()
    clean(app.button(key=button).click().run())
    assert open_words(emergency=1, urgent=1) in drawn(app)  # the worse score two hours later is another alert
    assert f"{reason_title('known')}: AB" in drawn(app)
    assert counted("monitoring.fatigue.rate", 3, hours="30", rate="2.4") in drawn(app)
    assert text("monitoring.fatigue.acknowledged", acknowledged=1, without=1) in drawn(app)
    history = logged(tmp_path).read()
    assert [(entry.by, entry.reason) for entry in history.acknowledged] == [("AB", "known")]
    # Synthetic stays say nothing about a ward.
    assert text("alerts.fatigue.none") in drawn(app)
    assert counted("alerts.fatigue.synthetic", 3) in drawn(app)


def test_the_log_holds_no_value_and_no_clock_of_the_stay(app: AppTest, tmp_path: Path) -> None:
    app.text_area[0].set_value("time,HR,potassium (mmol/L)\n2019-05-04 10:00,80,4.1\n2019-05-04 12:00,137,6.87\n")
    clean(app.button(key="monitoring-read-rows").click().run())
    assert "Potassium" in drawn(app)
    log = logged(tmp_path).path.read_text()
    assert "potassium-high@2" in log
    for word in ("6.87", "137", "2019", "May"):
        assert word not in log


def test_no_score_for_children_and_pregnancy_but_other_rules(app: AppTest) -> None:
    app.text_area[0].set_value("time (h),HR,RR,potassium (mmol/L)\n0,150,40,6.9\n")
    clean(app.button(key="monitoring-read-rows").click().run())
    assert "news2" in {alert.rule.group for alert in held(app).known}
    app.number_input[0].set_value(9.0).run()
    assert "made for people of 16 years or older" in app.warning[0].value
    assert [alert.rule.id for alert in held(app).known] == ["potassium-high"]
    app.number_input[0].set_value(40.0).run()
    app.checkbox[0].check().run()
    assert "pregnancy" in app.warning[0].value


def test_a_stay_survives_another_page_and_is_closed_by_the_reader(app: AppTest) -> None:
    opened(app)
    app.slider[0].set_value(12).run()
    app.switch_page("app_pages/guide.py").run()
    clean(app.switch_page("app_pages/monitoring.py").run())
    assert heading(app) == said(12, "6")
    clean(app.button(key="monitoring-close").click().run())
    assert app.title[0].value == text("monitoring.title")
    assert held(app).series is None


class _Sent(io.BytesIO):
    name = "stay.csv"


def test_the_file_of_an_uploader_that_is_gone_opens_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The browser goes on sending it until a run has finished; a stay opened meanwhile would be lost."""
    values: dict[str, object] = {"monitoring-upload-0": _Sent(ROWS.encode())}
    monkeypatch.setattr(st, "session_state", values)
    state = MonitoringSession()
    monitoring_input._on_upload(state, "monitoring-upload-0")
    assert state.generation == 1
    state.go(0.0)
    monitoring_input._on_upload(state, "monitoring-upload-0")
    assert (state.generation, state.now) == (1, 0.0)


def test_the_slider_of_an_earlier_position_moves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    state = MonitoringSession()
    state.open(monitoring_input.read_rows(ROWS), "Pasted stay")
    old = f"monitoring-now-{state.generation}-{state.turn}"
    monkeypatch.setattr(st, "session_state", {old: 0})
    state.step(-1)
    monitoring_stay._on_slide(state, old)
    assert state.now == 1.0


class _Model:
    """A model as the page asks it: the risk grows with the number of rows known."""

    card = HourlyModelCard("icu-sepsis", "Sepsis within hours", "sepsis", "Nobody: made for this test.", ("Invented.",))

    def __init__(self) -> None:
        self.asked: list[float] = []

    def risk_by_hour(self, series: VitalSeries, facts: dict[str, float]) -> HourlyRisk:
        self.asked.append(float(series.hours[-1]))
        hours = np.arange(np.floor(series.hours[-1]) + 1)
        risk = np.full(len(hours), len(series.hours) / 100)
        return HourlyRisk("icu-sepsis", "Sepsis", hours, risk, risk, risk, 0.1)

    def attribute(self, series: VitalSeries, facts: dict[str, float], hour: float) -> HourlyAttribution:
        values = np.zeros((int(hour) + 1, 1))
        values[-1] = 0.05
        return HourlyAttribution("icu-sepsis", hour, 0.1, 0.05, "a usual stay", np.arange(hour + 1), ("Heart rate",),
                                 values, values != 0)  # fmt: skip


def test_an_installed_hourly_model_lights_up(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(risk_component, "hourly_risk_models", lambda: ((), ()))
    opened(app)
    assert text("monitoring.risk.none_installed") in drawn(app)
    model = _Model()
    install(monkeypatch, model, problems=("The other model is damaged.",))
    app.slider[0].set_value(10).run()
    known = held(app).series.up_to(10)
    share = f"{len(known.hours):.1f} %"  # below ten per cent with a decimal
    places = {
        "hour": hour_title(np.floor(known.hours[-1])),
        "outcome": "sepsis",
        "risk": share,
        "low": share,
        "high": share,
        "threshold": "10 %",
    }
    assert plain(text("monitoring.risk.below", **places)) in drawn(app)
    assert model.asked == [known.hours[-1]]  # what was known at hour 10, and no more
    assert "The other model is damaged." in drawn(app)
    clean(app.toggle[0].set_value(True).run())
    residual = text("monitoring.risk.points", value="+0.00")
    assert text("monitoring.risk.balance.residual", points=residual) in drawn(app)
    assert len(model.asked) == 1  # an hour that was estimated is not estimated again
    assert len(app.get("plotly_chart")) == 4


def test_a_model_that_cannot_read_the_stay_takes_nothing_away(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    model = _Model()

    def refuse(*_: object) -> None:
        raise WeightsMismatch("The weights do not fit.", "Restore them.")

    monkeypatch.setattr(model, "risk_by_hour", refuse)
    install(monkeypatch, model)
    opened(app)
    assert text("monitoring.risk.not_estimated", reason="The weights do not fit. Restore them.") in drawn(app)
    assert heading(app) == said(30, "3")


def test_an_hourly_risk_alerts_at_the_hour_at_which_it_crosses(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, _Crossing(6.0, 20.0))
    opened(app)
    keys = [alert.key for alert in held(app).alerts if alert.rule.id == "icu-sepsis-hourly"]
    assert keys == ["icu-sepsis-hourly@6", "icu-sepsis-hourly@20"]
    app.slider[0].set_value(5).run()
    assert text("alerts.none") in drawn(app)
    clean(app.button(key="monitoring-step").click().run())
    assert open_words(attention=1) in drawn(app)
    for words in (
        "Sepsis: risk 12.0 % (threshold of the card 10.0 %)",
        text("alerts.suggestion", suggestion="Consider looking at the patient"),
        text("alerts.limits", limits="Most", source="").splitlines()[0].rstrip(),
    ):
        assert words in drawn(app)
    app.number_input[0].set_value(9.0).run()
    assert "icu-sepsis-hourly" not in {alert.rule.id for alert in held(app).alerts}


class _Crossing(_Model):
    """A model that alerts at the hours it is given."""

    def __init__(self, *hours: float) -> None:
        super().__init__()
        self.hours = hours

    def risk_by_hour(self, series: VitalSeries, facts: dict[str, float]) -> HourlyRisk:
        hours = np.arange(np.floor(series.hours[-1]) + 1)
        risk = np.full(len(hours), 0.12)
        return HourlyRisk("icu-sepsis", "Sepsis", hours, risk, risk, risk, 0.1, alert_hours=self.hours)
