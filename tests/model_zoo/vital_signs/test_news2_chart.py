"""NEWS2 against the published chart (RCP 2017): both sides of the edge of every band of every parameter, and whole sets."""

from __future__ import annotations

import numpy as np
import pytest

from model_zoo.vital_signs.news2 import GCS_NOTE, News2NotApplicable, news2_points, not_applicable, score_news2
from model_zoo.vital_signs.news2_chart import NAMES, RESPONSES, response_to
from model_zoo.vital_signs.news2_hours import score_hours
from model_zoo.vital_signs.series import VitalSeries
from model_zoo.vital_signs.table import read_rows

# Parameter, value, points: written off the chart, first and last value of every band.
EDGES = [
    *[("respiratory_rate", v, p) for v, p in (
        (3, 3), (8, 3), (9, 1), (11, 1), (12, 0), (20, 0), (21, 2), (24, 2), (25, 3), (60, 3)
    )],
    *[("spo2", v, p) for v, p in ((60, 3), (91, 3), (92, 2), (93, 2), (94, 1), (95, 1), (96, 0), (100, 0))],
    *[("systolic_pressure", v, p) for v, p in (
        (50, 3), (90, 3), (91, 2), (100, 2), (101, 1), (110, 1), (111, 0), (219, 0), (220, 3), (260, 3)
    )],
    *[("heart_rate", v, p) for v, p in (
        (30, 3), (40, 3), (41, 1), (50, 1), (51, 0), (90, 0), (91, 1), (110, 1), (111, 2), (130, 2), (131, 3), (180, 3)
    )],
    *[("temperature", v, p) for v, p in (
        (30.0, 3), (35.0, 3), (35.1, 1), (36.0, 1), (36.1, 0), (38.0, 0), (38.1, 1), (39.0, 1), (39.1, 2), (41.0, 2)
    )],
    *[("consciousness", v, p) for v, p in (("A", 0), ("C", 3), ("V", 3), ("P", 3), ("U", 3))],
    *[("supplemental_oxygen", v, p) for v, p in ((False, 0), (True, 2))],
]  # fmt: skip
# Scale 2: saturation, points on air, points on oxygen.
SCALE_2 = [
    (60, 3, 3), (83, 3, 3), (84, 2, 2), (85, 2, 2), (86, 1, 1), (87, 1, 1), (88, 0, 0), (92, 0, 0), (93, 0, 1), (94, 0, 1),
    (95, 0, 2), (96, 0, 2), (97, 0, 3), (100, 0, 3),
]  # fmt: skip
WELL = {
    "respiratory_rate": 16, "spo2": 98, "supplemental_oxygen": False, "systolic_pressure": 125, "heart_rate": 72,
    "consciousness": "A", "temperature": 36.8,
}  # fmt: skip


def points(score, name):
    return next(c.points for c in score.components if c.name == name)


@pytest.mark.parametrize(("name", "value", "expected"), EDGES)
def test_every_band_of_the_chart(name, value, expected):
    score = score_news2(**(WELL | {name: value}))
    assert points(score, name) == expected
    assert (score.aggregate, score.highest, score.partial) == (expected, expected, False)
    assert score.red == (expected == 3)


@pytest.mark.parametrize(("value", "air", "oxygen"), SCALE_2)
def test_scale_2_on_air_and_on_oxygen(value, air, oxygen):
    on_air = score_news2(**(WELL | {"spo2": value}), scale=2)
    on_oxygen = score_news2(**(WELL | {"spo2": value, "supplemental_oxygen": True}), scale=2)
    assert (points(on_air, "spo2"), on_air.aggregate) == (air, air)
    assert (points(on_oxygen, "spo2"), on_oxygen.aggregate) == (oxygen, oxygen + 2)


@pytest.mark.parametrize(("value", "air", "oxygen"), SCALE_2)
def test_scale_2_without_knowing_of_oxygen_gives_the_range_of_both(value, air, oxygen):
    score = score_news2(**(WELL | {"spo2": value, "supplemental_oxygen": None}), scale=2)
    assert (score.lowest, score.highest, score.partial) == (air, oxygen + 2, True)
    assert points(score, "spo2") == (air if air == oxygen else None)
    assert score.red_possible == (oxygen == 3)


@pytest.mark.parametrize(
    ("name", "value", "like"),
    [
        ("temperature", 38.04, 38.0),
        ("temperature", 38.05, 38.1),
        ("temperature", (100.4 - 32) / 1.8, 38.0),
        ("respiratory_rate", 20.4, 20),
        ("respiratory_rate", 20.5, 21),
        ("spo2", 91.5, 92),
        ("heart_rate", 130.5, 131),
        ("systolic_pressure", 219.5, 220),
    ],
)
def test_a_value_between_two_numbers_of_the_chart_is_rounded_to_it(name, value, like):
    assert points(score_news2(**(WELL | {name: value})), name) == points(score_news2(**(WELL | {name: like})), name)


@pytest.mark.parametrize(
    ("changes", "aggregate", "red", "response"),
    [
        ({}, 0, False, "zero"),
        ({"heart_rate": 95}, 1, False, "low"),
        ({"heart_rate": 95, "respiratory_rate": 22, "temperature": 38.5}, 4, False, "low"),
        ({"heart_rate": 135}, 3, True, "red"),
        ({"consciousness": "C", "heart_rate": 95}, 4, True, "red"),
        ({"respiratory_rate": 22, "spo2": 93, "heart_rate": 100}, 5, False, "urgent"),
        ({"respiratory_rate": 25, "spo2": 93}, 5, True, "urgent"),
        ({"respiratory_rate": 22, "spo2": 93, "heart_rate": 112}, 6, False, "urgent"),
        ({"respiratory_rate": 22, "spo2": 93, "heart_rate": 112, "temperature": 38.2}, 7, False, "emergency"),
        (
            {"respiratory_rate": 30, "spo2": 80, "supplemental_oxygen": True, "systolic_pressure": 80, "heart_rate": 150,
             "consciousness": "U", "temperature": 34.0},
            20, True, "emergency",
        ),
    ],
)  # fmt: skip
def test_aggregate_red_score_and_response_as_published(changes, aggregate, red, response):
    score = score_news2(**(WELL | changes))
    assert (score.aggregate, score.red, score.response.name) == (aggregate, red, response)
    assert score.highest_response == score.response


def test_clinical_risk_of_every_aggregate():
    risks = [response_to(n, False).risk for n in range(21)]
    assert risks == ["low"] * 5 + ["medium"] * 2 + ["high"] * 14
    assert [response_to(n, True).risk for n in (3, 4, 5, 7)] == ["low to medium"] * 2 + ["medium", "high"]
    assert [r.monitoring for r in RESPONSES] == [
        "at least every 12 hours",
        "at least every 4 to 6 hours",
        "at least every hour",
        "at least every hour",
        "continuous monitoring of vital signs",
    ]


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_parameter_makes_the_score_partial_with_its_range(name):
    most = 2 if name == "supplemental_oxygen" else 3
    score = score_news2(**(WELL | {name: None}))
    assert (score.lowest, score.highest, score.partial, score.known) == (0, most, True, 6)
    assert len(score.missing) == 1
    assert score.red_possible == (most == 3)
    assert score.highest_response.name == ("red" if most == 3 else "low")
    assert "partial" in score.words
    assert score.missing[0] in score.words


def test_nothing_measured_is_no_score():
    score = score_news2()
    assert (score.known, score.lowest, score.highest) == (0, 0, 20)
    assert "not known" in score.words


@pytest.mark.parametrize("scale", [1, 2])
def test_the_range_of_a_partial_score_holds_every_completion(scale):
    """Whatever the missing values turn out to be, the full score lies in the stated range, and both ends are reached."""
    generator = np.random.default_rng(11)
    choices = {name: [v for n, v, _ in EDGES if n == name] for name in NAMES}
    choices["spo2"] = [v for v, *_ in SCALE_2] + choices["spo2"]
    for _ in range(25):
        full = {name: choices[name][generator.integers(len(choices[name]))] for name in NAMES}
        gone = [name for name in NAMES if generator.random() < 0.3][:2]
        partial = score_news2(**(full | dict.fromkeys(gone)), scale=scale)
        totals = [score_news2(**given, scale=scale).aggregate for given in completions(full, gone, choices)]
        assert (min(totals), max(totals)) == (partial.lowest, partial.highest)


def completions(full, gone, choices):
    if not gone:
        yield full
        return
    for value in choices[gone[0]]:
        yield from completions(full | {gone[0]: value}, gone[1:], choices)


def test_unknown_scale_and_letter_are_refused():
    with pytest.raises(News2NotApplicable):
        score_news2(spo2=95, scale=3)
    with pytest.raises(News2NotApplicable):
        score_news2(consciousness="X")
    assert not_applicable(15.9)
    assert not_applicable(16) is None
    assert not_applicable(30, pregnant=True)


ROWS = "time (h);RR;SpO2;O2;SBP;HR;ACVPU;temp\n0;16;98;air;125;72;A;36,8\n2,5;22;93;;;;;\n6;;;;;112;;\n9;25;;yes;;;C;\n"


def test_each_hour_carries_the_last_measurement_forward_for_a_stated_time():
    hourly = score_hours(read_rows(ROWS), carry_hours=6)
    assert hourly.hours == tuple(float(h) for h in range(10))
    assert "6 hours" in hourly.rule
    assert [s.aggregate for s in hourly.scores[:7]] == [0, 0, 0, 4, 4, 4, 6]
    assert not any(s.partial for s in hourly.scores[:7])
    # At hour 7 the pressure, oxygen, consciousness and temperature of hour 0 are too old; what is younger still counts.
    assert hourly.scores[7].missing == ("Air or oxygen", "Systolic blood pressure", "Consciousness", "Temperature")
    assert hourly.scores[9].aggregate == 3 + 2 + 2 + 3  # SpO2 of hour 2.5 is gone; breathing, oxygen, pulse, confusion
    component = next(c for c in hourly.scores[5].components if c.name == "spo2")
    assert component.age_hours == pytest.approx(2.5)
    assert hourly.at(4.7) == hourly.scores[4]
    assert hourly.at(-1) is None


def test_a_score_never_looks_ahead():
    series = read_rows(ROWS)
    whole = score_hours(series)
    for hour in (0, 3, 6):
        assert score_hours(series.up_to(hour)).scores[-1] == whole.at(hour)


def test_oxygen_and_consciousness_from_what_was_recorded():
    rows = "time (h),FiO2,oxygen flow,GCS\n0,0.21,,15\n1,0.4,,14\n2,,0,\n3,,2,8\n"
    scores = score_hours(read_rows(rows)).scores
    assert [points(s, "supplemental_oxygen") for s in scores] == [0, 2, 0, 2]
    assert [points(s, "consciousness") for s in scores] == [0, 3, 3, 3]
    assert scores[0].notes == (GCS_NOTE,)
    contradiction = score_hours(read_rows("time (h),oxygen,oxygen flow (L/min)\n0,air,3\n")).scores[0]
    assert points(contradiction, "supplemental_oxygen") == 2


def test_an_empty_series_has_no_score():
    empty = VitalSeries(np.zeros(0), (), np.zeros((0, 0)))
    assert score_hours(empty).scores == ()


def test_many_sets_at_once_score_like_one_by_one():
    generator = np.random.default_rng(3)
    values = {name: generator.uniform(20, 220, 200) for name in NAMES}
    values["temperature"] = generator.uniform(34, 41, 200)
    values["supplemental_oxygen"] = generator.integers(0, 2, 200).astype(float)
    values["consciousness"] = generator.integers(0, 5, 200).astype(float)
    for column in values.values():
        column[generator.random(200) < 0.2] = np.nan
    found, highest = news2_points(values, 2)
    for i in range(200):
        given = {name: None if np.isnan(values[name][i]) else float(values[name][i]) for name in NAMES}
        if given["consciousness"] is not None:
            given["consciousness"] = "ACVPU"[int(given["consciousness"])]
        one = score_news2(**given, scale=2)
        assert one.highest == highest[i]
        assert one.aggregate == np.nansum([found[name][i] for name in NAMES])
