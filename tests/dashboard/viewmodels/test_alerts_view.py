"""Alerts and their fatigue as rows and words."""

from __future__ import annotations

from datetime import UTC, datetime

from dashboard.catalogue import counted, text
from dashboard.viewmodels.stay.vitals import hour_words
from dashboard.viewmodels.together.alerts import REASON_CHOICES, build_alerts, build_fatigue, saved_alerts
from model_zoo.alerts import AlertInputs, acknowledge, evaluate_hours, load_rules, measure_fatigue, raise_alert
from model_zoo.alerts.acknowledge import reason_title
from model_zoo.case.assessment import AlertSummary
from model_zoo.vital_signs.news2 import score_news2

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
    assert view.headline == text("alerts.open", count=2, levels=counted("together.others.urgent", 2))
    assert [row.open for row in view.rows] == [True, True, False]
    done = {"reason": reason_title("escalated"), "by": "AB", "at": "2026-03-01 10:00 UTC"}
    assert view.rows[2].acknowledged == text("alerts.done", **done)
    assert view.rows[0].when == hour_words(2.5, START)
    assert len(view.open) == 2


def test_levels_are_said_without_colour_and_each_row_has_its_source():
    view = build_alerts(ALERTS)
    levels = f"{counted('together.others.emergency', 1)}, {counted('together.others.urgent', 2)}"
    assert view.headline == text("alerts.open", count=3, levels=levels)
    emergency, urgent = ("!!!", text("level.emergency")), ("!!", text("level.urgent"))
    assert [(row.mark, row.level_title) for row in view.rows] == [emergency, urgent, urgent]
    for row in view.rows:
        assert row.suggestion.startswith("Consider")
        assert row.limits
        assert row.source
        assert row.reason
    assert view.rows[0].when == hour_words(4.0)
    assert view.note == text("alerts.note")


def test_alerts_of_a_saved_case_are_laid_out_like_those_of_an_open_one():
    assert saved_alerts([AlertSummary(**alert.to_json()) for alert in ALERTS]) == build_alerts(ALERTS).rows


def test_no_alert_is_no_all_clear():
    view = build_alerts(())
    assert (view.rows, view.headline, view.note) == ((), text("alerts.none"), text("alerts.none_note"))


def test_all_acknowledged():
    done = [acknowledge(raise_alert("c", a, START), "AB", "known", START) for a in ALERTS]
    assert build_alerts(ALERTS, done).headline == counted("alerts.all_acknowledged", 3)
    assert build_alerts(ALERTS[:1], done).headline == counted("alerts.all_acknowledged", 1)


def test_fatigue_in_words():
    raised = [raise_alert("c", a, START) for a in ALERTS]
    done = [acknowledge(raised[0], "AB", "known", START), acknowledge(raised[1], "AB", "patient-seen", START)]
    view = build_fatigue(measure_fatigue(raised, done), RULES, damaged=1)
    assert view.sentences == (
        text(
            "alerts.fatigue.rate",
            rate="3.0",
            alerts=counted("alerts.fatigue.alerts", 3),
            cases=counted("alerts.fatigue.cases", 1),
            days=counted("alerts.fatigue.days", 1),
        ),
        text("alerts.fatigue.share", acknowledged=2, share="50"),
        text("alerts.fatigue.few"),
        counted("alerts.fatigue.damaged", 1),
    )
    assert [(row.title, row.without_action) for row in view.rows] == [
        ("Potassium critically high", text("alerts.fatigue.of", count=1, all=1)),
        ("3 points in one NEWS2 parameter", text("alerts.fatigue.of", count=0, all=1)),
        ("NEWS2 of 7 or more", text("alerts.fatigue.no_share")),
    ]


def test_fatigue_of_nothing():
    assert build_fatigue(measure_fatigue([], []), RULES).sentences == (text("alerts.fatigue.none"),)
    raised = [raise_alert("c", ALERTS[0], START)]
    sentences = build_fatigue(measure_fatigue(raised, []), RULES).sentences
    assert sentences[1] == text("alerts.fatigue.none_acknowledged")


def test_reasons_are_there_to_choose_from():
    assert len(REASON_CHOICES) >= 6
    assert dict(REASON_CHOICES)["known"] == reason_title("known")
