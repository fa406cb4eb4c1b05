"""An hour in words, alerts that have arisen, and their rate: what is missing is named, and nothing looks ahead."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from dashboard.catalogue import counted, text
from dashboard.records.alert_log import AlertHistory
from dashboard.viewmodels.stay.hour import build_hour, series_words, stay_fatigue
from dashboard.viewmodels.stay.vitals import hour_title
from dashboard.viewmodels.together.alerts import logged_alerts
from model_zoo.alerts import acknowledge, evaluate_hours, hourly_inputs, load_rules, raise_alert
from model_zoo.alerts.acknowledge import reason_title
from model_zoo.case.note_and_stay import assess_stay
from model_zoo.vital_signs import read_rows
from model_zoo.vital_signs.example_stays import example_stay
from model_zoo.vital_signs.news2_hours import score_hours

SERIES = example_stay("pneumonia-sepsis").read()
SCORES = score_hours(SERIES)
RULES = load_rules()
ALERTS = evaluate_hours(RULES, hourly_inputs(SERIES, SCORES))
AT = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)


def test_a_whole_score_says_risk_and_every_parameter():
    hour = build_hour(SCORES, 13.0, SERIES)
    assert (hour.title, hour.number, hour.band) == (hour_title(13.0), "10", "emergency")
    assert hour.risk.startswith(text("monitoring.hour.risk", risk="high"))
    assert hour.missing == ""
    assert sum(int(row.points) for row in hour.rows) == 10
    assert len(hour.rows) == 7
    assert hour.response.startswith("The registered nurse immediately informs")


def test_a_partial_score_names_what_is_missing_and_its_range():
    series = read_rows("time (h),HR,RR\n0,135,\n3,,22\n")
    hour = build_hour(score_hours(series), 3.0, series)
    assert hour.number == text("monitoring.hour.partial", score="5")
    assert text("monitoring.hour.risk_at_least", risk="medium") in hour.risk
    assert text("monitoring.hour.red") in hour.risk
    missing = "SpO2, Air or oxygen, Systolic blood pressure, Consciousness, Temperature"
    assert hour.missing == text("monitoring.hour.missing", missing=missing, lowest=5, highest=19)
    rows = {row.title: row for row in hour.rows}
    assert (rows["Pulse"].value, rows["Pulse"].age) == ("135 /min", text("monitoring.hour.age", hours="3.0"))
    assert (rows["SpO2"].value, rows["SpO2"].points, rows["SpO2"].missing) == ("not measured", "?", True)


def test_an_hour_without_any_parameter_has_no_number():
    series = read_rows("time (h),HR,lactate (mmol/L)\n0,80,\n12,,2.0\n")
    hour = build_hour(score_hours(series), 9.0, series)
    assert (hour.number, hour.risk, hour.response) == (text("monitoring.hour.not_known"), "", "")
    missing = ", ".join(row.title for row in hour.rows)
    assert hour.missing == text("monitoring.hour.nothing_scored", missing=missing)
    assert build_hour(score_hours(series), -1.0, series) is None


@pytest.mark.parametrize("hour", [0.0, 10.0, 11.0, 13.0, 20.0, 30.0])
def test_alerts_up_to_an_hour_are_those_of_the_stay_cut_off_there(hour: float):
    seen = SERIES.up_to(hour)
    cut = evaluate_hours(RULES, hourly_inputs(seen, score_hours(seen, hours=[h for h in SCORES.hours if h <= hour])))
    assert assess_stay(SERIES, SCORES, (), (), RULES).alerts_until(hour) == cut


def test_the_rate_is_per_day_of_the_stay_and_counts_what_was_done():
    raised = tuple(raise_alert("stay-1", alert, AT) for alert in ALERTS)
    history = AlertHistory(raised, (acknowledge(raised[0], "AB", "known", AT),))
    assert stay_fatigue((), SCORES, 30.0, history) == text("monitoring.fatigue.none")
    rate = counted("monitoring.fatigue.rate", len(ALERTS), hours="30", rate=f"{24 * len(ALERTS) / 30:.1f}")
    done = text("monitoring.fatigue.acknowledged", acknowledged=1, without=1)
    assert stay_fatigue(ALERTS, SCORES, 30.0, history) == f"{rate} {done}"
    count, none = counted("monitoring.fatigue.count", 1, hours="11"), text("monitoring.fatigue.none_acknowledged")
    assert stay_fatigue(ALERTS[:1], SCORES, 11.0, AlertHistory()) == f"{count} {none}"


def test_a_series_in_words_has_no_clock():
    series = read_rows("time,HR\n2026-01-01 23:00,80\n2026-01-02 01:00,90\n")
    parts = (
        text("monitoring.series.hours", hours="2"),
        counted("monitoring.series.times", 2),
        counted("monitoring.series.values", 2),
        counted("monitoring.series.parameters", 1),
    )
    assert series_words(series) == " · ".join(("Pasted rows", *parts))


def test_logged_alerts_in_lines():
    raised = [raise_alert("a1", alert, AT) for alert in ALERTS[:2]]
    rows = logged_alerts(raised, [acknowledge(raised[1], "AB", "escalated", AT)], RULES)
    at = "2026-03-01 10:00 UTC"
    done = text("alerts.done", reason=reason_title("escalated"), by="AB", at=at)
    said = {"level": text("level.urgent"), "title": "NEWS2 of 5 or 6", "at": at}
    assert rows[0] == text("alerts.logged", **said, done=text("alerts.logged.open"))
    assert rows[1].endswith(done)
