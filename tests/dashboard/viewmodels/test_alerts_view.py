"""Alerts and their fatigue as rows and words."""

from __future__ import annotations

from datetime import UTC, datetime

from dashboard.viewmodels.together.alerts import NONE_WORDS, REASON_CHOICES, build_alerts, build_fatigue
from model_zoo.alerts import AlertInputs, acknowledge, evaluate_hours, load_rules, measure_fatigue, raise_alert
from model_zoo.monitoring.news2 import score_news2

START = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
RULES = load_rules()
MOMENTS = (
    AlertInputs(values={"potassium_mmol_l": 6.4}, hour=1.0),
    AlertInputs(news2=score_news2(heart_rate=135), hour=2.5),
    AlertInputs(news2=score_news2(heart_rate=135, respiratory_rate=30, spo2=90), hour=4.0),
)
ALERTS = evaluate_hours(RULES, MOMENTS)


def test_open_alerts_come_first_the_most_pressing_and_newest_on_top():
    first = raise_alert("case-1", ALERTS[2], START)
    done = acknowledge(first, "AB", "escalated", START)
    view = build_alerts(ALERTS, [done], START)
    assert [row.key for row in view.rows] == ["news2-red@2.5", "potassium-high@1", "news2-emergency@4"]
    assert view.headline == "2 open: 2 urgent"
    assert [row.open for row in view.rows] == [True, True, False]
    assert view.rows[2].acknowledged == "Passed on to somebody else: AB, 2026-03-01 10:00 UTC"
    assert view.rows[0].when == "hour 2:30 (01 Mar 12:30)"
    assert len(view.open) == 2


def test_levels_are_said_without_colour_and_each_row_has_its_source():
    view = build_alerts(ALERTS)
    assert view.headline == "3 open: 1 emergency, 2 urgent"
    assert [(row.mark, row.level_title) for row in view.rows] == [
        ("!!!", "Emergency"),
        ("!!", "Urgent"),
        ("!!", "Urgent"),
    ]
    for row in view.rows:
        assert row.suggestion.startswith("Consider")
        assert row.limits
        assert row.source
        assert row.reason
    assert view.rows[0].when == "hour 4"
    assert "suggestion" in view.note


def test_no_alert_is_no_all_clear():
    view = build_alerts(())
    assert (view.rows, view.note) == ((), NONE_WORDS)
    assert "does not mean" in view.note


def test_all_acknowledged():
    done = [acknowledge(raise_alert("c", a, START), "AB", "known", START) for a in ALERTS]
    assert build_alerts(ALERTS, done).headline == "3 alerts, all acknowledged"
    assert build_alerts(ALERTS[:1], done).headline == "1 alert, all acknowledged"


def test_fatigue_in_words():
    raised = [raise_alert("c", a, START) for a in ALERTS]
    done = [acknowledge(raised[0], "AB", "known", START), acknowledge(raised[1], "AB", "patient-seen", START)]
    view = build_fatigue(measure_fatigue(raised, done), RULES, damaged=1)
    assert view.sentences == (
        "3.0 alerts per day: 3 alerts of 1 case on 1 day.",
        "2 of them acknowledged, 50 % of those without any action. These are few: the share says little yet.",
        "1 line of the log could not be read and not counted.",
    )
    assert [(row.title, row.without_action) for row in view.rows] == [
        ("Potassium critically high", "1 of 1"),
        ("3 points in one NEWS2 parameter", "0 of 1"),
        ("NEWS2 of 7 or more", "none acknowledged"),
    ]


def test_fatigue_of_nothing():
    assert build_fatigue(measure_fatigue([], []), RULES).sentences == ("No alert was logged yet.",)
    raised = [raise_alert("c", ALERTS[0], START)]
    assert "None of them is acknowledged" in build_fatigue(measure_fatigue(raised, []), RULES).sentences[1]


def test_reasons_are_there_to_choose_from():
    assert len(REASON_CHOICES) >= 6
    assert dict(REASON_CHOICES)["known"] == "Already known and looked after"
