"""Alerts on plain inputs: each kind of condition, groups, onset over a series, acknowledgement and fatigue."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import numpy as np
import pytest

from model_zoo.alerts import (
    REASONS,
    AlertInputs,
    FindingValue,
    RiskValue,
    acknowledge,
    evaluate,
    evaluate_hours,
    hourly_inputs,
    load_rules,
    measure_fatigue,
    raise_alert,
)
from model_zoo.alerts.acknowledge import AcknowledgementInvalid
from model_zoo.alerts.inputs import finding_values, record_values, risk_values
from model_zoo.case.concordance import discordance_sentences
from model_zoo.icu.demo import synthetic_stay
from model_zoo.icu.hourly_models import hourly_models
from model_zoo.icu.hourly_risk import HourlyRisk
from model_zoo.patients.record import PatientRecord
from model_zoo.results import Finding, Prediction
from model_zoo.trust.state import State
from model_zoo.vital_signs import VitalSeries, read_rows
from model_zoo.vital_signs.news2 import score_news2
from model_zoo.vital_signs.news2_hours import score_hours

WELL = {
    "respiratory_rate": 16, "spo2": 98, "supplemental_oxygen": False, "systolic_pressure": 125, "heart_rate": 72,
    "consciousness": "A", "temperature": 36.8,
}  # fmt: skip
DAY = datetime(2026, 1, 1, 8, tzinfo=UTC)


def spoken(inputs):
    return [alert.rule.id for alert in evaluate(load_rules(), inputs)]


@pytest.mark.parametrize(
    ("changes", "rules"),
    [
        ({}, []),
        ({"heart_rate": 112, "respiratory_rate": 22}, []),  # 4 points
        ({"heart_rate": 135}, ["news2-red"]),
        ({"heart_rate": 112, "respiratory_rate": 22, "temperature": 38.2}, ["news2-urgent"]),
        ({"heart_rate": 135, "respiratory_rate": 22}, ["news2-urgent"]),
        ({"heart_rate": 135, "respiratory_rate": 22, "spo2": 92}, ["news2-emergency"]),
    ],
)
def test_news2_speaks_once_and_at_the_published_thresholds(changes, rules):
    assert spoken(AlertInputs(news2=score_news2(**(WELL | changes)))) == rules


def test_missing_components_make_no_alert_and_are_said():
    assert spoken(AlertInputs(news2=score_news2())) == []
    assert spoken(AlertInputs(news2=score_news2(heart_rate=95))) == []
    (alert,) = evaluate(load_rules(), AlertInputs(news2=score_news2(heart_rate=135)))
    assert "partial" in alert.reason
    assert "Pulse 135 /min" in alert.reason


@pytest.mark.parametrize(
    ("value", "rules"),
    [(2.7, ["potassium-low"]), (2.8, ["potassium-low"]), (2.9, []), (6.1, []), (6.2, ["potassium-high"])],
)
def test_critical_values_on_both_sides_of_their_limits(value, rules):
    inputs = AlertInputs(values={"potassium_mmol_l": value})
    assert spoken(inputs) == rules
    for alert in evaluate(load_rules(), inputs):
        assert f"{value:.1f} mmol/L" in alert.reason
        assert "limit" in alert.reason


def test_risks_findings_and_contradictions():
    at = RiskValue("covid-pneumonia", "death_in_hospital", "Death", 0.51, 0.51)
    below = RiskValue("covid-pneumonia", "death_in_hospital", "Death", 0.50, 0.51)
    assert spoken(AlertInputs(risks=(at,))) == ["covid-death"]
    assert spoken(AlertInputs(risks=(below,))) == []
    for state in State:
        finding = FindingValue("chest-xray", "pneumonia", "Pneumonia", state, "probability 0.80")
        assert spoken(AlertInputs(findings=(finding,))) == (["chest-pneumonia"] if state is State.FLAGGED else [])
    assert spoken(AlertInputs(discordances=("The legs contradict each other.",))) == ["discordance"]


def test_the_most_pressing_alert_comes_first():
    inputs = AlertInputs(
        news2=score_news2(**(WELL | {"heart_rate": 135, "respiratory_rate": 30, "spo2": 90})),
        values={"sodium_mmol_l": 118},
        risks=(RiskValue("liver-hannover", "liver_disease", "Liver", 0.9, 0.5),),
    )
    levels = [alert.level for alert in evaluate(load_rules(), inputs)]
    assert levels == ["emergency", "urgent", "info"]


ROWS = (
    "time (h);RR;SpO2;O2;SBP;HR;ACVPU;temp;K\n0;16;98;air;125;72;A;36,8;4\n1;22;;;;112;;38,5;6,4\n2;;;;;;;;\n"
    "3;26;91;;;;;;\n4;26;;;;;;;6,5\n6;16;98;;;72;;36,8;\n8;16;98;;;135;;;4,5\n9;;;;;;;;6,6\n"
)


def test_a_state_that_lasts_is_one_alert_and_a_new_one_is_another():
    series = read_rows(ROWS)
    alerts = evaluate_hours(load_rules(), hourly_inputs(series, score_hours(series)))
    assert [alert.key for alert in alerts] == [
        "news2-urgent@1",
        "potassium-high@1",
        "news2-emergency@3",
        "news2-red@8",
        "potassium-high@9",
    ]


WORSE = (
    "time (h);RR;SpO2;O2;SBP;HR;ACVPU;temp;K\n0;26;92;air;105;95;A;37;6,2\n1;26;92;air;95;95;A;37;6,6\n"
    "2;26;92;air;95;115;A;37;\n3;26;90;oxygen;85;115;A;37;6,7\n4;26;90;air;95;115;A;37;5\n5;26;90;oxygen;85;135;A;37;6,3\n"
)


def test_a_state_that_lasts_alerts_again_once_it_is_worse_by_the_step_of_its_rule():
    series = read_rows(WORSE)
    scores = score_hours(series)
    assert [score.aggregate for score in scores.scores] == [7, 8, 9, 13, 10, 14]
    alerts = evaluate_hours(load_rules(), hourly_inputs(series, scores))
    assert [alert.key for alert in alerts] == [
        "news2-emergency@0",
        "potassium-high@0",
        "news2-emergency@3",  # 13 after 7; 8 and 9 are within the step of 3
        "potassium-high@3",  # 6.7 after 6.2, exactly the step
        "news2-emergency@5",  # 14 after 10
        "potassium-high@5",  # it had ended
    ]
    again = alerts[2]
    assert again.found.startswith("NEWS2 13")
    assert "worse than at hour 0: NEWS2 7" in again.found
    assert "worse" not in alerts[5].found
    once = [replace(rule, again_by=None) for rule in load_rules()]
    assert [a.key for a in evaluate_hours(once, hourly_inputs(series, scores))] == [
        "news2-emergency@0",
        "potassium-high@0",
        "potassium-high@5",
    ]


def test_a_relapse_after_getting_better_alerts_again():
    series = read_rows("time (h);HR;K\n0;80;7,5\n1;80;6,3\n2;80;6,7\n3;80;7,4\n4;80;7,6\n")
    alerts = evaluate_hours(load_rules(), hourly_inputs(series, score_hours(series)))
    assert [alert.key for alert in alerts] == ["potassium-high@0", "potassium-high@3"]
    assert "worse than at hour 1: Potassium 6.3" in alerts[1].found


def test_of_a_partial_score_more_is_known_and_nothing_said_to_be_worse():
    rows = "time (h);RR;SpO2;O2;SBP;HR;ACVPU;temp\n0;26;;;88;115;;\n1;26;91;air;88;115;A;37\n"
    alerts = evaluate_hours(load_rules(), hourly_inputs(series := read_rows(rows), score_hours(series)))
    assert [alert.key for alert in alerts] == ["news2-emergency@0", "news2-emergency@1"]
    assert "more than was known at hour 0: NEWS2 partial" in alerts[1].found


def test_low_values_get_worse_downwards():
    series = read_rows("time (h);HR;K\n0;80;2,8\n1;80;2,6\n2;80;2,5\n3;80;2,7\n")
    alerts = evaluate_hours(load_rules(), hourly_inputs(series, score_hours(series)))
    assert [alert.key for alert in alerts] == ["potassium-low@0", "potassium-low@2"]


def test_replaying_a_stay_hour_by_hour_gives_the_same_alerts():
    series = read_rows(ROWS)
    whole = evaluate_hours(load_rules(), hourly_inputs(series, score_hours(series)))
    for hour in (1, 3, 9):
        known = series.up_to(hour)
        then = evaluate_hours(load_rules(), hourly_inputs(known, score_hours(known)))
        assert [a.key for a in then] == [a.key for a in whole if a.hour <= hour]


def test_inputs_from_the_objects_of_a_reading():
    outcome = SimpleNamespace(name="death", title="Death", probability=0.4, threshold=0.3)
    estimate = SimpleNamespace(model="m", title="Model", outcomes=(outcome,))
    assert risk_values([estimate]) == (RiskValue("m", "death", "Model: Death", 0.4, 0.3),)
    found = Finding("o", "O", "report_score", 1.0, 81.0, 50.0, True)
    covered = Prediction("s", "1", "0" * 64, "0" * 64, 0, "adult", (found,), True)
    (value,) = finding_values(covered)
    assert (value.state, value.words) == (State.FLAGGED, "score 81 of 100")
    assert [v.state for v in finding_values(replace(covered, covered=False))] == [State.NOT_OFFERED]
    record = PatientRecord(values={"sodium_mmol_l": 118.0, "cancer": "no", "glucose_mmol_l": None})
    assert record_values(record) == {"sodium_mmol_l": 118.0}
    assert discordance_sentences(None) == ()
    assert discordance_sentences(SimpleNamespace(state="concordant", legs=(), sentence="x")) == ()
    assert discordance_sentences(SimpleNamespace(state="discordant", legs=("a",), sentence="b")) == ("a b",)


def raised(number, rule="news2-red", day=0):
    alert = next(r for r in load_rules() if r.id == rule)
    inputs = SimpleNamespace(key=f"{rule}@{number}", rule=alert, level=alert.level)
    return raise_alert("case-1", inputs, DAY + timedelta(days=day))


def test_an_acknowledgement_needs_a_person_a_reason_and_a_case():
    alert = raised(1)
    done = acknowledge(alert, "Dr. A. O'Neil", "patient-seen", DAY)
    assert (done.acted, done.by, done.acknowledged_at) == (True, "Dr. A. O'Neil", "2026-01-01T08:00:00+00:00")
    for by, reason in (("", "known"), ("  ", "known"), ("AB", "because"), ("x" * 80, "known"), ("A\nB{}", "known")):
        with pytest.raises(AcknowledgementInvalid):
            acknowledge(alert, by, reason)
    with pytest.raises(AcknowledgementInvalid):
        raise_alert("Jane Roe 1950", SimpleNamespace(key="x"))
    assert {reason.acted for reason in REASONS} == {True, False}


def test_fatigue_is_counted_per_day_and_by_rule():
    alerts = [raised(1), raised(2, day=1), raised(3, day=3), raised(1, "potassium-high", day=3)]
    done = [
        acknowledge(alerts[0], "AB", "expected", DAY),
        acknowledge(alerts[1], "AB", "known", DAY),
        acknowledge(alerts[1], "CD", "patient-seen", DAY + timedelta(hours=1)),  # the later one counts
        acknowledge(alerts[3], "AB", "artefact", DAY),
        acknowledge(raised(99), "AB", "artefact", DAY),  # of an alert that is not among them
    ]
    found = measure_fatigue(alerts, done)
    assert (found.alerts, found.cases, found.days, found.per_day) == (4, 1, 4, 1.0)
    assert (found.acknowledged, found.without_action) == (3, 2)
    assert found.share_without_action == pytest.approx(2 / 3)
    assert [(r.rule, r.alerts, r.acknowledged, r.without_action) for r in found.by_rule] == [
        ("news2-red", 3, 2, 1),
        ("potassium-high", 1, 1, 1),
    ]


def test_fatigue_without_alerts_is_not_known_rather_than_zero():
    found = measure_fatigue([], [])
    assert (found.per_day, found.share_without_action) == (None, None)


def an_hourly_risk(hours, alerts, model="icu-sepsis"):
    risk = np.linspace(0.01, 0.05, len(hours))
    return HourlyRisk(model, "Sepsis", np.array(hours, float), risk, risk, risk, 0.02, alert_hours=tuple(alerts))


def test_an_hourly_risk_speaks_at_the_hours_of_its_card_and_again_after_the_quiet_time():
    series = read_rows("time (h),HR\n" + "".join(f"{hour},80\n" for hour in range(21)))
    risks = [an_hourly_risk(range(21), [3.0, 11.0, 19.0])]
    alerts = evaluate_hours(load_rules(), hourly_inputs(series, score_hours(series), risks))
    assert [alert.key for alert in alerts] == [f"icu-sepsis-hourly@{hour}" for hour in (3, 11, 19)]
    assert alerts[0].level == "attention"
    assert "Sepsis: risk 1.6 % (threshold of the card 2.0 %)" in alerts[0].reason
    assert not evaluate_hours(load_rules(), hourly_inputs(series, score_hours(series)))


def test_an_hour_that_is_still_measured_alerts_when_it_is_known():
    """The model reads a whole hour at once: an alert of hour 2 may rest on its last minute."""
    series = read_rows("time (h),HR\n0,80\n2,80\n2.9,85\n5,80\n")
    risks = [an_hourly_risk(range(6), [2.0]), an_hourly_risk(range(6), [5.0], "icu-mortality")]
    moments = hourly_inputs(series, score_hours(series), risks)
    assert {moment.hour: [risk.model for risk in moment.hourly_risks] for moment in moments if moment.hourly_risks} == {
        3.0: ["icu-sepsis"],
        5.0: ["icu-mortality"],
    }


def test_hours_before_the_start_are_those_of_the_series():
    series = VitalSeries(np.array([-2.0, 0.0, 1.0]), ("heart_rate_per_min",), np.array([[80.0], [80.0], [85.0]]))
    moments = hourly_inputs(series, score_hours(series), [an_hourly_risk(range(4), [1.0])])
    assert [moment.hour for moment in moments if moment.hourly_risks] == [-1.0]


@pytest.mark.parametrize("rule", ["icu-sepsis-hourly", "icu-mortality-hourly"])
def test_the_shipped_models_alert_in_a_stay_that_deteriorates(rule):
    stay = synthetic_stay("deteriorating")
    columns = {
        "HR": "HR", "RespRate": "RR", "SysABP": "SBP", "DiasABP": "DBP", "MAP": "MAP", "Temp": "Temp", "GCS": "GCS",
        "FiO2": "FiO2", "Lactate": "lactate (mmol/L)", "WBC": "WBC", "Urine": "urine (mL/h)", "HCO3": "HCO3", "pH": "pH",
        "Creatinine": "creatinine (mg/dL)", "PaO2": "PaO2 (mmHg)", "PaCO2": "PaCO2 (mmHg)", "BUN": "BUN (mg/dL)", "Na": "Na",
        "K": "K", "Glucose": "glucose (mg/dL)", "HCT": "HCT", "Platelets": "platelets (10^9/L)",
    }  # fmt: skip
    table = stay.values[:, [stay.variables.index(name) for name in columns]]
    rows = [f"{hour}," + ",".join("" if np.isnan(v) else f"{v:g}" for v in row) for hour, row in enumerate(table)]
    series = read_rows("\n".join([f"time (h),{','.join(columns.values())}", *rows]))
    models, problems = hourly_models()
    assert not problems
    risks = [model.risk_by_hour(series, {"age_years": 71.0}) for model in models]
    alerts = evaluate_hours(load_rules(), hourly_inputs(series, score_hours(series), risks))
    own = [alert.hour for alert in alerts if alert.rule.id == rule]
    risk = next(risk for risk in risks if risk.model == rule.removesuffix("-hourly"))
    assert own == list(risk.alert_hours)
    assert own
    assert risk.risk[int(own[0])] >= risk.threshold > max(risk.risk[: int(own[0])], default=0)
